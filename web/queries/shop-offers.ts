import 'server-only'
import type { Pair } from '#indexer/scoring/going-together.ts'
import type { OffersCard } from '#indexer/scoring/model-card.ts'
import type { OfferTrial } from '#indexer/scoring/offer-trial.ts'
import { policy } from '#indexer/scoring/policy.ts'
import { type Ask, addressSql, atOneMoment, type Question } from './database.ts'
import { calledName, greetingNameSql } from './member-name.ts'
import type { Address } from './network.ts'

/** What is proposed to whom, and why; nothing of it happens by itself. */
export interface ProposedOffer {
  readonly member: Address
  readonly calledName: string
  readonly displayName: string | null
  readonly madeOn: Date
  readonly openUntil: Date
  readonly reward: number
  readonly rewardTitle: string
  /** With which probability it was drawn, parts per million. */
  readonly propensityPpm: number
  readonly way: 'best' | 'tried'
  readonly nextBest: boolean
  readonly because: Pair | null
  readonly takenAnyway: number
  readonly ofMembers: number
  readonly multiplier: number
  readonly multiplierReason: string | null
}

export interface MultiplierStep {
  readonly member: Address
  readonly calledName: string
  readonly day: Date
  readonly before: number
  readonly percent: number
  readonly reason: string
  /** The version of the board's policy that bounded it. */
  readonly policy: number
}

export interface ShopOffers {
  readonly rows: readonly ProposedOffer[]
  readonly page: number
  readonly pages: number
  readonly found: number
  /** The newest changes of multipliers. */
  readonly steps: readonly MultiplierStep[]
  /** How many members have which multiplier, those who are as everybody left out. */
  readonly multipliers: readonly { readonly percent: number; readonly members: number }[]
  readonly titles: ReadonlyMap<number, string>
  /** null before the first fit. */
  readonly card: OffersCard | null
  /** Of the whole street; null where there is too little to try on. */
  readonly trial: OfferTrial | null
  readonly watermark: Date | null
}

export const offersPerPage = 25

const today = `(SELECT (r.card->'window'->>'lastDay')::int FROM judged.run r WHERE r.shop = $1 AND r.kind = 'fit'
  ORDER BY r.finished_at DESC LIMIT 1)`
const open = `o.shop = $1 AND o.day > ${today} - ${policy.proposalDays}`

const foundBy: Question = {
  name: 'offers-found',
  text: `SELECT count(*)::int AS found FROM judged.offer o WHERE ${open}`,
}

const pageOf: Question = {
  name: 'offers-page',
  text: `WITH page AS (
      SELECT o.* FROM judged.offer o LEFT JOIN judged.score s ON s.shop = o.shop AND s.member = o.member
      WHERE ${open} ORDER BY s.value_minor DESC NULLS LAST, o.member LIMIT $2 OFFSET $3
    )
    SELECT ${addressSql('o.member')} AS member, greeted.display_name, o.day, o.reward, o.propensity_ppm, o.way,
      o.next_best, o.because, o.taken_anyway, o.of_members, m.percent, m.reason
    FROM page o LEFT JOIN judged.score s ON s.shop = o.shop AND s.member = o.member
      LEFT JOIN LATERAL (SELECT x.percent, x.reason FROM judged.multiplier x
        WHERE x.shop = o.shop AND x.member = o.member ORDER BY x.day DESC LIMIT 1) m ON true
      ${greetingNameSql('greeted', 'o.member')}
    ORDER BY s.value_minor DESC NULLS LAST, o.member`,
}

const newestSteps: Question = {
  name: 'multiplier-steps',
  text: `WITH newest AS (
      SELECT * FROM judged.multiplier x WHERE x.shop = $1 ORDER BY x.day DESC, x.member LIMIT $2
    )
    SELECT ${addressSql('m.member')} AS member, greeted.display_name, m.day, m.before, m.percent, m.reason, m.policy
    FROM newest m ${greetingNameSql('greeted', 'm.member')} ORDER BY m.day DESC, m.member`,
}

