import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { freshShop } from '#test/support/fresh-shop.ts'
import { type LivingStreet, openLivingStreet } from '#test/support/living-street.ts'
import type { TestShop } from '#test/support/network.ts'
import { type RelayerProcess, startRelayer } from '#test/support/relayer-process.ts'

/** The relayer as its operator sees it: a page, figures, what was given up, and a key that is replaced. */

let street: LivingStreet
let shop: TestShop
let relayer: RelayerProcess
let address: string
const [newKey, oldKey] = [generatePrivateKey(), generatePrivateKey()]

beforeAll(async () => {
  street = await openLivingStreet({ shops: 0, members: 1 })
  const keys = { RELAYER_KEYS: `${newKey},retire ${oldKey}` }
  relayer = startRelayer({ ...street.environment, ...keys, RELAYER_METRICS_PORT: '0' })
  await relayer.said('ready')
  const opened = relayer.lines.map((line) => /"port":(\d+)/.exec(line)?.[1]).find((port) => port !== undefined)
  address = `http://127.0.0.1:${opened}`
})
afterAll(async () => {
  relayer.kill('SIGTERM')
  await relayer.ended
  await street.close()
})

beforeEach(async () => {
  ;({ shop } = await freshShop(street))
  await street.web.query(
    `INSERT INTO portal.intent (shop, key, kind, till, sequence, member, points, content_hash, payload, state, refused,
      attempts, created_at) VALUES ($1, 'payment:1:9', 'payment', 1, 9, $2, 500, '',
      '{"facts": {"reason": "<b>odd</b>"}}', 'refused', 'chainRefused', 5, now())`,
    [shop.shop, Buffer.alloc(20, 1)],
  )
})

const retry = (body: Record<string, string>, headers: Record<string, string> = {}) =>
  fetch(`${address}/dead-letters/retry`, { method: 'POST', headers, body: new URLSearchParams(body) })

describe('watching', () => {
  test('it lives, it leads, and its figures are there', async () => {
    expect(await (await fetch(`${address}/health`)).json()).toEqual({ ok: true })
    expect(await (await fetch(`${address}/ready`)).json()).toEqual({ ready: true, reasons: [] })
    const figures = await (await fetch(`${address}/metrics`)).text()
    expect(figures).toMatch(/^highstreet_relayer_leader 1$/m)
    expect(figures).toMatch(/^highstreet_relayer_dead_letters [1-9]\d*$/m)
    expect(figures).toContain(`highstreet_relayer_waiting{lane="${privateKeyToAccount(newKey).address}"} 0`)
  })

  test('the page shows keys by address and what was given up, and no word of it is markup', async () => {
    const page = await (await fetch(address)).text()
    expect(page).toContain(privateKeyToAccount(oldKey).address)
    expect(page).toContain('retiring')
    expect(page).toContain('payment:1:9')
    expect(page).toContain('&lt;b&gt;odd&lt;/b&gt;')
    expect(page).not.toContain('<b>odd')
  })

  test('no line and no page holds a key', async () => {
    const pages = await Promise.all(['/', '/metrics', '/dead-letters'].map((path) => fetch(`${address}${path}`)))
    const said = [...relayer.lines, ...(await Promise.all(pages.map((page) => page.text())))].join('\n')
    for (const key of [newKey, oldKey]) expect(said).not.toContain(key.slice(2))
  })
})

describe('what was given up', () => {
  test('is tried again on the operator’s word, once', async () => {
    const letter = { shop: `${shop.shop}`, key: 'payment:1:9' }
    expect((await retry(letter)).status).toBe(200)
    expect((await retry({ ...letter, key: 'payment:1:10' })).status).toBe(404)
    expect((await retry({ shop: 'x', key: '' })).status).toBe(400)
  })

  test('not on that of another site’s page', async () => {
    const letter = { shop: `${shop.shop}`, key: 'payment:1:9' }
    expect((await retry(letter, { 'sec-fetch-site': 'cross-site' })).status).toBe(403)
    expect((await retry({ ...letter, more: 'x'.repeat(10_000) })).ok).toBe(false)
  })
})
