import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pino } from 'pino'
import { Webhook } from 'standardwebhooks'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { isPublicAddress, targetFault } from '#contracts/till-api/public-address.ts'
import { freshShop } from '#test/support/fresh-shop.ts'
import { type LivingStreet, openLivingStreet } from '#test/support/living-street.ts'
import type { TestShop } from '#test/support/network.ts'
import { signedPayment, type TillHand } from '#test/support/till-hand.ts'
import { issue } from '#web/acts/issue.ts'
import { redeem } from '#web/acts/redeem.ts'
import { isRefusal } from '#web/acts/refusal.ts'
import { happeningsAfter, registerWebhook, removeWebhook, replayWebhook, webhooksOf } from '#web/acts/webhooks.ts'
import { deliver } from '#web/webhooks/deliver.ts'
import { turn } from '#web/webhooks/turn.ts'

/** A shop's own program is told what became of receipts: in order, at least once, signed, never within the house. */

let street: LivingStreet
let shop: TestShop
let till: TillHand
let place: Server
let heard: { readonly headers: Record<string, string>; readonly body: string }[]
let answers: number[]

beforeAll(async () => {
  street = await openLivingStreet({ shops: 0, members: 2 })
})
afterAll(() => street.close())

beforeEach(async () => {
  ;({ shop, till } = await freshShop(street))
  heard = []
  answers = []
  place = createServer((request, response) => {
    let body = ''
    request.on('data', (part: Buffer) => {
      body += part.toString()
    })
    request.on('end', () => {
      heard.push({ headers: request.headers as Record<string, string>, body })
      response.writeHead(answers.shift() ?? 204, { location: 'http://127.0.0.1:1/elsewhere' }).end()
    })
  })
  await new Promise<void>((resolve) => place.listen(0, '127.0.0.1', resolve))
})
afterEach(async () => {
  await street.web.query('DELETE FROM portal.webhook')
  await new Promise((resolve) => place.close(resolve))
})

const address = () => `http://127.0.0.1:${(place.address() as AddressInfo).port}/hook`
const rules = { anywhere: true, patienceMs: 5_000 }

/** As registered, and then moved to where this test listens: registering itself takes nothing within the house. */
async function listening(): Promise<{ readonly id: string; readonly secret: string }> {
  const made = await registerWebhook(shop.shop, { url: 'https://till.example.com/hook' })
  if (isRefusal(made)) throw new Error(made.refused)
  await street.web.query('UPDATE portal.webhook SET url = $1 WHERE shop = $2', [address(), shop.shop])
  return made
}

async function round(): Promise<number> {
  const client = await street.web.connect()
  try {
    return await turn({ database: client, log: pino({ level: 'silent' }), rules })
  } finally {
    client.release()
  }
}

const said = () => heard.map(({ body }) => JSON.parse(body) as { type: string; data: Record<string, string> })

