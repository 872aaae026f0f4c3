/** Tiers as the contracts number them. */
export const tierNames = ['None', 'Bronze', 'Silver', 'Gold'] as const
export type Tier = 0 | 1 | 2 | 3

/**
 * From which value on a tier is earned, in minor units, for Bronze, Silver and Gold. A value of nothing earns none.
 */
export type TierSteps = readonly [bronze: number, silver: number, gold: number]

/**
 * Shares of a shop's members, from the top: a twentieth Gold, as many again and half Silver, and a third at least
 * Bronze.
 */
const shareFromTop = [0.4, 0.15, 0.05] as const

/**
 * Steps such that of a shop's members about 5 % earn Gold, 10 % Silver and 25 % Bronze. Steps are values: equal members
 * always earn equal tiers, and where many are equal at a step, all of them are in.
 */
export function tierSteps(values: Iterable<number>): TierSteps {
  const sorted = Float64Array.from(values).sort().reverse()
  const step = (share: number): number => {
    const place = Math.ceil(share * sorted.length) - 1
    return place < 0 ? 1 : Math.max(1, sorted[place] as number)
  }
  return [step(shareFromTop[0]), step(shareFromTop[1]), step(shareFromTop[2])]
}

export function tierFor(value: number, steps: TierSteps): Tier {
  if (value < steps[0]) return 0
  if (value < steps[1]) return 1
  return value < steps[2] ? 2 : 3
}

/** A fall is announced so many days before it comes (N-19). */
export const noticeDays = 30

/** A member's tier as proposals have made it: held now, and what comes after `untilDay` where a fall stands noticed. */
export interface HeldTier {
  readonly tier: Tier
  readonly next: Tier
  /** Days since 1970-01-01; null where no fall stands noticed. */
  readonly untilDay: number | null
}

export const noTier: HeldTier = { tier: 0, next: 0, untilDay: null }

/**
 * What becomes of a tier when a run says what is earned: a rise at once, a fall only after 30 days' notice, never a
 * silent loss. The same rules as `Standing.sol`: a notice that has run comes first; a deeper fall than the noticed one
 * begins its own 30 days, a lesser one keeps the date; whoever earns the tier again keeps it.
 */
export function tierAfter(held: HeldTier, earned: Tier, day: number): HeldTier {
  const now: HeldTier =
    held.untilDay !== null && day >= held.untilDay ? { tier: held.next, next: held.next, untilDay: null } : held
  if (earned >= now.tier) return { tier: earned, next: earned, untilDay: null }
  if (now.untilDay === null || earned < now.next) return { tier: now.tier, next: earned, untilDay: day + noticeDays }
  return { ...now, next: earned }
}
