import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createContext, runInContext } from 'node:vm'
import { beforeEach, expect, test } from 'vitest'
import { testConfig } from '#test/support/config.ts'

/** What the till's worker keeps and answers, as it stands in the portal's public folder. */

const source = readFileSync(join(testConfig.root, 'web', 'public', 'till', 'worker.js'), 'utf8')
const own = 'http://localhost:3000'

type Handler = (event: object) => void
type Answer = { readonly body: string; readonly status?: number; readonly type?: string }

let site: Map<string, Answer>
let asked: { readonly path: string; readonly credentials: string | undefined }[]
let kept: Map<string, Map<string, Response>>
let reachable: boolean

const pathOf = (request: Request | string): string =>
  new URL(typeof request === 'string' ? request : request.url, own).pathname

/** A browser's caches, as far as the worker uses them. */
const caches = {
  open: async (name: string) => {
    const cache = kept.get(name) ?? new Map<string, Response>()
    kept.set(name, cache)
    return {
      match: async (path: string) => cache.get(path)?.clone(),
      put: async (path: string, answer: Response) => void cache.set(path, answer),
      addAll: async (paths: string[]) => {
        const answers = await Promise.all(paths.map((path) => fetching(path)))
        if (answers.some(({ ok }) => !ok)) throw new TypeError('one of them is not there')
        for (const [index, path] of paths.entries()) cache.set(path, answers[index] as Response)
      },
    }
  },
  match: async (request: Request | string) => {
    for (const cache of kept.values()) {
      const found = cache.get(pathOf(request))
      if (found) return found.clone()
    }
    return undefined
  },
  keys: async () => [...kept.keys()],
  delete: async (name: string) => kept.delete(name),
}

async function fetching(request: Request | string, init: { credentials?: string } = {}): Promise<Response> {
  const path = pathOf(request)
  asked.push({ path, credentials: init.credentials })
  if (!reachable) throw new TypeError('there is no network')
  const found = site.get(path)
  if (!found) return new Response('not here', { status: 404 })
  const policy = `script-src 'self' 'nonce-${nonceOf(found.body)}' 'strict-dynamic'`
  return new Response(found.body, { status: found.status ?? 200, headers: { 'content-security-policy': policy } })
}

const nonceOf = (page: string): string => /nonce="(\w+)"/.exec(page)?.[1] ?? ''

/** The worker, started anew. */
function worker() {
  const handlers = new Map<string, Handler>()
  const globals = {
    ...{ caches, Response, Headers, URL, TextEncoder, crypto, Promise, setTimeout, Set },
    location: new URL(`${own}/till/worker.js`),
    fetch: fetching,
    clients: { claim: async () => undefined },
    skipWaiting: async () => undefined,
    addEventListener: (name: string, handler: Handler) => handlers.set(name, handler),
  }
  runInContext(source, createContext(globals))
  const waiting = async (name: string, more: object = {}) => {
    let done: Promise<unknown> = Promise.resolve()
    handlers.get(name)?.({ ...more, waitUntil: (promise: Promise<unknown>) => (done = promise) })
    await done
  }
  const asksFor = async (path: string, { mode = 'cors', method = 'GET' } = {}): Promise<Response | 'left alone'> => {
    let answer: Promise<Response> | undefined
    const request = { url: `${own}${path}`, mode, method }
    handlers.get('fetch')?.({ request, respondWith: (promise: Promise<Response>) => (answer = promise) })
    return answer === undefined ? 'left alone' : await answer
  }
  return { waiting, asksFor }
}

const page = (build: string) =>
  `<link href="/_next/static/chunks/${build}.css"><script nonce="aaaa" src="/_next/static/chunks/${build}.js"></script>`

function publish(build: string): void {
  site.set('/till/offline', { body: page(build) })
  site.set(`/_next/static/chunks/${build}.js`, { body: 'script' })
  site.set(`/_next/static/chunks/${build}.css`, { body: '@font-face{src:url(../media/type.woff2)}' })
  site.set('/_next/static/media/type.woff2', { body: 'type' })
}

beforeEach(() => {
  site = new Map()
  asked = []
  kept = new Map()
  reachable = true
  publish('first')
})

const keptPaths = () => [...kept.values()].flatMap((cache) => [...cache.keys()]).sort()

test('keeps one page that is nobody’s, and what it is made of', async () => {
  await worker().waiting('install')
  expect(keptPaths()).toEqual([
    '/_next/static/chunks/first.css',
    '/_next/static/chunks/first.js',
    '/_next/static/media/type.woff2',
    '/till/offline',
  ])
  expect(asked.find(({ path }) => path === '/till/offline')?.credentials).toBe('omit')
})

test('a new build takes the place of the old one, whole or not at all', async () => {
  const { waiting } = worker()
  await waiting('install')
  publish('second')
  site.delete('/_next/static/chunks/second.js')
  await waiting('message', { data: { keep: [] } })
  expect(await caches.match('/till/offline').then((answer) => answer?.text())).toContain('first')
  publish('second')
  await waiting('message', { data: { keep: ['/_next/static/chunks/first.js', '/api/v1/member/ABC', '/till'] } })
  expect(kept.size).toBe(1)
  expect(await caches.match('/till/offline').then((answer) => answer?.text())).toContain('second')
  expect(keptPaths()).not.toContain('/api/v1/member/ABC')
})

test('without a network the till opens, each time with a number of its own for its scripts', async () => {
  const { waiting, asksFor } = worker()
  await waiting('install')
  reachable = false
  const away = (await asksFor('/till', { mode: 'navigate' })) as Response
  expect([away.status, away.headers.get('location')]).toEqual([302, `${own}/till/offline`])
  const seen = new Set<string>()
  for (const _ of [1, 2]) {
    const opened = (await asksFor('/till/offline', { mode: 'navigate' })) as Response
    const nonce = nonceOf(await opened.text())
    expect(opened.headers.get('content-security-policy')).toContain(`'nonce-${nonce}'`)
    seen.add(nonce)
  }
  expect(seen.size).toBe(2)
  expect(seen.has('aaaa')).toBe(false)
  expect(((await asksFor('/_next/static/chunks/first.js')) as Response).status).toBe(200)
})

test('a street that stumbles is no street: the till opens; where it stands, it answers itself', async () => {
  const { waiting, asksFor } = worker()
  await waiting('install')
  site.set('/till', { body: 'the books are away', status: 503 })
  expect(((await asksFor('/till', { mode: 'navigate' })) as Response).status).toBe(302)
  site.set('/till', { body: 'Anna’s till' })
  expect(await ((await asksFor('/till', { mode: 'navigate' })) as Response).text()).toBe('Anna’s till')
  expect(keptPaths()).not.toContain('/till')
})

test('the API, other pages and everything that is sent are left alone', async () => {
  const { asksFor } = worker()
  expect(await asksFor('/api/v1/quote', { method: 'POST' })).toBe('left alone')
  expect(await asksFor('/api/v1/member/ABC')).toBe('left alone')
  expect(await asksFor('/till/picture/ABC')).toBe('left alone')
  expect(await asksFor('/till?_rsc=abc')).toBe('left alone')
})
