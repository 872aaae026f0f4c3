import 'server-only'
import { type BoardPolicy, foundingPolicy, policyHash, readBoardPolicy } from '#indexer/scoring/board-policy.ts'
import type { FairnessCard, ModelCard } from '#indexer/scoring/model-card.ts'
import { policy } from '#indexer/scoring/policy.ts'
import { type Ask, atOneMoment, type Question } from './database.ts'

/** What the shops see together: who decides, by which policy some get more points, and how good forecasts are. */
export interface BoardRoom {
  /** Active shops: a seat and a vote each. */
  readonly seats: readonly { readonly shop: number; readonly name: string; readonly hue: number }[]
  /** What the founders agreed on, and what the board decided since, by version. */
  readonly policies: readonly DecidedPolicy[]
  /** How many members get how much more, on the whole street. */
  readonly multiplied: readonly { readonly percent: number; readonly members: number }[]
  /** Grounds on which they do; a member may have several. */
  readonly grounds: readonly { readonly words: string; readonly members: number }[]
  /** Members whom `multiplied` leaves out, since fewer than `leastShown` have the same. */
  readonly unshown: number
  /** Of the whole street, as shop 0, and then of each shop. */
  readonly forecasts: readonly ShopForecasts[]
  /** Members who want not to be known. */
  readonly optedOut: number
  /** The last fit of the whole street; null before there is one. */
  readonly street: StreetFit | null
}

/** Fewer members than these are not shown: a neighbour could tell who they are. */
export const leastShown = 5

export interface DecidedPolicy {
  readonly version: number
  /** null where the text that is kept is not the one that was decided: then nobody is judged until it is. */
  readonly policy: BoardPolicy | null
  /** From which day on it holds; null for what the founders agreed on. */
  readonly from: Date | null
  /** The SHA-256 of its text, which the proposal carries, and the proposal's number on the chain. */
  readonly decision: { readonly hash: string; readonly proposal: string } | null
  /** The last one that holds by the mirrored day. */
  readonly inForce: boolean
}

/** How forecasts for a shop did when they were tried on what is known. */
export interface ShopForecasts {
  readonly shop: number
  readonly name: string
  readonly members: number
  readonly model: string
  readonly status: string
  readonly pooled: boolean
  /** null where the shop has too little history to hold some of it back. */
  readonly tried: {
    readonly times: number
    readonly days: number
    readonly foretold: number
    readonly came: number
    readonly bias: number | null
    /** Visits a member that the model was off by, and that "as much as the time before" was. */
    readonly error: number
    readonly baselineError: number | null
  } | null
}

export interface StreetFit {
  readonly watermark: Date
  /** Whoever visits several shops counts at each. */
  readonly members: number
  /** null where there is too little history. */
  readonly fairness: readonly FairnessCard[] | null
}

const dayMs = 86_400_000

const seatsNow: Question = {
  name: 'board-seats',
  text: `SELECT s.shop, coalesce(f.name, 'Shop ' || s.shop) AS name, coalesce(f.hue, 0)::int AS hue
    FROM ledger.shop s LEFT JOIN portal.shop_profile f ON f.shop = s.shop WHERE s.status = 2 ORDER BY s.shop`,
}

const policiesNow: Question = {
  name: 'board-policies',
  text: `SELECT b.version, b.document, encode(b.hash, 'hex') AS hash, b.proposal::text AS proposal,
      b.from_day AS "fromDay"
    FROM portal.board_policy b WHERE b.shop = 0 ORDER BY b.version`,
}

/** What is advised now, by member and shop, where it is more than everybody gets. */
const advised = `SELECT last.member, last.percent, last.reason FROM (
    SELECT DISTINCT ON (m.shop, m.member) m.member, m.percent, m.reason
    FROM judged.multiplier m ORDER BY m.shop, m.member, m.day DESC
  ) last WHERE last.percent > ${policy.leastPercent}`

const multipliedNow: Question = {
  name: 'board-multiplied',
  text: `SELECT most.percent, count(*)::int AS members
    FROM (SELECT max(a.percent) AS percent FROM (${advised}) a GROUP BY a.member) most GROUP BY 1 ORDER BY 1 DESC`,
}

