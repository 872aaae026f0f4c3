import pg from 'pg'
import type { PurchaseDay } from '#indexer/scoring/recency-frequency-value.ts'
import type { Visits } from '#indexer/scoring/visits.ts'

/** A purchase day with the first and the last moment of buying on it. */
export interface DayWithTimes extends PurchaseDay {
  readonly firstAt: Date
  readonly lastAt: Date
}

/** The members of one shop with their visits, ascending by account. */
export interface ShopVisits {
  readonly shop: number
  readonly visits: readonly Visits[]
  /** By the members' places: when they first and last bought. */
  readonly firstAt: readonly Date[]
  readonly lastAt: readonly Date[]
}

const rowsAtOnce = 20_000

/** The ledger as it stood at a block, without these accounts (hex without 0x). */
export interface AsOf {
  readonly block: number
  readonly leftOut: readonly string[]
}

/**
 * The purchase days of everybody who has not said no, ascending by shop, member and day, so many at a time; of one
 * shop, or of all; now, or as of a block and of those who had said no by then. A purchase wholly undone is none; of one
 * undone in part the spend counts in proportion to the points it kept, rounded up. Within the caller's transaction, one
 * reading at a time.
 */
export async function* purchaseDays(
  client: pg.ClientBase,
  asked: { readonly shop?: number; readonly timeZone: string; readonly asOf?: AsOf },
): AsyncGenerator<readonly DayWithTimes[]> {
  const { shop, timeZone, asOf } = asked
  const meant = (table: string) =>
    [
      shop === undefined ? 'true' : `${table}.shop = ${Math.trunc(shop)}`,
      asOf === undefined ? 'true' : `${table}.block_number <= ${Math.trunc(asOf.block)}`,
    ].join(' AND ')
  await client.query(
    `DECLARE purchase_days NO SCROLL CURSOR FOR
       SELECT p.shop, encode(p.member, 'hex') AS member,
         (p.sold_at AT TIME ZONE ${pg.escapeLiteral(timeZone)})::date - DATE '1970-01-01' AS day,
         sum(p.spend - CASE WHEN back.points > 0 THEN div(p.spend * back.points, p.points) ELSE 0 END)::text AS spend,
         min(p.sold_at) AS first, max(p.sold_at) AS last
       FROM ledger.purchase p LEFT JOIN (
         SELECT r.shop, r.till, r.sequence, sum(r.points) AS points FROM ledger.reversal r
         WHERE ${meant('r')} GROUP BY r.shop, r.till, r.sequence) back USING (shop, till, sequence)
       WHERE ${meant('p')} AND (back.points IS NULL OR back.points < p.points)
         AND NOT EXISTS (SELECT FROM ${saidNo(asOf)} no WHERE no.member = p.member)
       GROUP BY p.shop, p.member, day ORDER BY p.shop, p.member, day`,
  )
  for (;;) {
    const { rows } = await client.query<{
      shop: number
      member: string
      day: number
      spend: string
      first: Date
      last: Date
    }>(`FETCH ${rowsAtOnce} FROM purchase_days`)
    if (rows.length === 0) break
    yield rows.map((row) => ({
      shop: row.shop,
      member: `0x${row.member}`,
      day: row.day,
      spend: BigInt(row.spend),
      firstAt: row.first,
      lastAt: row.last,
    }))
  }
  await client.query('CLOSE purchase_days')
}

function saidNo(asOf: AsOf | undefined): string {
  if (asOf === undefined) {
    return `(SELECT c.member FROM portal.consent c WHERE c.purpose = 'personalisation' AND NOT c.given)`
  }
  const accounts = asOf.leftOut.map((account) => `\\\\x${account}`).join(',')
  return `(SELECT u.member FROM unnest(${pg.escapeLiteral(`{${accounts}}`)}::bytea[]) AS u(member))`
}

/** Gathers purchase days into members' visits, shop by shop; `noted` sees every row first. */
export async function* visitsByShop(
  batches: AsyncIterable<readonly DayWithTimes[]>,
  noted: (days: readonly DayWithTimes[]) => void = () => undefined,
): AsyncGenerator<ShopVisits> {
  let gathering: Gathering | undefined
  for await (const days of batches) {
    noted(days)
    for (const day of days) {
      if (gathering !== undefined && gathering.shop !== day.shop) {
        yield gathering
        gathering = undefined
      }
      gathering ??= { shop: day.shop, visits: [], firstAt: [], lastAt: [] }
      take(gathering, day)
    }
  }
  if (gathering !== undefined) yield gathering
}

interface Gathering {
  readonly shop: number
  readonly visits: { member: string; days: number[]; spends: number[] }[]
  readonly firstAt: Date[]
  readonly lastAt: Date[]
}

function take({ visits, firstAt, lastAt }: Gathering, day: DayWithTimes): void {
  const last = visits.at(-1)
  if (last?.member === day.member) {
    last.days.push(day.day)
    last.spends.push(Number(day.spend))
    lastAt[lastAt.length - 1] = day.lastAt
    return
  }
  visits.push({ member: day.member, days: [day.day], spends: [Number(day.spend)] })
  firstAt.push(day.firstAt)
  lastAt.push(day.lastAt)
}
