import 'server-only'
import { type Ask, addressSql, atOneMoment, type Question } from './database.ts'
import { intentStateOf, mirroredBlockSql, waitsForSql } from './intent-state.ts'
import { calledName, greetingNameSql } from './member-name.ts'
import type { Address } from './network.ts'

/** A receipt of this till, newest first on its desk. */
export interface TillReceipt {
  readonly sequence: bigint
  readonly kind: 'purchase' | 'payment'
  readonly member: Address
  /** The name where the member agreed to be greeted, otherwise "Member 3F2A". */
  readonly memberName: string
  readonly points: bigint
  /** The reward the points were taken for; null for a payment and for a purchase. */
  readonly reward: string | null
  /** Minor units of money; null for a payment. */
  readonly spend: bigint | null
  /** Time of sale; of a payment when it was taken. */
  readonly at: Date
  readonly state: 'pending' | 'final' | 'refused'
  readonly code?: string
  /** What of its points has gone back, or is on its way there. */
  readonly undone: bigint
}

export interface TillDesk {
  readonly shop: number
  readonly till: number
  readonly tillName: string
  readonly cashier: string
  readonly key: Address
  readonly revoked: boolean
  /** Counter: stands in the shop. Import: brings in past sales. */
  readonly kind: 'Counter' | 'Campaign' | 'Import'
  /** Who may sign in here, by number; nobody: the shop keeps no cashiers. */
  readonly cashiers: readonly { readonly cashier: number; readonly name: string }[]
  /** What the shop offers for points at present, the cheapest first. */
  readonly rewards: readonly OfferedReward[]
  readonly recent: readonly TillReceipt[]
}

export interface OfferedReward {
  readonly reward: number
  readonly title: string
  readonly detail: string
  readonly points: bigint
}

interface TillRow {
  key: Address
  kind: number
  revoked: boolean
  name: string | null
  cashier: string | null
}

interface ReceiptRow {
  sequence: bigint
  kind: 'purchase' | 'payment'
  member: Address
  display_name: string | null
  points: bigint
  reward: string | null
  spend: bigint | null
  at: Date
  state: string
  refused: string | null
  mirrored: bigint | null
  final_block: bigint | null
  waits_for: string | null
  undone: bigint
}

const till: Question = {
  name: 'till-desk',
  text: `SELECT ${addressSql('t.key')} AS key, t.kind, t.revoked, f.name, f.cashier
    FROM ledger.till t LEFT JOIN portal.till_profile f ON f.shop = t.shop AND f.till = t.till
    WHERE t.shop = $1 AND t.till = $2`,
}

const offered: Question = {
  name: 'till-desk-rewards',
  text: `SELECT r.reward, r.title, r.detail, r.points FROM portal.reward r WHERE r.shop = $1 AND r.active
    ORDER BY r.points, r.reward`,
}

