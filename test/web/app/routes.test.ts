import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { NextRequest } from 'next/server'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { testConfig } from '#test/support/config.ts'
import { type LivingStreet, openLivingStreet } from '#test/support/living-street.ts'
import { beginSession, type Entry } from '#web/acts/session.ts'
import type { Hex } from '#web/acts/wire.ts'
import { cameFromElsewhere } from '#web/app/came-from.ts'
import { proxy } from '#web/proxy.ts'
import type { Attempt, Comer } from './guard.ts'
import { guards, pages } from './guards.ts'

/** Every route of the portal, as it lies in the tree: who may do what there, and from where. */

const jar = vi.hoisted(() => new Map<string, string>())
vi.mock('next/headers', () => ({
  cookies: async () => ({ get: (name: string) => (jar.has(name) ? { name, value: jar.get(name) } : undefined) }),
  headers: async () => new Headers(),
}))

const own = 'http://localhost:3000'
const app = join(testConfig.root, 'web', 'app')
const addressOf = (file: string) => `/${file.split('/').slice(0, -1).join('/')}`
const routes = globSync('**/route.ts', { cwd: app }).flatMap((file) => {
  const source = readFileSync(join(app, file), 'utf8')
  const methods = [
    ...source.matchAll(/export (?:(?:async )?function|const) (GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)\b/g),
  ]
  return methods.map(([, method = '']) => ({ method, file, name: `${method} ${addressOf(file)}` }))
})
const changing = routes.filter(({ method }) => !['GET', 'HEAD', 'OPTIONS'].includes(method))

let street: LivingStreet
const tokens = new Map<Comer, string>()
let request = ''

beforeAll(async () => {
  street = await openLivingStreet({ shops: 2, members: 2 })
  const shop = street.network.shops[0]
  if (!shop) throw new Error('two shops were opened')
  const account = (index: number) => street.member(index).address.toLowerCase() as Hex
  const entries: [Comer, Pick<Entry, 'account' | 'person'>][] = [
    ['anna', { account: account(0), person: { role: 'member', member: account(0) } }],
    ['ben', { account: account(1), person: { role: 'member', member: account(1) } }],
    ['owner', { account: shop.owner, person: { role: 'owner', shop: 1 } }],
    ['till', { account: shop.till.address.toLowerCase() as Hex, person: { role: 'till', shop: 1, till: 1 } }],
  ]
  for (const [who, entry] of entries) {
    tokens.set(who, (await beginSession({ ...entry, way: 'wallet', device: 'A test' })).token)
  }
  const { requestPayment } = await import('#web/acts/request-payment.ts')
  const asked = await requestPayment({ shop: 1, till: 1, points: '100', purpose: 0 })
  request = 'code' in asked ? asked.code : ''
})
afterAll(() => street.close())

type Handler = (request: Request, context: { params: Promise<Record<string, string>> }) => Promise<Response>

async function handlerOf({ file, method }: { file: string; method: string }): Promise<Handler> {
  const route = (await import(join(app, file))) as Record<string, Handler>
  const handler = route[method]
  if (!handler) throw new Error(`${file} has no ${method}`)
  return handler
}

/** Sends a request as a browser of theirs would. */
async function tries(
  route: { file: string; method: string },
  attempt: Omit<Attempt, 'what' | 'told'> & { readonly headers?: Record<string, string> },
): Promise<string> {
  const token = tokens.get(attempt.as)
  jar.clear()
  if (token !== undefined) jar.set('session', token)
  const body = route.method === 'GET' ? undefined : JSON.stringify((await attempt.body?.(street)) ?? {})
  const query = (attempt.query ?? '').replace('ANNA', street.member(0).address)
  const asked = new Request(`${own}/route?${query}`, {
    method: route.method,
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { cookie: `session=${token}` }),
      ...(attempt.headers ?? { origin: own, 'sec-fetch-site': 'same-origin' }),
    },
    ...(body === undefined ? {} : { body }),
  })
  const params = Object.fromEntries(
    Object.entries(attempt.params ?? {}).map(([name, value]) => [name, value === 'REQUEST' ? request : value]),
  )
  const response = await (await handlerOf(route))(asked, { params: Promise.resolve(params) })
  const { status } = response
  return `${status} ${response.headers.get('content-disposition') ?? ''} ${await response.text()}`
}

