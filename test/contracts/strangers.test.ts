// Every selector of every contract, called by somebody without any key: nobody's points and no money
// may go down (N-11).
import { type Abi, type AbiParameter, type Address, getContractAddress, type Hex, zeroHash } from 'viem'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  authorityAbi,
  boardAbi,
  clearingHouseAbi,
  consortiumAbi,
  courierAbi,
  foundersAbi,
  gasSponsorAbi,
  issuanceAbi,
  memberAccountAbi,
  memberAccountsAbi,
  membershipAbi,
  mutualFundAbi,
  pointsFactoryAbi,
  redemptionsAbi,
  rewardsAbi,
  scoreLogAbi,
  shopPointsAbi,
  standingAbi,
  streetMoneyAbi,
} from '#contracts/generated.ts'
import { memberAddress } from '#contracts/passkey.ts'
import { deployCall } from '#contracts/user-operation.ts'
import { creation } from '#test/support/founding.ts'
import { plantEntryPoint } from './support/entry-point.ts'
import { passkeyOf } from './support/passkey.ts'
import { signedBatch } from './support/signing.ts'
import { keyOf, openStreet, type Street } from './support/street.ts'

const victim = keyOf(1).address
const stranger: Address = '0x0000000000000000000000000000000000057a46'

// What a stranger may do: it lowers nothing, and some of it is even useful (a deposit here is one of nothing).
const openToAll = [
  ...['applyToJoin', 'deposit', 'settle', 'lapse', 'poke', 'approve', 'transfer', 'transferFrom'],
  ...['delegate', 'setApprovalForAll', 'buy', 'deploy', 'deliver'],
  ...['onERC721Received', 'onERC1155Received', 'onERC1155BatchReceived'],
]

// OpenZeppelin's authority asks its caller something, and a caller without code gives it no answer to read.
const answersForItsCaller = 'Authority.consumeScheduledOp'

const deployer: Address = '0x00000000000000000000000000000000000d0e55'

/** A member with a passkey, whose account is deployed and has the victim for a guardian. */
const passkey = { x: passkeyOf(9).x, y: passkeyOf(9).y, guardian: victim, delay: 0 }

let street: Street
let account: Address
let places: { name: string; abi: Abi; address: Address }[]

beforeAll(async () => {
  street = await openStreet(2)
  await street.become(stranger)
  await street.become(deployer)
  await plantEntryPoint(street, deployer)
  const { accounts } = street.contracts
  account = memberAddress(accounts, passkey)
  await street.send(stranger, accounts, deployCall(accounts, passkey).data)
  const { consortium, factory, issuance, redemptions, clearingHouse, standing, scoreLog } = street.contracts
  places = [
    { name: 'Consortium', abi: consortiumAbi, address: consortium },
    { name: 'PointsFactory', abi: pointsFactoryAbi, address: factory },
    { name: 'Issuance', abi: issuanceAbi, address: issuance },
    { name: 'Redemptions', abi: redemptionsAbi, address: redemptions },
    { name: 'ClearingHouse', abi: clearingHouseAbi, address: clearingHouse },
    { name: 'Standing', abi: standingAbi, address: standing },
    { name: 'ScoreLog', abi: scoreLogAbi, address: scoreLog },
    { name: 'Membership', abi: membershipAbi, address: street.contracts.membership },
    { name: 'MemberAccounts', abi: memberAccountsAbi, address: street.contracts.accounts },
    { name: 'Rewards', abi: rewardsAbi, address: street.contracts.rewards },
    { name: 'Authority', abi: authorityAbi, address: street.contracts.authority },
    { name: 'the money', abi: streetMoneyAbi, address: street.contracts.money },
    { name: 'Board', abi: boardAbi, address: await placed('Board', [street.contracts.membership, authority()]) },
    { name: 'Founders', abi: foundersAbi, address: await placed('Founders', [consortium, victim, await soon()]) },
    { name: 'Courier', abi: courierAbi, address: await placed('Courier', []) },
    { name: 'MutualFund', abi: mutualFundAbi, address: await placed('MutualFund', [consortium]) },
    { name: 'MemberAccount', abi: memberAccountAbi, address: account },
    {
      name: 'GasSponsor',
      abi: gasSponsorAbi,
      address: await placed('accounts/GasSponsor', [consortium, victim, victim, 10n ** 18n]),
    },
    ...street.shops.map((shop) => ({ name: `points of ${shop.shop}`, abi: shopPointsAbi as Abi, address: shop.token })),
  ]
  for (const { shop } of street.shops) {
    const soldAt = await street.time.latest()
    const entries = [victim, account].map((member) => ({ member, points: 500n, spend: 5_000n, soldAt }))
    const args = await signedBatch(street, shop, 0n, entries)
    await street.must(stranger, issuance, issuanceAbi, 'issue', args)
  }
})

