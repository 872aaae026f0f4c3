import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type LivingStreet, openLivingStreet } from '#test/support/living-street.ts'
import { TillHand } from '#test/support/till-hand.ts'
import { createKey } from '#web/acts/api-keys.ts'
import { POST as choose } from '#web/app/api/demo/choose/route.ts'
import { GET as people } from '#web/app/api/demo/people/route.ts'
import { GET as health } from '#web/app/api/health/route.ts'
import { GET as intentAt } from '#web/app/api/v1/intents/[shop]/[key]/route.ts'
import { POST as issue } from '#web/app/api/v1/issue/route.ts'
import { GET as memberAt } from '#web/app/api/v1/member/[code]/route.ts'
import { POST as quote } from '#web/app/api/v1/quote/route.ts'
import { POST as redeem } from '#web/app/api/v1/redeem/route.ts'
import { POST as refund } from '#web/app/api/v1/refund/route.ts'
import { POST as requests } from '#web/app/api/v1/requests/route.ts'
import { POST as reverse } from '#web/app/api/v1/reverse/route.ts'
import { POST as settle } from '#web/app/api/v1/settle/route.ts'
import { POST as shifts } from '#web/app/api/v1/shifts/route.ts'
import { GET as nextAt } from '#web/app/api/v1/tills/[shop]/[till]/next/route.ts'
import { POST as transfer } from '#web/app/api/v1/transfer/route.ts'
import { POST as webhooks } from '#web/app/api/v1/webhooks/route.ts'

/** The till API over HTTP: what a vendor's till sees, whatever it sends. */

let street: LivingStreet
let key: string
beforeAll(async () => {
  street = await openLivingStreet({ shops: 1, members: 1 })
  const made = await createKey({ shop: 1, label: 'counter' })
  if ('key' in made) key = made.key
})
afterAll(() => street.close())

const shop = () => {
  const [only] = street.network.shops
  if (!only) throw new Error('one shop was opened')
  return only
}
const memberAddress = () => street.network.members[0]?.address ?? '0x'