// The newest of each kind from both books: what the portal took in, and what came to the chain past it.
const receipts: Question = {
  name: 'till-desk-receipts',
  text: `WITH wished AS (
      (SELECT i.sequence, i.kind, i.member, i.points, i.spend, coalesce(i.sold_at, i.created_at) AS at, i.state,
          i.refused, NULL::bigint AS purpose,
          ${mirroredBlockSql('i')} AS mirrored, ${waitsForSql('i')} AS waits_for
        FROM portal.intent i WHERE i.shop = $1 AND i.till = $2 AND i.kind = 'purchase'
        ORDER BY i.sequence DESC LIMIT $3)
      UNION ALL
      (SELECT i.sequence, i.kind, i.member, i.points, NULL, i.created_at, i.state, i.refused,
          nullif((i.payload->>'purpose')::bigint, 0), ${mirroredBlockSql('i')}, NULL
        FROM portal.intent i WHERE i.shop = $1 AND i.till = $2 AND i.kind = 'payment'
        ORDER BY i.sequence DESC LIMIT $3)
    ), booked AS (
      (SELECT p.sequence, 'purchase' AS kind, p.member, p.points, p.spend, p.sold_at AS at, 'sent' AS state,
          NULL AS refused, NULL::bigint AS purpose, p.block_number AS mirrored, NULL::text AS waits_for
        FROM ledger.purchase p WHERE p.shop = $1 AND p.till = $2 ORDER BY p.sequence DESC LIMIT $3)
      UNION ALL
      (SELECT p.sequence, 'payment', p.member, p.points, NULL, b.time, 'sent', NULL, nullif(p.purpose, 0),
          p.block_number, NULL
        FROM ledger.payment p JOIN ledger.block b ON b.number = p.block_number
        WHERE p.shop = $1 AND p.till = $2 ORDER BY p.sequence DESC LIMIT $3)
    ), both_books AS (
      SELECT * FROM wished
      UNION ALL
      SELECT b.* FROM booked b WHERE NOT EXISTS (
        SELECT FROM wished w WHERE w.kind = b.kind AND w.sequence = b.sequence)
    )
    SELECT r.sequence, r.kind, ${addressSql('r.member')} AS member, greeted.display_name, r.points, r.spend, r.at,
      r.state, r.refused, r.mirrored, r.waits_for, w.title AS reward,
      (SELECT c.final_block FROM ledger.checkpoint c WHERE c.name = 'ledger') AS final_block,
      greatest(
        (SELECT coalesce(sum(v.points), 0) FROM ledger.reversal v
          WHERE r.kind = 'purchase' AND v.shop = $1 AND v.till = $2 AND v.sequence = r.sequence),
        (SELECT coalesce(sum(l.points), 0) FROM ledger.refund f JOIN ledger.refund_line l
            ON l.shop = f.shop AND l.block_number = f.block_number AND l.log_index = f.log_index
          WHERE r.kind = 'payment' AND f.shop = $1 AND f.till = $2 AND f.sequence = r.sequence),
        (SELECT coalesce(sum(i.points), 0) FROM portal.intent i
          WHERE i.shop = $1 AND i.till = $2 AND i.sequence = r.sequence AND i.state <> 'refused'
            AND i.kind = CASE r.kind WHEN 'purchase' THEN 'reversal' ELSE 'refund' END))::bigint AS undone
    FROM both_books r LEFT JOIN portal.reward w ON w.shop = $1 AND w.reward = r.purpose
    ${greetingNameSql('greeted', 'r.member')}
    ORDER BY r.at DESC, r.sequence DESC LIMIT $3`,
}

const onDuty: Question = {
  name: 'till-desk-cashiers',
  text: 'SELECT c.cashier, c.name FROM portal.cashier c WHERE c.shop = $1 AND c.active ORDER BY c.cashier',
}

const recentReceipts = 20
const kinds = ['Counter', 'Counter', 'Campaign', 'Import'] as const

/** A till and its newest receipts; null where the shop has no such till. */
export async function tillDesk(shop: number, number: number): Promise<TillDesk | null> {
  return await atOneMoment(async (ask) => {
    const [known] = await ask<TillRow>(till, [shop, number])
    if (!known) return null
    return {
      shop,
      till: number,
      tillName: known.name ?? `Till ${number}`,
      cashier: known.cashier ?? '',
      key: known.key,
      revoked: known.revoked,
      kind: kinds[known.kind] ?? 'Counter',
      cashiers: await ask<{ cashier: number; name: string }>(onDuty, [shop]),
      rewards: await ask<OfferedReward>(offered, [shop]),
      recent: await recentOf(shop, number, ask),
    }
  })
}

async function recentOf(shop: number, number: number, ask: Ask): Promise<TillReceipt[]> {
  const rows = await ask<ReceiptRow>(receipts, [shop, number, recentReceipts])
  return rows.map((row) => {
    const { state, code } = intentStateOf(row)
    return {
      sequence: row.sequence,
      kind: row.kind,
      member: row.member,
      memberName: calledName(row.member, row.display_name),
      points: row.points,
      reward: row.reward,
      spend: row.spend,
      at: row.at,
      undone: row.undone,
      state,
      ...(code === null ? {} : { code }),
    }
  })
}
