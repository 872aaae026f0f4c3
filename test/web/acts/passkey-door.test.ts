import { zeroAddress } from 'viem'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { consortiumAbi, memberAccountsAbi } from '#contracts/generated.ts'
import { type LivingStreet, openLivingStreet } from '#test/support/living-street.ts'
import { call, openShop, settled, type TestShop } from '#test/support/network.ts'
import { type PasskeyDevice, passkeyDevice } from '#test/support/passkey-device.ts'
import { type SigningMember, signedPayment, signedTransfer, TillHand } from '#test/support/till-hand.ts'
import { newChallenge } from '#web/acts/challenge.ts'
import { invitationState, invite } from '#web/acts/invitation.ts'
import { issue } from '#web/acts/issue.ts'
import { guardianDelaySeconds, join } from '#web/acts/join.ts'
import { lookUpMember } from '#web/acts/look-up-member.ts'
import { memberBalance } from '#web/acts/member-balance.ts'
import { redeem } from '#web/acts/redeem.ts'
import { isRefusal } from '#web/acts/refusal.ts'
import { sessionUnder } from '#web/acts/session.ts'
import { signInByPasskey } from '#web/acts/sign-in-passkey.ts'
import { transfer } from '#web/acts/transfer.ts'
import type { Hex } from '#web/acts/wire.ts'

/** Joining, coming in again and paying with a passkey, whose account is never deployed; and what is refused. */

const device = 'Chrome on Android'
const anotherKey = passkeyDevice(900).key

let street: LivingStreet
let bakery: TestShop
let cafe: TestShop
let phones = 0

beforeAll(async () => {
  street = await openLivingStreet({ shops: 1, members: 1 })
  bakery = street.network.shops[0] as TestShop
  cafe = await openShop(street.network, 1_000_000_000n)
  await street.mirror()
})
afterAll(() => street.close())

const freshPhone = () => {
  phones += 1
  return passkeyDevice(phones)
}

async function challengeFor(purpose: 'join' | 'passkey' | 'wallet', now = new Date()): Promise<string> {
  const given = await newChallenge({ purpose }, { now })
  if (isRefusal(given)) throw new Error(given.refused)
  return given.challenge
}

async function joins(phone: PasskeyDevice, more: { trustedShop?: number | null; invitation?: string | null } = {}) {
  const passkey = phone.creates(await challengeFor('join'))
  const entered = await join({ passkey, trustedShop: null, invitation: null, ...more }, { device })
  if (isRefusal(entered)) throw new Error(`not joined: ${entered.refused}`)
  return entered
}

const codeOf = (answer: object): string => (isRefusal(answer) ? answer.refused : 'in')

describe('joining at a counter', () => {
  test('the sale that waits at the till is credited to whoever joined, by the till’s ordinary path', async () => {
    const place = { shop: bakery.shop, till: 1 }
    const asked = await invite(place, { points: '3720', spend: '1240' })
    if (isRefusal(asked)) throw new Error(asked.refused)
    expect(await invitationState(place, asked.code)).toEqual({ state: 'open', member: null, memberCode: null })
    const { joined, session } = await joins(freshPhone(), { trustedShop: bakery.shop, invitation: asked.code })
    expect(joined.invited).toBe(true)
    const came = await invitationState(place, asked.code)
    expect(came).toEqual({ state: 'joined', member: joined.member, memberCode: joined.code })
    const till = new TillHand(street.network, bakery)
    expect(await issue(await till.ring({ member: joined.member, points: 3_720n }))).toMatchObject({
      results: [{ state: 'pending' }],
    })
    await street.closeLists()
    await street.settleDown()
    expect(await memberBalance(joined.member)).toEqual({ balance: 3_720n, spendable: 3_720n })
    expect(await lookUpMember(joined.code)).toMatchObject({ member: joined.member, displayName: null })
    expect(await sessionUnder(session.token)).toMatchObject({ person: { role: 'member', member: joined.member } })
  })

  test('the address is made of the key, the guardian and the delay, as the contracts foretell it', async () => {
    const phone = freshPhone()
    const { joined } = await joins(phone, { trustedShop: bakery.shop })
    const recovery = { guardian: bakery.owner, delay: guardianDelaySeconds }
    expect(joined.member).toBe(phone.account(street.network.contracts.accounts, recovery).address.toLowerCase())
    const alone = freshPhone()
    const { joined: unguarded } = await joins(alone)
    const nobody = { guardian: zeroAddress, delay: 0 }
    expect(unguarded.member).toBe(alone.account(street.network.contracts.accounts, nobody).address.toLowerCase())
  })

  test('another till, another shop and a code that ran out learn of nobody', async () => {
    const asked = await invite({ shop: bakery.shop, till: 1 }, { points: '1', spend: '1' })
    if (isRefusal(asked)) throw new Error(asked.refused)
    expect(codeOf(await invitationState({ shop: cafe.shop, till: 1 }, asked.code))).toBe('unknownInvitation')
    expect(codeOf(await invitationState({ shop: bakery.shop, till: 2 }, asked.code))).toBe('unknownInvitation')
    const later = new Date(Date.now() + 601_000)
    expect(await invitationState({ shop: bakery.shop, till: 1 }, asked.code, { now: later })).toMatchObject({
      state: 'expired',
    })
    await joins(freshPhone(), { invitation: asked.code })
    expect((await joins(freshPhone(), { invitation: asked.code })).joined.invited).toBe(false)
  })
})

