import 'server-only'
import type { SegmentLift } from '#indexer/scoring/model-card.ts'
import type { Score } from '#indexer/scoring/recency-frequency-value.ts'
import { type SegmentName, segmentNames, segmentOf } from '#indexer/scoring/segments.ts'
import { fewestAnswers, type Promoters, promoters } from '#indexer/scoring/survey.ts'
import type { Ask, Question } from './database.ts'

/** How a segment does (S29): what it is worth, takes part, what addressing it brings, and whether it stays. */
export interface SegmentMetrics {
  readonly segment: SegmentName
  readonly members: number
  /** Expected in a year, a member, minor units. */
  readonly value: bigint
  /** Mean, 0 to 100. */
  readonly engagement: number
  /** Share of members who paid with points in the last half year. */
  readonly redeeming: number
  /** Share that is likely not to come again; null where nothing could be fitted. */
  readonly churn: number | null
  readonly recommending: Promoters | null
  /** null where too few are left alone to compare with. */
  readonly lift: SegmentLift | null
}

/** How members answered, counted from five answers on. */
export interface AnswerCount {
  readonly question: 'mood' | 'mind'
  readonly answer: string
  readonly members: number
  readonly value: bigint
  readonly engagement: number
}

/** When members come, by part of the day and of the week; an empty part is no habit. */
export interface HabitCount {
  readonly partOfDay: string | null
  readonly partOfWeek: string | null
  readonly members: number
  readonly value: bigint
}

const byCell: Question = {
  name: 'metrics-by-cell',
  text: `SELECT s.recency_score::int AS recency, s.frequency_score::int AS frequency, count(*)::int AS members,
      coalesce(sum(s.value_minor), 0)::bigint AS value, sum(s.engagement)::int AS engagement,
      count(*) FILTER (WHERE s.payments > 0)::int AS redeeming, count(s.alive_ppm)::int AS fitted,
      coalesce(sum(s.alive_ppm), 0)::bigint AS alive, count(s.recommends)::int AS answers,
      count(*) FILTER (WHERE s.recommends >= 9)::int AS promoting,
      count(*) FILTER (WHERE s.recommends <= 6)::int AS detracting
    FROM judged.score s WHERE s.shop = $1 GROUP BY 1, 2`,
}

const byAnswer: Question = {
  name: 'metrics-by-answer',
  text: `SELECT q.question, q.answer, count(*)::int AS members,
      (coalesce(sum(s.value_minor), 0) / count(*))::bigint AS value, round(avg(s.engagement))::int AS engagement
    FROM judged.score s CROSS JOIN LATERAL (VALUES ('mood', s.mood), ('mind', s.mind)) AS q(question, answer)
    WHERE s.shop = $1 AND q.answer IS NOT NULL GROUP BY 1, 2 HAVING count(*) >= ${fewestAnswers}
    ORDER BY 1 DESC, 3 DESC, 2`,
}

const byHabit: Question = {
  name: 'metrics-by-habit',
  text: `SELECT s.part_of_day AS "partOfDay", s.part_of_week AS "partOfWeek", count(*)::int AS members,
      (coalesce(sum(s.value_minor), 0) / count(*))::bigint AS value
    FROM judged.score s WHERE s.shop = $1 GROUP BY 1, 2 ORDER BY 3 DESC, 1 NULLS LAST, 2 NULLS LAST`,
}

interface CellRow {
  recency: Score
  frequency: Score
  members: number
  value: bigint
  engagement: number
  redeeming: number
  fitted: number
  alive: bigint
  answers: number
  promoting: number
  detracting: number
}

export async function segmentMetrics(
  shop: number,
  lifts: readonly SegmentLift[],
  ask: Ask,
): Promise<readonly SegmentMetrics[]> {
  const cells = await ask<CellRow>(byCell, [shop])
  return segmentNames.flatMap((segment): SegmentMetrics[] => {
    const own = cells.filter(({ recency, frequency }) => segmentOf(recency, frequency) === segment)
    const sum = (of: (cell: CellRow) => number) => own.reduce((all, cell) => all + of(cell), 0)
    const members = sum((cell) => cell.members)
    if (members === 0) return []
    const value = own.reduce((all, cell) => all + cell.value, 0n)
    const fitted = sum((cell) => cell.fitted)
    const counts = {
      answers: sum((cell) => cell.answers),
      promoting: sum((cell) => cell.promoting),
      detracting: sum((cell) => cell.detracting),
    }
    return [
      {
        ...{ segment, members, value: value / BigInt(members) },
        engagement: Math.round(sum((cell) => cell.engagement) / members),
        redeeming: sum((cell) => cell.redeeming) / members,
        churn: fitted === 0 ? null : 1 - sum((cell) => Number(cell.alive)) / (1_000_000 * fitted),
        recommending: promoters(counts),
        lift: lifts.find((one) => one.segment === segment) ?? null,
      },
    ]
  })
}

export const answerCounts = async (shop: number, ask: Ask): Promise<AnswerCount[]> =>
  await ask<AnswerCount>(byAnswer, [shop])

export const habitCounts = async (shop: number, ask: Ask): Promise<HabitCount[]> =>
  await ask<HabitCount>(byHabit, [shop])
