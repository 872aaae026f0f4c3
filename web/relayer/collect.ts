import { MOST_ENTRIES } from '#contracts/terms.ts'
import { ordering } from './account-orders.ts'
import { authorizedTransfer, issuing, type KeptPurchase, redeeming, revoking, settling } from './calls.ts'
import type { Job } from './job.ts'
import { bringing } from './operations.ts'
import { refuseWishes } from './refuse.ts'
import { committing, nextRun } from './score-runs.ts'
import { fellSilent } from './silence.ts'
import type { Street } from './street.ts'
import { hex } from './submissions.ts'
import { refunding, reversing, undoingOf } from './undoing.ts'
import { nameOf, type Wishes } from './wishes.ts'

/**
 * A till's list is closed when it is full, or when the till has begun the next, or at silence. A till adds to a list
 * for a second; what it sent last may still be on its way then, and a list that goes out twice costs twice.
 */
const batchAgeMs = 1_500
/** Payments and gifts that are looked at in one round, and how many of them need not wait for others. */
const mostSingles = 400
const enoughSingles = 50

/** What can go to the chain now: payments and transfers first, since somebody stands at a counter. */
export async function collect(street: Street, room: { readonly all: number; readonly lists: number }): Promise<Job[]> {
  const single = room.all <= 0 ? [] : await singleJobs(street)
  const lists = await batchJobs(street, Math.min(room.all, room.lists))
  return [...single, ...lists, ...(await runJobs(street, room.all - single.length - lists.length))]
}

/** The next score run to commit: last, since nobody waits for it. */
async function runJobs(street: Street, most: number): Promise<Job[]> {
  const next = most <= 0 ? null : await nextRun(street)
  if (next === null) return []
  const { wish, scoreLog, run, only } = next
  const data = await readable(street, wish, () => committing(run, wish.payload))
  if (data === null) return []
  const whose = { wishes: wish, attempts: wish.attempts, alone: true }
  return [{ purpose: 'score', to: scoreLog, data, gas: null, only, ...whose }]
}

interface WishRow {
  readonly shop: number
  readonly key: string
  readonly kind: 'payment' | 'transfer' | 'settle' | 'reversal' | 'refund' | 'account' | 'operation' | 'revocation'
  readonly till: number | null
  readonly sequence: bigint | null
  readonly member: Buffer | null
  readonly payload: unknown
  readonly attempts: number
  /** An account that answers for itself, and has never yet been seen to do so at a price everybody can bear (N-26). */
  readonly untried: boolean
}

// 65 bytes in hex: a key's own signature. Anything else is for an account to judge.
const openWishes = {
  name: 'open wishes',
  text: `SELECT i.shop, i.key, i.kind, i.till, i.sequence, i.member, i.payload, i.attempts,
      length(i.payload->>'signature') <> 132 AND i.kind IN ('payment', 'transfer') AND (i.kind <> 'payment'
        OR NOT EXISTS (SELECT FROM ledger.payment p WHERE p.member = i.member)) AS untried
    FROM portal.intent i
    WHERE i.state = 'open'
      AND i.kind IN ('payment', 'transfer', 'settle', 'reversal', 'refund', 'account', 'operation', 'revocation')
      AND (i.kind <> 'operation' OR NOT EXISTS (SELECT FROM portal.intent b
        LEFT JOIN portal.submission s ON s.sender = b.sent_by AND s.nonce = b.sent_nonce
        WHERE b.member = i.member AND b.kind = 'operation' AND b.state <> 'refused'
          AND s.state IS DISTINCT FROM 'mined' AND b.payload->'elsewhere' IS NULL
          AND (b.payload->'operation'->>'nonce')::numeric < (i.payload->'operation'->>'nonce')::numeric))
    ORDER BY i.kind <> 'revocation', i.created_at LIMIT $1`,
}

async function singleJobs(street: Street): Promise<Job[]> {
  const { rows } = await street.database.query<WishRow>({ ...openWishes, values: [mostSingles] })
  // Nobody waits for company while a till that may be in wrong hands goes on.
  if (rows[0]?.kind !== 'revocation' && stillGathering(street, rows.length)) return []
  const owing = rows.some(({ kind }) => kind === 'settle') ? await owingShops(street) : []
  const jobs: Job[] = []
  for (const row of rows) {
    const call = await readable(street, row, async () => {
      if (row.kind === 'account') return await ordering(street, row)
      if (row.kind === 'operation') return bringing(row.payload)
      return row.kind === 'reversal' || row.kind === 'refund'
        ? await undoing(street, row)
        : callOf(street.network, row, owing)
    })
    const alone = row.untried === true || street.memory.alone.has(nameOf(row))
    if (call) jobs.push({ ...call, wishes: row, attempts: row.attempts, alone })
  }
  return jobs
}

