import type { WeekTracked } from './backtest.ts'
import type { BackTestCard } from './model-card.ts'
import type { PurchaseDays } from './purchase-days.ts'
import { type FittedPurchases, outlookOf } from './purchase-models.ts'

/**
 * Repeat purchases so far, week by week from the first purchase of all: what came, and what the model tells. Up to
 * `end` by the model alone, who came first on which day being all it is told (Fader, Hardie and Lee 2005, figure 2);
 * after `end` what had come by then and its forecast of the weeks ahead. Members who came first after `end` are not in
 * it. A model that bends where the purchases do not is seen here before it is seen in any error.
 */
export function trackedWeeks(
  fitted: FittedPurchases,
  days: PurchaseDays,
  { firstDay, end, ahead }: { readonly firstDay: number; readonly end: number; readonly ahead: readonly WeekTracked[] },
): BackTestCard['tracked'] {
  const begun = new Map<number, number>()
  const came = new Map<number, number>()
  let known = 0
  for (let row = 0; row < days.member.length; row += 1) {
    const day = days.day[row] as number
    if (day > end) continue
    if (row === 0 || days.member[row] !== days.member[row - 1]) begun.set(day, (begun.get(day) ?? 0) + 1)
    else {
      came.set(day, (came.get(day) ?? 0) + 1)
      known += 1
    }
  }
  const unknown = sinceFirst(fitted)
  const weeks = Math.floor((end - firstDay) / 7)
  const before = Array.from({ length: weeks }, (_, index) => {
    const last = firstDay + 7 * (index + 1)
    const so = (counts: ReadonlyMap<number, number>, of: (day: number) => number) =>
      [...counts].reduce((sum, [day, count]) => (day > last ? sum : sum + count * of(day)), 0)
    return { week: index + 1, came: so(came, () => 1), foretold: so(begun, (day) => unknown(last - day)) }
  })
  const after = ahead.map(({ week, actual, expected }) => {
    return { week: weeks + week, came: known + actual, foretold: known + expected }
  })
  return [...before, ...after]
}

/** Repeat purchases to be expected of somebody of whom only the first purchase is known, so long after it. */
function sinceFirst(fitted: FittedPurchases): (span: number) => number {
  const outlook = outlookOf(fitted)
  const alive = outlook.alive(0, 0, 0)
  const known = new Map<number, number>()
  return (span) => {
    const found = known.get(span) ?? (span === 0 ? 0 : alive * outlook.ahead(0, 0, 0, span))
    known.set(span, found)
    return found
  }
}
