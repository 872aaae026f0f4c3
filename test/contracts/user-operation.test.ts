// User operations of passkey accounts through the real entry point: self-relayed with no fee and no paymaster, and paid
// for by the gas sponsor; and whoever tries to drain it.
import { type Address, concat, encodeFunctionData, getContractAddress, type Hex, zeroAddress } from 'viem'
import { entryPoint09Abi } from 'viem/account-abstraction'
import { beforeAll, describe, expect, test } from 'vitest'
import { type AccountOrder, keyName, NO_DEADLINE } from '#contracts/account-orders.ts'
import { gasSponsorAbi, issuanceAbi, memberAccountAbi, shopPointsAbi } from '#contracts/generated.ts'
import { type AccountArguments, memberAddress, packAssertion, rpIdHashOf } from '#contracts/passkey.ts'
import {
  approvalWindow,
  entryPoint,
  type GasFees,
  type MemberOperation,
  memberOperation,
  mostCost,
  NO_FEES,
  operationHash,
  orderCallData,
  outwardCallData,
  packedOperation,
  type Sponsorship,
  typedApproval,
} from '#contracts/user-operation.ts'
import { creation } from '#test/support/founding.ts'
import { handleOps, nextNonce, plantEntryPoint } from './support/entry-point.ts'
import { type Passkey, passkeyOf } from './support/passkey.ts'
import { signedBatch } from './support/signing.ts'
import { chainId, keyOf, openStreet, type Street } from './support/street.ts'

const relayer: Address = '0x00000000000000000000000000000000000be1a7'
const owner: Address = '0x0000000000000000000000000000000000000e45'
const shopOwner: Address = '0x0000000000000000000000000000000000005409'
const signer = keyOf(77)
const gas = { callGas: 200_000n, verificationGas: 250_000n, preVerificationGas: 60_000n }
const fees: GasFees = { most: 10n ** 9n, tip: 10n ** 9n }
const budget = 10n ** 16n

let street: Street
let accounts: Address
let token: Address
let sponsor: Address

beforeAll(async () => {
  street = await openStreet(1)
  accounts = street.contracts.accounts
  token = street.shops[0]?.token ?? zeroAddress
  for (const who of [relayer, owner]) await street.become(who)
  await plantEntryPoint(street, relayer)
  const { consortium } = street.contracts
  const nonce = BigInt(await street.request<Hex>('eth_getTransactionCount', [owner, 'latest']))
  const { error } = await street.send(
    owner,
    undefined,
    creation('accounts/GasSponsor', [consortium, owner, signer.address, 10n ** 18n]),
  )
  expect(error).toBe('')
  sponsor = getContractAddress({ from: owner, nonce })
  await street.must(owner, sponsor, gasSponsorAbi, 'setBudgets', [budget, budget * 2n])
  await payIn(10n ** 17n)
  const members = [1, 2, 3, 4, 5].map((number) => addressOf(number))
  const soldAt = await street.time.latest()
  const entries = members.map((member) => ({ member, points: 1_000n, spend: 10_000n, soldAt }))
  await street.must(relayer, street.contracts.issuance, issuanceAbi, 'issue', await signedBatch(street, 1, 0n, entries))
})

async function payIn(value: bigint): Promise<void> {
  const data = encodeFunctionData({ abi: gasSponsorAbi, functionName: 'deposit' })
  await street.request('eth_sendTransaction', [{ from: owner, to: sponsor, data, value: `0x${value.toString(16)}` }])
}

const argumentsOf = (number: number): AccountArguments => {
  const { x, y } = passkeyOf(number)
  return { x, y, guardian: shopOwner, delay: 259_200 }
}
const addressOf = (number: number): Address => memberAddress(accounts, argumentsOf(number))

type Wish = {
  member: number
  callData: Hex
  by?: Passkey
  fees?: GasFees
  window?: { validAfter: number; validUntil: number }
  signedBy?: ReturnType<typeof keyOf>
}

