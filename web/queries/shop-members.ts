import 'server-only'
import type { Level } from '#indexer/scoring/predicted-segments.ts'
import type { Score } from '#indexer/scoring/recency-frequency-value.ts'
import { type SegmentName, segmentOf } from '#indexer/scoring/segments.ts'
import { type StoredModel, visitsBetween } from '#indexer/scoring/shop-model.ts'
import { livePointsSql, quarterSql } from './ageing.ts'
import { type Ask, addressSql, atOneMoment, type Question } from './database.ts'
import {
  type ExpectedOfMember,
  type ExpectedRow,
  expectedIn,
  expectedSql,
  type ProposedTier,
  type TierRow,
  tierIn,
  tierSql,
} from './expected-of-member.ts'
import { calledName, greetingNameSql } from './member-name.ts'
import type { Address } from './network.ts'

/** What a list of a shop's members may be ordered by; each puts the most interesting first. */
export type MemberOrder = 'recency' | 'frequency' | 'spend' | 'points' | 'lastAt' | 'value'

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
  readonly r: Score
  readonly f: Score
  readonly v: Score
  /** Live points of this shop that the member holds, in hundredths. */
  readonly points: bigint
  readonly firstAt: Date
  readonly lastAt: Date
  readonly segment: SegmentName
  readonly overdue: boolean
  /** Days that nine of ten of the member's gaps do not exceed; null where that cannot be said. */
  readonly usualGapDays: number | null
  /** 0 to 100. */
  readonly engagement: number
  /** When the member usually comes; null where there is no habit. */
  readonly partOfDay: string | null
  readonly partOfWeek: string | null
  /** null where nothing could be fitted yet. */
  readonly expected: ExpectedOfMember | null
  /** Visits in the next year, nine times of ten; null where nothing could be fitted yet. */
  readonly visits: { readonly low: number; readonly high: number } | null
  readonly tier: ProposedTier | null
}

/** Which members are meant; all of them where nothing is said. */
export interface MemberFilter {
  readonly segment?: SegmentName | undefined
  readonly worth?: Level | undefined
  readonly risk?: Level | undefined
  readonly overdue?: true | undefined
}