describe('every route has somebody who thought of who may use it', () => {
  test('the list and the tree are the same', () => {
    expect(routes.map(({ name }) => name).toSorted()).toEqual(Object.keys(guards).toSorted())
    const found = globSync('**/page.tsx', { cwd: app }).map(
      (file) => addressOf(`./${file}`).replace(/^\/\./, '') || '/',
    )
    expect(found.toSorted()).toEqual(Object.keys(pages).toSorted())
  })

  const attempts = routes.flatMap((route) => {
    const guard = guards[route.name]
    if (!guard || guard.by === 'nothing') return []
    return guard.attempts.map((attempt) => ({ route, attempt, name: route.name, as: attempt.as, what: attempt.what }))
  })
  test.each(attempts)('$name: $as $what', async ({ route, attempt }) => {
    const answer = await tries(route, attempt)
    const told = attempt.told === 'BEN' ? street.member(1).address.toLowerCase() : attempt.told
    if (typeof told === 'number') expect(answer.startsWith(`${told} `)).toBe(true)
    else expect(answer).toContain(told)
    expect(answer.toLowerCase()).not.toContain(`"member": "${street.member(0).address.toLowerCase()}`)
  })

  test('what Ben decided and asked for was Ben’s', async () => {
    const { rows } = await street.web.query('SELECT DISTINCT member FROM portal.consent')
    expect(rows.map(({ member }) => `0x${member.toString('hex')}`)).toEqual([street.member(1).address.toLowerCase()])
    const named = await street.web.query('SELECT member, display_name FROM portal.member_profile')
    const ben = Buffer.from(street.member(1).address.slice(2), 'hex')
    expect(named.rows).toEqual([{ member: ben, display_name: 'Thief' }])
    const answered = await street.web.query('SELECT DISTINCT member FROM portal.survey_answer')
    expect(answered.rows).toEqual([{ member: ben }])
    const goals = await street.web.query('SELECT shop FROM portal.goal')
    expect(goals.rows).toEqual([{ shop: 1 }])
    const invited = await street.web.query('SELECT DISTINCT shop FROM portal.invitation')
    expect(invited.rows).toEqual([{ shop: 1 }])
  })
})

describe('another site’s page changes nothing with this portal’s cookie', () => {
  const foreign = [
    { from: 'a page elsewhere', headers: { origin: 'https://elsewhere.example', 'sec-fetch-site': 'cross-site' } },
    { from: 'another port of this host', headers: { origin: 'http://localhost:3001', 'sec-fetch-site': 'same-site' } },
    { from: 'a page in a box', headers: { origin: 'null' } },
    { from: 'a browser that tells no origin', headers: { 'sec-fetch-site': 'cross-site' } },
    { from: 'nobody knows where', headers: {} },
  ]
  test.each(changing.flatMap((route) => foreign.map((one) => ({ ...one, route, name: route.name }))))(
    '$name from $from',
    async ({ route, headers }) => {
      expect(await tries(route, { as: 'anna', headers: headers as Record<string, string> })).toContain('foreignOrigin')
    },
  )

  test('nor lets anybody in without one', async () => {
    for (const route of changing.filter(({ name }) => name.includes('/api/session/'))) {
      const headers = { origin: 'https://elsewhere.example' }
      expect(await tries(route, { as: 'nobody', headers })).toContain('foreignOrigin')
    }
  })

  test('nor reaches what lies outside the API', () => {
    const posted = (origin: string) =>
      proxy(new NextRequest(`${own}/member`, { method: 'POST', headers: { origin, cookie: 'session=x' } })).status
    expect(posted('https://elsewhere.example')).toBe(403)
    expect(posted(own)).toBe(200)
  })

  test.each<[string, Record<string, string>, boolean]>([
    ['GET', { origin: 'https://elsewhere.example', cookie: 'session=x' }, false],
    ['POST', { origin: own, cookie: 'session=x' }, false],
    ['POST', { 'sec-fetch-site': 'none', cookie: 'session=x' }, false],
    ['POST', {}, false],
    ['POST', { cookie: 'other=1' }, false],
    ['POST', { cookie: 'other=1; __Host-session=x' }, true],
    ['DELETE', { cookie: 'session=x' }, true],
    ['POST', { origin: `${own}.elsewhere.example` }, true],
    ['POST', { origin: 'https://vendor.example', authorization: 'Bearer key' }, false],
    ['POST', { origin: 'https://vendor.example', authorization: 'Bearer key', cookie: 'session=x' }, true],
  ])('%s with %j: from elsewhere is %j', (method, headers, expected) => {
    expect(cameFromElsewhere(method, new Headers(headers), own)).toBe(expected)
  })
})

describe('a page shows its content to whom it belongs', () => {
  const cases = Object.entries(pages).flatMap(([page, whose]) => {
    if (whose === 'anybody') return []
    const others = (['nobody', 'anna', 'owner', 'till'] as const).filter((who) => who !== whoIs[whose])
    return others.map((who) => ({ page, who }))
  })
  test.each(cases)('$page shows $who the door', async ({ page, who }) => {
    jar.clear()
    const token = tokens.get(who)
    if (token !== undefined) jar.set('session', token)
    const { default: Page } = (await import(join(app, page, 'page.tsx'))) as { default: (props: object) => unknown }
    const shown = await Page({ searchParams: Promise.resolve({}) })
    expect(namesIn(shown)).toContain('ComeInFirst')
    // What the device itself keeps of a till comes from nobody's page.
    expect(namesIn(shown).filter((name) => !['ComeInFirst', 'Area', 'TillMemory'].includes(name))).toEqual([])
  })
})

const whoIs = { member: 'anna', owner: 'owner', till: 'till' } as const

/** The components an answer is made of, without rendering them. */
function namesIn(element: unknown): string[] {
  if (Array.isArray(element)) return element.flatMap(namesIn)
  if (typeof element !== 'object' || element === null || !('type' in element)) return []
  const { type, props } = element as { type: unknown; props?: { children?: unknown } }
  const name = typeof type === 'function' ? [type.name] : []
  return [...name, ...namesIn(props?.children)]
}
