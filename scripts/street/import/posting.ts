import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { privateKeyToAccount } from 'viem/accounts'
import { batchTypes, issuanceDomain, MOST_ENTRIES, runningHashNext, runningHashStart } from '#contracts/terms.ts'
import { Complaint } from '../complaint.ts'
import type { Deployment } from '../deployment.ts'
import type { Accounts } from './accounts.ts'
import { batchesOf, type PricedRow } from './plan.ts'
import type { Target } from './preparation.ts'

export interface PostingOptions {
  /** The portal's address, such as http://127.0.0.1:3000. */
  readonly portal: string
  readonly db: pg.Pool
  readonly deployment: Deployment
  readonly accounts: Accounts
  readonly detail: (text: string) => void
}

// Enough to keep the portal busy while the next batch is being signed; more would only queue.
const inFlight = 4
// What the relayer has not yet taken on; above this the books would grow faster than the chain can follow.
const mostOpen = 20_000

/**
 * Hands a part's rows to the till API in signed batches, in the order of their receipts. Rows that were taken in by an
 * earlier run are left alone. Returns how many were handed over now.
 */
export async function postRows(target: Target, options: PostingOptions): Promise<number> {
  const taken = await takenIn(options.db, target)
  const batches = batchesOf(target.rows, MOST_ENTRIES).filter((batch) => !batch.every((row) => taken.has(row.sequence)))
  const running = new Set<Promise<void>>()
  let done = taken.size
  let failure: unknown
  for (const batch of batches) {
    await untilRoom(target, options)
    const body = await signedBatch(target, batch, options)
    const request = post(options.portal, body).then(
      () => {
        done += batch.length
        options.detail(`${target.name}: ${done} of ${target.rows.length} rows handed over`)
      },
      (error: unknown) => {
        failure ??= error
      },
    )
    const tracked = request.finally(() => running.delete(tracked))
    running.add(tracked)
    if (running.size >= inFlight) await Promise.race(running)
    if (failure !== undefined) break
  }
  await Promise.all(running)
  if (failure !== undefined) throw failure
  return done - taken.size
}

async function takenIn(db: pg.Pool, target: Target): Promise<Set<bigint>> {
  const found = await db.query<{ sequence: bigint }>(
    `SELECT sequence FROM portal.intent WHERE shop = $1 AND till = $2 AND kind = 'purchase'`,
    [target.shop, target.till],
  )
  return new Set(found.rows.map((row) => row.sequence))
}

let looked = 0

async function untilRoom(target: Target, options: PostingOptions): Promise<void> {
  if (Date.now() - looked < 250) return
  for (;;) {
    const found = await options.db.query<{ open: bigint }>(
      `SELECT count(*) AS open FROM portal.intent WHERE shop = $1 AND till = $2 AND state = 'open'`,
      [target.shop, target.till],
    )
    looked = Date.now()
    const open = Number(found.rows[0]?.open ?? 0n)
    if (open < mostOpen) return
    options.detail(`${target.name}: waiting, ${open} rows are on their way to the chain`)
    await sleep(250)
  }
}

/** What the import key signs: the hash that ran over every row of the batch, as a till's would. */
async function signedBatch(target: Target, rows: readonly PricedRow[], options: PostingOptions): Promise<string> {
  const { shop, till } = target
  const firstSequence = rows[0]?.sequence ?? 1n
  const entries = rows.map(({ sequence, member, points, spend, soldAt }) => {
    return { sequence, member: options.accounts.addressOf(member), points, spend, soldAt }
  })
  const head = entries.reduce(runningHashNext, runningHashStart({ shop, till, firstSequence }))
  const { chainId, contracts } = options.deployment
  const count = entries.length
  const signature = await privateKeyToAccount(target.tillKey).signTypedData({
    domain: issuanceDomain(chainId, contracts.issuance),
    types: batchTypes,
    primaryType: 'Batch',
    message: { shop, till, firstSequence, count, head },
  })
  const batch = { firstSequence, count, head, signature }
  return JSON.stringify({ shop, till, batch, entries }, (_, value) => (typeof value === 'bigint' ? `${value}` : value))
}

interface Answer {
  readonly results: readonly { readonly sequence: string; readonly state: string; readonly sentence?: string }[]
}

const patienceMs = 60_000

/** Posts until there is an answer: the same batch under the same receipts can be sent any number of times. */
async function post(portal: string, body: string): Promise<void> {
  const deadline = Date.now() + patienceMs
  for (let pauseMs = 100; ; pauseMs = Math.min(pauseMs * 2, 2_000)) {
    const answer = await send(portal, body)
    if (answer.kind === 'answered') return assertTaken(answer.body)
    if (answer.kind === 'refused' || Date.now() > deadline) {
      throw new Complaint(`The till API did not take a batch: ${answer.sentence}`)
    }
    await sleep(pauseMs)
  }
}

type Outcome =
  | { readonly kind: 'answered'; readonly body: Answer }
  | { readonly kind: 'refused' | 'later'; readonly sentence: string }

async function send(portal: string, body: string): Promise<Outcome> {
  try {
    const signal = AbortSignal.timeout(30_000)
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(`${portal}/api/v1/issue`, { method: 'POST', headers, body, signal })
    if (answer.ok) return { kind: 'answered', body: (await answer.json()) as Answer }
    const problem = (await answer.json().catch(() => ({}))) as { title?: string; detail?: string; code?: string }
    const sentence = problem.detail ?? problem.title ?? problem.code ?? `status ${answer.status}`
    // What the mirror has not seen yet will be known in a moment.
    const unseen = problem.code === 'unknownShop' || problem.code === 'unknownTill'
    const later = answer.status >= 500 || answer.status === 429 || unseen
    return { kind: later ? 'later' : 'refused', sentence }
  } catch (error) {
    return { kind: 'later', sentence: error instanceof Error ? error.message : String(error) }
  }
}

function assertTaken({ results }: Answer): void {
  const refused = results.filter((result) => result.state === 'refused')
  const [first] = refused
  if (first === undefined) return
  throw new Complaint(
    `The till API refused ${refused.length} of ${results.length} receipts, first number ${first.sequence}: ` +
      `${first.sentence ?? 'no reason given'}`,
  )
}
