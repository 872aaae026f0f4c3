import { type Comparison, compare, isHeldOut } from './experiments.ts'
import { heldOutShare, holdoutSalt } from './holdout.ts'
import type { GoalCard, SegmentLift } from './model-card.ts'
import { cutValues, type Score } from './recency-frequency-value.ts'
import { type SegmentName, segmentNames, segmentOf } from './segments.ts'
import type { Visits } from './visits.ts'

/** What an owner wants: so many per cent more repeat purchases, from one day to another. */
export interface Goal {
  readonly percent: number
  /** Days since 1970-01-01; the first day that counts, and the last. */
  readonly fromDay: number
  readonly untilDay: number
}

/**
 * How far a goal has come: repeat visits of those who may be addressed against those left alone, since the day it was
 * set, among those who were members by then. Never before against after: a spring would look like a success. null where
 * a side has too few members, or no day has gone by.
 */
export function goalCard(shop: number, members: readonly Visits[], goal: Goal, day: number): GoalCard {
  const until = Math.min(day, goal.untilDay)
  const span = until - goal.fromDay + 1
  const asked = { percent: goal.percent, fromDay: goal.fromDay, untilDay: goal.untilDay, days: Math.max(0, span) }
  if (span < 1) return { ...asked, lift: null }
  const found = compared(shop, members, { begins: goal.fromDay - 1, until, before: span })
  return { ...asked, lift: found === undefined ? null : relative(found) }
}

function compared(
  shop: number,
  members: readonly Visits[],
  { begins, until, before }: { readonly begins: number; readonly until: number; readonly before: number },
): Comparison | undefined {
  const salt = holdoutSalt(shop)
  const outcomes = members
    .filter(({ days }) => (days[0] as number) <= begins)
    .map(({ member, days }) => ({
      heldOut: isHeldOut(member, salt, heldOutShare),
      after: days.filter((one) => one > begins && one <= until).length,
      before: days.filter((one) => one > begins - before && one <= begins).length,
    }))
  return compare(outcomes, heldOutShare)
}

/** In per cent of what those left alone did; the interval is that of the difference, as often as one looks. */
function relative({ treated, heldOut, sampleRatio, difference, low, high }: Comparison): GoalCard['lift'] {
  const percent = (visits: number) => (heldOut.mean > 0 ? (100 * visits) / heldOut.mean : null)
  const [middle, least, most] = [percent(difference), percent(low), percent(high)]
  return { treated, heldOut, sampleRatio, percent: middle, lowPercent: least, highPercent: most }
}

/** A segment is compared only with so many on each side. */
const fewestOnASide = 10

/**
 * The same by segment, over the last `window` days. Members count where they stood when it began: a segment of today
 * has been moved by what was done since.
 */
export function segmentLifts(shop: number, members: readonly Visits[], day: number, window: number): SegmentLift[] {
  const begins = day - window
  const known = members.filter(({ days }) => (days[0] as number) <= begins)
  const names = segmentsAt(known, begins)
  return segmentNames.flatMap((segment): SegmentLift[] => {
    const own = known.filter((_, place) => names[place] === segment)
    const found = compared(shop, own, { begins, until: day, before: window })
    if (found === undefined) return []
    if (found.treated.members < fewestOnASide || found.heldOut.members < fewestOnASide) return []
    const { treated, heldOut, difference, low, high } = found
    return [{ segment, treated, heldOut, difference, low, high }]
  })
}

/** The segments as they were at the end of a day. */
function segmentsAt(members: readonly Visits[], day: number): SegmentName[] {
  const known = members.map(({ days }) => days.filter((one) => one <= day))
  const silent = known.map((days) => day - (days.at(-1) as number))
  const [recency, frequency] = [cutValues(silent), cutValues(known.map((days) => days.length))]
  const over = (value: number, cuts: readonly number[]) => cuts.filter((cut) => value > cut).length
  return known.map((days, place) =>
    segmentOf((5 - over(silent[place] as number, recency)) as Score, (1 + over(days.length, frequency)) as Score),
  )
}
