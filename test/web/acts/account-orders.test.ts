import { privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { keyName } from '#contracts/account-orders.ts'
import {
  challengeFor,
  codeOf,
  freshPhone,
  joins,
  must,
  newDevice,
  orders,
  type PasskeyMember,
  signedOrder,
} from '#test/support/account-people.ts'
import { type LivingStreet, openLivingStreet } from '#test/support/living-street.ts'
import { openShop, type TestShop } from '#test/support/network.ts'
import type { PasskeyDevice } from '#test/support/passkey-device.ts'
import { giveOrder, prepareOrder } from '#web/acts/account-orders.ts'
import { prepareRecovery, startRecovery } from '#web/acts/guardian.ts'
import { intentState } from '#web/acts/intent-state.ts'
import { guardianDelaySeconds } from '#web/acts/join.ts'
import { askForKey, lookAtKeyRequest, waitingKey } from '#web/acts/key-requests.ts'
import { beginSession, type Session, sessionUnder } from '#web/acts/session.ts'
import { signInByPasskey } from '#web/acts/sign-in-passkey.ts'
import type { Hex } from '#web/acts/wire.ts'
import { accountNotices } from '#web/queries/account-notices.ts'
import { guardedAccounts } from '#web/queries/guarded-accounts.ts'
import { memberAccount } from '#web/queries/member-account.ts'
import { passkeysOf } from '#web/queries/passkeys.ts'

/** From one phone to two, from a lost phone to a new one: through the acts, the relayer, the chain and the mirror. */

const device = 'Chrome on Android'
const days = 86_400
const owner = privateKeyToAccount(`0x${'b4'.repeat(32)}`)

let street: LivingStreet
let bakery: TestShop

beforeAll(async () => {
  street = await openLivingStreet({ shops: 0, members: 2 })
  bakery = await openShop(street.network, 1_000_000_000n, owner.address.toLowerCase() as Hex)
  await street.mirror()
})
afterAll(() => street.close())

async function signsIn(phone: PasskeyDevice): Promise<string> {
  return codeOf(await signInByPasskey({ passkey: phone.answers(await challengeFor('passkey')) }, { device }))
}

async function ownersSession(): Promise<Session> {
  const entry = { account: bakery.owner, person: { role: 'owner', shop: bakery.shop }, way: 'wallet' } as const
  const { token } = await beginSession({ ...entry, device })
  const inside = await sessionUnder(token)
  if (inside === null) throw new Error('the owner is not inside')
  return inside
}

const later = async (seconds: number): Promise<void> => {
  await street.chain.mine((await street.chain.head()).time + seconds)
  await street.mirror()
}

const stateOf = async (key: string) => (await intentState({ shop: 0, key })) as { state: string; code?: string }

describe('a second device', () => {
  let anna: PasskeyMember
  let laptop: Awaited<ReturnType<typeof newDevice>>

  test('is added by a touch on the first, and the account is deployed on the way', async () => {
    anna = await joins(street, bakery)
    laptop = await newDevice()
    expect(await waitingKey(laptop.secret)).toMatchObject({ state: 'open', code: laptop.code })
    expect(must(await lookAtKeyRequest(await anna.session(), laptop.code.toLowerCase())).device).toBe('A new phone')
    const session = await anna.session()
    const wish = { kind: 'AddKey', code: `${laptop.code.slice(0, 4)} ${laptop.code.slice(4)}` }
    const given = await signedOrder(await anna.signing(), must(await prepareOrder(session, wish)))
    const answers = await Promise.all([1, 2].map(() => giveOrder(session, { ...given, code: laptop.code })))
    const key = answers.map(must)[0]?.key ?? ''
    expect(answers).toEqual([1, 2].map(() => ({ state: 'pending', key })))
    expect(await waitingKey(laptop.secret)).toEqual({ state: 'pending' })
    expect((await memberAccount(anna.account))?.pending).toEqual([{ key, kind: 'AddKey' }])
    expect(await signsIn(laptop.phone)).toBe('passkeyRemoved')
    await street.settleDown()
    expect(await stateOf(key)).toEqual({ state: 'final' })
    expect(await giveOrder(session, { ...given, code: laptop.code })).toEqual({ state: 'final', key })
    expect(await waitingKey(laptop.secret)).toEqual({ state: 'ready' })
    expect(await memberAccount(anna.account)).toMatchObject({
      ...{ deployed: true, recoverable: true, pending: [] },
      keys: [
        { first: true, settled: true, words: device },
        { first: false, settled: false, words: 'A new phone', credential: laptop.phone.id.toString('base64url') },
      ],
    })
    expect(await accountNotices(anna.account)).toMatchObject([
      { kind: 'keyAdded', words: 'A new phone', open: true, seen: false },
    ])
    expect(await signsIn(laptop.phone)).toBe('done')
    expect((await passkeysOf(anna.account))?.passkeys).toHaveLength(2)
    expect(codeOf(await lookAtKeyRequest(session, laptop.code))).toBe('unknownKeyRequest')
  })

  test('removes the first once it is settled, and whoever came in by that is out', async () => {
    const removal = { kind: 'RemoveKey', key: keyName(anna.phone.key) }
    expect(codeOf(await orders(anna, removal, laptop.phone))).toBe('keyNotSettled')
    expect(codeOf(await orders(anna, removal))).toBe('ownKey')
    await later(3 * days)
    const { key } = must(await orders(anna, removal, laptop.phone))
    expect(await anna.session()).not.toBeNull()
    await street.settleDown()
    expect(await stateOf(key)).toEqual({ state: 'final' })
    expect(await anna.session()).toBeNull()
    expect(await signsIn(anna.phone)).toBe('passkeyRemoved')
    expect(await signsIn(laptop.phone)).toBe('done')
    expect((await passkeysOf(anna.account))?.passkeys.map(({ x }) => x)).toEqual([laptop.phone.key.x])
  })
})

describe('a lost phone', () => {
  let bert: PasskeyMember
  const helps = async (member: Hex, code: string) => {
    const session = await ownersSession()
    const prepared = must(await prepareRecovery(session, { code, member }))
    return await startRecovery(session, { code, member, ...(await signedOrder(owner, prepared)) })
  }

  test('is begun anew by the shop that was named on joining, though nobody ever deployed the account', async () => {
    bert = await joins(street, bakery, { guarded: true })
    const found = await guardedAccounts(bakery.owner)
    expect(found).toMatchObject([{ member: bert.account, deployed: false, delaySeconds: guardianDelaySeconds }])
    const anew = await newDevice()
    const { key } = must(await helps(bert.account, anew.code))
    expect(await waitingKey(anew.secret)).toEqual({ state: 'pending' })
    await street.settleDown()
    expect(await stateOf(key)).toEqual({ state: 'final' })
    expect(await waitingKey(anew.secret)).toMatchObject({ state: 'waiting' })
    expect(await accountNotices(bert.account)).toMatchObject([{ kind: 'recoveryStarted', recovery: 1, open: true }])
    expect((await memberAccount(bert.account))?.recovery).toMatchObject({
      ...{ number: 1, deviceWords: 'A new phone', by: { shop: { shop: bakery.shop } } },
    })
    expect(await signsIn(anew.phone)).toBe('passkeyRemoved')
    expect((await guardedAccounts(bakery.owner))[0]).toMatchObject({ deployed: true, recovery: { number: 1 } })
  })

  test('that turns up again stops it with one touch', async () => {
    const { key } = must(await orders(bert, { kind: 'Veto' }))
    await street.settleDown()
    expect(await stateOf(key)).toEqual({ state: 'final' })
    expect(codeOf(await prepareOrder(await bert.session(), { kind: 'Veto' }))).toBe('noRecoveryWaits')
    expect((await accountNotices(bert.account)).map(({ kind }) => kind)).toEqual(['recoveryVetoed', 'recoveryStarted'])
  })

  test('that stays lost is replaced after three days, by nobody’s doing, and the old one is out', async () => {
    const anew = await newDevice()
    must(await helps(bert.account, anew.code))
    await street.settleDown()
    await later(3 * days - 30)
    expect(await street.turn()).toBe(0)
    await later(60)
    street.forget()
    await street.settleDown()
    expect(await waitingKey(anew.secret)).toEqual({ state: 'ready' })
    expect(await stateOf(`account:${bert.account}:complete:2`)).toEqual({ state: 'final' })
    expect(await bert.session()).toBeNull()
    expect(await signsIn(bert.phone)).toBe('passkeyRemoved')
    expect(await signsIn(anew.phone)).toBe('done')
    expect(await street.turn()).toBe(0)
  })
})

describe('is refused', () => {
  let cleo: PasskeyMember
  let waits: Awaited<ReturnType<typeof newDevice>>
  beforeAll(async () => {
    cleo = await joins(street, bakery)
    waits = await newDevice()
  })
  const inside = async (who: Pick<Session, 'person' | 'account' | 'way'>) => {
    const { token } = await beginSession({ ...who, device, credential: null })
    return await sessionUnder(token)
  }
  const stranger = () => street.member(1).address.toLowerCase() as Hex
  const strangers = () => inside({ account: stranger(), person: { role: 'member', member: stranger() }, way: 'wallet' })
  const prepares = async (wish: object) => codeOf(await prepareOrder(await cleo.session(), wish))

  test('whoever came in by wallet, or not at all: a wallet looks after its own keys', async () => {
    expect(codeOf(await prepareOrder(await strangers(), { kind: 'Veto' }))).toBe('walletHasNoKeys')
    expect(codeOf(await giveOrder(null, {}))).toBe('notYours')
    expect(codeOf(await giveOrder(await ownersSession(), {}))).toBe('notYours')
  })

  test('what the account would not do', async () => {
    expect(await prepares({ kind: 'Veto' })).toBe('noRecoveryWaits')
    expect(await prepares({ kind: 'KeepGuardian' })).toBe('noGuardianWaits')
    expect(await prepares({ kind: 'RemoveKey', key: keyName(freshPhone().key) })).toBe('unknownAccountKey')
    expect(await prepares({ kind: 'RemoveKey', key: keyName(cleo.phone.key) })).toBe('ownKey')
    expect(await prepares({ kind: 'ChooseGuardian', guardian: { member: cleo.account } })).toBe('ownGuardian')
    expect(await prepares({ kind: 'ChooseGuardian', guardian: { member: 'XXXXXXX' } })).toBe('unknownMember')
    expect(await prepares({ kind: 'ChooseGuardian', guardian: { shop: 99 } })).toBe('unknownShop')
    const short = { kind: 'ChooseGuardian', guardian: { shop: bakery.shop }, delaySeconds: 3_600 }
    expect(await prepares(short)).toBe('delayOutOfBounds')
    expect(await prepares({ kind: 'AddKey', code: 'BBBB BBBB' })).toBe('unknownKeyRequest')
  })

  test('an order that another key signed, that was altered, is late or out of turn', async () => {
    const session = await cleo.session()
    const prepared = must(await prepareOrder(session, { kind: 'AddKey', code: waits.code }))
    const { code } = waits
    const forged = await signedOrder(await cleo.signing(freshPhone()), prepared)
    expect(codeOf(await giveOrder(session, { ...forged, code }))).toBe('badSignature')
    const own = await signedOrder(await cleo.signing(), prepared)
    const altered = (change: object) => ({ ...own, code, order: { ...(own.order as object), ...change } })
    expect(codeOf(await giveOrder(session, altered({ deadline: 1 })))).toBe('expired')
    expect(codeOf(await giveOrder(session, altered({ deadline: 2 ** 47 })))).toBe('malformed')
    expect(codeOf(await giveOrder(session, altered({ order: '5' })))).toBe('orderOutOfTurn')
    expect(codeOf(await giveOrder(session, altered(freshPhone().key)))).toBe('unknownKeyRequest')
    const other = await newDevice()
    expect(codeOf(await giveOrder(session, { ...own, code: other.code }))).toBe('unknownKeyRequest')
    expect((await memberAccount(cleo.account))?.pending).toEqual([])
  })

  test('a second order under one number, and a key that comes twice', async () => {
    must(await orders(cleo, { kind: 'AddKey', code: waits.code }))
    const choice = { kind: 'ChooseGuardian', guardian: { shop: bakery.shop } }
    expect(codeOf(await orders(cleo, choice))).toBe('orderPending')
    await street.settleDown()
    expect(codeOf(await orders(cleo, choice))).toBe('done')
    await street.settleDown()
    expect((await memberAccount(cleo.account))?.guardianToCome).toMatchObject({ shop: { shop: bakery.shop } })
    must(await orders(cleo, { kind: 'KeepGuardian' }))
    await street.settleDown()
    expect((await memberAccount(cleo.account))?.guardianToCome).toBeNull()
  })

  test('a guardian that the member did not choose, another’s signature, and codes that are guessed', async () => {
    const { code } = await newDevice()
    const wish = { code, member: cleo.account }
    expect(codeOf(await prepareRecovery(await strangers(), wish))).toBe('notGuardian')
    expect(codeOf(await prepareRecovery(await ownersSession(), { ...wish, member: stranger() }))).toBe('notGuardian')
    expect(codeOf(await prepareRecovery(null, wish))).toBe('notInside')
    const dora = await joins(street, bakery, { guarded: true })
    const prepared = must(await prepareRecovery(await ownersSession(), { code, member: dora.account }))
    const forged = await signedOrder(street.member(1), prepared)
    const given = { code, member: dora.account, ...forged }
    expect(codeOf(await startRecovery(await ownersSession(), given))).toBe('badSignature')
    const guesses = await Promise.all(Array.from({ length: 20 }, async () => lookAtKeyRequest(await strangers(), code)))
    expect(guesses.map(codeOf)).toContain('tooOften')
    expect(codeOf(await waitingKey(Buffer.alloc(32, 7).toString('base64url')))).toBe('unknownKeyRequest')
  })

  test('a passkey whose name is somebody’s, and one that was made for something else', async () => {
    const challenge = await challengeFor('newKey')
    const taken = { passkey: freshPhone().creates(challenge, { id: cleo.phone.id }) }
    expect(codeOf(await askForKey(taken, { device }))).toBe('passkeyTaken')
    const other = { passkey: freshPhone().creates(await challengeFor('join')) }
    expect(codeOf(await askForKey(other, { device }))).toBe('challengeSpent')
  })
})

test('an order whose block vanishes is on its way again, and is carried out once', async () => {
  const emil = await joins(street, bakery)
  const laptop = await newDevice()
  const { key } = must(await orders(emil, { kind: 'AddKey', code: laptop.code }))
  await street.turn()
  await street.chain.mine()
  await street.turn()
  await street.mirror()
  expect(await waitingKey(laptop.secret)).toEqual({ state: 'ready' })
  await street.chain.ask('anvil_reorg', [1, []])
  await street.mirror()
  expect(await waitingKey(laptop.secret)).toEqual({ state: 'pending' })
  expect(await signsIn(laptop.phone)).toBe('passkeyRemoved')
  street.forget()
  await street.settleDown()
  expect(await stateOf(key)).toEqual({ state: 'final' })
  expect(await signsIn(laptop.phone)).toBe('done')
})
