import { type Address, encodeFunctionData, parseTransaction } from 'viem'
import { entryPoint09Abi } from 'viem/account-abstraction'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { memberAccountAbi, memberAccountsAbi, shopPointsAbi, streetMoneyAbi } from '#contracts/generated.ts'
import {
  deployCall,
  entryPoint,
  type MemberOperation,
  orderCallData,
  outwardCallData,
  packedOperation,
} from '#contracts/user-operation.ts'
import { codeOf, joins, must, nobody, type PasskeyMember } from '#test/support/account-people.ts'
import { type LivingStreet, openLivingStreet } from '#test/support/living-street.ts'
import { read, settled, type TestShop } from '#test/support/network.ts'
import {
  givesAway as givesPointsAway,
  type OperationWish,
  operationOf,
  sendingOf,
  withEntryPoint,
} from '#test/support/operation-people.ts'
import { intentState } from '#web/acts/intent-state.ts'
import { bringOperation } from '#web/acts/operations.ts'
import { countGas } from '#web/acts/sponsoring.ts'
import { inTransaction } from '#web/acts/transaction.ts'
import type { Hex } from '#web/acts/wire.ts'

/** User operations that the network brings and pays for, and every way to have it pay for something else. */

const friend: Address = '0x00000000000000000000000000000000000f41e7'

let street: LivingStreet
let bakery: TestShop

beforeAll(async () => {
  street = await openLivingStreet({ shops: 1, members: 1 })
  bakery = street.network.shops[0] as TestShop
  await withEntryPoint(street)
})
afterAll(() => street.close())

const sending = (points: bigint, to: Address = friend): Hex => sendingOf(bakery, points, to)
const balanceOf = (who: Address) => read(street.network, shopPointsAbi, bakery.token, 'balanceOf', [who])

const operation = (member: PasskeyMember, wish: OperationWish) => operationOf(street, member, wish)
const givesAway = (member: PasskeyMember, points: bigint) =>
  givesPointsAway(street, bakery, { member, points, to: friend })

/** As the network reads it: digits are numbers again. */
function fromJson(posted: Readonly<Record<string, unknown>>): MemberOperation {
  const read = Object.entries(posted).map(([name, value]) => [
    name,
    /^\d+$/.test(`${value}`) ? BigInt(`${value}`) : value,
  ])
  return Object.fromEntries(read) as MemberOperation
}

const brings = async (member: PasskeyMember, wish: OperationWish) => await bringOperation(await operation(member, wish))
const keyOf = (member: PasskeyMember, nonce = 0n) => `operation:${member.account}:${nonce}`
const stateOf = (member: PasskeyMember, nonce = 0n) => intentState({ shop: 0, key: keyOf(member, nonce) })
const spentBy = async ({ account }: PasskeyMember): Promise<bigint> => {
  const { rows } = await street.web.query('SELECT sum(gas)::bigint AS gas FROM portal.sponsored WHERE member = $1', [
    Buffer.from(account.slice(2), 'hex'),
  ])
  return rows[0]?.gas ?? 0n
}

