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

/** From here to the end of the transaction this till's purchases come one request after the other. */
export async function lockTill(client: pg.PoolClient, shop: number, till: number): Promise<void> {
  await client.query('SELECT pg_advisory_xact_lock($1, $2)', [shop, till])
}

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

const keptQuestion = {
  name: 'kept purchases',
  text: `SELECT i.kind, i.sequence, i.member, i.points, i.spend, extract(epoch FROM i.sold_at)::bigint AS "soldAt",
      (i.payload->>'batch')::bigint AS batch, i.refused, i.payload->'facts' AS facts
    FROM portal.intent i WHERE i.shop = $1 AND i.till = $2 AND i.kind IN ('purchase', 'conflict')
      AND i.sequence BETWEEN $3 AND $4 ORDER BY i.sequence`,
}

interface PurchaseRow {
  readonly kind: 'purchase' | 'conflict'
  readonly sequence: bigint
  readonly member: Buffer
  readonly points: bigint
  readonly spend: bigint
  readonly soldAt: bigint
  readonly batch: bigint
  readonly refused: string | null
  readonly facts: Facts | null
}

export async function keptPurchases(
  client: pg.PoolClient,
  till: { readonly shop: number; readonly till: number },
  range: { readonly from: bigint; readonly to: bigint },
): Promise<KeptPurchase[]> {
  const { rows } = await client.query<PurchaseRow>({
    ...keptQuestion,
    values: [till.shop, till.till, range.from, range.to],
  })
  return rows.map(({ member, soldAt, facts, ...row }) => {
    return { ...row, member: hex(member), soldAt: Number(soldAt), facts: facts ?? {} }
  })
}

const mirroredQuestion = {
  name: 'mirrored purchases',
  text: `SELECT p.sequence, p.member, p.points, p.spend, extract(epoch FROM p.sold_at)::bigint AS "soldAt",
      p.block_number AS block
    FROM ledger.purchase p WHERE p.shop = $1 AND p.till = $2 AND p.sequence BETWEEN $3 AND $4`,
}

/** What the chain has issued under these receipts, whoever brought it there. */
export async function mirroredPurchases(
  client: pg.PoolClient,
  till: { readonly shop: number; readonly till: number },
  range: { readonly from: bigint; readonly to: bigint },
): Promise<MirroredPurchase[]> {
  const { rows } = await client.query<Omit<PurchaseRow, 'kind'> & { readonly block: bigint }>({
    ...mirroredQuestion,
    values: [till.shop, till.till, range.from, range.to],
  })
  return rows.map(({ sequence, member, points, spend, soldAt, block }) => {
    return { sequence, member: hex(member), points, spend, soldAt: Number(soldAt), block }
  })
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

const keepPurchases = {
  name: 'keep purchases',
  text: `INSERT INTO portal.intent (shop, key, kind, till, sequence, member, points, spend, sold_at, content_hash,
      payload, state, refused, attempts, created_at, cashier)
    SELECT $1, n.key, n.kind, $2, n.sequence, n.member, n.points, n.spend, to_timestamp(n.sold_at), n.content_hash,
      n.payload, n.state, n.refused, 0, $3, $15
    FROM unnest($4::text[], $5::text[], $6::bigint[], $7::bytea[], $8::bigint[], $9::bigint[], $10::bigint[],
      $11::bytea[], $12::jsonb[], $13::text[], $14::text[])
      AS n(key, kind, sequence, member, points, spend, sold_at, content_hash, payload, state, refused)
    ON CONFLICT (shop, key) DO NOTHING`,
}

export async function storePurchases(
  client: pg.PoolClient,
  till: { shop: number; till: number; batch: bigint; readonly at: Date; readonly cashier: number | null },
  purchases: readonly NewPurchase[],
): Promise<void> {
  if (purchases.length === 0) return
  const payload = (facts: Facts) =>
    JSON.stringify({ batch: till.batch, facts }, (_, value) => (typeof value === 'bigint' ? `${value}` : value))
  const column = <Value>(of: (purchase: NewPurchase) => Value) => purchases.map(of)
  await client.query({
    ...keepPurchases,
    values: [
      till.shop,
      till.till,
      till.at,
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
      till.cashier,
    ],
  })
}

const keepBatch = {
  name: 'keep batch',
  text: `INSERT INTO portal.till_batch (shop, till, first_sequence, count, head, signature, opened_at, submitted_count)
    VALUES ($1, $2, $3, $4, $5, $6, $7, 0)
    ON CONFLICT (shop, till, first_sequence) DO UPDATE
      SET count = excluded.count, head = excluded.head, signature = excluded.signature
      WHERE portal.till_batch.count < excluded.count`,
}

/** The newest signature covers all entries before it, so a longer list takes the place of its beginning. */
export async function storeBatch(
  client: pg.PoolClient,
  till: { readonly shop: number; readonly till: number; readonly batch: bigint; readonly at: Date },
  signed: { readonly count: number; readonly head: Hex; readonly signature: Hex },
): Promise<void> {
  const values = [till.shop, till.till, till.batch, signed.count, bytes(signed.head), bytes(signed.signature), till.at]
  await client.query({ ...keepBatch, values })
}

const bytes = (text: Hex): Buffer => Buffer.from(text.slice(2), 'hex')
const hex = (value: Buffer): Hex => `0x${value.toString('hex')}`
