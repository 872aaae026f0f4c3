import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { account, bytes, openStreet, type Street } from '#test/web/queries/street.ts'
import { entryAccountLimit, entrySourceLimit, invitationSourceLimit } from '#web/acts/rate-limits.ts'
import { beginSession } from '#web/acts/session.ts'
import { GET as invited } from '#web/app/api/invitations/[code]/route.ts'
import { POST as invite } from '#web/app/api/invitations/route.ts'
import { POST as challenge } from '#web/app/api/session/challenge/route.ts'
import { POST as end } from '#web/app/api/session/end/route.ts'
import { POST as join } from '#web/app/api/session/join/route.ts'
import { POST as passkey } from '#web/app/api/session/passkey/route.ts'
import { POST as wallet } from '#web/app/api/session/wallet/route.ts'
import { sourceOf } from '#web/app/api/source.ts'

/** How often one may come in, join, go out or ask somebody to join: told in headers and words, and no way around it. */

const jar = vi.hoisted(() => new Map<string, string>())
vi.mock('next/headers', () => ({
  cookies: async () => ({ get: (name: string) => (jar.has(name) ? { name, value: jar.get(name) } : undefined) }),
}))

const anna = account(0xa1)
const tillKey = account(0xb2)
const own = 'http://localhost:3000'
let street: Street
let sources = 0

beforeAll(async () => {
  street = await openStreet()
  await street.shop(1)
  const till = { shop: 1, till: 1, key: bytes(tillKey), kind: 1, budget: 0, revoked: false, daily_points: 0 }
  await street.ledger('till', till)
  const person = { role: 'till', shop: 1, till: 1 } as const
  jar.set('session', (await beginSession({ account: tillKey, person, way: 'wallet', device: 'A till' })).token)
})
afterAll(() => street.close())

const freshSource = () => {
  sources += 1
  return `198.51.100.${sources}`
}

function asked(body: object, source: string, headers: Record<string, string> = {}): Request {
  return new Request(`${own}/`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: own, 'x-forwarded-for': source, ...headers },
    body: JSON.stringify(body),
  })
}

/** Asks until it is too much; answers how often it was not, and what was said then. */
async function until(ask: () => Promise<Response>, most: number): Promise<{ times: number; told: Response }> {
  for (let times = 0; times <= most; times += 1) {
    const told = await ask()
    if (told.status === 429) return { times, told }
  }
  throw new Error(`${most} times were not too often`)
}

describe('by where it comes from', () => {
  test('it stands in the headers, and what is too much is told when to come again, in words for people', async () => {
    const source = freshSource()
    const ask = () => challenge(asked({ purpose: 'passkey' }, source))
    const first = await ask()
    expect(first.status).toBe(200)
    expect(first.headers.get('ratelimit-policy')).toBe(`"source";q=${entrySourceLimit.burst};w=30`)
    expect(first.headers.get('ratelimit')).toMatch(/^"source";r=59;t=\d+$/)
    const { times, told } = await until(ask, entrySourceLimit.burst * 2)
    expect(times).toBeGreaterThanOrEqual(entrySourceLimit.burst - 1)
    expect(Number(told.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await told.json()).toMatchObject({
      code: 'tooManyTries',
      sentence: 'That was too often in a short time. Please wait, then try again.',
      limit: 'source',
    })
    expect((await challenge(asked({ purpose: 'passkey' }, freshSource()))).status).toBe(200)
    // Every door of these counts with the others: whoever used them up finds none open.
    for (const door of [join, passkey, wallet, end]) expect((await door(asked({}, source))).status).toBe(429)
  })

  test('what another site’s page makes a browser send uses up nothing of that browser’s', async () => {
    const source = freshSource()
    for (let times = 0; times < entrySourceLimit.burst + 5; times += 1) {
      expect((await end(asked({}, source, { origin: 'https://elsewhere.example' }))).status).toBe(403)
    }
    expect((await challenge(asked({ purpose: 'join' }, source))).status).toBe(200)
  })

  test.each([
    ['what the client wrote itself stands further left', '1.1.1.1, 203.0.113.9', '203.0.113.9'],
    ['one address', ' 203.0.113.9 ', '203.0.113.9'],
    ['an older address in the newer’s clothes', '::ffff:203.0.113.9', '203.0.113.9'],
    ['a household’s whole street', '2001:db8:0:42:aaaa::7', '2001:db8:0:42'],
    ['the same street, written otherwise', '2001:0DB8::42:1:2:3:4', '2001:db8:0:42'],
    ['this machine', '::1', '0:0:0:0'],
    ['nothing', '', 'unknown'],
    ['no address', '<script>', 'unknown'],
  ])('%s', (_, header, source) => {
    expect(sourceOf(new Headers({ 'x-forwarded-for': header }), 1)).toBe(source)
  })

  test('behind two proxies it is whom the outer one heard', () => {
    const headers = new Headers({ 'x-forwarded-for': '6.6.6.6, 203.0.113.9, 10.0.0.2' })
    expect(sourceOf(headers, 2)).toBe('203.0.113.9')
    expect(sourceOf(new Headers({ 'x-forwarded-for': '203.0.113.9' }), 2)).toBe('203.0.113.9')
  })
})

describe('by whom it is about, from wherever', () => {
  test('one account is not tried from a thousand places at once', async () => {
    const credential = Buffer.alloc(16, sources).toString('base64url')
    const tried = () => passkey(asked({ passkey: { id: credential } }, freshSource()))
    const { times, told } = await until(tried, entryAccountLimit.burst * 2)
    expect(times).toBeGreaterThanOrEqual(entryAccountLimit.burst)
    expect(told.headers.get('ratelimit')).toMatch(/^"source";r=59;t=1, "account";r=0;t=\d+$/)
    const other = { passkey: { id: 'AAAAAAAAAAAAAAAAAAAAAA' } }
    expect((await passkey(asked(other, freshSource()))).status).toBe(400)
    const message = `localhost:3000 wants you to sign in with your Ethereum account:\n${anna}\n`
    await until(() => wallet(asked({ message }, freshSource())), entryAccountLimit.burst * 2)
    expect((await wallet(asked({ message: message.replace('a1', 'a2') }, freshSource()))).status).toBe(400)
  })

  test('and no source alone can shut an account’s own people out', async () => {
    expect(entryAccountLimit.burst).toBeGreaterThan(entrySourceLimit.burst)
    expect(entryAccountLimit.perSecond).toBeGreaterThan(entrySourceLimit.perSecond)
  })

  test('a till asks people to join, and looks whether they have, within its own measure', async () => {
    const source = freshSource()
    const made = await invite(asked({ points: '100', spend: '100' }, source))
    const { code } = (await made.json()) as { code: string }
    expect(made.headers.get('ratelimit-policy')).toContain('"till";q=240')
    const look = (from: string) => {
      const request = new Request(`${own}/`, { headers: { cookie: 'session=x', 'x-forwarded-for': from } })
      return invited(request, { params: Promise.resolve({ code }) })
    }
    expect(await (await look(source)).json()).toMatchObject({ state: 'open' })
    const { times } = await until(() => look(source), invitationSourceLimit.burst * 2)
    expect(times).toBeGreaterThanOrEqual(200)
  })
})
