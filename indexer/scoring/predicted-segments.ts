/**
 * Segments by what is to be expected of members, from whole numbers only (parts per million, minor units, days), so
 * that every machine parts them alike. Cut by values and never by position: equal members are always on the same
 * side.
 */

/**
 * The values that part members into `parts` as even as ties allow: of n values in ascending order the ceil(k n /
 * parts)-th for k = 1 .. parts - 1 (nearest rank). A value's part is 1 more than the cuts it exceeds.
 */
export function evenCuts(values: Iterable<number>, parts: number): readonly number[] {
  const sorted = Float64Array.from(values).sort()
  if (sorted.length === 0) return []
  return Array.from({ length: parts - 1 }, (_, index) => {
    return sorted[Math.ceil(((index + 1) * sorted.length) / parts) - 1] as number
  })
}

/** 1 to cuts.length + 1. */
export function partOf(value: number, cuts: readonly number[]): number {
  let part = 1
  for (const cut of cuts) if (value > cut) part += 1
  return part
}

/** The tenth of a shop's members that a predicted value belongs to: 1 the least, 10 the most. */
export const valueDecile = (valueMinor: number, cuts: readonly number[]): number => partOf(valueMinor, cuts)

export type Level = 1 | 2 | 3

/** How likely a member is gone: 1 low, 2 in between, 3 high. Absolute, since a risk is one whoever else there is. */
export function churnRisk(alivePpm: number): Level {
  if (alivePpm >= 750_000) return 1
  return alivePpm >= 400_000 ? 2 : 3
}

/**
 * What a member would be worth if still a customer: the predicted value without the doubt whether they are, in minor
 * units. Beside the risk this is the second axis: the value itself has the risk in it already, so that the members whom
 * it would most hurt to lose would look worthless as soon as they are missed.
 */
export function worthIfKept(valueMinor: number, alivePpm: number): number {
  return alivePpm === 0 ? 0 : Math.round((valueMinor * 1_000_000) / alivePpm)
}

export const careNames = ['protect', 'nurture', 'reward', 'let go'] as const
export type Care = (typeof careNames)[number]

/** A row for each level of worth, in it the risk from low to high. */
const cares: Readonly<Record<Level, readonly [Care, Care, Care]>> = {
  3: ['reward', 'protect', 'protect'],
  2: ['reward', 'nurture', 'protect'],
  1: ['nurture', 'nurture', 'let go'],
}

/** What a member of this worth and this risk asks of a shop. */
export function careFor(worth: Level, risk: Level): Care {
  return cares[worth][risk - 1] as Care
}

/** So many gaps are needed before the member's own tell where nine of ten end. */
const gapsThatTell = 9

/** How visits follow one another in a shop: a gamma of shape r and rate alpha per day over its members' visit rates. */
export interface VisitRates {
  readonly r: number
  readonly alpha: number
}

/**
 * The gap that nine of ten of a member's gaps do not exceed, in whole days, rounded up. From nine gaps on it is their
 * own (nearest rank of (n + 1) 9/10). Before, it is what the shop's members teach about one with this history: the
 * rate given x repeat visits in t_x days is a gamma(r + x, alpha + t_x), so the next gap is Pareto and its 90 % point
 * is (alpha + t_x) (10^(1 / (r + x)) - 1). Undefined where neither can tell.
 * @param gaps days between visits, in any order
 */
export function usualGapDays(gaps: readonly number[], rates: VisitRates | undefined): number | undefined {
  const n = gaps.length
  if (n >= gapsThatTell) {
    const sorted = [...gaps].sort((one, other) => one - other)
    return sorted[Math.min(n, Math.ceil(((n + 1) * 9) / 10)) - 1]
  }
  if (rates === undefined) return undefined
  const lived = gaps.reduce((sum, gap) => sum + gap, 0)
  const days = Math.ceil((rates.alpha + lived) * (10 ** (1 / (rates.r + n)) - 1))
  // A gap of decades says only that nothing can be said.
  return days <= mostDays ? Math.max(1, days) : undefined
}

const mostDays = 3_653

/** Silent for longer than nine of ten of the member's own gaps. */
export function isOverdue(silentDays: number, usualGap: number | undefined): boolean {
  return usualGap !== undefined && silentDays > usualGap
}
