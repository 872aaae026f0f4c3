import { daysWithin, type Observed, observedAt, type PurchaseDays } from './purchase-days.ts'
import { cutValues } from './recency-frequency-value.ts'

/** What anyone would say without a model; a model that is not better is no use. */
export const baselines = ['lastYearAgain', 'rfmMean'] as const
export type Baseline = (typeof baselines)[number]

/**
 * lastYearAgain: as many purchases as in a span of the same length a year ago, where that was observed, or else in the
 * span just over. rfmMean: what members of the same recency, frequency and value cell did in the span just over.
 * Undefined where the observation is too short.
 */
export function baselineForecast(
  baseline: Baseline,
  days: PurchaseDays,
  { now, end, horizon }: { readonly now: Observed; readonly end: number; readonly horizon: number },
): Float64Array | undefined {
  const firstDay = days.day.reduce((least, day) => Math.min(least, day), end)
  if (baseline === 'lastYearAgain') {
    const back = end - 364 >= firstDay && horizon <= 364 ? 364 : horizon
    return daysWithin(days, now.member, end - back, end - back + horizon)
  }
  if (end - horizon < firstDay) return undefined
  const before = observedAt(days, end - horizon)
  if (before.member.length === 0) return undefined
  const came = daysWithin(days, before.member, end - horizon, end)
  const means = new Map<string, { sum: number; members: number }>()
  const all = { sum: 0, members: came.length }
  for (const [index, cell] of cellsOf(before).entries()) {
    const mean = means.get(cell) ?? { sum: 0, members: 0 }
    mean.sum += came[index] as number
    mean.members += 1
    all.sum += came[index] as number
    means.set(cell, mean)
  }
  return Float64Array.from(cellsOf(now), (cell) => {
    const mean = means.get(cell) ?? all
    return mean.sum / mean.members
  })
}

function cellsOf({ histories, spends }: Observed): string[] {
  const silent = histories.age.map((age, index) => age - (histories.lastAge[index] as number))
  const columns = [silent, histories.repeats, spends.meanSpend].map((values) => {
    const cuts = cutValues(values)
    return Array.from(values, (value) => cuts.filter((cut) => value > cut).length)
  })
  return Array.from(silent, (_, index) => columns.map((column) => column[index]).join(' '))
}
