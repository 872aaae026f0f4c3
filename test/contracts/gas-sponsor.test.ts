// The gas sponsor pays for members' operations through the real entry point; and whoever tries to drain it.
import { concat, type Hex } from 'viem'
import { beforeAll, describe, expect, test } from 'vitest'
import { gasSponsorAbi } from '#contracts/generated.ts'
import { approvalWindow, mostCost, outwardCallData } from '#contracts/user-operation.ts'
import {
  budget,
  fees,
  type Operations,
  openOperations,
  owner,
  shopOwner,
  signedOperation,
} from './support/operations.ts'
import { keyOf } from './support/street.ts'

let on: Operations

beforeAll(async () => {
  on = await openOperations()
})

const refusedWith = (code: string) => ({ refused: expect.stringContaining(code) })

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
    const before = await on.deposit()
    const one = await on.operation({ member: 1, callData: on.sending(shopOwner, 1n), fees })
    const outcome = await on.bring(one)
    if ('refused' in outcome) throw new Error(outcome.refused)
    const [handled] = outcome.handled
    expect(handled).toMatchObject({ success: true })
    const taken = before - (await on.deposit())
    expect(taken).toBe(handled?.cost)
    expect(taken).toBeLessThanOrEqual(mostCost(one))
    const day = Math.floor((await on.street.time.latest()) / 86_400)
    const left = await on.street.read(on.sponsor, gasSponsorAbi, 'leftOn', [day, on.addressOf(1)])
    expect(left).toEqual([budget - mostCost(one), budget * 2n - mostCost(one)])
  })

  test('pays when the call itself fails, and counts it all the same', async () => {
    const one = await on.operation({ member: 2, callData: on.sending(shopOwner, 10n ** 9n), fees })
    expect(await on.bring(one)).toMatchObject({ handled: [{ success: false }] })
    const day = Math.floor((await on.street.time.latest()) / 86_400)
    const [forMember] = (await on.street.read(on.sponsor, gasSponsorAbi, 'leftOn', [day, on.addressOf(2)])) as [
      bigint,
      bigint,
    ]
    expect(forMember).toBe(budget - mostCost(one))
  })

  test('is not drained by what nobody approved, by what was approved before, or for another network', async () => {
    const before = await on.deposit()
    const callData = on.sending(shopOwner, 1n)
    const window = approvalWindow(await on.street.time.latest(), 600)
    const one = await on.operation({ member: 1, callData, fees })
    const dearer = signedOperation(1, { ...one, maxFeePerGas: 2n * fees.most })
    expect(await on.bring(dearer)).toMatchObject(refusedWith('AA34'))
    const byOther = await on.operation({ member: 1, callData, fees, signedBy: keyOf(78) })
    expect(await on.bring(byOther)).toMatchObject(refusedWith('AA34'))
    const expired = { validAfter: window.validAfter - 2, validUntil: window.validAfter - 1 }
    expect(await on.bring(await on.operation({ member: 1, callData, fees, window: expired }))).toMatchObject(
      refusedWith('AA32'),
    )
    const days = { validAfter: window.validAfter, validUntil: window.validUntil + 86_400 }
    expect(await on.bring(await on.operation({ member: 1, callData, fees, window: days }))).toMatchObject(
      refusedWith('NotWithinOneDay'),
    )
    expect(await on.deposit()).toBe(before)
    expect(await on.bring(one)).toMatchObject({ handled: [{ success: true }] })
    const after = await on.deposit()
    expect(await on.bring(one)).toMatchObject(refusedWith('AA25'))
    expect(await on.deposit()).toBe(after)
  })

  test('pays for calls of the network only and within the budgets, whoever approved more', async () => {
    const before = await on.deposit()
    const foreign = outwardCallData([{ to: shopOwner, data: '0x' }])
    const money = outwardCallData([{ to: on.street.contracts.money, data: '0x' }])
    const itself = outwardCallData([{ to: on.addressOf(1), data: '0x' }])
    const padded: Hex = concat([on.sending(shopOwner, 1n), '0x00'])
    const refusals: [Hex, string][] = [
      [foreign, 'ForeignTarget'],
      [money, 'ForeignTarget'],
      [itself, 'ForeignTarget'],
      [padded, 'UnreadableAct'],
      ['0x', 'ForeignAct'],
    ]
    for (const [callData, why] of refusals) {
      const outcome = await on.bring(await on.operation({ member: 1, callData, fees }))
      expect(outcome).toMatchObject(refusedWith(`AA33 reverted: ${why}`))
    }
    const dear = { most: budget / 100_000n, tip: budget / 100_000n }
    const callData = on.sending(shopOwner, 1n)
    expect(await on.bring(await on.operation({ member: 1, callData, fees: dear }))).toMatchObject(
      refusedWith('MemberBudgetSpent'),
    )
    expect(await on.deposit()).toBe(before)
  })

  test('that ran dry stops nobody who is brought by the network itself', async () => {
    const all = await on.deposit()
    await on.street.must(owner, on.sponsor, gasSponsorAbi, 'withdraw', [owner, all])
    const callData = on.sending(shopOwner, 1n)
    expect(await on.bring(await on.operation({ member: 4, callData, fees }))).toMatchObject(refusedWith('AA31'))
    expect(await on.bring(await on.operation({ member: 4, callData }))).toMatchObject({ handled: [{ success: true }] })
  })
})
