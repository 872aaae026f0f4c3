import 'server-only'
import { type Care, careFor, type Level } from '#indexer/scoring/predicted-segments.ts'
import type { ReasonPart } from '#indexer/scoring/reasons.ts'
import type { Tier } from '#indexer/scoring/tiers.ts'

/** What is to be expected of a member; money in minor units, over a year. */
export interface ExpectedOfMember {
  readonly alivePpm: number
  readonly purchasesMillionths: bigint
  readonly value: bigint
  readonly decile: number
  readonly care: Care
  /** The value thirty days before; null where the member had not come yet. */
  readonly before: bigint | null
  /** Why it is another now, the weightiest first. */
  readonly reason: readonly ReasonPart[]
}

/** The tier that fits have proposed; a fall stands noticed where `next` is lower. */
export interface ProposedTier {
  readonly tier: Tier
  readonly next: Tier
  /** When the fall comes at the earliest. */
  readonly until: Date | null
}

export interface ExpectedRow {
  readonly alive_ppm: number | null
  readonly purchases_millionths: bigint | null
  readonly value_minor: bigint | null
  readonly value_decile: number | null
  readonly worth: Level | null
  readonly risk: Level | null
  readonly value_before: bigint | null
  readonly reason: readonly ReasonPart[]
}

export interface TierRow {
  readonly tier: Tier | null
  readonly next: Tier | null
  readonly until_day: number | null
}

/** The columns of a row of judged.score that `expectedIn` reads. */
export const expectedSql = (s: string): string =>
  ['alive_ppm', 'purchases_millionths', 'value_minor', 'value_decile', 'worth', 'risk', 'value_before', 'reason']
    .map((column) => `${s}.${column}`)
    .join(', ')

/** The columns of a row of judged.tier that `tierIn` reads. */
export const tierSql = (t: string): string => `${t}.tier, ${t}.next, ${t}.until_day`

/** What is to be expected of a member; null where nothing could be fitted. */
export function expectedIn(row: ExpectedRow): ExpectedOfMember | null {
  const { alive_ppm: alivePpm, purchases_millionths: purchasesMillionths, value_minor: value, worth, risk } = row
  if (alivePpm === null || purchasesMillionths === null || value === null || worth === null || risk === null)
    return null
  const [care, decile] = [careFor(worth, risk), row.value_decile ?? 1]
  return { alivePpm, purchasesMillionths, value, decile, care, before: row.value_before, reason: row.reason }
}

/** What fits have proposed; null where none has. */
export function tierIn(row: TierRow): ProposedTier | null {
  if (row.tier === null || row.next === null) return null
  const until = row.until_day === null ? null : new Date(row.until_day * 86_400_000)
  return { tier: row.tier, next: row.next, until }
}