/** An operation as the member's page makes it; with fees it is the sponsor's. */
async function operation({ member, callData, by, fees: asked, window, signedBy }: Wish): Promise<MemberOperation> {
  const account = addressOf(member)
  const code = await street.request<Hex>('eth_getCode', [account, 'latest'])
  const plain = {
    account,
    nonce: await nextNonce(street, account),
    callData,
    gas,
    fees: asked ?? NO_FEES,
    ...(code === '0x' ? { deploy: { accounts, arguments: argumentsOf(member) } } : {}),
  }
  if (asked === undefined) return signed(member, memberOperation(plain), by)
  const good = window ?? approvalWindow(await street.time.latest(), 600)
  const sponsorship: Sponsorship = { sponsor, verificationGas: 150_000n, ...good, signature: '0x' }
  const approval = typedApproval(chainId, memberOperation({ ...plain, sponsorship }), sponsorship)
  const signature = await (signedBy ?? signer).signTypedData(approval)
  return signed(member, memberOperation({ ...plain, sponsorship: { ...sponsorship, signature } }), by)
}

function signed(member: number, one: MemberOperation, by: Passkey = passkeyOf(member)): MemberOperation {
  const digest = operationHash(chainId, one)
  const account = { ...argumentsOf(member), x: by.x, y: by.y }
  const packed = packAssertion({ account, rpIdHash: rpIdHashOf('localhost'), digest, assertion: by.assert(digest) })
  if ('refused' in packed) throw new Error(packed.refused)
  return { ...one, signature: packed.signature }
}

const sending = (to: Address, points: bigint): Hex =>
  outwardCallData([
    { to: token, data: encodeFunctionData({ abi: shopPointsAbi, functionName: 'transfer', args: [to, points] }) },
  ])

const balanceOf = async (who: Address): Promise<bigint> =>
  (await street.read(token, shopPointsAbi, 'balanceOf', [who])) as bigint

const bring = (...operations: MemberOperation[]) => handleOps(street, relayer, operations.map(packedOperation))
const deposit = async (): Promise<bigint> =>
  (await street.read(entryPoint, entryPoint09Abi, 'balanceOf', [sponsor])) as bigint
const addition = (by: Passkey): AccountOrder => ({ kind: 'AddKey', x: by.x, y: by.y, order: 0n, deadline: NO_DEADLINE })

const refusedWith = (code: string) => ({ refused: expect.stringContaining(code) })

describe('an operation that the network brings itself', () => {
  test('deploys the account and sends points by one touch, with no fee, no paymaster and no ether', async () => {
    const one = await operation({ member: 1, callData: sending(shopOwner, 100n) })
    expect([one.maxFeePerGas, one.maxPriorityFeePerGas, one.paymaster]).toEqual([0n, 0n, undefined])
    expect(await street.read(entryPoint, entryPoint09Abi, 'getUserOpHash', [packedOperation(one)])).toBe(
      operationHash(chainId, one),
    )
    const outcome = await bring(one)
    expect(outcome).toMatchObject({ handled: [{ sender: addressOf(1), success: true, cost: 0n }] })
    expect(await balanceOf(addressOf(1))).toBe(900n)
    expect(await street.request('eth_getBalance', [addressOf(1), 'latest'])).toBe('0x0')
    const again = await bring(await operation({ member: 1, callData: sending(shopOwner, 50n) }))
    expect(again).toMatchObject({ handled: [{ success: true, cost: 0n }] })
    expect(await balanceOf(addressOf(1))).toBe(850n)
    expect(await balanceOf(shopOwner)).toBe(150n)
  })

  test('is not taken twice, altered, or by another key', async () => {
    const one = await operation({ member: 2, callData: sending(shopOwner, 1n) })
    expect(await bring({ ...one, callData: sending(relayer, 1n) })).toMatchObject(refusedWith('AA24'))
    const others = await operation({ member: 2, callData: sending(shopOwner, 1n), by: passkeyOf(3) })
    expect(await bring(others)).toMatchObject(refusedWith('AA24'))
    expect(await bring(one)).toMatchObject({ handled: [{ success: true }] })
    expect(await bring({ ...one, factory: undefined, factoryData: undefined })).toMatchObject(refusedWith('AA25'))
    expect(await balanceOf(addressOf(2))).toBe(999n)
  })

  test('adds a key, and a key that another one removes in the same bundle does nothing more', async () => {
    const [phone, laptop] = [passkeyOf(3), passkeyOf(33)]
    const account = addressOf(3)
    const added = await operation({ member: 3, callData: orderCallData(account, addition(laptop)) })
    expect(await bring(added)).toMatchObject({ handled: [{ success: true }] })
    const byLaptop = await operation({ member: 3, callData: sending(shopOwner, 10n), by: laptop })
    expect(await bring(byLaptop)).toMatchObject({ handled: [{ success: true }] })
    expect(await balanceOf(account)).toBe(990n)
    const removal = orderCallData(account, {
      kind: 'RemoveKey',
      key: keyName(laptop),
      order: 0n,
      deadline: NO_DEADLINE,
    })
    const removes = await operation({ member: 3, callData: removal })
    const sends = await operation({ member: 3, callData: sending(shopOwner, 10n), by: laptop })
    // In a line of its own, so that both are checked before either is carried out.
    const beside = signed(3, { ...sends, nonce: 1n << 64n }, laptop)
    expect(await bring(removes, beside)).toMatchObject({ handled: [{ success: true }, { success: false }] })
    expect(await balanceOf(account)).toBe(990n)
    expect(await street.read(account, memberAccountAbi, 'isSigner', [laptop.x, laptop.y])).toBe(false)
    expect(await street.read(account, memberAccountAbi, 'isSigner', [phone.x, phone.y])).toBe(true)
    const later = await operation({ member: 3, callData: sending(shopOwner, 10n), by: laptop })
    expect(await bring(later)).toMatchObject(refusedWith('AA24'))
  })

  test('of somebody who may not is dropped before the others, which stand', async () => {
    const good = await operation({ member: 4, callData: sending(shopOwner, 10n) })
    const bad = await operation({ member: 5, callData: sending(shopOwner, 10n), by: passkeyOf(6) })
    expect(await bring(good, bad)).toMatchObject(refusedWith('AA24'))
    expect(await balanceOf(addressOf(4))).toBe(1_000n)
    expect(await bring(good)).toMatchObject({ handled: [{ success: true }] })
  })
})

