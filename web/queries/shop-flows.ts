import 'server-only'
import type { Ask, Question } from './database.ts'
import { mirroredBlockSql, sentUnderWaySql, underWaySql, waitsForSql } from './intent-state.ts'
import { waitsForOwnerSql } from './owners-word.ts'

/** What went round at a shop lately, in hundredths of a point. */
export interface RecentFlows {
  /** Its own points, given out less what was taken back. */
  readonly issued: bigint
  /** Its own points, redeemed at its own tills. */
  readonly ownRedeemedHere: bigint
  /** Its own points, redeemed at other shops. */
  readonly ownRedeemedElsewhere: bigint
  /** Other shops' points, redeemed at its tills. */
  readonly othersRedeemedHere: bigint
  readonly since: Date
}

const flows: Question = {
  name: 'shop-flows',
  text: `WITH since AS (
      SELECT coalesce((SELECT b.number FROM ledger.block b WHERE b.time >= $2 ORDER BY b.time LIMIT 1),
        9223372036854775807) AS block
    ), lines AS (
      SELECT l.shop, l.issuer, l.points FROM ledger.payment_line l, since
        WHERE (l.issuer = $1 OR l.shop = $1) AND l.block_number >= since.block
      UNION ALL
      SELECT r.shop, l.issuer, -l.points FROM ledger.refund r
        JOIN ledger.refund_line l USING (shop, block_number, log_index), since
        WHERE (l.issuer = $1 OR r.shop = $1) AND r.block_number >= since.block
    )
    SELECT
      (SELECT coalesce(sum(m.points), 0) FROM ledger.movement m, since
        WHERE m.shop = $1 AND m.kind IN ('issued', 'takenBack') AND m.block_number >= since.block) AS issued,
      (SELECT coalesce(sum(l.points), 0) FROM lines l WHERE l.issuer = $1 AND l.shop = $1) AS own_here,
      (SELECT coalesce(sum(l.points), 0) FROM lines l WHERE l.issuer = $1 AND l.shop <> $1) AS own_elsewhere,
      (SELECT coalesce(sum(l.points), 0) FROM lines l WHERE l.shop = $1 AND l.issuer <> $1) AS others_here`,
}

export async function recentFlows(shop: number, since: Date, ask: Ask): Promise<RecentFlows> {
  const [row] = await ask<{ issued: bigint; own_here: bigint; own_elsewhere: bigint; others_here: bigint }>(flows, [
    shop,
    since,
  ])
  return {
    issued: row?.issued ?? 0n,
    ownRedeemedHere: row?.own_here ?? 0n,
    ownRedeemedElsewhere: row?.own_elsewhere ?? 0n,
    othersRedeemedHere: row?.others_here ?? 0n,
    since,
  }
}

/** What two shops owe one another since the shop last settled, in money; 0 is the house with its unused vouchers. */
export interface CounterShop {
  readonly shop: number
  /** Our points, redeemed there less what was refunded, or a share of what lapsed: we owe it. */
  readonly owed: bigint
  /** Their points, redeemed here less what was refunded, or our vouchers used: it is owed to us. */
  readonly due: bigint
  /** due - owed. */
  readonly net: bigint
}

// A settlement clears a shop's whole net at once, not debt by debt, so only payments after it still explain the net.
const debts: Question = {
  name: 'shop-debts',
  text: `WITH settled AS (
      SELECT coalesce(max(e.block_number), -1) AS block FROM ledger.event e
      WHERE e.name = 'Settled' AND e.args->>'shop' = $1::int::text
    ), cut AS (
      SELECT settled.block, coalesce((SELECT max(e.log_index) FROM ledger.event e
        WHERE e.name = 'Settled' AND e.args->>'shop' = $1::int::text
           AND e.block_number = settled.block), -1) AS log_index
      FROM settled
    ), moved AS (
      SELECT n.creditor AS counter, n.value AS owed, 0::numeric AS due, n.block_number, n.log_index
        FROM ledger.net_move n, cut WHERE n.debtor = $1::int AND n.block_number >= cut.block
      UNION ALL
      SELECT n.debtor, 0, n.value, n.block_number, n.log_index
        FROM ledger.net_move n, cut WHERE n.creditor = $1::int AND n.block_number >= cut.block
    )
    SELECT m.counter, sum(m.owed) AS owed, sum(m.due) AS due
    FROM moved m, cut WHERE (m.block_number, m.log_index) > (cut.block, cut.log_index)
    GROUP BY m.counter ORDER BY m.counter`,
}

export async function debtsOf(shop: number, ask: Ask): Promise<CounterShop[]> {
  const rows = await ask<{ counter: number; owed: bigint; due: bigint }>(debts, [shop])
  const open = rows.filter(({ owed, due }) => owed !== 0n || due !== 0n)
  return open.map(({ counter, owed, due }) => {
    // What is refunded after the payment was settled is owed the other way round.
    const turned = { owed: aboveZero(owed) + aboveZero(-due), due: aboveZero(due) + aboveZero(-owed) }
    return { shop: counter, ...turned, net: due - owed }
  })
}

const aboveZero = (amount: bigint): bigint => (amount > 0n ? amount : 0n)

/** Purchases that are promised but not in the mirror yet. */
export interface Waiting {
  readonly entries: number
  readonly points: bigint
  /** Of these, what the reserve does not carry yet. */
  readonly notFundedPoints: bigint
  /** Of these, what a till that was switched off has signed: it waits for the owner. */
  readonly unconfirmedPoints: bigint
}

const waiting: Question = {
  name: 'shop-waiting',
  text: `WITH ${underWaySql}, pending AS (
      SELECT i.* FROM portal.intent i WHERE i.shop = $1 AND i.state = 'open' AND i.kind = 'purchase'
      UNION ALL
      SELECT i.* FROM ${sentUnderWaySql} i WHERE i.state = 'sent' AND i.kind = 'purchase' AND i.shop = $1
    )
    SELECT count(*)::int AS entries, coalesce(sum(i.points), 0) AS points,
      coalesce(sum(i.points) FILTER (WHERE ${waitsForSql('i')} = 'NotFunded'), 0) AS not_funded,
      coalesce(sum(i.points) FILTER (WHERE ${waitsForOwnerSql('i')}), 0) AS unconfirmed
    FROM pending i WHERE ${mirroredBlockSql('i')} IS NULL`,
}

interface WaitingRow {
  entries: number
  points: bigint
  not_funded: bigint
  unconfirmed: bigint
}

export async function waitingAt(shop: number, ask: Ask): Promise<Waiting> {
  const [row] = await ask<WaitingRow>(waiting, [shop])
  return {
    entries: row?.entries ?? 0,
    points: row?.points ?? 0n,
    notFundedPoints: row?.not_funded ?? 0n,
    unconfirmedPoints: row?.unconfirmed ?? 0n,
  }
}

/** The start of a window of whole days that ends at `now`, both by the chain's clock. */
export function daysBefore(now: number, days: number): Date {
  return new Date((now - days * 86_400) * 1000)
}
