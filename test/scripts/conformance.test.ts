import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freshShop } from '#test/support/fresh-shop.ts'
import { type LivingStreet, openLivingStreet } from '#test/support/living-street.ts'
import { routeFetch } from '#test/support/route-fetch.ts'
import type { TillHand } from '#test/support/till-hand.ts'
import { openDoorman } from '../../scripts/conformance/doorman.ts'
import { judge } from '../../scripts/conformance/observed.ts'

/** A vendor's till is tried at the street's own doors: a good one comes through, each bad habit is told by its rule. */

let street: LivingStreet
let till: TillHand
let portal: Server

beforeAll(async () => {
  street = await openLivingStreet({ shops: 0, members: 1 })
  ;({ till } = await freshShop(street))
  portal = createServer(async (request, response) => {
    let body = ''
    for await (const part of request) body += String(part)
    const headers = { 'content-type': 'application/json' }
    const answer = await routeFetch(`http://street${request.url}`, { method: request.method ?? 'GET', headers, body })
    response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text())
  })
  await new Promise<void>((resolve) => portal.listen(0, '127.0.0.1', resolve))
})
afterAll(async () => {
  await new Promise((resolve) => portal.close(resolve))
  await street.close()
})

type Body = Awaited<ReturnType<TillHand['ring']>>
const sale = () => till.ring({ member: street.member(0).address, points: 5n })

async function tried(
  habit: (send: (body: Body) => Promise<Response | null>) => Promise<void>,
  troubled = 0,
  seed = 'a',
) {
  const { port } = portal.address() as AddressInfo
  const place = { street: `http://127.0.0.1:${port}`, port: 0, seed, troubled, lateMs: 1, retryAfterSeconds: 0 }
  const doorman = await openDoorman(place)
  await habit(async (body) => {
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
    return await fetch(`${doorman.address}/api/v1/issue`, init).catch(() => null)
  })
  await doorman.close()
  return judge(doorman.exchanges)
}

const broken = (findings: ReturnType<typeof judge>) => findings.filter(({ held }) => !held).map(({ rule }) => rule)

describe('a till under trial', () => {
  test('that sends again what had no answer, the same, comes through', async () => {
    const findings = await tried(async (send) => {
      for (let count = 0; count < 6; count += 1) {
        const body = await sale()
        for (;;) {
          const answer = await send(body)
          if (answer?.ok) break
        }
      }
    }, 40)
    expect(broken(findings)).toEqual([])
    expect(findings.find(({ rule }) => rule.startsWith('what had no answer'))?.times).toBeGreaterThan(0)
  })

  test('that forgets, hurries, or rings up something else under the number is told so', async () => {
    const forgetful = await tried(
      async (send) => {
        for (let count = 0; count < 8; count += 1) await send(await sale())
      },
      80,
      'b',
    )
    expect(broken(forgetful)).toContain('what had no answer is sent again, the same')
    const other = await tried(async (send) => {
      // A list of its own: only of a whole one can the hash be told without what came before.
      const body = await till.startAt(500n).ring({ member: street.member(0).address, points: 5n })
      await send(body)
      await send({ ...body, entries: body.entries.map((entry) => ({ ...entry, points: '6' })) })
    })
    expect(broken(other)).toContain('a receipt number stands for one content for ever')
    expect(broken(other)).toContain('the running hash of a list is the hash over its purchases')
    const careless = await tried(async (send) => {
      await send({ ...(await sale()), entries: [] })
    })
    expect(broken(careless)).toEqual(['every request is as the schemas say'])
  })
})