describe('a new passkey proves nothing about its key, so it makes a fresh account or none', () => {
  test('a key that can be read on the chain gives nobody the account it belongs to', async () => {
    const victim = freshPhone()
    await joins(victim)
    const passkey = freshPhone().creates(await challengeFor('join'), { key: victim.key })
    expect(codeOf(await join({ passkey, trustedShop: null, invitation: null }, { device }))).toBe('alreadyJoined')
  })

  test('nor an account that has points and never joined here', async () => {
    const elsewhere = freshPhone()
    const nobody = { guardian: zeroAddress, delay: 0 }
    const member = elsewhere.account(street.network.contracts.accounts, nobody).address.toLowerCase() as Hex
    await issue(await new TillHand(street.network, cafe).ring({ member, points: 100n }))
    const passkey = elsewhere.creates(await challengeFor('join'))
    expect(codeOf(await join({ passkey, trustedShop: null, invitation: null }, { device }))).toBe('alreadyJoined')
  })

  test('twice at once is one account, and of two who come at once the till learns of one', async () => {
    const phone = freshPhone()
    const answers = [phone.creates(await challengeFor('join')), phone.creates(await challengeFor('join'))]
    const once = await Promise.all(
      answers.map((passkey) => join({ passkey, trustedShop: null, invitation: null }, { device })),
    )
    expect(once.map(codeOf).sort()).toEqual(['alreadyJoined', 'in'])
    const asked = await invite({ shop: bakery.shop, till: 1 }, { points: '1', spend: '1' })
    if (isRefusal(asked)) throw new Error(asked.refused)
    const both = await Promise.all([1, 2].map(() => joins(freshPhone(), { invitation: asked.code })))
    expect(both.map(({ joined }) => joined.invited).sort()).toEqual([false, true])
  })

  test('a passkey’s name for itself is nobody else’s to take', async () => {
    const victim = freshPhone()
    await joins(victim)
    const passkey = freshPhone().creates(await challengeFor('join'), { id: victim.id })
    expect(codeOf(await join({ passkey, trustedShop: null, invitation: null }, { device }))).toBe('alreadyJoined')
  })

  test.each([
    ['challengeSpent', async (phone: PasskeyDevice) => phone.creates(Buffer.alloc(32, 7).toString('base64url'))],
    ['challengeSpent', async (phone: PasskeyDevice) => phone.creates(await challengeFor('passkey'))],
    ['challengeSpent', async (phone: PasskeyDevice) => phone.creates(await challengeFor('join', minutesAgo(6)))],
    ['otherPlace', (phone: PasskeyDevice) => created(phone, { origin: 'http://localhost:3001' })],
    ['otherPlace', (phone: PasskeyDevice) => created(phone, { origin: 'http://127.0.0.1:3000' })],
    ['otherPlace', (phone: PasskeyDevice) => created(phone, { rpId: 'example.org' })],
    ['userNotVerified', (phone: PasskeyDevice) => created(phone, { flags: 0x41 })],
    ['userNotVerified', (phone: PasskeyDevice) => created(phone, { flags: 0x44 })],
    ['badPasskey', (phone: PasskeyDevice) => created(phone, { type: 'webauthn.get' })],
    ['unusablePasskey', (phone: PasskeyDevice) => created(phone, { flags: 0x05 })],
    ['unusablePasskey', (phone: PasskeyDevice) => created(phone, { key: { x: anotherKey.x, y: anotherKey.x } })],
  ])('%s', async (code, make) => {
    const passkey = await make(freshPhone())
    expect(codeOf(await join({ passkey, trustedShop: null, invitation: null }, { device }))).toBe(code)
  })

  const created = async (phone: PasskeyDevice, ceremony: Parameters<PasskeyDevice['creates']>[1]) =>
    phone.creates(await challengeFor('join'), ceremony)

  test('a shop nobody knows guards nobody', async () => {
    const passkey = freshPhone().creates(await challengeFor('join'))
    expect(codeOf(await join({ passkey, trustedShop: 99, invitation: null }, { device }))).toBe('unknownShop')
  })
})

