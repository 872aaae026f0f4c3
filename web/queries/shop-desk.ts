import 'server-only'
import { type Ask, addressSql, atOneMoment, dateOf, type Question } from './database.ts'
import { type Address, network } from './network.ts'
import { backingOf, freeReserve, issuableDown, requiredReserveUp, shareCoveredDown } from './reserve-rules.ts'
import {
  type CounterShop,
  daysBefore,
  debtsOf,
  type RecentFlows,
  recentFlows,
  type Waiting,
  waitingAt,
} from './shop-flows.ts'
import { type ShopStatus, type Sign, type Standing, type Standings, standings } from './standings.ts'

export interface ShopTill {
  readonly till: number
  readonly name: string
  readonly cashier: string
  readonly key: Address
  readonly kind: 'Counter' | 'Campaign' | 'Import'
  readonly revoked: boolean
}

export interface Reward {
  readonly reward: number
  readonly title: string
  readonly detail: string
  readonly points: bigint
  readonly active: boolean
  /** How often it was taken in the last 30 days. */
  readonly timesTaken: number
  /** What it cost for every 100 of the shop's sales in those days, in money; null where nothing was sold. */
  readonly costPer100Down: bigint | null
}

/** What an owner sees of their shop. Money is in the smallest units of the settlement money, points in hundredths. */
export interface ShopDesk {
  readonly shop: number
  readonly profile: Sign & {
    readonly owner: Address
    readonly status: ShopStatus
    readonly redeemsOnly: boolean
    readonly joinedAt: Date | null
    readonly token: Address | null
    readonly receiptLimit: bigint
  }
  /** When the shop, being stressed, can be declared in default; null where it is not stressed. */
  readonly defaultFrom: Date | null
  readonly liabilityMoney: bigint
  readonly liabilityPoints: bigint
  readonly reserve: bigint
  /** Owed to the shop (+) or by it (-), not yet settled. */
  readonly net: bigint
  readonly required: bigint
  readonly requiredRatio: number
  /** What the owner may withdraw. */
  readonly free: bigint
  /** Reserve less debts, as a share of the liability; null while no points are out. */
  readonly ratio: number | null
  readonly issuablePoints: bigint
  readonly last30Days: RecentFlows
  /** By counter-shop, the largest amounts first. */
  readonly debts: readonly (CounterShop & { readonly name: string; readonly hue: number })[]
  /** What of `net` comes from before the last settlement; `net` is this plus the debts' nets. */
  readonly carriedOver: bigint
  readonly tills: readonly ShopTill[]
  readonly rewards: readonly Reward[]
  readonly waiting: Waiting
  /** The running quarter of the shop's points; null until it was admitted. */
  readonly quarter: {
    readonly number: number
    readonly startedAt: Date
    /** null until its notice was posted. */
    readonly endsAt: Date | null
    /** The owner may post the notice that lets the oldest points lapse from this moment on. */
    readonly noticeOpensAt: Date
    readonly oldestPoints: bigint
  } | null
}

interface TillRow {
  till: number
  name: string | null
  cashier: string | null
  key: Address
  kind: number
  revoked: boolean
}

const tills: Question = {
  name: 'shop-tills',
  text: `SELECT t.till, f.name, f.cashier, ${addressSql('t.key')} AS key, t.kind, t.revoked
    FROM ledger.till t LEFT JOIN portal.till_profile f ON f.shop = t.shop AND f.till = t.till
    WHERE t.shop = $1 ORDER BY t.till`,
}

// Taken means: in the books, and not wholly refunded since. The sales are those of the same days, by the time of sale.
const rewards: Question = {
  name: 'shop-rewards',
  text: `WITH since AS (
      SELECT coalesce((SELECT b.number FROM ledger.block b WHERE b.time >= $2 ORDER BY b.time LIMIT 1),
        9223372036854775807) AS block
    ), taken AS (
      SELECT p.purpose, count(*) FILTER (WHERE back.points < p.points)::int AS times,
        sum(p.points - back.points) AS points
      FROM since, ledger.payment p CROSS JOIN LATERAL (
        SELECT coalesce(sum(r.points), 0) AS points FROM ledger.refund r
        WHERE r.shop = p.shop AND r.till = p.till AND r.sequence = p.sequence) back
      WHERE p.shop = $1 AND p.purpose > 0 AND p.block_number >= since.block GROUP BY p.purpose
    ), sold AS (
      SELECT coalesce(sum(p.spend), 0) AS cents FROM ledger.purchase p WHERE p.shop = $1 AND p.sold_at >= $2
    )
    SELECT r.reward, r.title, r.detail, r.points, r.active, coalesce(taken.times, 0) AS "timesTaken",
      CASE WHEN sold.cents > 0
        THEN trunc(coalesce(taken.points, 0) * $3::numeric * 10000 / sold.cents) END AS "costPer100Down"
    FROM portal.reward r CROSS JOIN sold LEFT JOIN taken ON taken.purpose = r.reward
    WHERE r.shop = $1 ORDER BY r.reward`,
}

