import 'server-only'
import type pg from 'pg'
import { bytesOf } from '#web/queries/database.ts'
import type { Facts } from './refusal.ts'
import { beginImpatiently } from './transaction.ts'
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

export const sameContent = (a: Purchase, b: Purchase): boolean =>
  a.member === b.member && a.points === b.points && a.spend === b.spend && a.soldAt === b.soldAt

/** A purchase as it was kept. A conflict is one whose receipt had been used for something else: evidence, and part of
 * the list `batch` that the till signed. */
export interface KeptPurchase extends Purchase {
  readonly kind: 'purchase' | 'conflict'
  /** First receipt of the list it came with. */
  readonly batch: bigint
  readonly refused: string | null
  readonly facts: Facts
  /** Nothing has been sent of it. */
  readonly open: boolean
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
 * How a transaction begins in which the purchases of these tills come one request after the other. One message with the
 * beginning itself, and in one order for all, so that nobody waits in a circle. Whole numbers, as their schema says.
 */
export function beginWithTills(places: readonly { readonly shop: number; readonly till: number }[]): string {
  const inOrder = [...places].sort((a, b) => a.shop - b.shop || a.till - b.till)
  const locks = inOrder.map(({ shop, till }) => {
    return `SELECT pg_advisory_xact_lock(${Math.trunc(shop)}, ${Math.trunc(till)})`
  })
  return [beginImpatiently, ...locks].join('; ')
}

/** A till's list as it comes: from receipt `first` on, `count` purchases, of which those from `come` on came along. */
export interface ComingList {
  readonly shop: number
  readonly till: number
  readonly first: bigint
  readonly count: number
  readonly come: bigint
}

/** The list as it was kept so far, a count of 0 where it was not, and what stands under its receipts. */
export interface KeptList {
  readonly soFar: KeptBatch
  /** Of a list that goes on where it ended, only what stands under the receipts that have come now. */
  readonly kept: readonly KeptPurchase[]
  readonly mirrored: readonly MirroredPurchase[]
}

// All in one message: the lists, what this portal keeps of them, and what the chain has issued, whoever brought it
// there.
const listsQuestion = {
  name: 'kept lists',
  text: `SELECT k.place, b.count, b.head,
      coalesce((SELECT max(c.final_block) FROM ledger.checkpoint c), -1) AS "finalBlock",
      n.kind, n.sequence, n.member, n.points, n.spend, n."soldAt", n.batch, n.refused, n.facts, n.open, n.block
    FROM unnest($1::int[], $2::int[], $3::bigint[], $4::int[], $5::bigint[]) WITH ORDINALITY
      AS k(shop, till, first_sequence, count, come, place)
    LEFT JOIN portal.till_batch b USING (shop, till, first_sequence)
    LEFT JOIN LATERAL (
      SELECT i.kind, i.sequence, i.member, i.points, i.spend, extract(epoch FROM i.sold_at)::bigint AS "soldAt",
        (i.payload->>'batch')::bigint AS batch, i.refused, i.payload->'facts' AS facts, i.state = 'open' AS open,
        NULL::bigint AS block
      FROM portal.intent i WHERE i.shop = k.shop AND i.till = k.till AND i.kind IN ('purchase', 'conflict')
        AND i.sequence >= CASE WHEN b.count = k.come - k.first_sequence THEN k.come ELSE k.first_sequence END
        AND i.sequence < k.first_sequence + k.count
      UNION ALL
      SELECT 'mirrored', p.sequence, p.member, p.points, p.spend, extract(epoch FROM p.sold_at)::bigint,
        NULL, NULL, NULL, false, p.block_number
      FROM ledger.purchase p WHERE p.shop = k.shop AND p.till = k.till
        AND p.sequence >= k.come AND p.sequence < k.first_sequence + k.count
    ) n ON true
    ORDER BY k.place, n.sequence`,
}

interface ListRow {
  readonly place: bigint
  readonly count: number | null
  readonly head: Buffer | null
  readonly finalBlock: bigint
  readonly kind: 'purchase' | 'conflict' | 'mirrored' | null
  readonly sequence: bigint
  readonly member: Buffer
  readonly points: bigint
  readonly spend: bigint
  readonly soldAt: bigint
  readonly batch: bigint | null
  readonly refused: string | null
  readonly facts: Facts | null
  readonly open: boolean
  readonly block: bigint | null
}

/** What is known of each of these lists, in their order. */
export async function keptLists(client: pg.PoolClient, lists: readonly ComingList[]): Promise<KeptList[]> {
  const column = <Value>(of: (list: ComingList) => Value) => lists.map(of)
  const { rows } = await client.query<ListRow>({
    ...listsQuestion,
    values: [
      column(({ shop }) => shop),
      column(({ till }) => till),
      column(({ first }) => first),
      column(({ count }) => count),
      column(({ come }) => come),
    ],
  })
  const found = lists.map(() => ({
    soFar: { count: 0, head: hex(Buffer.alloc(32)), finalBlock: -1n },
    kept: [] as KeptPurchase[],
    mirrored: [] as MirroredPurchase[],
  }))
  for (const row of rows) {
    const list = found[Number(row.place) - 1]
    if (list === undefined) continue
    list.soFar = { count: row.count ?? 0, head: hex(row.head ?? Buffer.alloc(32)), finalBlock: row.finalBlock }
    if (row.kind === null) continue
    const { kind, sequence, points, spend, refused, open } = row
    const purchase = { sequence, member: hex(row.member), points, spend, soldAt: Number(row.soldAt) }
    if (kind === 'mirrored') list.mirrored.push({ ...purchase, block: row.block ?? 0n })
    else list.kept.push({ ...purchase, kind, batch: row.batch ?? 0n, refused, facts: row.facts ?? {}, open })
  }
  return found
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

/** What is to be kept of one till's list: the purchases that are new, and the signature that covers all of it. */
export interface NewList {
  readonly shop: number
  readonly till: number
  readonly batch: bigint
  readonly at: Date
  readonly cashier: number | null
  readonly purchases: readonly NewPurchase[]
  readonly signed: { readonly count: number; readonly head: Hex; readonly signature: Hex }
}

// The newest signature covers all entries before it, so a longer list takes the place of its beginning.
const keepLists = {
  name: 'keep lists',
  text: `WITH purchases AS (
      INSERT INTO portal.intent (shop, key, kind, till, sequence, member, points, spend, sold_at, content_hash,
        payload, state, refused, attempts, created_at, cashier)
      SELECT n.shop, n.key, n.kind, n.till, n.sequence, n.member, n.points, n.spend, to_timestamp(n.sold_at),
        n.content_hash, n.payload, n.state, n.refused, 0, n.at, n.cashier
      FROM unnest($1::int[], $2::int[], $3::timestamptz[], $4::int[], $5::text[], $6::text[], $7::bigint[], $8::bytea[],
        $9::bigint[], $10::bigint[], $11::bigint[], $12::bytea[], $13::jsonb[], $14::text[], $15::text[])
        AS n(shop, till, at, cashier, key, kind, sequence, member, points, spend, sold_at, content_hash, payload, state,
          refused)
      ON CONFLICT (shop, key) DO NOTHING)
    INSERT INTO portal.till_batch (shop, till, first_sequence, count, head, signature, opened_at, submitted_count)
    SELECT b.shop, b.till, b.first_sequence, b.count, b.head, b.signature, b.at, 0
    FROM unnest($16::int[], $17::int[], $18::bigint[], $19::int[], $20::bytea[], $21::bytea[], $22::timestamptz[])
      AS b(shop, till, first_sequence, count, head, signature, at)
    ON CONFLICT (shop, till, first_sequence) DO UPDATE
      SET count = excluded.count, head = excluded.head, signature = excluded.signature
      WHERE portal.till_batch.count < excluded.count`,
}

/**
 * Keeps new purchases and the signatures that cover them, in one message; no list twice. In the order of the lists'
 * names, as the relayer takes them: else the two might each hold a list that the other wants.
 */
export async function storeLists(client: pg.PoolClient, unordered: readonly NewList[]): Promise<void> {
  if (unordered.length === 0) return
  const lists = [...unordered].sort((a, b) => a.shop - b.shop || a.till - b.till || (a.batch < b.batch ? -1 : 1))
  const payload = (batch: bigint, facts: Facts) =>
    JSON.stringify({ batch, facts }, (_, value) => (typeof value === 'bigint' ? `${value}` : value))
  const rows = lists.flatMap((list) => list.purchases.map((purchase) => ({ list, purchase })))
  const column = <Value>(of: (row: (typeof rows)[number]) => Value) => rows.map(of)
  const ofList = <Value>(of: (list: NewList) => Value) => lists.map(of)
  await client.query({
    ...keepLists,
    values: [
      column(({ list }) => list.shop),
      column(({ list }) => list.till),
      column(({ list }) => list.at),
      column(({ list }) => list.cashier),
      column(({ purchase }) => purchase.key),
      column(({ purchase }) => purchase.kind),
      column(({ purchase }) => purchase.sequence),
      column(({ purchase }) => bytesOf(purchase.member)),
      column(({ purchase }) => purchase.points),
      column(({ purchase }) => purchase.spend),
      column(({ purchase }) => purchase.soldAt),
      column(({ purchase }) => bytesOf(purchase.contentHash)),
      column(({ list, purchase }) => payload(list.batch, purchase.facts)),
      column(({ purchase }) => purchase.state),
      column(({ purchase }) => purchase.refused),
      ofList(({ shop }) => shop),
      ofList(({ till }) => till),
      ofList(({ batch }) => batch),
      ofList(({ signed }) => signed.count),
      ofList(({ signed }) => bytes(signed.head)),
      ofList(({ signed }) => bytes(signed.signature)),
      ofList(({ at }) => at),
    ],
  })
}

const bytes = (text: Hex): Buffer => Buffer.from(text.slice(2), 'hex')
const hex = (value: Buffer): Hex => `0x${value.toString('hex')}`
