import 'server-only'
import type { BackTestCard, GoalCard, ModelCard } from '#indexer/scoring/model-card.ts'
import type { Care, Level } from '#indexer/scoring/predicted-segments.ts'
import { careFor } from '#indexer/scoring/predicted-segments.ts'
import type { Score } from '#indexer/scoring/recency-frequency-value.ts'
import { type Ask, atOneMoment, type Question } from './database.ts'
import { type IntentState, type IntentStateRow, intentStateOf, mirroredBlockSql } from './intent-state.ts'
import {
  type AnswerCount,
  answerCounts,
  type HabitCount,
  habitCounts,
  type SegmentMetrics,
  segmentMetrics,
} from './segment-metrics.ts'

/** What a shop's owner sees of the members as a whole: who they are, what is to be expected, and how sure that is. */
export interface ShopOutlook {
  /** Only cells with members; spend and value in minor units. */
  readonly cells: readonly {
    readonly recency: Score
    readonly frequency: Score
    readonly members: number
    readonly spend: bigint
    readonly value: bigint
  }[]
  /** The nine cells of worth and risk, and what each asks for. */
  readonly cares: readonly {
    readonly worth: Level
    readonly risk: Level
    readonly care: Care
    readonly members: number
    readonly value: bigint
  }[]
  /** Ten parts of the members by predicted value, the least first. */
  readonly deciles: readonly { readonly decile: number; readonly members: number; readonly value: bigint }[]
  readonly totals: {
    readonly members: number
    readonly overdue: number
    /** Expected over a year, minor units. */
    readonly value: bigint
    /** Mean engagement, 0 to 100. */
    readonly engagement: number
  }
  readonly tiers: readonly TierCount[]
  readonly together: readonly {
    readonly shop: number
    readonly name: string
    readonly trade: string
    readonly members: number
    readonly liftPercent: number
  }[]
  /** How each segment with members does. */
  readonly metrics: readonly SegmentMetrics[]
  readonly habits: readonly HabitCount[]
  readonly answers: readonly AnswerCount[]
  /** As it was set last; the fit's card says how far it has come. */
  readonly goal: Pick<GoalCard, 'percent' | 'fromDay' | 'untilDay'> | null
  /** The last fit; null before the first. */
  readonly fit: ShopFitShown | null
}

export interface TierCount {
  readonly tier: 0 | 1 | 2 | 3
  readonly bySpend: number
  readonly byValue: number
  /** Held by proposal, and of these how many are to fall after their notice. */
  readonly held: number
  readonly falling: number
  /** Of those who hold it: who came in the last 91 days, and who paid with points in the last half year. */
  readonly came: number
  readonly redeeming: number
}

export interface ShopFitShown {
  readonly card: ModelCard
  readonly finishedAt: Date
  readonly watermark: Date
  readonly model: string
  readonly block: bigint
  readonly inputsHash: string
  /** Of the whole street's run, to which the shop's belongs. */
  readonly root: string | null
  /** The back-test of the whole street, for shops with too few members for one of their own. */
  readonly streetBackTest: BackTestCard | null
  /** How far the commitment has come; null where nothing was to be committed. */
  readonly commitment: IntentState | null
}

const cells: Question = {
  name: 'outlook-cells',
  text: `SELECT s.recency_score::int AS recency, s.frequency_score::int AS frequency, count(*)::int AS members,
      sum(s.spend)::bigint AS spend, coalesce(sum(s.value_minor), 0)::bigint AS value
    FROM judged.score s WHERE s.shop = $1 GROUP BY 1, 2 ORDER BY 1 DESC, 2`,
}

const cares: Question = {
  name: 'outlook-cares',
  text: `SELECT s.worth::int AS worth, s.risk::int AS risk, count(*)::int AS members,
      coalesce(sum(s.value_minor), 0)::bigint AS value
    FROM judged.score s WHERE s.shop = $1 AND s.risk IS NOT NULL GROUP BY 1, 2 ORDER BY 1 DESC, 2`,
}

const deciles: Question = {
  name: 'outlook-deciles',
  text: `SELECT s.value_decile::int AS decile, count(*)::int AS members, sum(s.value_minor)::bigint AS value
    FROM judged.score s WHERE s.shop = $1 AND s.value_decile IS NOT NULL GROUP BY 1 ORDER BY 1`,
}

const totals: Question = {
  name: 'outlook-totals',
  text: `SELECT count(*)::int AS members, count(*) FILTER (WHERE s.overdue)::int AS overdue,
      coalesce(sum(s.value_minor), 0)::bigint AS value, coalesce(round(avg(s.engagement)), 0)::int AS engagement
    FROM judged.score s WHERE s.shop = $1`,
}

