import 'server-only'
import { clockAt, type Lanes, liveLanes, type QuarterClock, sumOfLanes, withoutOldest } from './ageing.ts'
import { type Ask, addressSql, ask as askPool, bytesOf, type Question, secondsOf } from './database.ts'
import { mirroredBlockSql, sentUnderWaySql, underWaySql } from './intent-state.ts'
import type { Address } from './network.ts'
import { wordOf } from './standings.ts'

/** A member's points of one issuer. */
export interface Holding {
  readonly issuer: number
  readonly token: Address
  /** Live points by lane at the moment asked about. */
  readonly live: Lanes
  /** Points that open payments and transfers have spoken for. */
  readonly held: bigint
  /** What is left to promise, by lane: the oldest points are spoken for first. */
  readonly free: Lanes
  readonly freePoints: bigint
}

interface Row {
  place: bigint
  shop: number
  token: Address
  quarter: number
  started_at: Date
  ends_at: Date | null
  stamp: number
  lanes: string[]
  held: bigint
}

// One statement, so that a payment is seen either as a hold or as burned, never as both or neither. A hold counts until
// its points are off the balance in the mirror, not until that block is final: both hang on the same block.
const question: Question = {
  name: 'holdings',
  text: `SELECT m.place, b.shop, ${addressSql('t.address')} AS token, t.quarter, t.started_at, t.ends_at, b.stamp,
      ARRAY[b.lane0, b.lane1, b.lane2, b.lane3, b.lane4]::text[] AS lanes,
      coalesce((SELECT sum(h.points) FROM portal.hold h
        JOIN portal.intent i ON i.shop = h.intent_shop AND i.key = h.intent_key
        WHERE h.member = b.member AND h.issuer = b.shop AND i.state <> 'refused'
          AND ${mirroredBlockSql('i')} IS NULL), 0) AS held
    FROM unnest($1::bytea[]) WITH ORDINALITY AS m(member, place)
    JOIN ledger.balance b ON b.member = m.member JOIN ledger.points_token t ON t.shop = b.shop
    ORDER BY m.place, b.shop`,
}

/**
 * What a member holds and what of it can still be promised, by issuer; `at` is the second at which the points must be
 * live: for a promise the deadline of its terms (N-27). Ask over the transaction that then writes the hold.
 */
export async function availablePoints(
  member: Address,
  when: { readonly at: number; readonly ask?: Ask },
): Promise<Holding[]> {
  const [holdings] = await availableOf([{ member, at: when.at }], when.ask ?? askPool)
  return holdings ?? []
}

/** The same for several members, in their order. */
export async function availableOf(
  wanted: readonly { readonly member: Address; readonly at: number }[],
  ask: Ask,
): Promise<Holding[][]> {
  const found: Holding[][] = wanted.map(() => [])
  for (const row of await ask<Row>(question, [wanted.map(({ member }) => bytesOf(member))])) {
    const place = Number(row.place) - 1
    const at = wanted[place]?.at ?? 0
    const live = liveLanes(wordOf(row.stamp, row.lanes), clockAt(clockOf(row), at).quarter)
    const free = withoutOldest(live, row.held)
    found[place]?.push({ issuer: row.shop, token: row.token, live, held: row.held, free, freePoints: sumOfLanes(free) })
  }
  return found
}

function clockOf(row: Row): QuarterClock {
  const endsAt = row.ends_at ? secondsOf(row.ends_at) : null
  return { quarter: row.quarter, startedAt: secondsOf(row.started_at), endsAt }
}

interface PendingRow {
  issuer: number
  points: bigint
}

// Open wishes have their own index, and what was sent is found through submissions the mirror has not reached.
const pendingElsewhere: Question = {
  name: 'pending-elsewhere',
  text: `WITH ${underWaySql}, pending AS (
      SELECT i.* FROM portal.intent i WHERE i.state = 'open' AND i.kind = 'payment'
      UNION ALL
      SELECT i.* FROM ${sentUnderWaySql} i WHERE i.state = 'sent' AND i.kind = 'payment'
    )
    SELECT h.issuer, sum(h.points) AS points
    FROM pending i JOIN portal.hold h ON h.intent_shop = i.shop AND h.intent_key = i.key
    WHERE h.issuer <> i.shop AND ${mirroredBlockSql('i')} IS NULL
    GROUP BY h.issuer`,
}

/** Points of each issuer that open payments at other shops will take from what its reserve still carries (N-13). */
export async function pendingAtOthers(ask: Ask = askPool): Promise<ReadonlyMap<number, bigint>> {
  const rows = await ask<PendingRow>(pendingElsewhere)
  return new Map(rows.map((row) => [row.issuer, row.points]))
}
