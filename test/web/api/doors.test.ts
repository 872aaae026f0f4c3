import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { standing } from '#contracts/till-api/answers.ts'
import { tillClient } from '#contracts/till-api/client.ts'
import type { openApiDocument } from '#contracts/till-api/openapi.ts'
import { routes } from '#contracts/till-api/routes.ts'
import { freshShop } from '#test/support/fresh-shop.ts'
import { type LivingStreet, openLivingStreet } from '#test/support/living-street.ts'
import type { TestShop } from '#test/support/network.ts'
import { passkeyDevice } from '#test/support/passkey-device.ts'
import { routeFetch } from '#test/support/route-fetch.ts'
import { signedPayment, type TillHand } from '#test/support/till-hand.ts'
import { createKey, keysOf, revokeKey, rotateKey, shopOfKey } from '#web/acts/api-keys.ts'
import { keepCashierPasskey, openShiftByPasskey } from '#web/acts/cashier-passkeys.ts'
import { dismissCashier, hireCashier, openShift } from '#web/acts/cashiers.ts'
import { newChallenge } from '#web/acts/challenge.ts'
import { strangerLimit, takeOne, tillLimit } from '#web/acts/rate-limits.ts'
import { isRefusal } from '#web/acts/refusal.ts'
import { signInByPasskey } from '#web/acts/sign-in-passkey.ts'
import { POST as hire } from '#web/app/api/v1/cashiers/route.ts'
import { GET as docs } from '#web/app/api/v1/docs/route.ts'
import { POST as makeKey } from '#web/app/api/v1/keys/route.ts'
import { GET as openapi } from '#web/app/api/v1/openapi.json/route.ts'
import { shopPeople } from '#web/queries/shop-people.ts'

/** Who may ask the till API, how often, and in whose name; and that its document and its client say what it does. */

let street: LivingStreet
let shop: TestShop
let other: TestShop
let till: TillHand

beforeAll(async () => {
  street = await openLivingStreet({ shops: 0, members: 2 })
})
afterAll(() => street.close())

beforeEach(async () => {
  ;({ shop, till } = await freshShop(street))
  ;({ shop: other } = await freshShop(street))
})

async function keyFor(of: TestShop): Promise<{ readonly id: string; readonly key: string }> {
  const made = await createKey({ shop: of.shop, label: 'the counter' })
  if (isRefusal(made)) throw new Error(made.refused)
  return made
}

const clientWith = (apiKey?: string, shiftToken?: string) =>
  tillClient({
    origin: 'http://street',
    fetch: routeFetch,
    ...(apiKey === undefined ? {} : { apiKey }),
    ...(shiftToken === undefined ? {} : { shiftToken }),
  })
const codeOf = async (told: Promise<{ ok: boolean } & object>) => {
  const answer = await told
  return 'problem' in answer ? (answer.problem as { code: string }).code : 'ok'
}
const member = () => street.member(0)
const quoted = () => ({ body: { shop: shop.shop, till: 1, spend: 1_000 } })

