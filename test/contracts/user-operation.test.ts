// User operations of passkey accounts through the real entry point, brought by the network: no fee, no paymaster.
import { entryPoint09Abi } from 'viem/account-abstraction'
import { beforeAll, describe, expect, test } from 'vitest'
import { type AccountOrder, keyName, NO_DEADLINE } from '#contracts/account-orders.ts'
import { memberAccountAbi } from '#contracts/generated.ts'
import {
  entryPoint,
  type GasFees,
  type MemberOperation,
  operationHash,
  orderCallData,
  packedOperation,
} from '#contracts/user-operation.ts'
import { fees, type Operations, openOperations, relayer, shopOwner, signedOperation } from './support/operations.ts'
import { type Passkey, passkeyOf } from './support/passkey.ts'
import { chainId } from './support/street.ts'

let on: Operations

beforeAll(async () => {
  on = await openOperations()
})

const addition = (by: Passkey): AccountOrder => ({ kind: 'AddKey', x: by.x, y: by.y, order: 0n, deadline: NO_DEADLINE })

const refusedWith = (code: string) => ({ refused: expect.stringContaining(code) })

describe('an operation that the network brings itself', () => {
  test('deploys the account and sends points by one touch, with no fee, no paymaster and no ether', async () => {
    const one = await on.operation({ member: 1, callData: on.sending(shopOwner, 100n) })
    expect([one.maxFeePerGas, one.maxPriorityFeePerGas, one.paymaster]).toEqual([0n, 0n, undefined])
    expect(await on.street.read(entryPoint, entryPoint09Abi, 'getUserOpHash', [packedOperation(one)])).toBe(
      operationHash(chainId, one),
    )
    const outcome = await on.bring(one)
    expect(outcome).toMatchObject({ handled: [{ sender: on.addressOf(1), success: true, cost: 0n }] })
    expect(await on.balanceOf(on.addressOf(1))).toBe(900n)
    expect(await on.street.request('eth_getBalance', [on.addressOf(1), 'latest'])).toBe('0x0')
    const again = await on.bring(await on.operation({ member: 1, callData: on.sending(shopOwner, 50n) }))
    expect(again).toMatchObject({ handled: [{ success: true, cost: 0n }] })
    expect(await on.balanceOf(on.addressOf(1))).toBe(850n)
    expect(await on.balanceOf(shopOwner)).toBe(150n)
  })

  test('is not taken twice, altered, or by another key', async () => {
    const one = await on.operation({ member: 2, callData: on.sending(shopOwner, 1n) })
    expect(await on.bring({ ...one, callData: on.sending(relayer, 1n) })).toMatchObject(refusedWith('AA24'))
    const others = await on.operation({ member: 2, callData: on.sending(shopOwner, 1n), by: passkeyOf(3) })
    expect(await on.bring(others)).toMatchObject(refusedWith('AA24'))
    expect(await on.bring(one)).toMatchObject({ handled: [{ success: true }] })
    expect(await on.bring({ ...one, factory: undefined, factoryData: undefined })).toMatchObject(refusedWith('AA25'))
    expect(await on.balanceOf(on.addressOf(2))).toBe(999n)
  })

  test('adds a key, and a key that another one removes in the same bundle does nothing more', async () => {
    const [phone, laptop] = [passkeyOf(3), passkeyOf(33)]
    const account = on.addressOf(3)
    const added = await on.operation({ member: 3, callData: orderCallData(account, addition(laptop)) })
    expect(await on.bring(added)).toMatchObject({ handled: [{ success: true }] })
    const byLaptop = await on.operation({ member: 3, callData: on.sending(shopOwner, 10n), by: laptop })
    expect(await on.bring(byLaptop)).toMatchObject({ handled: [{ success: true }] })
    expect(await on.balanceOf(account)).toBe(990n)
    const removal = orderCallData(account, {
      kind: 'RemoveKey',
      key: keyName(laptop),
      order: 0n,
      deadline: NO_DEADLINE,
    })
    const removes = await on.operation({ member: 3, callData: removal })
    const sends = await on.operation({ member: 3, callData: on.sending(shopOwner, 10n), by: laptop })
    // In a line of its own, so that both are checked before either is carried out.
    const beside = signedOperation(3, { ...sends, nonce: 1n << 64n }, laptop)
    expect(await on.bring(removes, beside)).toMatchObject({ handled: [{ success: true }, { success: false }] })
    expect(await on.balanceOf(account)).toBe(990n)
    expect(await on.street.read(account, memberAccountAbi, 'isSigner', [laptop.x, laptop.y])).toBe(false)
    expect(await on.street.read(account, memberAccountAbi, 'isSigner', [phone.x, phone.y])).toBe(true)
    const later = await on.operation({ member: 3, callData: on.sending(shopOwner, 10n), by: laptop })
    expect(await on.bring(later)).toMatchObject(refusedWith('AA24'))
  })

  test('of somebody who may not is dropped before the others, which stand', async () => {
    const good = await on.operation({ member: 4, callData: on.sending(shopOwner, 10n) })
    const bad = await on.operation({ member: 5, callData: on.sending(shopOwner, 10n), by: passkeyOf(6) })
    expect(await on.bring(good, bad)).toMatchObject(refusedWith('AA24'))
    expect(await on.balanceOf(on.addressOf(4))).toBe(1_000n)
    expect(await on.bring(good)).toMatchObject({ handled: [{ success: true }] })
  })
})

describe('what it costs', () => {
  test('stays within what was measured, alone and in a bundle', async () => {
    const twenty = Array.from({ length: 20 }, (_, index) => 100 + index)
    await on.give(1_000n, twenty, 100n)
    const bundle = async (numbers: readonly number[], asked?: GasFees): Promise<number> => {
      const wishes = numbers.map((member) => ({ member, callData: on.sending(shopOwner, 1n) }))
      const operations: MemberOperation[] = []
      for (const wish of wishes)
        operations.push(await on.operation(asked === undefined ? wish : { ...wish, fees: asked }))
      const outcome = await on.bring(...operations)
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
    await on.payIn(10n ** 17n)
    await bundle([100], fees)
    keep('a sponsored operation', await bundle([100], fees), 170_000)
    console.table(measured)
    for (const { what, gas, most } of measured) expect.soft(gas, what).toBeLessThanOrEqual(most)
  })
})