const held: Question = {
  name: 'multipliers-held',
  text: `SELECT last.percent, count(*)::int AS members FROM (
      SELECT DISTINCT ON (m.member) m.percent FROM judged.multiplier m WHERE m.shop = $1 ORDER BY m.member, m.day DESC
    ) last WHERE last.percent > ${policy.leastPercent} GROUP BY 1 ORDER BY 1 DESC`,
}

const titlesOf: Question = {
  name: 'reward-titles',
  text: 'SELECT r.reward, r.title FROM portal.reward r WHERE r.shop = $1 ORDER BY r.reward',
}

const lastCards: Question = {
  name: 'offers-cards',
  text: `SELECT r.watermark, r.card->'offers' AS card, street.card->'offerTrial' AS trial
    FROM judged.run r LEFT JOIN judged.run street ON street.shop = 0 AND street.id = r.id
    WHERE r.shop = $1 AND r.kind = 'fit' ORDER BY r.finished_at DESC LIMIT 1`,
}

interface OfferRow {
  member: Address
  display_name: string | null
  day: number
  reward: number
  propensity_ppm: number
  way: 'best' | 'tried'
  next_best: boolean
  because: Pair | null
  taken_anyway: number
  of_members: number
  percent: number | null
  reason: string | null
}

type StepRow = Omit<MultiplierStep, 'calledName' | 'day'> & { display_name: string | null; day: number }

const dateOf = (day: number): Date => new Date(day * 86_400_000)

/** One page of what is proposed, those first of whom most is expected. A page beyond the last is the last. */
export async function shopOffers(
  shop: number,
  show: { readonly page: number; readonly steps: number },
): Promise<ShopOffers> {
  return await atOneMoment(async (ask) => {
    const titles = await titlesAt(shop, ask)
    const [counted] = await ask<{ found: number }>(foundBy, [shop])
    const found = counted?.found ?? 0
    const pages = Math.max(1, Math.ceil(found / offersPerPage))
    const page = Math.min(Math.max(1, Math.trunc(show.page)), pages)
    const rows = await ask<OfferRow>(pageOf, [shop, offersPerPage, (page - 1) * offersPerPage])
    const [cards] = await ask<{ watermark: Date; card: OffersCard | null; trial: OfferTrial | null }>(lastCards, [shop])
    return {
      ...{ page, pages, found, titles },
      rows: rows.map((row) => offerIn(row, titles)),
      steps: (await ask<StepRow>(newestSteps, [shop, show.steps])).map(stepIn),
      multipliers: await ask<ShopOffers['multipliers'][number]>(held, [shop]),
      card: cards?.card ?? null,
      trial: cards?.trial ?? null,
      watermark: cards?.watermark ?? null,
    }
  })
}

async function titlesAt(shop: number, ask: Ask): Promise<ReadonlyMap<number, string>> {
  const rows = await ask<{ reward: number; title: string }>(titlesOf, [shop])
  return new Map(rows.map(({ reward, title }) => [reward, title]))
}

function offerIn(row: OfferRow, titles: ReadonlyMap<number, string>): ProposedOffer {
  const { member, display_name: displayName, reward, way, because } = row
  return {
    ...{ member, displayName, reward, way, because },
    calledName: calledName(member, displayName),
    rewardTitle: titles.get(reward) ?? `Reward ${reward}`,
    madeOn: dateOf(row.day),
    openUntil: dateOf(row.day + policy.proposalDays),
    propensityPpm: row.propensity_ppm,
    nextBest: row.next_best,
    takenAnyway: row.taken_anyway,
    ofMembers: row.of_members,
    multiplier: row.percent ?? policy.leastPercent,
    multiplierReason: row.reason,
  }
}

function stepIn({ display_name: displayName, day, ...step }: StepRow): MultiplierStep {
  return { ...step, calledName: calledName(step.member, displayName), day: dateOf(day) }
}
