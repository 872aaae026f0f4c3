import 'server-only'
import type pg from 'pg'
import { bytesOf } from '#web/queries/database.ts'
import type { Facts } from './refusal.ts'
import type { Hex } from './wire.ts'

// How purchases, and the lists that tills have signed over them, stand in Postgres.

export interface Purchase {
  readonly sequence: bigint
  readonly member: Hex
  readonly points: bigint
  /** Cents. */
  readonly spend: bigint
  /** Seconds UTC. */
  readonly soldAt: number
}

/** A purchase as it was kept. A conflict is one whose receipt had been used for something else: evidence, and part of
 * the list `batch` that the till signed. */
export interface KeptPurchase extends Purchase {
  readonly kind: 'purchase' | 'conflict'
  /** First receipt of the list it came with. */
  readonly batch: bigint
  readonly refused: string | null
  readonly facts: Facts
}

export interface MirroredPurchase extends Purchase {
  readonly block: bigint
}

export interface KeptBatch {
  readonly count: number
  readonly head: Hex
  readonly finalBlock: bigint
}

/**
 * How a transaction begins in which this till's purchases come one request after the other. One message with the
 * beginning itself: a till waits for every journey to the database. Both are whole numbers, as their schema says.
 */
export const beginWithTill = (shop: number, till: number): string =>
  `BEGIN; SELECT pg_advisory_xact_lock(${Math.trunc(shop)}, ${Math.trunc(till)})`

const batchQuestion = {
  name: 'kept batch',
  text: `SELECT b.count, b.head, coalesce((SELECT max(c.final_block) FROM ledger.checkpoint c), -1) AS "finalBlock"
    FROM (SELECT $1::int AS shop, $2::int AS till, $3::bigint AS first_sequence) k
    LEFT JOIN portal.till_batch b USING (shop, till, first_sequence)`,
}

/** The till's list that begins at `first`, as far as it has come; a count of 0 where there is none. */
export async function keptBatch(client: pg.PoolClient, shop: number, till: number, first: bigint): Promise<KeptBatch> {
  const { rows } = await client.query<{ count: number | null; head: Buffer | null; finalBlock: bigint }>({
    ...batchQuestion,
    values: [shop, till, first],
  })
  const [row] = rows
  return { count: row?.count ?? 0, head: hex(row?.head ?? Buffer.alloc(32)), finalBlock: row?.finalBlock ?? -1n }
}

// Both in one message: what this portal keeps, and what the chain has issued, whoever brought it there.
const knownQuestion = {
  name: 'known purchases',
  text: `SELECT i.kind, i.sequence, i.member, i.points, i.spend, extract(epoch FROM i.sold_at)::bigint AS "soldAt",
      (i.payload->>'batch')::bigint AS batch, i.refused, i.payload->'facts' AS facts, NULL::bigint AS block
    FROM portal.intent i WHERE i.shop = $1 AND i.till = $2 AND i.kind IN ('purchase', 'conflict')
      AND i.sequence BETWEEN $3 AND $4
    UNION ALL
    SELECT 'mirrored', p.sequence, p.member, p.points, p.spend, extract(epoch FROM p.sold_at)::bigint,
      NULL, NULL, NULL, p.block_number
    FROM ledger.purchase p WHERE p.shop = $1 AND p.till = $2 AND p.sequence BETWEEN $5 AND $4
    ORDER BY 2`,
}

interface KnownRow {
  readonly kind: 'purchase' | 'conflict' | 'mirrored'
  readonly sequence: bigint
  readonly member: Buffer
  readonly points: bigint
  readonly spend: bigint
  readonly soldAt: bigint
  readonly batch: bigint | null
  readonly refused: string | null
  readonly facts: Facts | null
  readonly block: bigint | null
}