describe('a key', () => {
  test('opens what only its shop may know, and no other shop’s', async () => {
    const { key } = await keyFor(shop)
    expect(await clientWith(key).call('quote', quoted())).toMatchObject({ ok: true, answer: { rewards: [] } })
    expect(await codeOf(clientWith().call('quote', quoted()))).toBe('apiKeyNeeded')
    expect(await codeOf(clientWith((await keyFor(other)).key).call('quote', quoted()))).toBe('wrongShop')
    const next = { params: { shop: shop.shop, till: 1 } }
    expect(await clientWith(key).call('next', next)).toMatchObject({ answer: { purchase: '1' } })
    expect(await codeOf(clientWith((await keyFor(other)).key).call('next', next))).toBe('wrongShop')
    expect(await codeOf(clientWith().call('member', { params: { code: member().address } }))).toBe('apiKeyNeeded')
  })

  test.each(['', 'hs_1', `hs_1_aaaaaaaaaa_${'A'.repeat(43)}`, `hs_99999999999_a_${'A'.repeat(43)}`, '\u0001', '🍞'])(
    '%j is none',
    async (key) => {
      expect(await shopOfKey(key)).toMatchObject({ refused: 'badApiKey' })
    },
  )

  test('is kept as a hash only, and listed without it', async () => {
    const { key } = await keyFor(shop)
    const { rows } = await street.web.query('SELECT * FROM portal.api_key WHERE shop = $1', [shop.shop])
    const secret = key.split('_').at(-1) ?? ''
    const kept = JSON.stringify([rows, await keysOf(shop.shop)])
    expect(kept).not.toContain(secret)
    expect(kept).not.toContain(Buffer.from(secret, 'base64url').toString('hex'))
  })

  test('is rotated without a stop: both serve for a day, then the new one alone', async () => {
    const old = await keyFor(shop)
    const rotated = await clientWith(old.key).call('rotateKey', { body: {} })
    const fresh = rotated.ok ? rotated.answer.key : ''
    for (const key of [old.key, fresh]) expect(await codeOf(clientWith(key).call('quote', quoted()))).toBe('ok')
    const tomorrow = new Date(Date.now() + 86_400_000 + 1)
    expect(await shopOfKey(old.key, { now: tomorrow })).toMatchObject({ refused: 'badApiKey' })
    expect(await shopOfKey(fresh, { now: tomorrow })).toMatchObject({ shop: shop.shop })
    expect(await rotateKey({ shop: other.shop, id: old.id })).toMatchObject({ refused: 'unknownKey' })
  })

  test('that is revoked opens nothing', async () => {
    const { id, key } = await keyFor(shop)
    expect(await codeOf(clientWith(key).call('quote', quoted()))).toBe('ok')
    expect(await revokeKey({ shop: other.shop, id })).toMatchObject({ refused: 'unknownKey' })
    await revokeKey({ shop: shop.shop, id })
    expect(await codeOf(clientWith(key).call('quote', quoted()))).toBe('badApiKey')
  })

  test('is made by the shop’s owner alone, and no program’s key makes another', async () => {
    const { key } = await keyFor(shop)
    const post = (headers: Record<string, string>) => ({
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ shop: shop.shop, label: 'x', cashier: 1, name: 'x', pin: '1234' }),
    })
    for (const make of [makeKey, hire]) {
      const answer = await make(new Request('http://street/', post({ authorization: `Bearer ${key}` })))
      expect(await answer.json()).toMatchObject({ status: 403, code: 'notTheOwner' })
    }
  })

  test('need not come along with what a till has signed, but must fit where it does', async () => {
    const body = await till.ring({ member: member().address, points: 5n })
    expect(await codeOf(clientWith((await keyFor(other)).key).call('issue', { body }))).toBe('wrongShop')
    expect(await codeOf(clientWith(`hs_1_aaaaaaaaaa_${'A'.repeat(43)}`).call('issue', { body }))).toBe('badApiKey')
    expect(await clientWith().call('issue', { body })).toMatchObject({ answer: { results: [{ state: 'pending' }] } })
  })
})

/** At one moment, and one that is still to come: however long this test takes, nothing has run in again. */
function drain(limit: typeof tillLimit): void {
  const later = performance.now() + 3_600_000
  for (let times = 0; times < limit.burst; times += 1) {
    expect(takeOne([{ limit, whose: `${shop.shop}:1` }], later).refusal).toBeNull()
  }
}

describe('how often', () => {
  test('stands in the headers of every answer, and what is too much is told when to come again', async () => {
    const response = await routeFetch('http://street/api/v1/quote', { method: 'POST', body: '{}' })
    expect(response.headers.get('ratelimit-policy')).toBe(`"stranger";q=${strangerLimit.burst};w=4`)
    expect(response.headers.get('ratelimit')).toMatch(/^"stranger";r=\d+;t=\d+$/)
    const { key } = await keyFor(shop)
    drain(tillLimit)
    expect(await clientWith(key).call('quote', quoted())).toMatchObject({
      problem: { status: 429, code: 'tooOften', limit: 'till' },
      retryAfterSeconds: 1,
    })
  })

  test('what is refused takes from no other bucket, and a second gives as much as it should', () => {
    const limit = { name: 'two', perSecond: 2, burst: 2 }
    const one = (at: number) => takeOne([{ limit, whose: `${shop.shop}` }], at).refusal
    expect([one(0), one(0), one(0)?.refused, one(400)?.refused]).toEqual([null, null, 'tooOften', 'tooOften'])
    expect([one(500), one(500)?.refused, one(1_000)]).toEqual([null, 'tooOften', null])
  })

  test('a stranger does not use up what the shop’s own key has', async () => {
    drain(strangerLimit)
    const body = await till.ring({ member: member().address, points: 5n })
    expect(await codeOf(clientWith().call('issue', { body }))).toBe('tooOften')
    expect(await codeOf(clientWith((await keyFor(shop)).key).call('issue', { body }))).toBe('ok')
  })
})

