import { Agent, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Prepared } from './requests.ts'

/** What became of one request: latencies count from the moment it was planned, whatever kept it from being sent. */
export interface Outcome {
  readonly prepared: Prepared
  readonly latencyMs: number
  readonly attempts: number
  /** pending, final, or the code of the refusal; unanswered where the patience ran out. */
  readonly answer: string
  readonly answeredAt: number
}

export interface Load {
  readonly origin: string
  readonly ratePerSecond: number
  /** By shop. */
  readonly apiKeys: ReadonlyMap<number, string>
  readonly patienceMs: number
  readonly detail: (text: string) => void
}

const retryMs = 250

/** Sends each at its planned moment, however long the others take (open loop), and each again until it is answered. */
export async function sendAll(prepared: readonly Prepared[], load: Load): Promise<readonly Outcome[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 256 })
  const outcomes: Promise<Outcome>[] = []
  const began = performance.now()
  let done = 0
  for (const [place, one] of prepared.entries()) {
    const planned = began + (place * 1000) / load.ratePerSecond
    const early = planned - performance.now()
    if (early > 1) await sleep(early)
    if (one.kind === 'issue') one.till.waiting.set(one.sale.sequence, one.sale)
    const sending = untilAnswered(one, planned, { ...load, agent })
    outcomes.push(sending)
    void sending.then(() => {
      done += 1
      if (done % 500 === 0) load.detail(`${done} of ${prepared.length} answered`)
    })
  }
  const all = await Promise.all(outcomes)
  agent.destroy()
  return all
}

async function untilAnswered(prepared: Prepared, planned: number, load: Load & { agent: Agent }): Promise<Outcome> {
  const path = prepared.kind === 'issue' ? '/api/v1/issue' : '/api/v1/redeem'
  const shop = prepared.kind === 'issue' ? prepared.till.place.shop : prepared.shop
  for (let attempts = 1; ; attempts += 1) {
    const body = prepared.kind === 'issue' ? prepared.till.bodyFor(prepared.sale) : prepared.body
    const answer = await post(load, path, { body, apiKey: load.apiKeys.get(shop) ?? '' })
    const now = performance.now()
    const told = answer === null ? null : standingIn(prepared, answer)
    if (told !== null && !again.has(told)) {
      if (prepared.kind === 'issue') prepared.till.waiting.delete(prepared.sale.sequence)
      return { prepared, latencyMs: now - planned, attempts, answer: told, answeredAt: Date.now() }
    }
    if (now - planned > load.patienceMs) {
      return { prepared, latencyMs: now - planned, attempts, answer: told ?? 'unanswered', answeredAt: Date.now() }
    }
    await sleep(retryMs)
  }
}

/** A till keeps the receipt and sends it again. */
const again = new Set(['unavailable', 'internal', 'tooOften', 'earlierEntriesMissing'])

interface Said {
  readonly code?: string
  readonly state?: string
  readonly results?: readonly { readonly sequence: string; readonly state: string; readonly code?: string }[]
}

function standingIn(prepared: Prepared, said: Said): string | null {
  if (said.results !== undefined && prepared.kind === 'issue') {
    const own = said.results.find(({ sequence }) => sequence === `${prepared.sale.sequence}`)
    return own === undefined ? null : own.state === 'refused' ? (own.code ?? 'refused') : own.state
  }
  return said.state === undefined || said.state === 'refused' ? (said.code ?? null) : said.state
}

/** null where there was no answer at all. */
function post(
  { origin, agent, patienceMs }: Load & { readonly agent: Agent },
  path: string,
  { body, apiKey }: { readonly body: string; readonly apiKey: string },
): Promise<Said | null> {
  return new Promise((resolve) => {
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      authorization: `Bearer ${apiKey}`,
    }
    const asking = request(origin + path, { method: 'POST', agent, headers, timeout: patienceMs }, (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('error', () => resolve(null))
      response.on('end', () => resolve(parsedOrNull(Buffer.concat(parts).toString('utf8'))))
    })
    asking.on('timeout', () => asking.destroy())
    asking.on('error', () => resolve(null))
    asking.end(body)
  })
}

function parsedOrNull(text: string): Said | null {
  try {
    return JSON.parse(text) as Said
  } catch {
    return null
  }
}
