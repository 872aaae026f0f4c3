import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type IncomingMessage, request } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { endWithUs } from '#test/support/children.ts'
import { testConfig } from '#test/support/config.ts'
import { type LivingStreet, openLivingStreet } from '#test/support/living-street.ts'
import { signedPayment, TillHand } from '#test/support/till-hand.ts'
import { createKey } from '#web/acts/api-keys.ts'

/**
 * The process at the street's address: it answers what tills send with every sale, and hands on the rest as it came.
 */

let street: LivingStreet
let till: TillHand
let key = ''
let origin = ''
let counter: ReturnType<typeof spawn>
let said = ''
const seen: {
  method: string | undefined
  url: string | undefined
  headers: IncomingMessage['headers']
  body: string
}[] = []

/** What stands behind: tells what reached it. */
const portal = createServer((asked, answer) => {
  let body = ''
  asked.on('data', (part: Buffer) => {
    body += part.toString()
  })
  asked.on('end', () => {
    seen.push({ method: asked.method, url: asked.url, headers: asked.headers, body })
    if (asked.url === '/drop') {
      answer.destroy()
      return
    }
    answer.writeHead(asked.url === '/old' ? 307 : 200, {
      'set-cookie': ['a=1', 'b=2'],
      'x-page': 'yes',
      location: '/new',
    })
    answer.write('one ')
    setTimeout(() => answer.end('two'), 5)
  })
})

const shop = () => {
  const [only] = street.network.shops
  if (!only) throw new Error('one shop was opened')
  return only
}

beforeAll(async () => {
  street = await openLivingStreet({ shops: 1, members: 2 })
  till = new TillHand(street.network, shop())
  const made = await createKey({ shop: 1, label: 'counter' })
  if ('key' in made) key = made.key
  portal.listen(0, '127.0.0.1')
  await once(portal, 'listening')
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as { port: number }
  probe.close()
  const program = ['--conditions=react-server', join(testConfig.root, 'web/counter/main.ts')]
  const portalPort = String((portal.address() as { port: number }).port)
  counter = endWithUs(
    spawn(process.execPath, program, {
      env: { ...street.environment, NODE_ENV: 'production', PORT: String(port), PORTAL_PORT: portalPort },
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
  )
  await new Promise<void>((resolve, reject) => {
    for (const stream of [counter.stdout, counter.stderr]) {
      if (stream) {
        createInterface(stream).on('line', (line) => {
          said += `${line}\n`
          if (line.includes('"msg":"ready"')) resolve()
        })
      }
    }
    counter.once('exit', () => reject(new Error(`the counter ended: ${said}`)))
  })
  origin = `http://127.0.0.1:${port}`
})
afterAll(async () => {
  counter.kill('SIGKILL')
  portal.close()
  portal.closeAllConnections()
  await street.close()
})

const wiredText = (body: unknown) => JSON.stringify(body, (_, part) => (typeof part === 'bigint' ? `${part}` : part))
const post = (path: string, body: unknown, { authorization = `Bearer ${key}`, ...more }: Record<string, string> = {}) =>
  fetch(origin + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(authorization && { authorization }), ...more },
    body: typeof body === 'string' ? body : wiredText(body),
  })