describe('a cashier', () => {
  const ada = () => ({ shop: shop.shop, cashier: 7, name: 'Ada', pin: '4711' })
  const signIn = (pin: string, now = new Date()) => openShift({ shop: shop.shop, till: 1, cashier: 7, pin }, { now })

  test('signs in by PIN, and what is done at the till bears their number', async () => {
    await hireCashier(ada())
    const { key } = await keyFor(shop)
    const opened = await clientWith(key).call('openShift', { body: { ...place(), cashier: 7, pin: '4711' } })
    if (!opened.ok) throw new Error(opened.problem.code)
    const sale = await till.ring({ member: member().address, points: 50n })
    expect(await codeOf(clientWith(key).call('issue', { body: sale }))).toBe('shiftNeeded')
    const onDuty = clientWith(key, opened.answer.token)
    expect(await codeOf(onDuty.call('issue', { body: sale }))).toBe('ok')
    await street.closeLists()
    await street.settleDown()
    const payment = { member: member(), sequence: 1n, lines: [{ token: shop.token, points: 10n }] }
    expect(await codeOf(onDuty.call('redeem', { body: await signedPayment(street.network, shop, payment) }))).toBe('ok')
    const { rows } = await street.web.query('SELECT kind, cashier FROM portal.intent WHERE shop = $1 ORDER BY kind', [
      shop.shop,
    ])
    expect(rows).toEqual([
      { kind: 'payment', cashier: 7 },
      { kind: 'purchase', cashier: 7 },
    ])
    await street.settleDown()
  })

  test('who has gone home takes no payment; what they sold before may still come in', async () => {
    await hireCashier(ada())
    const shift = await signIn('4711')
    if (isRefusal(shift)) throw new Error(shift.refused)
    const client = clientWith((await keyFor(shop)).key, shift.token)
    const sale = await till.ring({ member: member().address, points: 50n })
    expect(await codeOf(client.call('endShift', {}))).toBe('ok')
    expect(await codeOf(client.call('issue', { body: sale }))).toBe('ok')
    await street.closeLists()
    await street.settleDown()
    const payment = { member: member(), sequence: 1n, lines: [{ token: shop.token, points: 10n }] }
    const body = await signedPayment(street.network, shop, payment)
    expect(await codeOf(client.call('redeem', { body }))).toBe('shiftOver')
  })

  test('is not guessed: five wrong PINs, and nobody looks at the next for a while', async () => {
    await hireCashier(ada())
    for (const left of [4, 3, 2, 1]) {
      expect(await signIn('0000')).toMatchObject({ refused: 'wrongPin', facts: { triesLeft: left } })
    }
    expect(await signIn('0000')).toMatchObject({ refused: 'pinLocked' })
    expect(await signIn('4711')).toMatchObject({ refused: 'pinLocked' })
    expect(await signIn('4711', new Date(Date.now() + 16 * 60_000))).toMatchObject({ cashier: 7 })
  })

  test('whom the owner let go is nobody, at once', async () => {
    await hireCashier(ada())
    const shift = await signIn('4711')
    if (isRefusal(shift)) throw new Error(shift.refused)
    await hireCashier({ ...ada(), cashier: 8, name: 'Bo' })
    const before = await shopPeople(shop.shop)
    expect(before.cashiers.map(({ name, stands }) => [name, stands?.till ?? null])).toEqual([
      ['Ada', 1],
      ['Bo', null],
    ])
    expect(before.shifts).toMatchObject([{ name: 'Ada', till: 1, endedAt: null, sales: 0, payments: 0 }])
    expect(await dismissCashier(other.shop, 7)).toMatchObject({ refused: 'unknownCashier' })
    expect(await dismissCashier(shop.shop, 7)).toEqual({ dismissed: true })
    const after = { cashiers: [{ name: 'Bo' }], shifts: [{ name: 'Ada', endedAt: expect.any(Date) }], nextNumber: 9 }
    expect(await shopPeople(shop.shop)).toMatchObject(after)
    expect(await signIn('4711')).toMatchObject({ refused: 'unknownCashier' })
    const body = { shop: shop.shop, till: 1, points: 5, purpose: 0 }
    expect(await codeOf(clientWith((await keyFor(shop)).key, shift.token).call('request', { body }))).toBe('shiftOver')
  })

  test('a PIN stands nowhere as it is', async () => {
    await hireCashier(ada())
    const { rows } = await street.web.query('SELECT * FROM portal.cashier WHERE shop = $1', [shop.shop])
    expect(JSON.stringify(rows)).not.toContain('4711')
    expect(rows[0].pin_hash).toHaveLength(32)
  })

  test('comes in by a passkey as well, which opens shifts and nothing else, until there is a new PIN', async () => {
    await hireCashier(ada())
    const [finger, another] = [passkeyDevice(771), passkeyDevice(772)]
    const challenge = async (purpose = 'cashier') => {
      const given = await newChallenge({ purpose })
      return isRefusal(given) ? given.refused : given.challenge
    }
    const passkey = finger.creates(await challenge())
    expect(await keepCashierPasskey({ ...place(), passkey }, { cashier: null })).toMatchObject({
      refused: 'shiftNeeded',
    })
    expect(await keepCashierPasskey({ ...place(), passkey }, { cashier: 7 })).toEqual({ kept: true })
    const enter = (passkey: object, at = shop) => openShiftByPasskey({ shop: at.shop, till: 1, passkey })
    const answer = finger.answers(await challenge())
    expect(await enter(answer)).toMatchObject({ cashier: 7, name: 'Ada' })
    expect(await enter(answer)).toMatchObject({ refused: 'challengeSpent' })
    expect(await enter(finger.answers(await challenge('passkey')))).toMatchObject({ refused: 'challengeSpent' })
    expect(await enter(finger.answers(await challenge()), other)).toMatchObject({ refused: 'unknownPasskey' })
    const forged = another.answers(await challenge(), { id: finger.id })
    expect(await enter(forged)).toMatchObject({ refused: 'badPasskey' })
    const asMember = { passkey: finger.answers(await challenge('passkey')) }
    expect(await signInByPasskey(asMember, { device: '' })).toMatchObject({ refused: 'unknownPasskey' })
    await hireCashier({ ...ada(), pin: '9999' })
    expect(await enter(finger.answers(await challenge()))).toMatchObject({ refused: 'unknownPasskey' })
  })

  const place = () => ({ shop: shop.shop, till: 1 })
})

describe('the document', () => {
  test('has every route, and each of its answers is what the schemas say', async () => {
    const document = (await (await openapi()).json()) as ReturnType<typeof openApiDocument>
    expect(document.openapi).toBe('3.1.0')
    const operations = Object.values(document.paths ?? {}).flatMap((path) => Object.values(path as object))
    expect(operations.map(({ operationId }) => operationId).sort()).toEqual(Object.keys(routes).sort())
    expect(document.components?.schemas).toHaveProperty('Problem')
    expect(document.servers).toEqual([{ url: 'http://localhost:3000' }])
  })

  test('can be read by people, without a script', async () => {
    const page = await docs().text()
    for (const { path } of Object.values(routes)) expect(page).toContain(path)
    expect(page).not.toContain('<script')
  })

  test('names only refusals that there are', async () => {
    const { wordings } = await import('#web/acts/sentences.ts')
    for (const { codes } of Object.values(routes)) for (const code of codes) expect(wordings).toHaveProperty(code)
  })

  test('knows the three ways in which a wish can stand', () => {
    for (const one of [{ state: 'pending' }, { state: 'final' }]) expect(standing.safeParse(one).success).toBe(true)
    expect(standing.safeParse({ state: 'maybe' }).success).toBe(false)
  })
})