describe('the network brings', () => {
  test('operations of several members in one transaction, accounts deployed on the way, without a coin', async () => {
    const [anna, bert, cleo] = [await joins(street, bakery), await joins(street, bakery), await joins(street, bakery)]
    const asked = await operation(anna, { callData: sending(30n) })
    const both = await Promise.all([bringOperation(asked), bringOperation(asked)])
    expect(both).toEqual([1, 2].map(() => ({ state: 'pending', key: keyOf(anna) })))
    expect(await spentBy(anna)).toBe(640_000n)
    must(await brings(bert, { callData: sending(20n) }))
    must(await brings(cleo, { callData: sending(10n) }))
    // Cleo's points go another way, and a stranger deploys Bert's account, before the network comes to it.
    const { accounts } = street.network.contracts
    const deploy = { ...deployCall(accounts, { ...bert.phone.key, guardian: nobody, delay: 0 }), from: friend }
    await settled(street.chain, [await givesAway(cleo, 95n), deploy])
    expect(await street.turn()).toBe(1)
    const [sent] = await street.submissions()
    expect(parseTransaction(`0x${sent?.raw.toString('hex')}`).to).toBe(entryPoint.toLowerCase())
    await street.settleDown()
    expect([await stateOf(anna), await stateOf(bert)]).toEqual([{ state: 'final' }, { state: 'final' }])
    expect(await stateOf(cleo)).toMatchObject({ state: 'refused', code: 'operationFails' })
    expect([await balanceOf(anna.account), await balanceOf(bert.account)]).toEqual([70n, 80n])
    expect(await street.chain.ask('eth_getBalance', [anna.account, 'latest'])).toBe('0x0')
    // The same again is answered the same, and counted once; its number is used up.
    expect(await bringOperation(asked)).toEqual({ state: 'final', key: keyOf(anna) })
    expect(await spentBy(anna)).toBe(640_000n)
    expect(await brings(anna, { callData: sending(1n) })).toMatchObject({ refused: 'nonceUsed' })
    // What was refused used no number up.
    expect(codeOf(await brings(cleo, { callData: sending(5n) }))).toBe('done')
    await street.settleDown()
    expect(await stateOf(cleo)).toEqual({ state: 'final' })
  })

  test('one after the other of the same account, and an order about its keys', async () => {
    const dora = await joins(street, bakery)
    const laptop = { kind: 'AddKey', ...(await joins(street, bakery, { points: 0n })).phone.key } as const
    must(await brings(dora, { callData: sending(1n) }))
    const order = orderCallData(dora.account, { ...laptop, order: 0n, deadline: 2 ** 40 })
    expect(await brings(dora, { callData: order, nonce: 2n })).toMatchObject({ refused: 'nonceUsed' })
    must(await brings(dora, { callData: order, nonce: 1n }))
    expect(await street.turn()).toBe(1)
    await street.settleDown()
    expect(await stateOf(dora, 1n)).toEqual({ state: 'final' })
    expect(await read(street.network, memberAccountAbi, dora.account, 'keyCount', [])).toBe(2n)
  })

  test('one that somebody else took from the pool and brought first has ended as the entry point says', async () => {
    const fay = await joins(street, bakery)
    const { operation: signed } = await operation(fay, { callData: sending(25n) })
    must(await bringOperation({ operation: signed }))
    const packed = packedOperation(fromJson(signed))
    const args = [[packed], friend] as const
    const taken = encodeFunctionData({ abi: entryPoint09Abi, functionName: 'handleOps', args })
    await settled(street.chain, [{ from: friend, to: entryPoint, data: taken }])
    for (let round = 0; round < 3; round += 1) {
      expect(await street.turn()).toBe(0)
      await street.chain.mine()
    }
    await street.mirror()
    expect(await stateOf(fay)).toEqual({ state: 'final' })
    expect(await balanceOf(fay.account)).toBe(75n)
    expect(codeOf(await brings(fay, { callData: sending(5n), nonce: 1n }))).toBe('done')
    await street.settleDown()
    expect(await stateOf(fay, 1n)).toEqual({ state: 'final' })
  })

  test('one that fails in its block ends with its reason, and survives a reorganisation of it', async () => {
    const eve = await joins(street, bakery)
    must(await brings(eve, { callData: sending(60n) }))
    expect(await street.turn()).toBe(1)
    await street.chain.ask('anvil_dropAllTransactions')
    await settled(street.chain, [await givesAway(eve, 50n)])
    street.forget()
    await street.turn()
    await street.chain.mine()
    await street.turn()
    expect(await stateOf(eve)).toEqual({ state: 'pending' })
    await street.chain.ask('anvil_reorg', [1, []])
    await street.mirror()
    await street.settleDown()
    expect(await stateOf(eve)).toEqual({ state: 'pending' })
    await street.turn()
    expect(await stateOf(eve)).toMatchObject({ state: 'refused', code: 'operationFails' })
    expect(await balanceOf(eve.account)).toBe(50n)
  })
})