/** Whether more are waited for, that they may go in one transaction. */
function stillGathering({ memory, gatherMs }: Street, count: number): boolean {
  const now = Date.now()
  memory.gatheringSince = count === 0 ? null : (memory.gatheringSince ?? now)
  if (memory.gatheringSince === null) return false
  if (count < enoughSingles && now - memory.gatheringSince < gatherMs) return true
  memory.gatheringSince = null
  return false
}

/** What nobody can read stops nothing else: it is refused, loudly, since somebody was promised something. */
async function readable<Call>(street: Street, wishes: Wishes, build: () => Call | Promise<Call>): Promise<Call | null> {
  try {
    return await build()
  } catch (error) {
    // An outage of the books is no fault of the wish.
    if (error instanceof Error && 'code' in error) throw error
    const reason = error instanceof Error ? error.message : String(error)
    street.log.error({ event: 'wishes.unreadable', wishes: nameOf(wishes), reason }, 'what is kept cannot be read')
    await refuseWishes(street, wishes, { code: 'chainRefused', facts: { reason: 'what was kept cannot be read' } })
    return null
  }
}

function callOf(
  { contracts }: Street['network'],
  row: WishRow,
  owing: readonly number[],
): Pick<Job, 'purpose' | 'to' | 'data' | 'gas'> {
  if (row.kind === 'settle') {
    return { purpose: 'settle', to: contracts.clearingHouse, data: settling(owing), gas: null }
  }
  if (row.kind === 'transfer') return { purpose: 'transfer', ...authorizedTransfer(row.payload) }
  if (row.kind === 'revocation' && row.till !== null) {
    const data = revoking(row.shop, row.till, row.payload)
    return { purpose: 'revoke', to: contracts.consortium, data, gas: null }
  }
  if (row.till === null || row.sequence === null || row.member === null) {
    throw new Error(`payment ${row.key} of shop ${row.shop} lacks its receipt or its member`)
  }
  const receipt = { shop: row.shop, till: row.till, sequence: row.sequence, member: hex(row.member) }
  return { purpose: 'redeem', to: contracts.redemptions, ...redeeming(receipt, row.payload) }
}

/** What undoes something, once the mirror has what is undone; null until then. */
async function undoing(street: Street, row: WishRow): Promise<Pick<Job, 'purpose' | 'to' | 'data' | 'gas'> | null> {
  const { issuance, redemptions } = street.network.contracts
  const reverses = row.kind === 'reversal'
  const call = await (reverses ? reversing : refunding)(street, undoingOf(row))
  if (call === null) return null
  return reverses ? { purpose: 'reverse', to: issuance, ...call } : { purpose: 'refund', to: redemptions, ...call }
}

/** Every shop, and behind them the house (0): what is kept for unused vouchers waits for what shops are owed. */
async function owingShops({ database }: Street): Promise<number[]> {
  const { rows } = await database.query<{ shop: number }>(
    'SELECT p.shop FROM ledger.position p ORDER BY p.shop = 0, p.shop',
  )
  return rows.map((row) => row.shop)
}

interface BatchRow {
  readonly shop: number
  readonly till: number
  readonly first: bigint
  readonly count: number
  readonly signature: Buffer
  /** null where the till signs alone. */
  readonly ownerSignature: Buffer | null
  readonly closed: boolean
}

// Of a till that was switched off only what its owner has signed, as long as it was then (N-7); the rest waits.
const unsentBatches = {
  name: 'unsent batches',
  text: `SELECT b.shop, b.till, b.first_sequence AS first, coalesce(w.count, b.count) AS count,
      coalesce(w.signature, b.signature) AS signature, w.owner_signature AS "ownerSignature",
      b.count >= ${MOST_ENTRIES} OR b.opened_at <= $1 OR w.count IS NOT NULL
        OR EXISTS (SELECT FROM portal.till_batch n
          WHERE n.shop = b.shop AND n.till = b.till AND n.first_sequence > b.first_sequence) AS closed
    FROM portal.till_batch b
    LEFT JOIN ledger.till t ON t.shop = b.shop AND t.till = b.till AND t.revoked
    LEFT JOIN portal.owner_word w ON w.shop = t.shop AND w.till = t.till AND w.first_sequence = b.first_sequence
      AND w.word = 'confirmed' AND w.refused IS NULL
    WHERE b.submitted_count < b.count AND (t.till IS NULL OR w.count > b.submitted_count)
    ORDER BY b.opened_at, b.shop, b.till, b.first_sequence LIMIT $2`,
}