const minutesAgo = (minutes: number): Date => new Date(Date.now() - minutes * 60_000)

describe('coming in again', () => {
  let phone: PasskeyDevice
  let member: Hex
  beforeAll(async () => {
    phone = freshPhone()
    member = (await joins(phone)).joined.member
  })

  test('with the same passkey, on whatever device it is, nothing typed', async () => {
    const entered = await signInByPasskey({ passkey: phone.answers(await challengeFor('passkey')) }, { device })
    expect(entered).toMatchObject({ person: { role: 'member', member } })
    if (isRefusal(entered)) throw new Error(entered.refused)
    expect(await sessionUnder(entered.session.token)).toMatchObject({ account: member, way: 'passkey' })
  })

  test('an answer counts once', async () => {
    const passkey = phone.answers(await challengeFor('passkey'))
    expect(codeOf(await signInByPasskey({ passkey }, { device }))).toBe('in')
    expect(codeOf(await signInByPasskey({ passkey }, { device }))).toBe('challengeSpent')
    const twice = phone.answers(await challengeFor('passkey'))
    const both = await Promise.all([1, 2].map(() => signInByPasskey({ passkey: twice }, { device })))
    expect(both.map(codeOf).sort()).toEqual(['challengeSpent', 'in'])
  })

  test('as the owner of a shop, where the chain says that it is theirs', async () => {
    const enters = async (as: object) =>
      await signInByPasskey({ passkey: phone.answers(await challengeFor('passkey')), as }, { device })
    expect(codeOf(await enters({ role: 'owner' }))).toBe('ownsNoShop')
    const { consortium } = street.network.contracts
    await settled(street.chain, [call(consortiumAbi, consortium, cafe.owner, 'offerShop', [cafe.shop, member])])
    await settled(street.chain, [call(consortiumAbi, consortium, member, 'takeOver', [cafe.shop])])
    await street.mirror()
    expect(await enters({ role: 'owner' })).toMatchObject({ person: { role: 'owner', shop: cafe.shop } })
    expect(codeOf(await enters({ role: 'owner', shop: bakery.shop }))).toBe('notYourPlace')
    expect(codeOf(await enters({ role: 'till' }))).toBe('noTillYet')
    for (const role of ['auditor', 'board']) expect(codeOf(await enters({ role }))).toBe('malformed')
  })

  const refused: [string, () => Promise<object>][] = [
    ['challengeSpent', async () => phone.answers(await challengeFor('passkey', minutesAgo(6)))],
    ['challengeSpent', async () => phone.answers(await challengeFor('join'))],
    ['otherPlace', async () => phone.answers(await challengeFor('passkey'), { origin: 'https://highstreet.example' })],
    ['otherPlace', async () => phone.answers(await challengeFor('passkey'), { end: ',"crossOrigin":true}' })],
    ['otherPlace', async () => phone.answers(await challengeFor('passkey'), { rpId: 'highstreet.example' })],
    ['userNotVerified', async () => phone.answers(await challengeFor('passkey'), { flags: 0x01 })],
    ['badPasskey', async () => phone.answers(await challengeFor('passkey'), { type: 'webauthn.create' })],
    ['badPasskey', async () => freshPhone().answers(await challengeFor('passkey'), { id: phone.id })],
    ['badPasskey', async () => withHandle(phone.answers(await challengeFor('passkey')), 'c29tZWJvZHkgZWxzZQ')],
    ['unknownPasskey', async () => freshPhone().answers(await challengeFor('passkey'))],
    ['malformed', async () => ({ ...phone.answers(await challengeFor('passkey')), id: '\u0000' })],
  ]
  test.each(refused)('%s', async (code, make) => {
    expect(codeOf(await signInByPasskey({ passkey: await make() }, { device }))).toBe(code)
  })

  const withHandle = (answer: ReturnType<PasskeyDevice['answers']>, userHandle: string) => ({
    ...answer,
    response: { ...answer.response, userHandle },
  })
})

