// Every selector of every contract, called by somebody without any key: nobody's points and no money
// may go down (N-11).
import { type Abi, type AbiParameter, type Address, type Hex, zeroHash } from 'viem'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  clearingHouseAbi,
  consortiumAbi,
  issuanceAbi,
  pointsFactoryAbi,
  redemptionsAbi,
  scoreLogAbi,
  shopPointsAbi,
  standingAbi,
} from '#contracts/generated.ts'
import { signedBatch } from './support/signing.ts'
import { keyOf, openStreet, type Street } from './support/street.ts'

const victim = keyOf(1).address
const stranger: Address = '0x0000000000000000000000000000000000057a46'

// What a stranger may do: it lowers nothing, and some of it is even useful (a deposit here is one of nothing).
const openToAll = ['applyToJoin', 'deposit', 'settle', 'lapse', 'poke', 'approve', 'transfer', 'transferFrom']

let street: Street
let places: { name: string; abi: Abi; address: Address }[]

beforeAll(async () => {
  street = await openStreet(2)
  await street.become(stranger)
  const { consortium, factory, issuance, redemptions, clearingHouse, standing, scoreLog } = street.contracts
  places = [
    { name: 'Consortium', abi: consortiumAbi, address: consortium },
    { name: 'PointsFactory', abi: pointsFactoryAbi, address: factory },
    { name: 'Issuance', abi: issuanceAbi, address: issuance },
    { name: 'Redemptions', abi: redemptionsAbi, address: redemptions },
    { name: 'ClearingHouse', abi: clearingHouseAbi, address: clearingHouse },
    { name: 'Standing', abi: standingAbi, address: standing },
    { name: 'ScoreLog', abi: scoreLogAbi, address: scoreLog },
    ...street.shops.map((shop) => ({ name: `points of ${shop.shop}`, abi: shopPointsAbi as Abi, address: shop.token })),
  ]
  for (const { shop } of street.shops) {
    const entries = [{ member: victim, points: 500n, spend: 5_000n, soldAt: await street.time.latest() }]
    const args = await signedBatch(street, shop, 0n, entries)
    await street.must(stranger, issuance, issuanceAbi, 'issue', args)
  }
})

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
  if (type === 'bytes32') return zeroHash
  if (name === 'deadline' || name === 'validBefore') return type === 'uint256' ? 2n ** 40n : 2 ** 40
  if (type === 'uint8') return 27
  const small = name === 'shop' || name === 'till' || name === 'shops' ? 1n : amount
  return Number(type.replace(/\D/g, '')) > 48 ? small : Number(small)
}

/** What must not go down: the victim's points of each shop, each reserve, and the money in the clearing house. */
async function whatIsThere(): Promise<bigint[]> {
  const balances = street.shops.map((shop) => street.read(shop.token, shopPointsAbi, 'balanceOf', [victim]))
  const positions = street.shops.map((shop) =>
    street.read(street.contracts.clearingHouse, clearingHouseAbi, 'positionOf', [shop.shop]),
  )
  const net = (await Promise.all(positions)) as [bigint, bigint][]
  return [...((await Promise.all(balances)) as bigint[]), ...net.flat()]
}

describe('a stranger', () => {
  test("lowers nobody's points and takes no money, whichever function is called", async () => {
    const before = await whatIsThere()
    const gotThrough = new Set<string>()
    let calls = 0
    for (const { abi, address } of places) {
      for (const item of abi) {
        if (item.type !== 'function' || item.stateMutability !== 'nonpayable') continue
        for (const amount of [0n, 1n, 500n]) {
          const args = item.inputs.map((input) => valueFor(input, amount))
          calls += 1
          if ((await street.call(stranger, address, [item], item.name, args)).done) gotThrough.add(item.name)
          expect(await whatIsThere(), item.name).toEqual(before)
        }
      }
    }
    expect(calls).toBeGreaterThan(100)
    expect([...gotThrough].filter((name) => !openToAll.includes(name))).toEqual([])
  })
})
