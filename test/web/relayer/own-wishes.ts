import type { Hex } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { accountOrderCall, typedAccountOrder } from '#contracts/account-orders.ts'
import { memberAccountAbi, shopPointsAbi } from '#contracts/generated.ts'
import { deployCall } from '#contracts/user-operation.ts'
import { freshPhone, joins, must, newDevice, nobody, orders, type PasskeyMember } from '#test/support/account-people.ts'
import { type LivingStreet, StoppedThere } from '#test/support/living-street.ts'
import { call, read, settled, type TestShop } from '#test/support/network.ts'
import { operationOf, sendingOf, withEntryPoint } from '#test/support/operation-people.ts'
import { intentState } from '#web/acts/intent-state.ts'
import { bringOperation } from '#web/acts/operations.ts'
import { passkeysOf } from '#web/queries/passkeys.ts'
import { failPoints } from '#web/relayer/config.ts'

/** What members wish about their own accounts, and what a chain, its node and a power cut may do to it. */

const day = 86_400
const stranger = privateKeyToAccount(`0x${'98'.repeat(32)}`)

interface Ground {
  readonly street: () => LivingStreet
  /** Opened for this promise alone. */
  readonly shop: () => TestShop
  /** What was wished last finds no block, goes at a better price under its number, and is mined. */
  readonly isStuckAndReplaced: () => Promise<void>
}

interface OwnWish {
  /** As a member's page brings it; answers the name of the wish. */
  readonly give: (member: PasskeyMember) => Promise<string>
  /** What is seen of it on the chain, and what is seen when it was carried out once. */
  readonly done: (member: PasskeyMember) => Promise<readonly bigint[]>
  readonly once: readonly bigint[]
}

const addKey = (code: string) => ({ kind: 'AddKey', code })
const isFinal = { state: 'final' }
const stateOf = (key: string) => intentState({ shop: 0, key })

function ownWishes({ street, shop }: Ground): Readonly<Record<'order' | 'operation', OwnWish>> {
  const balance = (of: Hex) => read(street().network, shopPointsAbi, shop().token, 'balanceOf', [of])
  const asked = (account: Hex, name: 'nextOrder' | 'keyCount') =>
    read(street().network, memberAccountAbi, account, name, [])
  return {
    order: {
      give: async (member) => must(await orders(member, addKey((await newDevice()).code))).key,
      done: async ({ account }) => [await asked(account, 'nextOrder'), await asked(account, 'keyCount')],
      once: [1n, 2n],
    },
    operation: {
      give: async (member) => {
        const wish = { callData: sendingOf(shop(), 30n, stranger.address) }
        return must(await bringOperation(await operationOf(street(), member, wish))).key
      },
      done: async ({ account }) => [await balance(account), await balance(stranger.address)],
      once: [70n, 30n],
    },
  }
}

export function ownWishFaults(ground: Ground): void {
  const { street, shop } = ground
  const wishes = ownWishes(ground)
  beforeAll(() => withEntryPoint(street()))

  describe.each(['order', 'operation'] as const)('an %s of a member', (kind) => faultsOf(ground, wishes[kind]))

  test('an order whose block vanished and whose number another has taken since ends with its reason', async () => {
    const member = await joins(street(), shop())
    const key = await wishes.order.give(member)
    await untilNoted(street())
    await vanishes(street())
    await settled(street().chain, await choosesElsewhere(street(), member))
    await street().mirror()
    await street().settleDown()
    // Undone in its block, it is tried again over several before that is its end.
    for (let block = 0; block < 3; block += 1) await untilNoted(street())
    expect(await stateOf(key)).toMatchObject({ state: 'refused', code: 'orderNotAgreed' })
    expect(await street().turn()).toBe(0)
    expect(await wishes.order.done(member)).toEqual([1n, 1n])
  })

  test('a change of key that nobody stopped: its bringer is killed, its block vanishes, it comes once', async () => {
    const { account, phone } = await joins(street(), shop(), { guarded: true })
    const { x, y } = freshPhone().key
    const known = await passkeysOf(account)
    const made = { ...phone.key, guardian: known?.guardian ?? nobody, delay: known?.delaySeconds ?? 0 }
    const start = call(memberAccountAbi, account, shop().owner, 'startRecovery', [x, y, 0, '0x'])
    const deploy = deployCall(street().network.contracts.accounts, made)
    await settled(street().chain, [{ from: stranger.address, ...deploy }, start])
    await street().chain.mine((await street().chain.head()).time + 3 * day)
    await street().mirror()
    await isStopped(street(), 'afterSending')
    await untilNoted(street())
    await vanishes(street())
    await street().settleDown()
    expect(await stateOf(`account:${account}:complete:1`)).toEqual(isFinal)
    expect(await read(street().network, memberAccountAbi, account, 'isSigner', [x, y])).toBe(true)
    expect(await read(street().network, memberAccountAbi, account, 'keyCount', [])).toBe(1n)
    expect(await street().turn()).toBe(0)
  })
}

function faultsOf({ street, shop, isStuckAndReplaced }: Ground, { give, done, once }: OwnWish): void {
  let member: PasskeyMember
  let key: string
  beforeEach(async () => {
    member = await joins(street(), shop())
    key = await give(member)
  })
  const isThereOnce = async () => {
    await street().settleDown()
    expect(await stateOf(key)).toEqual(isFinal)
    expect(await done(member)).toEqual(once)
    expect(await street().turn()).toBe(0)
  }

  test.each(failPoints)('whose bringer is killed %s is carried out once', async (point) => {
    await isStopped(street(), point)
    expect(await stateOf(key)).toMatchObject({ state: 'pending' })
    await isThereOnce()
  })

  test('that is too cheap to be mined goes at a better price under its number, once', async () => {
    await isStuckAndReplaced()
    await isThereOnce()
  })

  test('whose block vanishes is pending again, is brought again, and there once', async () => {
    await untilNoted(street())
    await street().mirror()
    expect(await done(member)).toEqual(once)
    await vanishes(street())
    await street().mirror()
    await street().turn()
    expect(await stateOf(key)).toMatchObject({ state: 'pending' })
    await isThereOnce()
  })
}

/** Its process is gone there, and another begins with what was written down. */
async function isStopped(street: LivingStreet, point: (typeof failPoints)[number]): Promise<void> {
  street.stopAt(point)
  await expect(untilNoted(street)).rejects.toThrow(StoppedThere)
  street.forget()
}

/** Sent, mined, and noted as mined. */
async function untilNoted(street: LivingStreet): Promise<void> {
  await street.turn()
  await street.chain.mine()
  await street.turn()
}

async function vanishes(street: LivingStreet): Promise<void> {
  await street.chain.ask('anvil_reorg', [1, []])
  await street.chain.ask('anvil_dropAllTransactions')
}

/** The member signs another order with the number that was used in the block that is gone; a stranger brings it. */
async function choosesElsewhere(street: LivingStreet, member: PasskeyMember) {
  const choice = { kind: 'ChooseGuardian', guardian: stranger.address, delay: 3 * day, order: 0n } as const
  const said = { ...choice, deadline: Math.floor(Date.now() / 1000) + day }
  const typed = typedAccountOrder(street.network.chainId, member.account, said)
  const signing = await member.signing()
  const signature = await (signing.signTypedData as (typed: object) => Promise<Hex>)(typed)
  const made = { ...member.phone.key, guardian: nobody, delay: 0 }
  const calls = [deployCall(street.network.contracts.accounts, made), accountOrderCall(member.account, said, signature)]
  return calls.map((one) => ({ from: stranger.address, ...one }))
}
