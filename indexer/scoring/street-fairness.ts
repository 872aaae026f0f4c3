import { cohortOf } from './cohort.ts'
import { fairnessReport } from './fairness.ts'
import type { FairnessCard } from './model-card.ts'
import { daysOf } from './model-trial.ts'
import { predict } from './predict.ts'
import { daysWithin, observedAt } from './purchase-days.ts'
import { fitPurchases, type PurchaseModel } from './purchase-models.ts'
import type { Visits } from './visits.ts'

const horizonOf = (day: number, firstDay: number): number => Math.min(91, Math.floor((day - firstDay) / 28) * 7)

/** 1970-01-01 was a Thursday. */
const onWeekend = (day: number): boolean => (((day + 3) % 7) + 7) % 7 >= 5

/**
 * How the model's last forecast treated groups of members, among these of the street: who mostly shops at weekends
 * and who does not, who came lately and who has been coming for longer. null where there is too little history, or no
 * fit.
 */
export function streetFairness(members: readonly Visits[], model: PurchaseModel, day: number): FairnessCard[] | null {
  const firstDay = members.reduce((least, { days }) => Math.min(least, days[0] as number), day)
  const horizon = horizonOf(day, firstDay)
  if (horizon < 7) return null
  const end = day - horizon
  const days = daysOf(members)
  const now = observedAt(days, end)
  const cohort = cohortOf(now.histories)
  const { fitted } = fitPurchases(model, cohort)
  if (fitted === undefined) return null
  const foretold = predict(fitted, cohort, horizon).expected
  const came = daysWithin(days, now.member, end, day)
  const middle = firstDay + (end - firstDay) / 2
  const groups = {
    'when they shop': ({ days: own }: Visits) => {
      const known = own.filter((one) => one <= end)
      return known.filter(onWeekend).length * 2 > known.length ? 'mostly at weekends' : 'mostly on weekdays'
    },
    'since when': ({ days: own }: Visits) => ((own[0] as number) > middle ? 'came lately' : 'coming for longer'),
  } as const
  return (['when they shop', 'since when'] as const).map((by) => {
    const judged = Array.from(now.member, (place, row) => ({
      group: groups[by](members[place] as Visits),
      foretold: foretold[row] as number,
      came: came[row] as number,
    }))
    return { by, ...fairnessReport(judged) }
  })
}