/** What a shop offers for points as it numbered them, with what became of each lately. `par`: money for 0.01 point. */
async function rewardsOf(shop: number, { since, par }: { readonly since: Date; readonly par: bigint }, ask: Ask) {
  return await ask<Reward>(rewards, [shop, since, par])
}

/** null where no such shop ever applied. */
export async function shopDesk(shop: number): Promise<ShopDesk | null> {
  return await atOneMoment(async (ask) => {
    const street = await standings(ask)
    const standing = street.shops.get(shop)
    if (!standing) return null
    const { par } = network()
    const since = daysBefore(street.now, 30)
    const debts = await debtsOf(shop, ask)
    return {
      shop,
      ...booksOf(standing, par),
      last30Days: await recentFlows(shop, since, ask),
      debts: debts.map((debt) => named(debt, street)).sort((a, b) => Number(b.owed + b.due - a.owed - a.due)),
      carriedOver: standing.net - debts.reduce((sum, debt) => sum + debt.net, 0n),
      tills: (await ask<TillRow>(tills, [shop])).map(tillOf),
      rewards: await rewardsOf(shop, { since, par }, ask),
      waiting: await waitingAt(shop, ask),
      quarter: quarterOf(standing, street.quarterLength),
    }
  })
}

function booksOf(standing: Standing, par: bigint) {
  const { sign, owner, status, redeemsOnly, joinedAt, token, receiptLimit, supply, liability } = standing
  const ratioBps = standing.requiredRatioBps
  const required = requiredReserveUp(liability, ratioBps)
  return {
    profile: { ...sign, owner, status, redeemsOnly, joinedAt, token, receiptLimit },
    defaultFrom: standing.defaultFrom,
    liabilityMoney: liability,
    liabilityPoints: supply,
    reserve: standing.reserve,
    net: standing.net,
    required,
    requiredRatio: Number(ratioBps) / 10_000,
    free: freeReserve(standing, required),
    ratio: shareCoveredDown(backingOf(standing), liability),
    issuablePoints: issuableDown(standing, { ratioBps, par, supply }),
  }
}

/** What members paid for vouchers stands here until they are used. */
const house = 0

function named(debt: CounterShop, street: Standings): ShopDesk['debts'][number] {
  if (debt.shop === house) return { ...debt, name: 'Vouchers not used yet', hue: 0 }
  const sign = street.shops.get(debt.shop)?.sign
  return { ...debt, name: sign?.name ?? `Shop ${debt.shop}`, hue: sign?.hue ?? 0 }
}

const kinds = ['Counter', 'Counter', 'Campaign', 'Import'] as const

const tillOf = (row: TillRow): ShopTill => ({
  till: row.till,
  name: row.name ?? `Till ${row.till}`,
  cashier: row.cashier ?? '',
  key: row.key,
  kind: kinds[row.kind] ?? 'Counter',
  revoked: row.revoked,
})

const noticeOpensBeforeEndSeconds = 60 * 86_400

function quarterOf({ clock, supplyLanes }: Standing, quarterLength: number): ShopDesk['quarter'] {
  if (!clock) return null
  const opensAfter = Math.max(quarterLength - noticeOpensBeforeEndSeconds, 0)
  return {
    number: clock.quarter,
    startedAt: dateOf(clock.startedAt),
    endsAt: clock.endsAt === null ? null : dateOf(clock.endsAt),
    noticeOpensAt: dateOf(clock.startedAt + opensAfter),
    oldestPoints: supplyLanes[4],
  }
}