describe('the gas sponsor', () => {
  test('approves for a while that ends with the day', () => {
    const midnight = 20_000 * 86_400
    expect(approvalWindow(midnight + 43_200, 600)).toEqual({
      validAfter: midnight + 43_140,
      validUntil: midnight + 43_800,
    })
    expect(approvalWindow(midnight + 10, 600)).toEqual({ validAfter: midnight, validUntil: midnight + 610 })
    const last = midnight + 86_399
    expect(approvalWindow(last, 600)).toEqual({ validAfter: last - 60, validUntil: last })
  })

  test('pays for an operation out of its deposit, at most what was counted against the budgets', async () => {
    const before = await deposit()
    const one = await operation({ member: 1, callData: sending(shopOwner, 1n), fees })
    const outcome = await bring(one)
    if ('refused' in outcome) throw new Error(outcome.refused)
    const [handled] = outcome.handled
    expect(handled).toMatchObject({ success: true })
    const taken = before - (await deposit())
    expect(taken).toBe(handled?.cost)
    expect(taken).toBeLessThanOrEqual(mostCost(one))
    const day = Math.floor((await street.time.latest()) / 86_400)
    const left = await street.read(sponsor, gasSponsorAbi, 'leftOn', [day, addressOf(1)])
    expect(left).toEqual([budget - mostCost(one), budget * 2n - mostCost(one)])
  })

  test('pays when the call itself fails, and counts it all the same', async () => {
    const one = await operation({ member: 2, callData: sending(shopOwner, 10n ** 9n), fees })
    expect(await bring(one)).toMatchObject({ handled: [{ success: false }] })
    const day = Math.floor((await street.time.latest()) / 86_400)
    const [forMember] = (await street.read(sponsor, gasSponsorAbi, 'leftOn', [day, addressOf(2)])) as [bigint, bigint]
    expect(forMember).toBe(budget - mostCost(one))
  })

  test('is not drained by what nobody approved, by what was approved before, or for another network', async () => {
    const before = await deposit()
    const callData = sending(shopOwner, 1n)
    const window = approvalWindow(await street.time.latest(), 600)
    const one = await operation({ member: 1, callData, fees })
    const dearer = signed(1, { ...one, maxFeePerGas: 2n * fees.most })
    expect(await bring(dearer)).toMatchObject(refusedWith('AA34'))
    const byOther = await operation({ member: 1, callData, fees, signedBy: keyOf(78) })
    expect(await bring(byOther)).toMatchObject(refusedWith('AA34'))
    const expired = { validAfter: window.validAfter - 2, validUntil: window.validAfter - 1 }
    expect(await bring(await operation({ member: 1, callData, fees, window: expired }))).toMatchObject(
      refusedWith('AA32'),
    )
    const days = { validAfter: window.validAfter, validUntil: window.validUntil + 86_400 }
    expect(await bring(await operation({ member: 1, callData, fees, window: days }))).toMatchObject(
      refusedWith('NotWithinOneDay'),
    )
    expect(await deposit()).toBe(before)
    expect(await bring(one)).toMatchObject({ handled: [{ success: true }] })
    const after = await deposit()
    expect(await bring(one)).toMatchObject(refusedWith('AA25'))
    expect(await deposit()).toBe(after)
  })

  test('pays for calls of the network only and within the budgets, whoever approved more', async () => {
    const before = await deposit()
    const foreign = outwardCallData([{ to: shopOwner, data: '0x' }])
    const money = outwardCallData([{ to: street.contracts.money, data: '0x' }])
    const itself = outwardCallData([{ to: addressOf(1), data: '0x' }])
    const padded: Hex = concat([sending(shopOwner, 1n), '0x00'])
    const refusals: [Hex, string][] = [
      [foreign, 'ForeignTarget'],
      [money, 'ForeignTarget'],
      [itself, 'ForeignTarget'],
      [padded, 'UnreadableAct'],
      ['0x', 'ForeignAct'],
    ]
    for (const [callData, why] of refusals) {
      const outcome = await bring(await operation({ member: 1, callData, fees }))
      expect(outcome).toMatchObject(refusedWith(`AA33 reverted: ${why}`))
    }
    const dear = { most: budget / 100_000n, tip: budget / 100_000n }
    const callData = sending(shopOwner, 1n)
    expect(await bring(await operation({ member: 1, callData, fees: dear }))).toMatchObject(
      refusedWith('MemberBudgetSpent'),
    )
    expect(await deposit()).toBe(before)
  })

  test('that ran dry stops nobody who is brought by the network itself', async () => {
    const all = await deposit()
    await street.must(owner, sponsor, gasSponsorAbi, 'withdraw', [owner, all])
    const callData = sending(shopOwner, 1n)
    expect(await bring(await operation({ member: 4, callData, fees }))).toMatchObject(refusedWith('AA31'))
    expect(await bring(await operation({ member: 4, callData }))).toMatchObject({ handled: [{ success: true }] })
  })
})

