import 'server-only'
import { type Ask, addressSql, bytesOf, type Question } from './database.ts'
import { intentStateOf, mirroredBlockSql, waitsForSql } from './intent-state.ts'
import { calledName, greetingNameSql } from './member-name.ts'
import type { Address } from './network.ts'

export type StatementKind = 'issued' | 'paid' | 'sent' | 'received' | 'lapsed' | 'takenBack' | 'refunded' | 'debtPaid'

/** One change of a member's points, or the wish for one. */
export interface StatementLine {
  readonly at: Date
  readonly kind: StatementKind
  /** Where it happened: the shop that issued or was paid; for points sent, received or lapsed their issuer. */
  readonly shop: number
  readonly shopName: string
  /** Hundredths, signed: what it does to the member's points. */
  readonly points: bigint
  /** What was bought for, in minor units of money; null where nothing was bought. */
  readonly spend: bigint | null
  /** The reward that was paid for, null for a payment at the till. */
  readonly reward: string | null
  /** Whether the shop is a charity: what is paid there is given. */
  readonly toCharity: boolean
  /** What a purchase undone left the member owing, in hundredths; null for every other line. */
  readonly owed: bigint | null
  readonly counterparty: Address | null
  readonly counterpartyName: string | null
  readonly state: 'pending' | 'final' | 'refused'
  /** Why it was refused, or what a pending line waits for. */
  readonly code?: string
  readonly key: string
}

interface Row {
  at: Date
  kind: StatementKind
  shop: number
  shop_name: string | null
  points: bigint
  spend: bigint | null
  reward: string | null
  to_charity: boolean
  counterparty: Address | null
  counterparty_name: string | null
  key: string
  state: string
  refused: string | null
  mirrored: bigint | null
  final_block: bigint | null
  waits_for: string | null
  owed: bigint | null
}

// Each source is cut to its newest lines before the sources meet, so that a long history costs no more than a page.
const question: Question = {
  name: 'statement',
  text: `WITH reached AS (SELECT max(c.final_block) AS final_block FROM ledger.checkpoint c WHERE c.name = 'ledger'),
    lines AS (
      (SELECT p.sold_at AS at, 'issued' AS kind, p.shop, p.points, p.spend, NULL::bigint AS purpose,
          NULL::bytea AS counterparty, 'purchase:' || p.till || ':' || p.sequence AS key,
          'sent' AS state, NULL AS refused, p.block_number AS mirrored, p.log_index, NULL::text AS waits_for,
          NULL::bigint AS owed
        FROM ledger.purchase p WHERE p.member = $1 ORDER BY p.sold_at DESC LIMIT $2)
      UNION ALL
      (SELECT b.time, 'paid', p.shop, -p.points, NULL, nullif(p.purpose, 0), NULL,
          'payment:' || p.till || ':' || p.sequence, 'sent', NULL, p.block_number, p.log_index, NULL, NULL
        FROM ledger.payment p JOIN ledger.block b ON b.number = p.block_number
        WHERE p.member = $1 ORDER BY p.block_number DESC LIMIT $2)
      UNION ALL
      (SELECT b.time, 'takenBack', r.shop, -r.taken, NULL, NULL, NULL,
          'reversal:' || r.block_number || ':' || r.log_index, 'sent', NULL, r.block_number, r.log_index, NULL, r.debt
        FROM ledger.reversal r JOIN ledger.block b ON b.number = r.block_number
        WHERE r.member = $1 AND r.taken + r.debt > 0 ORDER BY r.block_number DESC LIMIT $2)
      UNION ALL
      (SELECT b.time, 'refunded', r.shop, r.points, NULL, NULL, NULL,
          'refund:' || r.block_number || ':' || r.log_index, 'sent', NULL, r.block_number, r.log_index, NULL, NULL
        FROM ledger.refund r JOIN ledger.block b ON b.number = r.block_number
        WHERE r.member = $1 ORDER BY r.block_number DESC LIMIT $2)
      UNION ALL
      (SELECT b.time, m.kind, m.shop, m.points, NULL, NULL, m.counterparty,
          'movement:' || m.block_number || ':' || m.log_index, 'sent', NULL, m.block_number, m.log_index, NULL, NULL
        FROM ledger.movement m JOIN ledger.block b ON b.number = m.block_number
        WHERE m.member = $1 AND m.kind IN ('sent', 'received', 'lapsed', 'debtPaid')
        ORDER BY m.block_number DESC, m.log_index DESC LIMIT $2)
      UNION ALL
      (SELECT coalesce(i.sold_at, i.created_at),
          CASE i.kind WHEN 'purchase' THEN 'issued' WHEN 'payment' THEN 'paid' ELSE 'sent' END, i.shop,
          CASE i.kind WHEN 'purchase' THEN i.points ELSE -i.points END, i.spend,
          CASE i.kind WHEN 'payment' THEN nullif((i.payload->>'purpose')::bigint, 0) END,
          CASE i.kind WHEN 'transfer' THEN decode(substr(i.payload->>'to', 3), 'hex') END,
          CASE i.state WHEN 'refused' THEN 'refused:' ELSE '' END || i.key,
          i.state, i.refused, NULL, NULL, ${waitsForSql('i')}, NULL
        FROM portal.intent i
        WHERE i.member = $1 AND i.kind IN ('purchase', 'payment', 'transfer') AND ${mirroredBlockSql('i')} IS NULL
        ORDER BY i.created_at DESC LIMIT $2)
    )
    SELECT l.at, l.kind, l.shop, f.name AS shop_name, l.points, l.spend, r.title AS reward,
      coalesce(l.kind = 'paid' AND f.is_charity, false) AS to_charity,
      ${addressSql('l.counterparty')} AS counterparty, greeted.display_name AS counterparty_name, l.key,
      l.state, l.refused, l.mirrored, l.waits_for, l.owed, reached.final_block
    FROM lines l CROSS JOIN reached
    LEFT JOIN portal.shop_profile f ON f.shop = l.shop
    LEFT JOIN portal.reward r ON r.shop = l.shop AND r.reward = l.purpose
    ${greetingNameSql('greeted', 'l.counterparty')}
    ORDER BY l.at DESC, l.mirrored DESC NULLS FIRST, l.log_index DESC, l.key LIMIT $2`,
}

/** A member's newest lines, pending and refused wishes among them. */
export async function statement(member: Address, lines: number, ask: Ask): Promise<StatementLine[]> {
  const rows = await ask<Row>(question, [bytesOf(member), lines])
  return rows.map(lineOf)
}

function lineOf(row: Row): StatementLine {
  const { state, code } = intentStateOf(row)
  return {
    at: row.at,
    kind: row.kind,
    shop: row.shop,
    shopName: row.shop_name ?? `Shop ${row.shop}`,
    points: row.points,
    spend: row.spend,
    reward: row.reward,
    toCharity: row.to_charity,
    owed: row.owed,
    counterparty: row.counterparty,
    counterpartyName: row.counterparty && calledName(row.counterparty, row.counterparty_name),
    state,
    ...(code === null ? {} : { code }),
    key: `${row.shop}:${row.key}`,
  }
}