describe('a touch pays', () => {
  let phone: PasskeyDevice
  let account: ReturnType<PasskeyDevice['account']>
  const recovery = () => ({ guardian: bakery.owner, delay: guardianDelaySeconds })

  beforeAll(async () => {
    phone = freshPhone()
    await joins(phone, { trustedShop: bakery.shop })
    account = phone.account(street.network.contracts.accounts, recovery())
    const till = new TillHand(street.network, bakery).startAt(500n)
    await issue(await till.ring({ member: account.address, points: 10_000n }))
    await street.closeLists()
    await street.settleDown()
  })

  const paysAtCafe = (sequence: bigint, member: SigningMember = account) =>
    signedPayment(street.network, cafe, { member, sequence, lines: [{ token: bakery.token, points: 500n }] })
  const balance = async () => (await memberBalance(account.address.toLowerCase() as Hex)).balance
  const outcomeOf = async (answer: Promise<object>) => {
    const told = await answer
    return isRefusal(told) ? told.refused : 'state' in told && told.state
  }

  test('in another shop and to a friend, from an account that does not stand on the chain', async () => {
    expect(await redeem(await paysAtCafe(1n))).toEqual({ state: 'pending' })
    const to = street.member(0).address
    const gift = await signedTransfer(street.network, bakery, { from: account, to, points: 700n, nonce: 1 })
    expect(await transfer(gift)).toEqual({ state: 'pending' })
    await street.settleDown()
    expect(await balance()).toBe(8_800n)
    expect(await street.chain.ask('eth_getCode', [account.address, 'latest'])).toBe('0x')
  })

  test('another passkey’s touch, and one over other terms, move nothing', async () => {
    const stranger = freshPhone().account(street.network.contracts.accounts, recovery())
    const forged = await paysAtCafe(2n, { ...stranger, address: account.address })
    expect(await outcomeOf(redeem(forged))).toBe('badSignature')
    const own = await paysAtCafe(2n)
    const other = { ...own, item: { ...own.item, deadline: `${Number(own.item.deadline) + 1}` } }
    expect(await outcomeOf(redeem(other))).toBe('badSignature')
    expect(await balance()).toBe(8_800n)
  })

  test('a stranger who deploys the account in between changes nothing, before or after', async () => {
    expect(await redeem(await paysAtCafe(3n))).toEqual({ state: 'pending' })
    const { guardian, delay } = recovery()
    const { accounts } = street.network.contracts
    const given = [phone.key.x, phone.key.y, guardian, delay] as const
    await settled(street.chain, [call(memberAccountsAbi, accounts, cafe.owner, 'deploy', given)])
    expect(await street.chain.ask('eth_getCode', [account.address, 'latest'])).not.toBe('0x')
    await street.settleDown()
    expect(await redeem(await paysAtCafe(4n))).toEqual({ state: 'pending' })
    await street.settleDown()
    expect(await balance()).toBe(7_800n)
    const passkey = phone.answers(await challengeFor('passkey'))
    expect(codeOf(await signInByPasskey({ passkey }, { device }))).toBe('in')
  })
})
