import { compare, isHeldOut, type Outcome } from './experiments.ts'
import type { HoldoutCard } from './model-card.ts'
import { spentBetween, type Visits } from './visits.ts'

/** A tenth of the members is left alone, always: what is done for the others is measured against them. */
export const heldOutShare = 0.1
/** Members are drawn for each shop anew, and stay where they were drawn. */
export const holdoutSalt = (shop: number): string => `highstreet holdout 1 shop ${shop}`

const longestWindow = 91

/** Days that are compared: the last quarter, or half of a shorter history; null where that is less than a week. */
export function comparedDays(members: readonly Visits[], day: number): number | null {
  const firstDay = members.reduce((least, { days }) => Math.min(least, days[0] as number), day)
  const window = Math.min(longestWindow, Math.floor((day - firstDay) / 2))
  return window < 7 ? null : window
}

/**
 * Visits of members, and what they spent net of what went back, in the last quarter (or in half of a shorter history):
 * those who may be addressed against those left alone. Only who was a member before the quarter began counts, so that
 * both sides are whole. null where a side is empty.
 */
export function holdoutCard(shop: number, members: readonly Visits[], day: number): HoldoutCard | null {
  const window = comparedDays(members, day)
  if (window === null) return null
  const begins = day - window
  const salt = holdoutSalt(shop)
  const known = members.filter(({ days }) => (days[0] as number) <= begins)
  const found = compared(known, salt, (one) => ({
    after: one.days.filter((visit) => visit > begins).length,
    before: one.days.filter((visit) => visit > begins - window && visit <= begins).length,
  }))
  const spent = compared(known, salt, (one) => ({
    after: spentBetween(one, begins + 1, day),
    before: spentBetween(one, begins - window + 1, begins),
  }))
  if (found === undefined || spent === undefined) return null
  const { difference, low, high } = spent
  const money = { treated: spent.treated.mean, heldOut: spent.heldOut.mean, difference, low, high }
  return { days: window, share: heldOutShare, ...found, spent: money }
}

function compared(members: readonly Visits[], salt: string, did: (one: Visits) => Omit<Outcome, 'heldOut'>) {
  const outcomes = members.map((one) => ({ heldOut: isHeldOut(one.member, salt, heldOutShare), ...did(one) }))
  return compare(outcomes, heldOutShare)
}
