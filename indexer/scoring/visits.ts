import type { ValueTerms } from './reasons.ts'

/** A member's visits to one shop, a day each: what is bought twice on a day is one visit. */
export interface Visits {
  /** The member's account, 0x hex in lower case. */
  readonly member: string
  /** Days since 1970-01-01 in the shop's time zone, ascending, none twice. */
  readonly days: readonly number[]
  /** What was spent on each of them, minor units. */
  readonly spends: readonly number[]
}

/**
 * What the history of a member says at the end of a day, or undefined before the first visit. Spend is the mean over
 * the repeat visits, for the first is often not like the others (Fader, Hardie and Lee 2005); 0 where there was none.
 */
export function termsAt({ days, spends }: Visits, day: number): ValueTerms | undefined {
  const [first] = days
  if (first === undefined || first > day) return undefined
  let last = first
  let repeats = 0
  let spent = 0
  for (let visit = 1; visit < days.length && (days[visit] as number) <= day; visit += 1) {
    last = days[visit] as number
    repeats += 1
    spent += spends[visit] as number
  }
  return { frequency: repeats, silence: day - last, age: day - first, spend: repeats === 0 ? 0 : spent / repeats }
}

/** The end of a member's history: `day`, or their last visit where a till's clock was ahead of it over midnight. */
export function endOf({ days }: Visits, day: number): number {
  return Math.max(day, days.at(-1) ?? day)
}

/** Days between one visit and the next. */
export function gapsOf({ days }: Visits): number[] {
  return days.slice(1).map((day, index) => day - (days[index] as number))
}

/** Spent on the days from `from` to `to`, both included; minor units. */
export function spentBetween({ days, spends }: Visits, from: number, to: number): number {
  let spent = 0
  for (const [visit, day] of days.entries()) if (day >= from && day <= to) spent += spends[visit] as number
  return spent
}

/** Visits in the last 91 days up to `day`, and in how many of the last six stretches of 30 days there was one. */
export function lately(
  { days }: Visits,
  day: number,
): { readonly visitsLastQuarter: number; readonly activeMonths: number } {
  const months = new Set<number>()
  let visitsLastQuarter = 0
  for (let visit = days.length - 1; visit >= 0; visit -= 1) {
    const ago = day - (days[visit] as number)
    if (ago >= 180) break
    if (ago < 91) visitsLastQuarter += 1
    months.add(Math.floor(Math.max(0, ago) / 30))
  }
  return { visitsLastQuarter, activeMonths: months.size }
}
