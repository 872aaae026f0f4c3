import { policy } from './policy.ts'
import type { Level } from './predicted-segments.ts'

/**
 * How many points a member gets for the same money, in hundredths (150: half as many again), by what is to be expected
 * of them and how much they take part. Whoever is about to be lost gets more; nobody gets fewer than anybody.
 */
export interface MultiplierFacts {
  readonly risk: Level
  readonly worth: Level
  /** 1 to 10. */
  readonly valueDecile: number
  /** 0 to 100. */
  readonly engagement: number
}

export interface Multiplier {
  readonly percent: number
  /** In words that a shopkeeper reads and may say. */
  readonly reason: string
}

const riskAdds: Readonly<Record<Level, number>> = { 1: 0, 2: 25, 3: 50 }

/** What the facts ask for, within the network's bounds and the shop's own. */
export function multiplierFor(facts: MultiplierFacts, mostPercent: number): Multiplier {
  const parts: { readonly adds: number; readonly words: string }[] = []
  // Risk counts where there is something to lose; who is worth little is not bought back.
  const atRisk = facts.worth === 1 ? 0 : riskAdds[facts.risk]
  if (atRisk > 0) parts.push({ adds: atRisk, words: facts.risk === 3 ? 'likely to be lost' : 'at some risk' })
  if (facts.valueDecile >= 9) parts.push({ adds: 25, words: 'among the fifth of whom most is expected' })
  if (facts.engagement >= 60) parts.push({ adds: 25, words: 'takes part a great deal' })
  const asked = policy.leastPercent + parts.reduce((sum, { adds }) => sum + adds, 0)
  const most = Math.max(policy.leastPercent, Math.min(policy.mostPercent, mostPercent))
  const percent = Math.min(asked, most)
  const bounded = percent < asked ? [`held to ${most} by the board’s limits`] : []
  const words = [...parts.map((part) => part.words), ...bounded]
  return { percent, reason: words.length === 0 ? 'as everybody' : words.join(', ') }
}

/**
 * The most that a shop may multiply by: what its limit for one receipt leaves, given what a purchase usually brings.
 * Both in hundredths of a point. In steps of a quarter, down.
 */
export function mostPercentOf(receiptLimit: bigint, usualPoints: bigint): number {
  if (usualPoints <= 0n) return policy.mostPercent
  const room = Number((100n * receiptLimit) / usualPoints)
  return Math.min(policy.mostPercent, Math.max(policy.leastPercent, Math.floor(room / 25) * 25))
}

export interface HeldMultiplier {
  readonly percent: number
  /** Days since 1970-01-01. */
  readonly sinceDay: number
}

export interface MultiplierChange {
  readonly before: number
  readonly percent: number
  readonly reason: string
}

/**
 * The change to write down, or undefined where all stays as it is: a change at most once in 28 days and by half at
 * most. A limit that the board has lowered holds at once.
 */
export function multiplierChange(
  held: HeldMultiplier | undefined,
  asked: Multiplier,
  at: { readonly day: number; readonly mostPercent: number },
): MultiplierChange | undefined {
  const before = held?.percent ?? policy.leastPercent
  const most = Math.max(policy.leastPercent, Math.min(policy.mostPercent, at.mostPercent))
  if (before > most) return { before, percent: most, reason: `held to ${most} by the board’s limits` }
  if (asked.percent === before) return undefined
  if (held !== undefined && at.day - held.sinceDay < policy.changeDays) return undefined
  const step = Math.max(-policy.mostChange, Math.min(policy.mostChange, asked.percent - before))
  const percent = before + step
  const partly = percent === asked.percent ? '' : `, on the way to ${asked.percent}`
  return { before, percent, reason: `${asked.reason}${partly}` }
}