describe('the network pays for nothing else', () => {
  let mallory: PasskeyMember
  beforeAll(async () => {
    mallory = await joins(street, bakery)
  })

  const to = (target: Address, data: Hex = '0x', value = 0n): Hex => outwardCallData([{ to: target, data, value }])
  const good = () => sending(1n)
  const drains: [string, string, () => OperationWish][] = [
    ['foreignTarget', 'a contract of somebody else', () => ({ callData: to(friend) })],
    ['foreignTarget', 'money', () => ({ callData: to(street.network.contracts.money, moneyMove) })],
    ['foreignTarget', 'calls within calls', () => ({ callData: to(mallory.account, `0x${good().slice(10)}`) })],
    ['foreignTarget', 'accounts for others', () => ({ callData: to(street.network.contracts.accounts, deployment) })],
    ['foreignTarget', 'the entry point', () => ({ callData: to(entryPoint) })],
    ['valueNotCarried', 'coins', () => ({ callData: to(bakery.token, '0x', 1n) })],
    ['foreignAct', 'another act', () => ({ callData: `0x8dd7712f${'ab'.repeat(40)}` })],
    ['foreignAct', 'no act', () => ({ callData: '0x' })],
    ['foreignAct', 'the end of a recovery', () => ({ callData: `0x8dd7712f${completion.slice(2)}` })],
    ['foreignAct', 'calls written in another way', () => ({ callData: `${good()}${'00'.repeat(32)}` })],
    ['foreignFactory', 'another factory', () => ({ callData: good(), change: { factory: friend } })],
    ['foreignFactory', 'another’s account', () => ({ callData: good(), change: { factoryData: deployment } })],
    ['malformed', 'no factory', () => ({ callData: good(), deploys: false })],
    ['operationTooLarge', 'gas without end', () => ({ callData: good(), change: { callGasLimit: 15_000_000n } })],
    [
      'operationTooLarge',
      'a check that burns',
      () => ({ callData: good(), change: { verificationGasLimit: 500_000n } }),
    ],
    [
      'operationTooLarge',
      'gas that nobody uses',
      () => ({ callData: good(), change: { preVerificationGas: 10n ** 7n } }),
    ],
    ['operationTooLarge', 'too many calls', () => ({ callData: outwardCallData(manyCalls()) })],
    ['feesNotCarried', 'fees', () => ({ callData: good(), change: { maxFeePerGas: 1n } })],
    ['feesNotCarried', 'a sponsor', () => ({ callData: good(), change: { paymaster: friend, paymasterData: '0x' } })],
    ['feesNotCarried', 'gas afterwards', () => ({ callData: good(), change: { paymasterPostOpGasLimit: 1n } })],
    ['operationFails', 'what always fails', () => ({ callData: sending(1_000_000n) })],
    ['nonceUsed', 'a number to come', () => ({ callData: good(), nonce: 7n })],
    ['malformed', 'another row of numbers', () => ({ callData: good(), nonce: 2n ** 64n })],
  ]
  const completion = encodeFunctionData({ abi: memberAccountAbi, functionName: 'completeRecovery' })
  const moneyMove = encodeFunctionData({ abi: streetMoneyAbi, functionName: 'transfer', args: [friend, 1n] })
  const foreignKey = [`0x${'1'.repeat(64)}`, `0x${'2'.repeat(64)}`, nobody, 0] as const
  const deployment = encodeFunctionData({ abi: memberAccountsAbi, functionName: 'deploy', args: foreignKey })
  const manyCalls = () => Array.from({ length: 21 }, () => ({ to: bakery.token, data: '0x' as Hex }))

  test.each(drains)('%s: %s', async (code, _, wish) => {
    expect(codeOf(await brings(mallory, wish()))).toBe(code)
    expect(await spentBy(mallory)).toBe(0n)
  })

  test('altered after it was signed, signed by another, or of an account that nobody has', async () => {
    const { operation: own } = await operation(mallory, { callData: good() })
    const altered = { ...own, callData: sending(2n) }
    expect(codeOf(await bringOperation({ operation: altered }))).toBe('badSignature')
    const stranger = await joins(street, bakery, { points: 0n })
    const { operation: theirs } = await operation(stranger, { callData: good() })
    expect(codeOf(await bringOperation({ operation: { ...own, signature: theirs['signature'] } }))).toBe('badSignature')
    expect(codeOf(await bringOperation({ operation: { ...own, sender: friend } }))).toBe('unknownMember')
    expect(codeOf(await bringOperation({ operation: { ...own, eip7702Auth: {} } }))).toBe('malformed')
  })

  test('accounts made up by the dozen: none is deployed that never held a point', async () => {
    for (let count = 0; count < 3; count += 1) {
      const madeUp = await joins(street, bakery, { points: 0n })
      expect(codeOf(await brings(madeUp, { callData: outwardCallData([]) }))).toBe('noPointsYet')
    }
  })

  test('a day’s budget is never overdrawn, however many ask at once', async () => {
    const [member, all] = ['0x00000000000000000000000000000000000b0d9e', 500n] as const
    const now = new Date('2031-05-05T23:00:00Z')
    const asked = { whose: member, account: member, gas: all * 1_000n, undoes: false, deploys: false } as const
    const count = (more: object = {}) =>
      inTransaction(async (client) => ({ over: await countGas(client, { ...asked, ...more }, now) }))
    const answers = await Promise.all(Array.from({ length: 10 }, () => count()))
    const refused = answers.flatMap(({ over }) => (over === null ? [] : [over]))
    expect(answers.length - refused.length).toBe(6)
    expect(refused[0]).toEqual({
      refused: 'memberBudget',
      facts: { budget: 3_000_000n, spent: 3_000_000n, retryAfter: 3_600 },
    })
    // Whoever spent it all with a stolen key does not thereby keep the member from stopping them.
    expect((await count({ undoes: true })).over).toBeNull()
    await street.web.query('UPDATE portal.sponsored SET gas = 499900000 WHERE day = $1', [now])
    const other = { whose: '0x00000000000000000000000000000000000b0d9f' }
    expect((await count(other)).over).toEqual({ refused: 'networkBudget', facts: { retryAfter: 3_600 } })
  })
})