const authority = (): Address => street.contracts.authority
const soon = async (): Promise<number> => (await street.time.latest()) + 1_000

/** Another contract on this street; whoever puts it there has no say in it. */
async function placed(name: string, args: readonly unknown[]): Promise<Address> {
  const nonce = BigInt(await street.request<Hex>('eth_getTransactionCount', [deployer, 'latest']))
  const { done, error } = await street.send(deployer, undefined, creation(name, args))
  expect(error).toBe('')
  expect(done).toBe(true)
  return getContractAddress({ from: deployer, nonce })
}

/** A plausible value for a parameter: the victim pays, the stranger receives, amounts are `amount`. */
function valueFor(parameter: AbiParameter, amount: bigint): unknown {
  const { type, name } = parameter
  if (type.endsWith('[]')) return [valueFor({ ...parameter, type: type.slice(0, -2) }, amount)]
  if (type === 'tuple' && 'components' in parameter) {
    return Object.fromEntries(parameter.components.map((part) => [part.name, valueFor(part, amount)]))
  }
  if (type === 'address') {
    if (name === 'token') return street.shops[0]?.token
    return ['to', 'spender', 'key'].includes(name ?? '') ? stranger : victim
  }
  if (type === 'bool') return true
  if (type === 'bytes') return `0x${'11'.repeat(65)}` satisfies Hex
  if (type === 'bytes4') return '0x12345678'
  if (type === 'string') return ''
  if (type === 'bytes32') return zeroHash
  if (name === 'deadline' || name === 'validBefore') return type === 'uint256' ? 2n ** 40n : 2 ** 40
  // The parity of a signature; every other one is a choice of few.
  if (type === 'uint8') return name === 'v' ? 27 : 0
  const small = name === 'shop' || name === 'till' || name === 'shops' ? 1n : amount
  return Number(type.replace(/\D/g, '')) > 48 ? small : Number(small)
}

/** What must not go down: a member's say over their account, points, each reserve, the owners' seats and money. */
async function whatIsThere(): Promise<bigint[]> {
  const balances = street.shops.flatMap((shop) =>
    [victim, account].map((holder) => street.read(shop.token, shopPointsAbi, 'balanceOf', [holder])),
  )
  const key = street.read(account, memberAccountAbi, 'isSigner', [passkey.x, passkey.y])
  const positions = street.shops.map((shop) =>
    street.read(street.contracts.clearingHouse, clearingHouseAbi, 'positionOf', [shop.shop]),
  )
  const net = (await Promise.all(positions)) as [bigint, bigint][]
  const owned = street.shops.map(({ owner }) => [
    street.read(street.contracts.membership, membershipAbi, 'getVotes', [owner.address]),
    street.read(street.contracts.money, streetMoneyAbi, 'balanceOf', [owner.address]),
  ])
  const kept = (await Promise.all(owned.flat())) as bigint[]
  return [BigInt(Boolean(await key)), ...((await Promise.all(balances)) as bigint[]), ...net.flat(), ...kept]
}

describe('a stranger', () => {
  test("lowers nobody's points and takes no money, whichever function is called", async () => {
    const before = await whatIsThere()
    const gotThrough = new Set<string>()
    const unexplained = new Set<string>()
    const named = new Set(
      places.flatMap(({ abi }) => abi.flatMap((item) => (item.type === 'error' ? [item.name] : []))),
    )
    let calls = 0
    for (const { name, abi, address } of places) {
      for (const item of abi) {
        if (item.type !== 'function' || !['nonpayable', 'payable'].includes(item.stateMutability)) continue
        for (const amount of [0n, 1n, 500n]) {
          const args = item.inputs.map((input) => valueFor(input, amount))
          calls += 1
          const { done, error } = await street.call(stranger, address, [item], item.name, args)
          const act = `${name}.${item.name}`
          if (done) gotThrough.add(item.name)
          else if (!named.has(error) && act !== answersForItsCaller) unexplained.add(`${act}: ${error}`)
          expect(await whatIsThere(), item.name).toEqual(before)
        }
      }
    }
    expect(calls).toBeGreaterThan(100)
    expect([...gotThrough].filter((name) => !openToAll.includes(name))).toEqual([])
    // Whoever is refused is told why: a typed error with its values, never nothing, a panic or a sentence.
    expect([...unexplained]).toEqual([])
  })
})
