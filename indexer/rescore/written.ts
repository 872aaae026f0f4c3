import type pg from 'pg'
import type { UsualTime } from '#indexer/scoring/habits.ts'
import type { Judgement } from '#indexer/scoring/judgement.ts'
import { scoreShop } from '#indexer/scoring/recency-frequency-value.ts'
import { type HeldTier, noTier, type Tier, tierAfter } from '#indexer/scoring/tiers.ts'
import type { ShopVisits } from './purchase-days.ts'
import type { Answers } from './survey-answers.ts'

/** A shop as it was judged, about to be written down. */
export interface Judged {
  readonly run: string
  readonly visited: ShopVisits
  readonly watermarkDay: number
  /** By the members' places. */
  readonly judgements: readonly Judgement[]
  readonly usual: ReadonlyMap<string, UsualTime>
  /** Payments with points at the shop in the last half year. */
  readonly payments: ReadonlyMap<string, number>
  readonly answers: ReadonlyMap<string, Answers>
}

const rowsAtOnce = 5_000

/** Replaces a shop's scores; says how many members it has now. */
export async function writeScores(client: pg.ClientBase, judged: Judged): Promise<number> {
  const rows = scoreRows(judged)
  await client.query('DELETE FROM judged.score WHERE shop = $1', [judged.visited.shop])
  for (let from = 0; from < rows.length; from += rowsAtOnce) {
    await client.query('INSERT INTO judged.score SELECT * FROM json_populate_recordset(null::judged.score, $1)', [
      JSON.stringify(rows.slice(from, from + rowsAtOnce)),
    ])
  }
  return rows.length
}

const bytea = (member: string): string => `\\x${member.slice(2)}`

function scoreRows({ run, visited, watermarkDay, judgements, usual, payments, answers }: Judged) {
  const { shop, visits, firstAt, lastAt } = visited
  const histories = visits.map(({ member, days, spends }) => ({
    shop,
    member,
    firstDay: days[0] as number,
    lastDay: days.at(-1) as number,
    frequency: days.length,
    spend: spends.reduce((sum, spend) => sum + BigInt(spend), 0n),
  }))
  return scoreShop(histories, watermarkDay).map((scored, place) => {
    const judgement = judgements[place] as Judgement
    const time = usual.get(scored.member)
    const said = answers.get(scored.member)
    return {
      shop,
      member: bytea(scored.member),
      run,
      first_at: firstAt[place],
      last_at: lastAt[place],
      recency_days: scored.recencyDays,
      frequency: scored.frequency,
      spend: scored.spend.toString(),
      recency_score: scored.recencyScore,
      frequency_score: scored.frequencyScore,
      value_score: scored.valueScore,
      ...expectedColumns(judgement),
      usual_gap_days: judgement.usualGapDays,
      overdue: judgement.overdue,
      tier_by_spend: judgement.tierBySpend,
      engagement: judgement.engagement,
      part_of_day: time?.partOfDay ?? null,
      part_of_week: time?.week ?? null,
      age_days: Math.max(watermarkDay, scored.lastDay) - scored.firstDay,
      payments: payments.get(scored.member) ?? 0,
      mood: said?.mood ?? null,
      mind: said?.mind ?? null,
      recommends: said?.recommends ?? null,
    }
  })
}

function expectedColumns({ expected }: Judgement) {
  return {
    alive_ppm: expected?.alivePpm ?? null,
    purchases_millionths: expected?.purchasesMillionths ?? null,
    value_minor: expected?.valueMinor ?? null,
    value_decile: expected?.valueDecile ?? null,
    risk: expected?.risk ?? null,
    worth: expected?.worth ?? null,
    value_before: expected?.valueBefore ?? null,
    reason: expected?.reason ?? [],
    tier_by_value: expected?.tierByValue ?? null,
  }
}

/** The tier that a fit says is earned: by predicted value, or by what was spent where nothing could be fitted. */
export const earnedTier = ({ expected, tierBySpend }: Judgement): Tier => expected?.tierByValue ?? tierBySpend

interface TierRow {
  readonly member: string
  readonly tier: Tier
  readonly next: Tier
  readonly until_day: number | null
  readonly since_day: number
}

/** Carries a shop's tiers on by what is earned now; whoever is no longer scored has none. */
export async function writeTiers(client: pg.ClientBase, { visited, watermarkDay, judgements }: Judged): Promise<void> {
  const { shop, visits } = visited
  const { rows } = await client.query<TierRow>(
    `SELECT encode(t.member, 'hex') AS member, t.tier, t.next, t.until_day, t.since_day
     FROM judged.tier t WHERE t.shop = $1`,
    [shop],
  )
  const before = new Map(rows.map((row) => [`0x${row.member}`, row]))
  const carried = visits.map(({ member }, place) => {
    const row = before.get(member)
    const held: HeldTier = row === undefined ? noTier : { tier: row.tier, next: row.next, untilDay: row.until_day }
    const after = tierAfter(held, earnedTier(judgements[place] as Judgement), watermarkDay)
    const since = row !== undefined && row.tier === after.tier ? row.since_day : watermarkDay
    return {
      shop,
      member: bytea(member),
      tier: after.tier,
      next: after.next,
      until_day: after.untilDay,
      since_day: since,
    }
  })
  await client.query('DELETE FROM judged.tier WHERE shop = $1', [shop])
  for (let from = 0; from < carried.length; from += rowsAtOnce) {
    await client.query('INSERT INTO judged.tier SELECT * FROM json_populate_recordset(null::judged.tier, $1)', [
      JSON.stringify(carried.slice(from, from + rowsAtOnce)),
    ])
  }
}

/** Whoever has said no leaves no trace in a shop either that an earlier fit had left. */
export async function forgetOptedOut(client: pg.ClientBase, shop: number): Promise<void> {
  for (const table of ['tier', 'leaf', 'offer', 'multiplier']) {
    await client.query(
      `DELETE FROM judged.${table} t USING portal.consent c
       WHERE t.shop = $1 AND c.member = t.member AND c.purpose = 'personalisation' AND NOT c.given`,
      [shop],
    )
  }
}