/** What is kept of the list, and what the chain has issued under the receipts that have come now. */
export async function knownPurchases(
  client: pg.PoolClient,
  till: { readonly shop: number; readonly till: number },
  range: { readonly from: bigint; readonly come: bigint; readonly to: bigint },
): Promise<{ readonly kept: KeptPurchase[]; readonly mirrored: MirroredPurchase[] }> {
  const { rows } = await client.query<KnownRow>({
    ...knownQuestion,
    values: [till.shop, till.till, range.from, range.to, range.come],
  })
  const kept: KeptPurchase[] = []
  const mirrored: MirroredPurchase[] = []
  for (const { kind, sequence, points, spend, refused, ...row } of rows) {
    const purchase = { sequence, member: hex(row.member), points, spend, soldAt: Number(row.soldAt) }
    if (kind === 'mirrored') mirrored.push({ ...purchase, block: row.block ?? 0n })
    else kept.push({ ...purchase, kind, batch: row.batch ?? 0n, refused, facts: row.facts ?? {} })
  }
  return { kept, mirrored }
}

/** A purchase to be kept, and what became of it so far. */
export interface NewPurchase extends Purchase {
  readonly key: string
  readonly kind: 'purchase' | 'conflict'
  readonly contentHash: Hex
  /** 'sent' is for what the chain already has: nothing is left to send. */
  readonly state: 'open' | 'sent' | 'refused'
  readonly refused: string | null
  readonly facts: Facts
}

// The newest signature covers all entries before it, so a longer list takes the place of its beginning.
const keepList = {
  name: 'keep list',
  text: `WITH purchases AS (
      INSERT INTO portal.intent (shop, key, kind, till, sequence, member, points, spend, sold_at, content_hash,
        payload, state, refused, attempts, created_at, cashier)
      SELECT $1, n.key, n.kind, $2, n.sequence, n.member, n.points, n.spend, to_timestamp(n.sold_at), n.content_hash,
        n.payload, n.state, n.refused, 0, $3, $4
      FROM unnest($5::text[], $6::text[], $7::bigint[], $8::bytea[], $9::bigint[], $10::bigint[], $11::bigint[],
        $12::bytea[], $13::jsonb[], $14::text[], $15::text[])
        AS n(key, kind, sequence, member, points, spend, sold_at, content_hash, payload, state, refused)
      ON CONFLICT (shop, key) DO NOTHING)
    INSERT INTO portal.till_batch (shop, till, first_sequence, count, head, signature, opened_at, submitted_count)
    VALUES ($1, $2, $16, $17, $18, $19, $3, 0)
    ON CONFLICT (shop, till, first_sequence) DO UPDATE
      SET count = excluded.count, head = excluded.head, signature = excluded.signature
      WHERE portal.till_batch.count < excluded.count`,
}

/** Keeps new purchases and the signature that covers them, in one message. */
export async function storeList(
  client: pg.PoolClient,
  till: { shop: number; till: number; batch: bigint; readonly at: Date; readonly cashier: number | null },
  purchases: readonly NewPurchase[],
  signed: { readonly count: number; readonly head: Hex; readonly signature: Hex },
): Promise<void> {
  const payload = (facts: Facts) =>
    JSON.stringify({ batch: till.batch, facts }, (_, value) => (typeof value === 'bigint' ? `${value}` : value))
  const column = <Value>(of: (purchase: NewPurchase) => Value) => purchases.map(of)
  await client.query({
    ...keepList,
    values: [
      ...[till.shop, till.till, till.at, till.cashier],
      column((purchase) => purchase.key),
      column((purchase) => purchase.kind),
      column((purchase) => purchase.sequence),
      column((purchase) => bytesOf(purchase.member)),
      column((purchase) => purchase.points),
      column((purchase) => purchase.spend),
      column((purchase) => purchase.soldAt),
      column((purchase) => bytesOf(purchase.contentHash)),
      column((purchase) => payload(purchase.facts)),
      column((purchase) => purchase.state),
      column((purchase) => purchase.refused),
      ...[till.batch, signed.count, bytes(signed.head), bytes(signed.signature)],
    ],
  })
}

const bytes = (text: Hex): Buffer => Buffer.from(text.slice(2), 'hex')
const hex = (value: Buffer): Hex => `0x${value.toString('hex')}`