export interface ShopMembers {
  readonly rows: readonly ShopMember[]
  /** From 1. */
  readonly page: number
  readonly pages: number
  /** How many the filter lets through. */
  readonly found: number
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

interface Row extends ExpectedRow, TierRow {
  member: Address
  display_name: string | null
  recency_days: number
  frequency: number
  spend: bigint
  r: Score
  f: Score
  v: Score
  points: bigint
  first_at: Date
  last_at: Date
  overdue: boolean
  usual_gap_days: number | null
  engagement: number
  part_of_day: string | null
  part_of_week: string | null
  age_days: number
}

const orders: Readonly<Record<MemberOrder, string>> = {
  recency: 's.recency_days, s.frequency DESC',
  frequency: 's.frequency DESC, s.recency_days',
  spend: 's.spend DESC, s.recency_days',
  points: 'points DESC, s.recency_days',
  lastAt: 's.last_at DESC, s.frequency DESC',
  value: 's.value_minor DESC NULLS LAST, s.recency_days',
}

const now = `coalesce((SELECT b.time FROM ledger.block b ORDER BY b.number DESC LIMIT 1), now())`
const held = livePointsSql('b', 'clock.quarter')
const withPoints = `FROM judged.score s
    LEFT JOIN (SELECT ${quarterSql('t', now)} AS quarter FROM ledger.points_token t WHERE t.shop = $1) clock ON true
    LEFT JOIN ledger.balance b ON b.shop = s.shop AND b.member = s.member
    WHERE s.shop = $1`

/**
 * Which members a filter means: $2 cells of the map as ten times recency plus frequency, $3 worth, $4 risk, $5
 * overdue.
 */
const meant = `($2::int[] IS NULL OR s.recency_score * 10 + s.frequency_score = ANY($2::int[]))
    AND ($3::int IS NULL OR s.worth = $3) AND ($4::int IS NULL OR s.risk = $4) AND ($5::boolean IS NULL OR s.overdue)`

// The page is cut before names are looked up: consent is asked for the members shown, not for all.
const pageBy = (order: MemberOrder): Question => ({
  name: `shop-members-${order}`,
  text: `WITH page AS (
      SELECT s.*, coalesce(${held}, 0)::bigint AS points
      ${withPoints} AND ${meant} ORDER BY ${orders[order]}, s.member LIMIT $6 OFFSET $7
    )
    SELECT ${addressSql('s.member')} AS member, greeted.display_name, s.recency_days, s.frequency, s.spend,
      s.recency_score AS r, s.frequency_score AS f, s.value_score AS v, s.points, s.first_at, s.last_at, s.overdue,
      s.usual_gap_days, s.engagement, s.part_of_day, s.part_of_week, s.age_days, ${expectedSql('s')}, ${tierSql('t')}
    FROM page s LEFT JOIN judged.tier t ON t.shop = s.shop AND t.member = s.member
      ${greetingNameSql('greeted', 's.member')}
    ORDER BY ${orders[order].replaceAll('points DESC', 's.points DESC')}, s.member`,
})

const questions: Readonly<Record<MemberOrder, Question>> = {
  recency: pageBy('recency'),
  frequency: pageBy('frequency'),
  spend: pageBy('spend'),
  points: pageBy('points'),
  lastAt: pageBy('lastAt'),
  value: pageBy('value'),
}

const foundBy: Question = {
  name: 'shop-members-found',
  text: `SELECT count(*)::int AS found FROM judged.score s WHERE s.shop = $1 AND ${meant}`,
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

/** The model by which the shop's members are judged: of its last fit, or of the street's where it has none. */
const lastModel: Question = {
  name: 'last-model',
  text: `SELECT r.parameters FROM judged.run r WHERE r.shop IN (0, $1) AND r.kind = 'fit'
    ORDER BY r.shop = 0, r.finished_at DESC LIMIT 1`,
}

export const membersPerPage = 25

/** One page of a shop's members. A page beyond the last is the last. */
export async function shopMembers(
  shop: number,
  show: { readonly order: MemberOrder; readonly page: number; readonly filter?: MemberFilter },
): Promise<ShopMembers> {
  const meaning = meaningOf(show.filter ?? {})
  return await atOneMoment(async (ask) => {
    const [sum] = await ask<ShopMembers['totals']>(totals, [shop])
    const all = sum ?? { members: 0, spend: 0n, points: 0n, greeted: 0 }
    const [counted] = await ask<{ found: number }>(foundBy, [shop, ...meaning])
    const found = counted?.found ?? 0
    const pages = Math.max(1, Math.ceil(found / membersPerPage))
    const page = Math.min(Math.max(1, Math.trunc(show.page)), pages)
    return {
      rows: await pageOf(shop, { order: show.order, meaning, page }, ask),
      page,
      pages,
      found,
      totals: all,
      judged: await judgedBy(shop, ask),
    }
  })
}

/** A filter as the questions take it. */
function meaningOf({ segment, worth, risk, overdue }: MemberFilter): readonly unknown[] {
  const scores: readonly Score[] = [1, 2, 3, 4, 5]
  const cells = scores.flatMap((recency) =>
    scores.flatMap((frequency) => (segmentOf(recency, frequency) === segment ? [recency * 10 + frequency] : [])),
  )
  return [segment === undefined ? null : cells, worth ?? null, risk ?? null, overdue ?? null]
}

async function pageOf(
  shop: number,
  show: { readonly order: MemberOrder; readonly meaning: readonly unknown[]; readonly page: number },
  ask: Ask,
): Promise<ShopMember[]> {
  const place = [membersPerPage, (show.page - 1) * membersPerPage]
  const rows = await ask<Row>(questions[show.order], [shop, ...show.meaning, ...place])
  const [fitted] = await ask<{ parameters: StoredModel | null }>(lastModel, [shop])
  const visits = (row: Row) => {
    const terms = { frequency: row.frequency - 1, silence: row.recency_days, age: row.age_days }
    return fitted?.parameters && row.alive_ppm !== null ? visitsBetween(fitted.parameters, terms) : null
  }
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
    segment: segmentOf(row.r, row.f),
    overdue: row.overdue,
    usualGapDays: row.usual_gap_days,
    engagement: row.engagement,
    partOfDay: row.part_of_day,
    partOfWeek: row.part_of_week,
    expected: expectedIn(row),
    visits: visits(row),
    tier: tierIn(row),
  }))
}

async function judgedBy(shop: number, ask: Ask): Promise<ShopMembers['judged']> {
  const [run] = await ask<{ watermark: Date; finished_at: Date; model: string }>(lastRun, [shop])
  return run ? { watermark: run.watermark, finishedAt: run.finished_at, model: run.model } : null
}
