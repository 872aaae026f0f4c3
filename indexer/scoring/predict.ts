import type { Cohort } from './cohort.ts'
import type { Outlook } from './outlook.ts'
import { type FittedPurchases, outlookOf } from './purchase-models.ts'

/** One entry for each history, in the order in which they were given. */
export interface Prediction {
  readonly alive: Float64Array
  /** Purchases over the span asked for. */
  readonly expected: Float64Array
}

/** P(alive) now and the purchases expected over the next `span`, in the unit of the histories' times. */
export function predict(fitted: FittedPurchases, cohort: Cohort, span: number): Prediction {
  return forecast(fitted, cohort, [{ span, weight: 1 }])
}

/** A stream of purchases, discounted at the end of each step by `rate` a step. */
export interface Discounting {
  readonly horizon: number
  readonly step: number
  readonly rate: number
}

/** P(alive) now and the purchases of the horizon, each counted by what it is worth today. */
export function predictDiscounted(fitted: FittedPurchases, cohort: Cohort, plan: Discounting): Prediction {
  return forecast(fitted, cohort, spansOf(plan))
}

export interface WeightedSpan {
  readonly span: number
  readonly weight: number
}

/**
 * sum_j d^j (E_j - E_(j-1)) over steps j = 1..J as a weighted sum of the E_j: what is bought within a step counts at
 * its end. The horizon is a whole number of steps.
 */
export function spansOf({ horizon, step, rate }: Discounting): WeightedSpan[] {
  const steps = Math.round(horizon / step)
  if (!(step > 0) || steps < 1 || Math.abs(steps * step - horizon) > 1e-9 * horizon || !(rate > -1)) {
    throw new Error(`a horizon of ${horizon} is not a number of steps of ${step}, or the rate ${rate} is no rate`)
  }
  const discount = (at: number): number => (1 + rate) ** -at
  return Array.from({ length: steps }, (_, index) => {
    const at = index + 1
    return { span: at * step, weight: at === steps ? discount(at) : discount(at) - discount(at + 1) }
  })
}

const largestCache = 1 << 22

/** P(alive) now, and alive times the weighted sum of what is ahead over these spans. */
export function forecast(fitted: FittedPurchases, cohort: Cohort, spans: readonly WeightedSpan[]): Prediction {
  const outlook = outlookOf(fitted)
  const { repeats, lastAge, age, rowOf } = cohort
  const rowAlive = new Float64Array(repeats.length)
  const rowExpected = new Float64Array(repeats.length)
  const ahead = aheadOf(outlook, cohort, spans)
  for (let row = 0; row < repeats.length; row += 1) {
    const alive = outlook.alive(repeats[row] as number, lastAge[row] as number, age[row] as number)
    rowAlive[row] = alive
    rowExpected[row] = alive * ahead(row)
  }
  const alive = new Float64Array(rowOf.length)
  const expected = new Float64Array(rowOf.length)
  for (let member = 0; member < rowOf.length; member += 1) {
    const row = rowOf[member] as number
    alive[member] = rowAlive[row] as number
    expected[member] = rowExpected[row] as number
  }
  return { alive, expected }
}

/** What is ahead of a row's members; on the fast path once for each x and T, where nothing else decides it. */
function aheadOf(outlook: Outlook, cohort: Cohort, spans: readonly WeightedSpan[]): (row: number) => number {
  const { repeats, lastAge, age, countAt, ageAt, times } = cohort
  const afresh = (row: number): number => {
    let sum = 0
    for (const { span, weight } of spans) {
      sum += weight * outlook.ahead(repeats[row] as number, lastAge[row] as number, age[row] as number, span)
    }
    return sum
  }
  const places = cohort.counts.length * times.length
  if (cohort.path === 'general' || outlook.needsLast === 'yes' || places > largestCache) return afresh
  const known = new Float64Array(places).fill(-1)
  return (row) => {
    const place = (countAt[row] as number) * times.length + (ageAt[row] as number)
    const found = known[place] as number
    if (found >= 0) return found
    const made = afresh(row)
    known[place] = made
    return made
  }
}
