import 'server-only'
import type { Score } from '#indexer/scoring/recency-frequency-value.ts'
import { type SegmentName, segmentOf } from '#indexer/scoring/segments.ts'
import { addressSql, atOneMoment, bytesOf, type Question } from './database.ts'
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
import { calledName } from './member-name.ts'
import type { Address } from './network.ts'

/** Everything that is kept about a member, for the member. Their points and receipts stand on their statement. */
export interface KnownOfMember {
  readonly member: Address
  /** null when the portal knows no name. */
  readonly displayName: string | null
  readonly code: string | null
  readonly joinedAt: Date | null
  /** What shops call them at present. */
  readonly calledName: string
  readonly greeting: Consent
  readonly personalisation: Consent
  /** What they answered about themselves; nothing without their consent. */
  readonly answers: readonly { readonly shop: number; readonly question: string; readonly answer: string }[]
  readonly purchases: number
  readonly payments: number
  readonly gifts: number
  /** How shops judge them; none where they do not want to be known by what they buy. */
  readonly scores: readonly KnownScore[]
}

export interface Consent {
  readonly given: boolean
  /** null where the member never decided. */
  readonly decidedAt: Date | null
}

export interface KnownScore {
  readonly shop: number
  readonly shopName: string
  readonly hue: number
  readonly visits: number
  /** Minor units of money. */
  readonly spend: bigint
  readonly lastAt: Date
  /** 1 to 5 each. */
  readonly recency: Score
  readonly frequency: Score
  readonly value: Score
  /** The name that the shop sees over them. */
  readonly segment: SegmentName
  readonly overdue: boolean
  readonly usualGapDays: number | null
  readonly engagement: number
  readonly partOfDay: string | null
  readonly partOfWeek: string | null
  /** null where nothing could be fitted yet. */
  readonly expected: ExpectedOfMember | null
  readonly tier: ProposedTier | null
  /** What the shop is advised to offer them, and how many points for the same money, in hundredths. */
  readonly offered: string | null
  readonly multiplier: number
  readonly multiplierReason: string | null
}

type ScoreRow = Omit<KnownScore, 'segment' | 'expected' | 'tier'> & ExpectedRow & TierRow

interface Row {
  member: Address
  display_name: string | null
  code: string | null
  created_at: Date | null
  greeting: boolean | null
  greeting_at: Date | null
  personalisation: boolean | null
  personalisation_at: Date | null
  purchases: number
  payments: number
  gifts: number
}

const known: Question = {
  name: 'known-of-member',
  text: `SELECT ${addressSql('who.member')} AS member, m.display_name, m.code, m.created_at,
      g.given AS greeting, g.decided_at AS greeting_at, p.given AS personalisation, p.decided_at AS personalisation_at,
      (SELECT count(*)::int FROM ledger.purchase l WHERE l.member = who.member) AS purchases,
      (SELECT count(*)::int FROM ledger.payment l WHERE l.member = who.member) AS payments,
      (SELECT count(*)::int FROM ledger.movement l
        WHERE l.member = who.member AND l.kind IN ('sent', 'received')) AS gifts
    FROM (SELECT $1::bytea AS member) who
    LEFT JOIN portal.member_profile m ON m.member = who.member
    LEFT JOIN portal.consent g ON g.member = who.member AND g.purpose = 'greeting'
    LEFT JOIN portal.consent p ON p.member = who.member AND p.purpose = 'personalisation'`,
}

const scores: Question = {
  name: 'known-scores',
  text: `SELECT s.shop, coalesce(f.name, 'Shop ' || s.shop) AS "shopName", coalesce(f.hue, 0) AS hue,
      s.frequency AS visits, s.spend, s.last_at AS "lastAt", s.recency_score::int AS recency,
      s.frequency_score::int AS frequency, s.value_score::int AS value, s.overdue, s.usual_gap_days AS "usualGapDays",
      s.engagement::int AS engagement, s.part_of_day AS "partOfDay", s.part_of_week AS "partOfWeek",
      ${expectedSql('s')}, ${tierSql('t')}, o.offered, coalesce(m.percent, 100) AS multiplier,
      m.reason AS "multiplierReason"
    FROM judged.score s LEFT JOIN LATERAL (SELECT coalesce(r.title, 'Reward ' || x.reward) AS offered
        FROM judged.offer x LEFT JOIN portal.reward r ON r.shop = x.shop AND r.reward = x.reward
        WHERE x.shop = s.shop AND x.member = s.member ORDER BY x.day DESC LIMIT 1) o ON true
      LEFT JOIN LATERAL (SELECT x.percent, x.reason FROM judged.multiplier x
        WHERE x.shop = s.shop AND x.member = s.member ORDER BY x.day DESC LIMIT 1) m ON true
      LEFT JOIN portal.shop_profile f ON f.shop = s.shop
      LEFT JOIN judged.tier t ON t.shop = s.shop AND t.member = s.member
    WHERE s.member = $1 ORDER BY s.spend DESC, s.shop`,
}

const answered: Question = {
  name: 'known-answers',
  text: `SELECT a.shop, a.question, a.answer FROM portal.survey_answer a
    WHERE a.member = $1 ORDER BY a.shop, a.question`,
}

export async function knownOfMember(member: Address): Promise<KnownOfMember> {
  return await atOneMoment(async (ask) => {
    const [row] = await ask<Row>(known, [bytesOf(member)])
    if (!row) throw new Error('one row was asked for')
    const greeting = { given: row.greeting ?? false, decidedAt: row.greeting_at }
    // Judging goes on until it is refused (rescore), so who never decided is judged.
    const personalisation = { given: row.personalisation ?? true, decidedAt: row.personalisation_at }
    return {
      member: row.member,
      displayName: row.display_name,
      code: row.code,
      joinedAt: row.created_at,
      calledName: calledName(row.member, greeting.given ? row.display_name : null),
      greeting,
      personalisation,
      purchases: row.purchases,
      answers: await ask<KnownOfMember['answers'][number]>(answered, [bytesOf(member)]),
      payments: row.payments,
      gifts: row.gifts,
      scores: (await ask<ScoreRow>(scores, [bytesOf(member)])).map(knownScore),
    }
  })
}

function knownScore(row: ScoreRow): KnownScore {
  const { shop, shopName, hue, visits, spend, lastAt, recency, frequency, value } = row
  const { overdue, usualGapDays, engagement, partOfDay, partOfWeek, offered, multiplier, multiplierReason } = row
  return {
    ...{ shop, shopName, hue, visits, spend, lastAt, recency, frequency, value },
    segment: segmentOf(recency, frequency),
    ...{ overdue, usualGapDays, engagement, partOfDay, partOfWeek },
    expected: expectedIn(row),
    tier: tierIn(row),
    ...{ offered, multiplier, multiplierReason },
  }
}