const tiers: Question = {
  name: 'outlook-tiers',
  text: `SELECT t.tier,
      (SELECT count(*)::int FROM judged.score s WHERE s.shop = $1 AND s.tier_by_spend = t.tier) AS "bySpend",
      (SELECT count(*)::int FROM judged.score s WHERE s.shop = $1 AND s.tier_by_value = t.tier) AS "byValue",
      (SELECT count(*)::int FROM judged.tier h WHERE h.shop = $1 AND h.tier = t.tier) AS held,
      (SELECT count(*)::int FROM judged.tier h
        WHERE h.shop = $1 AND h.tier = t.tier AND h.until_day IS NOT NULL) AS falling,
      kept.came, kept.redeeming
    FROM generate_series(3, 0, -1) AS t(tier) CROSS JOIN LATERAL (
      SELECT count(*) FILTER (WHERE s.recency_days < 91)::int AS came,
        count(*) FILTER (WHERE s.payments > 0)::int AS redeeming
      FROM judged.tier h JOIN judged.score s ON s.shop = h.shop AND s.member = h.member
      WHERE h.shop = $1 AND h.tier = t.tier) kept`,
}

const together: Question = {
  name: 'outlook-together',
  text: `SELECT t.other AS shop, coalesce(f.name, 'Shop ' || t.other) AS name, coalesce(f.trade, '') AS trade,
      t.members, t.lift_percent AS "liftPercent"
    FROM judged.together t LEFT JOIN portal.shop_profile f ON f.shop = t.other
    WHERE t.shop = $1 ORDER BY t.members DESC, t.other`,
}

const lastFit: Question = {
  name: 'outlook-fit',
  text: `SELECT r.card, r.finished_at, r.watermark, r.model, r.block, encode(r.inputs_hash, 'hex') AS inputs_hash,
      encode(street.root, 'hex') AS root, street.card->'backTest' AS street_back_test,
      i.state, i.refused, ${mirroredBlockSql('i')} AS mirrored,
      (SELECT c.final_block FROM ledger.checkpoint c WHERE c.name = 'ledger') AS final_block, NULL AS waits_for
    FROM judged.run r
    LEFT JOIN judged.run street ON street.shop = 0 AND street.id = r.id
    LEFT JOIN portal.intent i ON i.shop = 0 AND i.key = 'score:' || r.id
    WHERE r.shop = $1 AND r.kind = 'fit' ORDER BY r.finished_at DESC LIMIT 1`,
}

const goalOf: Question = {
  name: 'outlook-goal',
  text: `SELECT g.percent, g.from_day AS "fromDay", g.until_day AS "untilDay" FROM portal.goal g WHERE g.shop = $1`,
}

export async function shopOutlook(shop: number): Promise<ShopOutlook> {
  return await atOneMoment(async (ask) => {
    const [sum] = await ask<ShopOutlook['totals']>(totals, [shop])
    const fit = await fitOf(shop, ask)
    const [goal] = await ask<NonNullable<ShopOutlook['goal']>>(goalOf, [shop])
    const nine = await ask<Omit<ShopOutlook['cares'][number], 'care'>>(cares, [shop])
    return {
      cells: await ask<ShopOutlook['cells'][number]>(cells, [shop]),
      cares: nine.map((cell) => ({ ...cell, care: careFor(cell.worth, cell.risk) })),
      deciles: await ask<ShopOutlook['deciles'][number]>(deciles, [shop]),
      totals: sum ?? { members: 0, overdue: 0, value: 0n, engagement: 0 },
      tiers: await ask<TierCount>(tiers, [shop]),
      together: await ask<ShopOutlook['together'][number]>(together, [shop]),
      metrics: await segmentMetrics(shop, fit?.card.segmentLifts ?? [], ask),
      habits: await habitCounts(shop, ask),
      answers: await answerCounts(shop, ask),
      goal: goal ?? null,
      fit,
    }
  })
}

interface FitRow extends Omit<IntentStateRow, 'state'> {
  card: ModelCard
  finished_at: Date
  watermark: Date
  model: string
  block: bigint
  inputs_hash: string
  root: string | null
  street_back_test: BackTestCard | null
  state: string | null
}

async function fitOf(shop: number, ask: Ask): Promise<ShopFitShown | null> {
  const [row] = await ask<FitRow>(lastFit, [shop])
  if (!row) return null
  const { card, watermark, model, block, state } = row
  return {
    ...{ card, watermark, model, block },
    finishedAt: row.finished_at,
    inputsHash: `0x${row.inputs_hash}`,
    streetBackTest: row.street_back_test,
    root: row.root === null ? null : `0x${row.root}`,
    commitment: state === null ? null : intentStateOf({ ...row, state }),
  }
}
