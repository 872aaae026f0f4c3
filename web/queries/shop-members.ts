import 'server-only'
import { livePointsSql, quarterSql } from './ageing.ts'
import { type Ask, addressSql, atOneMoment, type Question } from './database.ts'
import { calledName, greetingNameSql } from './member-name.ts'
import type { Address } from './network.ts'

/** What a list of a shop's members may be ordered by; each puts the most interesting first. */
export type MemberOrder = 'recency' | 'frequency' | 'spend' | 'points' | 'lastAt'

/** A member of a shop as its owner sees them: by name only with consent to be greeted. */
export interface ShopMember {
  readonly member: Address
  readonly displayName: string | null
  readonly calledName: string
  readonly recencyDays: number
  readonly frequency: number
  /** Minor units of money. */
  readonly spend: bigint
  /** Recency, frequency and value, 1 to 5. */
  readonly r: number
  readonly f: number
  readonly v: number
  /** Live points of this shop that the member holds, in hundredths. */
  readonly points: bigint
  readonly firstAt: Date
  readonly lastAt: Date
}

export interface ShopMembers {
  readonly rows: readonly ShopMember[]
  /** From 1. */
  readonly page: number
  readonly pages: number
  readonly totals: {
    readonly members: number
    readonly spend: bigint
    /** Of this shop's points, held by those members. */
    readonly points: bigint
    /** Members who may be greeted by name. */
    readonly greeted: number
  }
  /** What the shop's scores were judged from; null before the first judgement. */
  readonly judged: { readonly watermark: Date; readonly finishedAt: Date; readonly model: string } | null
}

interface Row {
  member: Address
  display_name: string | null
  recency_days: number
  frequency: number
  spend: bigint
  r: number
  f: number
  v: number
  points: bigint
  first_at: Date
  last_at: Date
}

const orders: Readonly<Record<MemberOrder, string>> = {
  recency: 's.recency_days, s.frequency DESC',
  frequency: 's.frequency DESC, s.recency_days',
  spend: 's.spend DESC, s.recency_days',
  points: 'points DESC, s.recency_days',
  lastAt: 's.last_at DESC, s.frequency DESC',
}

const now = `coalesce((SELECT b.time FROM ledger.block b ORDER BY b.number DESC LIMIT 1), now())`
const held = livePointsSql('b', 'clock.quarter')
const withPoints = `FROM judged.score s
    LEFT JOIN (SELECT ${quarterSql('t', now)} AS quarter FROM ledger.points_token t WHERE t.shop = $1) clock ON true
    LEFT JOIN ledger.balance b ON b.shop = s.shop AND b.member = s.member
    WHERE s.shop = $1`

// The page is cut before names are looked up: consent is asked for the members shown, not for all.
const pageBy = (order: MemberOrder): Question => ({
  name: `shop-members-${order}`,
  text: `WITH page AS (
      SELECT s.*, coalesce(${held}, 0)::bigint AS points
      ${withPoints} ORDER BY ${orders[order]}, s.member LIMIT $2 OFFSET $3
    )
    SELECT ${addressSql('s.member')} AS member, greeted.display_name, s.recency_days, s.frequency, s.spend,
      s.recency_score AS r, s.frequency_score AS f, s.value_score AS v, s.points, s.first_at, s.last_at
    FROM page s ${greetingNameSql('greeted', 's.member')}
    ORDER BY ${orders[order].replaceAll('points DESC', 's.points DESC')}, s.member`,
})

const questions: Readonly<Record<MemberOrder, Question>> = {
  recency: pageBy('recency'),
  frequency: pageBy('frequency'),
  spend: pageBy('spend'),
  points: pageBy('points'),
  lastAt: pageBy('lastAt'),
}

const totals: Question = {
  name: 'shop-members-totals',
  text: `SELECT count(*)::int AS members, coalesce(sum(s.spend), 0) AS spend, coalesce(sum(${held}), 0) AS points,
      (SELECT count(*)::int FROM judged.score g JOIN portal.consent c ON c.member = g.member
        WHERE g.shop = $1 AND c.purpose = 'greeting' AND c.given) AS greeted
    ${withPoints}`,
}

const lastRun: Question = {
  name: 'last-run',
  text: `SELECT r.watermark, r.finished_at, r.model FROM judged.run r WHERE r.shop = $1
    ORDER BY r.finished_at DESC LIMIT 1`,
}

export const membersPerPage = 25

/** One page of a shop's members. A page beyond the last is the last. */
export async function shopMembers(
  shop: number,
  show: { readonly order: MemberOrder; readonly page: number },
): Promise<ShopMembers> {
  return await atOneMoment(async (ask) => {
    const [sum] = await ask<ShopMembers['totals']>(totals, [shop])
    const all = sum ?? { members: 0, spend: 0n, points: 0n, greeted: 0 }
    const pages = Math.max(1, Math.ceil(all.members / membersPerPage))
    const page = Math.min(Math.max(1, Math.trunc(show.page)), pages)
    return {
      rows: await pageOf(shop, { ...show, page }, ask),
      page,
      pages,
      totals: all,
      judged: await judgedBy(shop, ask),
    }
  })
}

async function pageOf(
  shop: number,
  show: { readonly order: MemberOrder; readonly page: number },
  ask: Ask,
): Promise<ShopMember[]> {
  const rows = await ask<Row>(questions[show.order], [shop, membersPerPage, (show.page - 1) * membersPerPage])
  return rows.map((row) => ({
    member: row.member,
    displayName: row.display_name,
    calledName: calledName(row.member, row.display_name),
    recencyDays: row.recency_days,
    frequency: row.frequency,
    spend: row.spend,
    r: row.r,
    f: row.f,
    v: row.v,
    points: row.points,
    firstAt: row.first_at,
    lastAt: row.last_at,
  }))
}

async function judgedBy(shop: number, ask: Ask): Promise<ShopMembers['judged']> {
  const [run] = await ask<{ watermark: Date; finished_at: Date; model: string }>(lastRun, [shop])
  return run ? { watermark: run.watermark, finishedAt: run.finished_at, model: run.model } : null
}