/** Short lists share a transaction, so more of them are looked at than there may be transactions. */
const mostLists = 200

async function batchJobs(street: Street, most: number): Promise<Job[]> {
  if (most <= 0 || (await issuingIsPaused(street))) return []
  const now = Date.now()
  const { growing } = street.memory
  const { rows } = await street.database.query<BatchRow>({
    ...unsentBatches,
    values: [new Date(now - batchAgeMs), mostLists],
  })
  const jobs: Job[] = []
  let entries = 0
  for (const batch of rows) {
    if (entries >= most * MOST_ENTRIES) break
    const name = `${batch.shop}:${batch.till}:${batch.first}`
    if (!batch.closed && !fellSilent(growing, { name, count: batch.count }, now)) continue
    growing.delete(name)
    const job = await batchJob(street, batch)
    if (job) entries += batch.count
    if (job) jobs.push(job)
    else await passOver(street, batch)
  }
  return jobs
}

/** While the guardian's pause runs the chain takes no list, so none is tried: they wait, and lose nothing by it. */
async function issuingIsPaused({ database }: Street): Promise<boolean> {
  const { rows } = await database.query<{ paused: boolean }>({
    name: 'issuing paused',
    text: `SELECT EXISTS (SELECT FROM ledger.event p WHERE p.name = 'IssuingPaused'
      AND to_timestamp((p.args->>'until')::bigint) > (SELECT b.time FROM ledger.block b ORDER BY b.number DESC LIMIT 1)
      AND NOT EXISTS (SELECT FROM ledger.event r WHERE r.name = 'IssuingResumed'
        AND (r.block_number, r.log_index) > (p.block_number, p.log_index))) AS paused`,
  })
  return rows[0]?.paused === true
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
async function batchJob(street: Street, batch: BatchRow): Promise<Job | null> {
  const { shop, till, first, count, ownerSignature: owners } = batch
  const { rows } = await street.database.query<PurchaseRow>({ ...batchContent, values: [shop, till, first, count] })
  const open = rows.filter(({ state, kind }) => state === 'open' && kind === 'purchase')
  if (open.length === 0) return null
  const wishes = { shop, till, first, count, countersigned: owners !== null }
  const ownerSignature = owners === null ? '0x' : hex(owners)
  const call = await readable(street, wishes, () =>
    issuing({ ...wishes, signature: hex(batch.signature), ownerSignature }, listed(rows, batch)),
  )
  if (call === null) return null
  const attempts = Math.max(...open.map((row) => row.attempts))
  // An owner who is an account answers for themselves, and may change their mind: nobody else's list goes with theirs.
  const alone = owners !== null || street.memory.alone.has(nameOf(wishes))
  return { purpose: 'issue', to: street.network.contracts.issuance, ...call, wishes, attempts, alone }
}

/** The purchases the till signed: of two under one number the one its hash ran over. */
function listed(rows: readonly PurchaseRow[], { shop, till, first, count }: BatchRow): KeptPurchase[] {
  const signed = new Map<bigint, PurchaseRow>()
  for (const row of rows) {
    if (row.kind === 'conflict' ? row.batch === first : !signed.has(row.sequence)) signed.set(row.sequence, row)
  }
  if (signed.size !== count) throw new Error(`batch ${first} of till ${shop}/${till} lacks some of its purchases`)
  return [...signed.values()].map(({ member, soldAt, ...row }) => {
    return { ...row, member: hex(member), soldAt: Number(soldAt) }
  })
}

async function passOver({ database }: Street, { shop, till, first, count }: BatchRow): Promise<void> {
  await database.query({
    name: 'pass over batch',
    text: `UPDATE portal.till_batch SET submitted_count = greatest(submitted_count, $4)
      WHERE shop = $1 AND till = $2 AND first_sequence = $3`,
    values: [shop, till, first, count],
  })
}
