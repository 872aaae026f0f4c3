import type { BoardPolicy } from './board-policy.ts'
import { policy as network } from './policy.ts'
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

const { leastPercent } = network
const riskAdds: Readonly<Record<Level, number>> = { 1: 0, 2: 25, 3: 50 }

/** How far a shop may go, and what holds it there. */
export interface MultiplierBounds {
  /** The board's policy. */
  readonly policy: BoardPolicy
  /** The most a shop may multiply by, in hundredths. */
  readonly mostPercent: number
  /** In words that follow "held to 150 by". */
  readonly heldBy: string
}

/**
 * What the board's policy allows, and of that what the shop's limit for one receipt leaves (N-8), given what a purchase
 * usually brings; both in hundredths of a point. In steps of a quarter, down. A shop without a limit may not go beyond
 * what everybody gets.
 */
export function multiplierBounds(
  policy: BoardPolicy,
  receipt: { readonly limit: bigint; readonly usual: bigint } | undefined,
): MultiplierBounds {
  const most = policy.multiplier.mostPercent
  const room = receipt === undefined ? leastPercent : roomIn(receipt)
  if (room < most) return { policy, mostPercent: room, heldBy: 'the board’s limit for one receipt' }
  return { policy, mostPercent: most, heldBy: `the board’s policy ${policy.version} of ${policy.date}` }
}

function roomIn({ limit, usual }: { readonly limit: bigint; readonly usual: bigint }): number {
  if (usual <= 0n) return Number.POSITIVE_INFINITY
  return Math.max(leastPercent, Math.floor(Number((100n * limit) / usual) / 25) * 25)
}

/** What the facts ask for, within the board's bounds and the shop's own. */
export function multiplierFor(facts: MultiplierFacts, { mostPercent, heldBy }: MultiplierBounds): Multiplier {
  const parts: { readonly adds: number; readonly words: string }[] = []
  // Risk counts where there is something to lose; who is worth little is not bought back.
  const atRisk = facts.worth === 1 ? 0 : riskAdds[facts.risk]
  if (atRisk > 0) parts.push({ adds: atRisk, words: facts.risk === 3 ? 'likely to be lost' : 'at some risk' })
  if (facts.valueDecile >= 9) parts.push({ adds: 25, words: 'among the fifth of whom most is expected' })
  if (facts.engagement >= 60) parts.push({ adds: 25, words: 'takes part a great deal' })
  const asked = leastPercent + parts.reduce((sum, { adds }) => sum + adds, 0)
  const percent = Math.min(asked, mostPercent)
  const bounded = percent < asked ? [`held to ${percent} by ${heldBy}`] : []
  const words = [...parts.map((part) => part.words), ...bounded]
  return { percent, reason: words.length === 0 ? 'as everybody' : words.join(', ') }
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
 * The change to write down, or undefined where all stays as it is: a change so often and by so much as the board's
 * policy says. A bound that was lowered holds at once.
 */
export function multiplierChange(
  held: HeldMultiplier | undefined,
  asked: Multiplier,
  at: { readonly day: number; readonly bounds: MultiplierBounds },
): MultiplierChange | undefined {
  const { policy, mostPercent, heldBy } = at.bounds
  const { changeDays, mostChange } = policy.multiplier
  const before = held?.percent ?? leastPercent
  if (before > mostPercent) return { before, percent: mostPercent, reason: `held to ${mostPercent} by ${heldBy}` }
  if (asked.percent === before) return undefined
  if (held !== undefined && at.day - held.sinceDay < changeDays) return undefined
  const step = Math.max(-mostChange, Math.min(mostChange, asked.percent - before))
  const percent = before + step
  const partly = percent === asked.percent ? '' : `, on the way to ${asked.percent}`
  return { before, percent, reason: `${asked.reason}${partly}` }
}