const groundsNow: Question = {
  name: 'board-grounds',
  text: `SELECT ground.words, count(DISTINCT a.member)::int AS members
    FROM (${advised}) a CROSS JOIN LATERAL regexp_split_to_table(a.reason, ', ') AS ground(words)
    GROUP BY 1 ORDER BY 2 DESC, 1`,
}

const fitsNow: Question = {
  name: 'board-fits',
  text: `SELECT s.shop, coalesce(f.name, s.called) AS name, r.card, r.watermark
    FROM (
      SELECT 0 AS shop, 'The whole street' AS called UNION ALL SELECT l.shop, 'Shop ' || l.shop FROM ledger.shop l
    ) s CROSS JOIN LATERAL (
      SELECT r.card, r.watermark FROM judged.run r
      WHERE r.shop = s.shop AND r.kind = 'fit' AND r.card IS NOT NULL ORDER BY r.finished_at DESC LIMIT 1
    ) r LEFT JOIN portal.shop_profile f ON f.shop = s.shop ORDER BY s.shop`,
}

const optedOutNow: Question = {
  name: 'board-opted-out',
  text: `SELECT count(*)::int AS members FROM portal.consent c WHERE c.purpose = 'personalisation' AND NOT c.given`,
}

interface FitRow {
  readonly shop: number
  readonly name: string
  readonly card: ModelCard
  readonly watermark: Date
}

export async function boardRoom(): Promise<BoardRoom> {
  return await atOneMoment(async (ask) => {
    const fits = await ask<FitRow>(fitsNow)
    const fit = fits.find(({ shop }) => shop === 0)
    const multiplied = await ask<BoardRoom['multiplied'][number]>(multipliedNow)
    const grounds = await ask<BoardRoom['grounds'][number]>(groundsNow)
    const [optedOut] = await ask<{ members: number }>(optedOutNow)
    return {
      seats: await ask<BoardRoom['seats'][number]>(seatsNow),
      policies: await policiesBy(fit?.watermark, ask),
      multiplied: multiplied.filter(isShown),
      grounds: grounds.filter(isShown),
      unshown: multiplied.reduce((sum, step) => sum + (isShown(step) ? 0 : step.members), 0),
      forecasts: fits.map(forecastsOf),
      optedOut: optedOut?.members ?? 0,
      street: fit === undefined ? null : streetFitOf(fit),
    }
  })
}

const isShown = ({ members }: { readonly members: number }): boolean => members >= leastShown

interface PolicyRow {
  readonly version: number
  readonly document: string
  readonly hash: string
  readonly proposal: string
  readonly fromDay: number
}

async function policiesBy(watermark: Date | undefined, ask: Ask): Promise<DecidedPolicy[]> {
  const rows = await ask<PolicyRow>(policiesNow)
  const today = Math.floor((watermark?.getTime() ?? 0) / dayMs)
  const inForce = rows.findLast(({ fromDay }) => fromDay <= today)?.version ?? foundingPolicy.version
  const founding = { version: foundingPolicy.version, policy: foundingPolicy, from: null, decision: null }
  return [founding, ...rows.map(decidedPolicy)].map((one) => ({ ...one, inForce: one.version === inForce }))
}

function decidedPolicy({ version, document, hash, proposal, fromDay }: PolicyRow): Omit<DecidedPolicy, 'inForce'> {
  const read = readBoardPolicy(document)
  const isDecided = typeof read !== 'string' && read.version === version && policyHash(document) === `0x${hash}`
  return {
    version,
    policy: isDecided ? read : null,
    from: new Date(fromDay * dayMs),
    decision: { hash: `0x${hash}`, proposal },
  }
}

function forecastsOf({ shop, name, card }: FitRow): ShopForecasts {
  const { members, purchases, backTest } = card
  const { model, status, pooled } = purchases
  const errorOf = (wanted: string) => backTest?.models.find((one) => one.model === wanted)?.meanError
  const error = errorOf(model)
  const tried =
    backTest === null || error === undefined
      ? null
      : {
          times: backTest.times,
          days: backTest.holdoutDays,
          foretold: backTest.foretold,
          came: backTest.came,
          bias: backTest.bias,
          error,
          baselineError: errorOf('lastYearAgain') ?? null,
        }
  return { shop, name, members, model, status, pooled, tried }
}

const streetFitOf = ({ card, watermark }: FitRow): StreetFit => {
  return { watermark, members: card.members, fairness: card.fairness }
}