describe('what tills send with every sale', () => {
  test('a purchase and a payment are answered here, durable, with the limits in the headers', async () => {
    const before = seen.length
    const member = street.member(0)
    const sale = await till.ring({ member: member.address, points: 500n })
    const given = await post('/api/v1/issue', sale)
    expect(given.status).toBe(200)
    expect(await given.json()).toMatchObject({ results: [{ state: 'pending', points: '500' }] })
    expect(given.headers.get('ratelimit-policy')).toContain('"till";q=240')
    await street.closeLists()
    await street.settleDown()
    const lines = [{ token: shop().token, points: 100n }]
    const paid = await post(
      '/api/v1/redeem',
      await signedPayment(street.network, shop(), { member, sequence: 1n, lines }),
    )
    expect(await paid.json()).toEqual({ state: 'pending' })
    const { rows } = await street.web.query(`SELECT key FROM portal.intent WHERE shop = 1 ORDER BY key`)
    expect(rows).toEqual([{ key: 'payment:1:1' }, { key: 'purchase:1:1' }])
    expect(seen).toHaveLength(before)
  })

  test('forty posts at once are each answered once, and the books hold them once', async () => {
    const bodies = await Promise.all(
      Array.from({ length: 40 }, (_, index) => {
        const hand = new TillHand(street.network, shop()).startAt(100n + BigInt(index % 20))
        return hand.ring({ member: street.member(index % 2).address, points: BigInt(1 + (index % 20)) })
      }),
    )
    const answers = await Promise.all(bodies.map((body) => post('/api/v1/issue', body)))
    const codes = answers.map(({ status }) => status)
    expect(codes.filter((status) => status === 200).length).toBeGreaterThanOrEqual(20)
    const { rows } = await street.web.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM portal.intent WHERE shop = 1 AND kind = 'purchase' AND sequence >= 100`,
    )
    expect(rows[0]?.count).toBe(20)
  })

  test.each([
    ['no JSON', 'nonsense', {}, 400, 'malformed'],
    ['another kind of content', '{}', { 'content-type': 'text/plain' }, 400, 'malformed'],
    ['too much', `"${'x'.repeat(600_000)}"`, {}, 413, 'tooLarge'],
    ['a wrong key', '{"shop":1,"till":1}', { authorization: 'Bearer hs_1' }, 401, 'badApiKey'],
    ['another shop’s place', '{"shop":2,"till":1}', {}, 403, 'wrongShop'],
    ['another site’s page', '{}', { 'sec-fetch-site': 'cross-site', authorization: '' }, 403, 'foreignOrigin'],
  ])('%s is refused as the portal would', async (_, body, headers, status, code) => {
    const answer = await post('/api/v1/issue', body, headers)
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([status, code])
  })
})

describe('everything else', () => {
  test('goes to the portal as it came, and comes back as it was said', async () => {
    const answer = await post('/api/v1/quote?x=%20y', '{"a":1}', { 'x-own': 'kept', cookie: 'session=z' })
    expect(await answer.text()).toBe('one two')
    expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
    expect(seen.at(-1)).toMatchObject({ method: 'POST', url: '/api/v1/quote?x=%20y', body: '{"a":1}' })
    expect(seen.at(-1)?.headers).toMatchObject({
      'x-own': 'kept',
      host: origin.slice(7),
      authorization: `Bearer ${key}`,
    })
    expect(seen.at(-1)?.headers['x-forwarded-for']).toBe('127.0.0.1')
    await post('/api/v1/quote', '{}', { 'x-forwarded-for': '6.6.6.6, 203.0.113.9' })
    expect(seen.at(-1)?.headers['x-forwarded-for']).toBe('6.6.6.6, 203.0.113.9')
    const moved = await fetch(`${origin}/old`, { redirect: 'manual' })
    expect([moved.status, moved.headers.get('location')]).toEqual([307, '/new'])
  })

  test('somebody who has come in is the portal’s, whatever they ask', async () => {
    await post('/api/v1/issue', '{"shop":1}', { cookie: 'session=abc' })
    expect(seen.at(-1)).toMatchObject({ url: '/api/v1/issue', body: '{"shop":1}' })
    await fetch(`${origin}/api/v1/issue`)
    expect(seen.at(-1)).toMatchObject({ method: 'GET', url: '/api/v1/issue' })
    await post('/api/v1/issue/', '{}')
    expect(seen.at(-1)).toMatchObject({ url: '/api/v1/issue/' })
  })

  test('a portal that fails harms no till', async () => {
    const answer = await fetch(`${origin}/drop`)
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([503, 'unavailable'])
    expect((await post('/api/v1/issue', '{}')).status).toBe(400)
  })

  test('a connection to be another protocol’s is closed', async () => {
    const { hostname, port } = new URL(origin)
    const socket = connect(Number(port), hostname)
    socket.write('GET / HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n')
    const [ended] = await once(socket, 'close')
    expect(ended).toBe(false)
  })
})

test('whoever goes in the middle of a request stops nothing', async () => {
  const half = request(`${origin}/api/v1/issue`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'content-length': '100', authorization: `Bearer ${key}` },
  })
  const gone = new Promise((resolve) => half.on('error', resolve))
  half.write('{"shop"')
  setTimeout(() => half.destroy(), 20)
  await gone
  expect((await post('/api/v1/issue', '{}')).status).toBe(400)
})

test('asked to end it ends with 0, soon, and without a key in its log', async () => {
  const ended = once(counter, 'exit')
  const began = performance.now()
  counter.kill('SIGTERM')
  expect(await ended).toEqual([0, null])
  expect(performance.now() - began).toBeLessThan(15_000)
  expect(said).not.toContain(key)
})