function posted(body: unknown, headers: Record<string, string> = {}): Request {
  return new Request('http://localhost/api', {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}`, ...headers },
    body: typeof body === 'string' || body instanceof Uint8Array ? (body as BodyInit) : JSON.stringify(body),
  })
}

const asked = () => new Request('http://localhost/', { headers: { authorization: `Bearer ${key}` } })

async function problemOf(response: Response) {
  expect(response.headers.get('content-type')).toBe('application/problem+json')
  const problem = (await response.json()) as Record<string, unknown>
  expect(problem).toMatchObject({ status: response.status, type: expect.any(String), title: expect.any(String) })
  return problem
}

describe('a good request', () => {
  test('is answered in JSON, whole numbers as digits', async () => {
    const body = await new TillHand(street.network, shop()).ring({ member: memberAddress(), points: 125n })
    const response = await issue(posted(body))
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('application/json')
    const result = { sequence: '1', points: '125', state: 'pending' }
    expect(await response.json()).toMatchObject({ results: [result], member: { balance: '0' } })
    const params = Promise.resolve({ shop: `${shop().shop}`, key: 'purchase:1:1' })
    expect(await (await intentAt(new Request('http://localhost/'), { params })).json()).toEqual({ state: 'pending' })
  })

  test('how far the books are, and which numbers come next', async () => {
    const mirror = { block: expect.stringMatching(/^\d+$/), evidence: 'receipts' }
    expect(await (await health()).json()).toMatchObject({ ok: true, mirror })
    const params = Promise.resolve({ shop: `${shop().shop}`, till: '1' })
    const next = await nextAt(asked(), { params })
    expect(await next.json()).toEqual({ purchase: '2', payment: '1' })
  })
})

describe('a bad request is told what is wrong with it', () => {
  const hostile: { what: string; body: unknown; status?: number; code?: string }[] = [
    { what: 'no JSON', body: '{' },
    { what: 'no UTF-8', body: new Uint8Array([0x22, 0xff, 0xfe, 0x22]) },
    { what: 'nothing', body: '' },
    { what: 'null', body: 'null' },
    { what: 'a list', body: '[]' },
    { what: 'a number', body: '7' },
    { what: 'half a million brackets', body: '['.repeat(500_000) },
    { what: 'more than half a megabyte', body: `"${'x'.repeat(600_000)}"`, status: 413, code: 'tooLarge' },
    { what: 'the prototype', body: '{"__proto__":{"shop":1},"constructor":1}' },
    { what: 'other scripts for digits', body: { shop: '１', till: '٣', points: '٧', spend: '१' } },
    { what: 'endless digits', body: { shop: 1, till: 1, points: '9'.repeat(10_000), spend: '9'.repeat(10_000) } },
    { what: 'negative numbers', body: { shop: -1, till: -1, points: '-1', spend: -1 } },
    { what: 'not numbers', body: '{"shop":1e999,"till":1,"points":"NaN","spend":"Infinity"}' },
    { what: 'signs that end a string', body: { shop: 1, till: 1, points: '1\u0000', spend: "1'; DROP TABLE x" } },
  ]
  const doors = { issue, redeem, transfer, quote, requests, reverse, refund, shifts, webhooks }
  const cases = hostile.flatMap((one) =>
    Object.keys(doors).map((door) => ({ door: door as keyof typeof doors, ...one })),
  )

  test.each(cases)('$door, $what', async ({ door, body, status, code }) => {
    const problem = await problemOf(await doors[door](posted(body as string)))
    expect(problem).toMatchObject({ status: status ?? 400, code: code ?? 'malformed' })
  })

  test.each([
    { what: 'points beyond 48 bits', change: { points: `${2n ** 48n}` } },
    { what: 'a fraction', change: { points: 1.5 } },
    { what: 'a sequence beyond 63 bits', change: { sequence: `${2n ** 63n}` } },
    { what: 'an address that is none', change: { member: '0xé' } },
    { what: 'a time before time', change: { soldAt: -1 } },
  ])('issue, $what names the field', async ({ change }) => {
    const body = await new TillHand(street.network, shop()).ring({ member: memberAddress() })
    const changed = { ...body, entries: body.entries.map((entry) => ({ ...entry, ...change })) }
    const problem = await problemOf(await issue(posted(changed)))
    expect(problem).toMatchObject({ code: 'malformed', field: `entries.0.${Object.keys(change)[0]}` })
  })

  test.each(['abc', '', '1e3', '0x1', -1, 1.5, null])('a list that begins at %s names the field', async (first) => {
    const body = await new TillHand(street.network, shop()).ring({ member: memberAddress() })
    const changed = { ...body, batch: { ...body.batch, firstSequence: first } }
    const problem = await problemOf(await issue(posted(changed)))
    expect(problem).toMatchObject({ code: 'malformed', field: 'batch.firstSequence' })
  })

  test.each(['\u0000', 'a\u0000b', 'purchase:1:1\u0000', '🍞', ' ', 'x'.repeat(161)])(
    'no wish has the name %j',
    async (key) => {
      const params = Promise.resolve({ shop: '1', key })
      const problem = await problemOf(await intentAt(new Request('http://localhost/'), { params }))
      expect(problem).toMatchObject({ status: 400, code: 'malformed', field: 'key' })
    },
  )

  test('more than 500 purchases', async () => {
    const body = await new TillHand(street.network, shop()).ring({ member: memberAddress() })
    const entries = Array.from({ length: 501 }, () => body.entries[0])
    expect(await problemOf(await issue(posted({ ...body, entries })))).toMatchObject({ code: 'malformed' })
  })

  test('a form of another page, which a browser sends without asking', async () => {
    const problem = await problemOf(await settle(posted('{}', { 'content-type': 'text/plain' })))
    expect(problem).toMatchObject({ code: 'malformed' })
  })

  test('a code in another script is nobody’s', async () => {
    const params = Promise.resolve({ code: 'Ünïcödé 🍞 \u0000' })
    const response = await memberAt(asked(), { params })
    expect(response.status).toBeLessThan(500)
  })
})

describe('a refusal', () => {
  test('carries a stable code, a sentence to read aloud, what to do, and the facts', async () => {
    const body = await new TillHand(street.network, shop(), { till: 9 }).ring({ member: memberAddress() })
    const problem = await problemOf(await issue(posted(body)))
    expect(problem).toMatchObject({
      status: 404,
      code: 'unknownTill',
      sentence: 'This shop has no till with that number.',
      till: 9,
    })
  })

  test('while the database is away asks the till to keep the receipt and come again', async () => {
    const { pool } = await import('#web/queries/database.ts')
    const away = vi.spyOn(pool(), 'connect').mockImplementation(() => {
      throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
    })
    const quiet = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const body = await new TillHand(street.network, shop()).ring({ member: memberAddress() })
    const response = await issue(posted(body))
    away.mockRestore()
    quiet.mockRestore()
    expect(response.headers.get('retry-after')).toBe('5')
    expect(await problemOf(response)).toMatchObject({ status: 503, code: 'unavailable' })
  })
})

test('where no demo people are offered nobody gets a key or a face', async () => {
  expect(await problemOf(await people())).toMatchObject({ status: 404, code: 'notOffered' })
  const response = await choose(posted({ role: 'auditor', id: '1' }))
  expect(response.headers.get('set-cookie')).toBeNull()
  expect(await problemOf(response)).toMatchObject({ code: 'notOffered' })
})