describe('being told', () => {
  test('in the order in which things came to be, each signed so that the shop can tell it is true', async () => {
    const { secret } = await listening()
    await street.sell(till, [500n, 20n])
    await street.settleDown()
    const payment = { member: street.member(0), sequence: 1n, lines: [{ token: shop.token, points: 30n }] }
    await redeem(await signedPayment(street.network, shop, payment))
    await street.settleDown()
    expect(await round()).toBe(3)
    expect(await round()).toBe(0)
    expect(said().map(({ type, data }) => [type, data['sequence'], data['points'], data['number']])).toEqual([
      ['purchase.final', '1', '500', '1'],
      ['purchase.final', '2', '20', '2'],
      ['payment.final', '1', '30', '3'],
    ])
    for (const { headers, body } of heard) {
      expect(() => new Webhook(secret).verify(body, headers)).not.toThrow()
      expect(() => new Webhook(secret).verify(`${body} `, headers)).toThrow()
      expect(() => new Webhook(`whsec_${Buffer.alloc(32).toString('base64')}`).verify(body, headers)).toThrow()
    }
  })

  test('nothing of what was before, and nothing that is not final yet', async () => {
    await street.sell(till, [500n])
    await street.settleDown()
    await listening()
    await issue(await till.ring({ member: street.member(0).address, points: 5n }))
    expect(await round()).toBe(0)
    await street.closeLists()
    await street.settleDown()
    expect(await round()).toBe(1)
    expect(said()[0]?.data).toMatchObject({ sequence: '2', points: '5' })
  })

  test('also what was refused, with its code', async () => {
    await listening()
    const old = Math.floor(Date.now() / 1000) - 30 * 86_400
    await issue(await till.ring({ member: street.member(0).address, points: 5n, soldAt: old }))
    expect(await round()).toBe(1)
    expect(said()[0]).toMatchObject({ type: 'purchase.refused', data: { code: 'timeOfSale' } })
  })

  test('again under the same id where it was not taken, and nothing overtakes it', async () => {
    const { id } = await listening()
    answers = [500]
    await street.sell(till, [1n, 2n])
    await street.settleDown()
    expect(await round()).toBe(0)
    expect(await round()).toBe(0)
    expect(await webhooksOf(shop.shop)).toMatchObject([{ id, failures: 1, lastSaid: 'status 500', next: 1n }])
    await street.web.query('UPDATE portal.webhook SET try_after = now()')
    expect(await round()).toBe(2)
    expect(heard.map(({ headers }) => headers['webhook-id'])).toEqual([1, 1, 2].map((one) => `${shop.shop}.${one}`))
  })

  test('all over again from a number on, and whoever would rather ask may', async () => {
    const { id } = await listening()
    await street.sell(till, [1n, 2n])
    await street.settleDown()
    await round()
    expect(await replayWebhook(shop.shop, id, { from: '2' })).toEqual({ next: 2n })
    expect(await round()).toBe(1)
    expect(heard.map(({ headers }) => headers['webhook-id'])).toEqual([1, 2, 2].map((one) => `${shop.shop}.${one}`))
    expect(await happeningsAfter(shop.shop, '1')).toMatchObject({ happenings: [{ number: 2n }] })
    expect(await happeningsAfter(shop.shop, 'x')).toMatchObject({ refused: 'malformed' })
  })

  test('until the shop says no more; another shop says nothing about it', async () => {
    const { id } = await listening()
    expect(await removeWebhook(shop.shop + 1_000, id)).toMatchObject({ refused: 'unknownWebhook' })
    expect(await replayWebhook(shop.shop + 1_000, id, { from: 1 })).toMatchObject({ refused: 'unknownWebhook' })
    await removeWebhook(shop.shop, id)
    await street.sell(till, [1n])
    await street.settleDown()
    expect(await round()).toBe(0)
  })
})

describe('never within the house', () => {
  test.each([
    ...['http://example.com/', 'ftp://example.com/', 'https://user:secret@example.com/', 'example.com', '', 'https://'],
    ...[
      'https://localhost/',
      'https://a.localhost/',
      'https://printer.local/',
      'https://intranet/',
      'https://x.internal',
    ],
    ...['https://127.0.0.1/', 'https://127.1/', 'https://2130706433/', 'https://0x7f000001/', 'https://0177.0.0.1/'],
    ...['https://10.1.2.3/', 'https://172.31.0.1/', 'https://192.168.1.1/', 'https://169.254.169.254/latest/meta-data'],
    ...['https://100.64.0.1/', 'https://0.0.0.0/', 'https://[::1]/', 'https://[::]/', 'https://[fe80::1]/'],
    ...['https://[fd00::1]/', 'https://[::ffff:127.0.0.1]/', 'https://[64:ff9b::7f00:1]/', 'https://[2002:7f00:1::]/'],
    ...[`https://example.com/${'x'.repeat(600)}`, 'https://224.0.0.1/', 'javascript:alert(1)', 'file:///etc/passwd'],
  ])('%s is no place to be told at', async (url) => {
    expect(targetFault(url)).not.toBeNull()
    const answer = await registerWebhook(shop.shop, { url })
    expect(isRefusal(answer) && ['badTarget', 'malformed'].includes(answer.refused)).toBe(true)
  })

  test('a public one is', () => {
    for (const url of ['https://example.com/hook', 'https://93.184.216.34/', 'https://[2606:2800:220:1::]/']) {
      expect(targetFault(url)).toBeNull()
    }
    expect(isPublicAddress('93.184.216.34')).toBe(true)
    expect(isPublicAddress('nowhere')).toBe(false)
  })

  test('whatever a name stands for by the time it is told: nothing is sent there', async () => {
    const secret = `whsec_${Buffer.alloc(32, 1).toString('base64')}`
    const { port } = place.address() as AddressInfo
    const careful = { anywhere: false, patienceMs: 2_000 }
    for (const host of ['localhost', '127.0.0.1', '[::1]']) {
      const message = { id: '1.1', url: `https://${host}:${port}/`, secret, body: '{}' }
      expect(await deliver(message, careful)).toBe('an address within a house, or none')
    }
    expect(heard).toEqual([])
  })

  test('a redirect is followed nowhere', async () => {
    answers = [302]
    const secret = `whsec_${Buffer.alloc(32, 1).toString('base64')}`
    expect(await deliver({ id: '1.1', url: address(), secret, body: '{}' }, rules)).toBe('status 302')
    expect(heard).toHaveLength(1)
  })
})
