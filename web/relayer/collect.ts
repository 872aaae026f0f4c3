import type { Address, Hex } from 'viem'
import { MOST_ENTRIES } from '#contracts/terms.ts'
import { authorizedTransfer, issuing, type KeptPurchase, redeeming, settling } from './calls.ts'
import type { Street } from './street.ts'
import { hex } from './submissions.ts'

/** One transaction to be: a call, and the wishes it fulfils. */
export interface Job {
  readonly purpose: 'issue' | 'redeem' | 'transfer' | 'settle'
  readonly to: Address
  readonly data: Hex
  /** Gas that surely suffices, where it can be told from the content; otherwise the node is asked. */
  readonly gas: bigint | null
  readonly wishes: Wishes
  /** How often these wishes came back undone. */
  readonly attempts: number
}

/** One wish by its natural name, or the open purchases under one signature of a till. */
export type Wishes =
  | { readonly shop: number; readonly key: string }
  | { readonly shop: number; readonly till: number; readonly first: bigint; readonly count: number }

export function nameOf(wishes: Wishes): string {
  return 'key' in wishes
    ? `${wishes.shop} ${wishes.key}`
    : `${wishes.shop} batch:${wishes.till}:${wishes.first}:${wishes.count}`
}

/** A till's list is closed after so long, or when it is full, or when the till has begun the next. */
const batchAgeMs = 1_000

/** What can go to the chain now: payments and transfers first, since somebody stands at a counter. */
export async function collect(street: Street, room: number): Promise<Job[]> {
  const single = await singleJobs(street, room)
  return [...single, ...(await batchJobs(street, room - single.length))]
}

interface WishRow {
  readonly shop: number
  readonly key: string
  readonly kind: 'payment' | 'transfer' | 'settle'
  readonly till: number | null
  readonly sequence: bigint | null
  readonly member: Buffer | null
  readonly payload: unknown
  readonly attempts: number
}

async function singleJobs(street: Street, most: number): Promise<Job[]> {
  if (most <= 0) return []
  const { rows } = await street.database.query<WishRow>({
    name: 'open wishes',
    text: `SELECT i.shop, i.key, i.kind, i.till, i.sequence, i.member, i.payload, i.attempts FROM portal.intent i
      WHERE i.state = 'open' AND i.kind IN ('payment', 'transfer', 'settle') ORDER BY i.created_at LIMIT $1`,
    values: [most],
  })
  const jobs: Job[] = []
  for (const row of rows) jobs.push({ ...(await callOf(street, row)), wishes: row, gas: null, attempts: row.attempts })
  return jobs
}

async function callOf(street: Street, row: WishRow): Promise<Pick<Job, 'purpose' | 'to' | 'data'>> {
  const { contracts } = street.network
  if (row.kind === 'settle') {
    const data = settling(await owingShops(street))
    return { purpose: 'settle', to: contracts.clearingHouse, data }
  }
  if (row.kind === 'transfer') return { purpose: 'transfer', ...authorizedTransfer(row.payload) }
  if (row.till === null || row.sequence === null || row.member === null) {
    throw new Error(`payment ${row.key} of shop ${row.shop} lacks its receipt or its member`)
  }
  const receipt = { shop: row.shop, till: row.till, sequence: row.sequence, member: hex(row.member) }
  return { purpose: 'redeem', to: contracts.redemptions, data: redeeming(receipt, row.payload) }
}

async function owingShops({ database }: Street): Promise<number[]> {
  const { rows } = await database.query<{ shop: number }>('SELECT p.shop FROM ledger.position p ORDER BY p.shop')
  return rows.map((row) => row.shop)
}

interface BatchRow {
  readonly shop: number
  readonly till: number
  readonly first: bigint
  readonly count: number
  readonly signature: Buffer
}

const closedBatches = {
  name: 'closed batches',
  text: `SELECT b.shop, b.till, b.first_sequence AS first, b.count, b.signature FROM portal.till_batch b
    WHERE b.submitted_count < b.count
      AND (b.count >= ${MOST_ENTRIES} OR b.opened_at <= $1
        OR EXISTS (SELECT FROM portal.till_batch n
          WHERE n.shop = b.shop AND n.till = b.till AND n.first_sequence > b.first_sequence))
    ORDER BY b.opened_at, b.shop, b.till, b.first_sequence LIMIT $2`,
}

async function batchJobs(street: Street, most: number): Promise<Job[]> {
  if (most <= 0) return []
  const { rows } = await street.database.query<BatchRow>({
    ...closedBatches,
    values: [new Date(Date.now() - batchAgeMs), most],
  })
  const jobs: Job[] = []
  for (const batch of rows) {
    const job = await batchJob(street, batch)
    if (job) jobs.push(job)
    else await passOver(street, batch)
  }
  return jobs
}

interface PurchaseRow extends Omit<KeptPurchase, 'member' | 'soldAt'> {
  readonly member: Buffer
  readonly soldAt: bigint
  readonly kind: 'purchase' | 'conflict'
  readonly batch: bigint
  readonly state: 'open' | 'sent' | 'refused'
  readonly attempts: number
}

const batchContent = {
  name: 'batch content',
  text: `SELECT i.kind, i.sequence, i.member, i.points, i.spend, extract(epoch FROM i.sold_at)::bigint AS "soldAt",
      (i.payload->>'batch')::bigint AS batch, i.state, i.attempts
    FROM portal.intent i WHERE i.shop = $1 AND i.till = $2 AND i.kind IN ('purchase', 'conflict')
      AND i.sequence >= $3 AND i.sequence < $3 + $4::bigint ORDER BY i.sequence`,
}

/** null where none of its purchases waits any more. */
async function batchJob({ database, network }: Street, batch: BatchRow): Promise<Job | null> {
  const { shop, till, first, count } = batch
  const { rows } = await database.query<PurchaseRow>({ ...batchContent, values: [shop, till, first, count] })
  const open = rows.filter(({ state, kind }) => state === 'open' && kind === 'purchase')
  if (open.length === 0) return null
  // Of two purchases under one number the list holds the one it was signed over.
  const signed = new Map<bigint, PurchaseRow>()
  for (const row of rows) {
    if (row.kind === 'conflict' ? row.batch === first : !signed.has(row.sequence)) signed.set(row.sequence, row)
  }
  if (signed.size !== count) throw new Error(`batch ${first} of till ${shop}/${till} lacks some of its purchases`)
  const entries = [...signed.values()].map(({ member, soldAt, ...row }) => {
    return { ...row, member: hex(member), soldAt: Number(soldAt) }
  })
  const call = issuing({ shop, till, first, signature: hex(batch.signature) }, entries)
  const wishes = { shop, till, first, count }
  const attempts = Math.max(...open.map((row) => row.attempts))
  return { purpose: 'issue', to: network.contracts.issuance, ...call, wishes, attempts }
}

async function passOver({ database }: Street, { shop, till, first, count }: BatchRow): Promise<void> {
  await database.query({
    name: 'pass over batch',
    text: `UPDATE portal.till_batch SET submitted_count = greatest(submitted_count, $4)
      WHERE shop = $1 AND till = $2 AND first_sequence = $3`,
    values: [shop, till, first, count],
  })
}
