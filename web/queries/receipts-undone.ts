import 'server-only'
import { type Ask, addressSql, type Question } from './database.ts'
import type { Address } from './network.ts'

/** A purchase as the books know it, and what has gone back of it. */
export interface UndoablePurchase {
  readonly member: Address
  readonly points: bigint
  readonly soldAt: Date
  /** Reversed on the chain, and by wishes on their way there. */
  readonly before: bigint
  /** Its points are there; else they are on their way. */
  readonly mirrored: boolean
}

const purchase: Question = {
  name: 'undoable purchase',
  text: `SELECT ${addressSql('known.member')} AS member, known.points, known.sold_at AS "soldAt",
      known.place = 0 AS mirrored,
      (SELECT coalesce(sum(r.points), 0)::bigint FROM ledger.reversal r
        WHERE r.shop = $1 AND r.till = $2 AND r.sequence = $3)
      + (SELECT coalesce(sum(i.points), 0)::bigint FROM portal.intent i
        WHERE i.shop = $1 AND i.kind = 'reversal' AND i.till = $2 AND i.sequence = $3 AND i.state <> 'refused'
          AND (i.payload->>'before')::bigint >= (SELECT coalesce(sum(r.points), 0) FROM ledger.reversal r
            WHERE r.shop = $1 AND r.till = $2 AND r.sequence = $3)) AS before
    FROM (
      SELECT p.member, p.points, p.sold_at, 0 AS place FROM ledger.purchase p
      WHERE p.shop = $1 AND p.till = $2 AND p.sequence = $3
      UNION ALL
      SELECT i.member, i.points, i.sold_at, 1 FROM portal.intent i
      WHERE i.shop = $1 AND i.till = $2 AND i.kind = 'purchase' AND i.sequence = $3 AND i.state <> 'refused'
      ORDER BY place LIMIT 1) known`,
}

/** null where nobody knows of it. A purchase that is only on its way is known as well: its points can go back later. */
export async function undoablePurchase(
  receipt: { readonly shop: number; readonly till: number; readonly sequence: bigint },
  ask: Ask,
): Promise<UndoablePurchase | null> {
  const [row] = await ask<UndoablePurchase>(purchase, [receipt.shop, receipt.till, receipt.sequence])
  return row ?? null
}

/** A payment as the books know it: its lines in their own order, and what has come back of each. */
export interface UndoablePayment {
  readonly member: Address
  readonly paidAt: Date
  /** Both had agreed to the price of defaulted shops' points. */
  readonly atDefaultPrice: boolean
  readonly lines: readonly {
    readonly token: Address
    readonly issuer: number
    readonly points: bigint
    readonly before: bigint
    readonly defaulted: boolean
  }[]
}

interface LineRow {
  readonly member: Address
  readonly paidAt: Date
  readonly token: Address
  readonly issuer: number
  readonly points: bigint
  readonly returned: bigint
  readonly wished: bigint
  readonly defaulted: boolean
  readonly atDefaultPrice: boolean
}

// Lines stand in the order of their tokens' addresses: so the contracts want them.
const payment: Question = {
  name: 'undoable payment',
  text: `WITH returned AS (
      SELECT l.issuer, sum(l.points)::bigint AS points FROM ledger.refund r
      JOIN ledger.refund_line l ON l.shop = r.shop AND l.block_number = r.block_number AND l.log_index = r.log_index
      WHERE r.shop = $1 AND r.till = $2 AND r.sequence = $3 GROUP BY l.issuer),
    wished AS (
      SELECT w.issuer::int AS issuer, sum(w.points::bigint)::bigint AS points FROM portal.intent i,
        jsonb_to_recordset(i.payload->'wished') AS w(issuer int, before text, points text)
      WHERE i.shop = $1 AND i.kind = 'refund' AND i.till = $2 AND i.sequence = $3 AND i.state <> 'refused'
        AND w.before::bigint >= coalesce((SELECT r.points FROM returned r WHERE r.issuer = w.issuer), 0)
      GROUP BY w.issuer)
    SELECT ${addressSql('p.member')} AS member, b.time AS "paidAt", ${addressSql('t.address')} AS token,
      l.issuer, l.points, coalesce(r.points, 0) AS returned, coalesce(w.points, 0) AS wished,
      s.price_liability IS NOT NULL AS defaulted, p.purpose >= 2147483648 AS "atDefaultPrice"
    FROM ledger.payment p
    JOIN ledger.block b ON b.number = p.block_number
    JOIN ledger.payment_line l ON l.shop = p.shop AND l.till = p.till AND l.sequence = p.sequence
    JOIN ledger.points_token t ON t.shop = l.issuer
    JOIN ledger.shop s ON s.shop = l.issuer
    LEFT JOIN returned r ON r.issuer = l.issuer
    LEFT JOIN wished w ON w.issuer = l.issuer
    WHERE p.shop = $1 AND p.till = $2 AND p.sequence = $3 ORDER BY t.address`,
}

/** null where no such payment stands in the mirror. */
export async function undoablePayment(
  receipt: { readonly shop: number; readonly till: number; readonly sequence: bigint },
  ask: Ask,
): Promise<UndoablePayment | null> {
  const rows = await ask<LineRow>(payment, [receipt.shop, receipt.till, receipt.sequence])
  const [first] = rows
  if (!first) return null
  const lines = rows.map(({ token, issuer, points, returned, wished, defaulted }) => {
    return { token, issuer, points, before: returned + wished, defaulted }
  })
  return { member: first.member, paidAt: first.paidAt, atDefaultPrice: first.atDefaultPrice, lines }
}