describe('what it costs', () => {
  test('stays within what was measured, alone and in a bundle', async () => {
    const twenty = Array.from({ length: 20 }, (_, index) => 100 + index)
    const soldAt = await street.time.latest()
    const entries = twenty.map((number) => ({ member: addressOf(number), points: 100n, spend: 1n, soldAt }))
    const issue = await signedBatch(street, 1, 1_000n, entries)
    await street.must(relayer, street.contracts.issuance, issuanceAbi, 'issue', issue)
    const bundle = async (numbers: readonly number[], asked?: GasFees): Promise<number> => {
      const wishes = numbers.map((member) => ({ member, callData: sending(shopOwner, 1n) }))
      const operations: MemberOperation[] = []
      for (const wish of wishes) operations.push(await operation(asked === undefined ? wish : { ...wish, fees: asked }))
      const outcome = await bring(...operations)
      if ('refused' in outcome) throw new Error(outcome.refused)
      expect(outcome.handled.every(({ success }) => success)).toBe(true)
      return Math.round(Number(outcome.gasUsed) / numbers.length)
    }
    const measured: { what: string; gas: number; most: number }[] = []
    const keep = (what: string, gas: number, most: number): void => void measured.push({ what, gas, most })
    keep('first operation, with deployment', await bundle([100]), 195_000)
    keep('the same, each of 19', await bundle(twenty.slice(1)), 156_000)
    await bundle([100])
    keep('a later operation', await bundle([100]), 102_000)
    await bundle(twenty)
    keep('the same, each of 20', await bundle(twenty), 67_500)
    await payIn(10n ** 17n)
    await bundle([100], fees)
    keep('a sponsored operation', await bundle([100], fees), 170_000)
    console.table(measured)
    for (const { what, gas, most } of measured) expect.soft(gas, what).toBeLessThanOrEqual(most)
  })
})
