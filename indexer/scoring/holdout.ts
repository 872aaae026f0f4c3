import { compare, isHeldOut } from './experiments.ts'
import type { HoldoutCard } from './model-card.ts'
import type { Visits } from './visits.ts'

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
 * Visits of members in the last quarter (or in half of a shorter history), those who may be addressed against those
 * left alone. Only who was a member before the quarter began counts, so that both sides are whole. null where a side
 * is empty.
 */
export function holdoutCard(shop: number, members: readonly Visits[], day: number): HoldoutCard | null {
  const window = comparedDays(members, day)
  if (window === null) return null
  const begins = day - window
  const salt = holdoutSalt(shop)
  const outcomes = members
    .filter(({ days }) => (days[0] as number) <= begins)
    .map(({ member, days }) => ({
      heldOut: isHeldOut(member, salt, heldOutShare),
      after: days.filter((one) => one > begins).length,
      before: days.filter((one) => one > begins - window && one <= begins).length,
    }))
  const found = compare(outcomes, heldOutShare)
  return found === undefined ? null : { days: window, share: heldOutShare, ...found }
}
