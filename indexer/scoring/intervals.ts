import { type History, purchaseChances } from './distribution.ts'
import type { Fit } from './fit.ts'
import { type FittedPurchases, outlookOf } from './purchase-models.ts'

/** The level of every interval that is shown. */
export const level = 0.9
/** The 95 % quantile of the standard normal distribution. */
const normal95 = 1.6448536269514722

export interface Interval {
  readonly low: number
  readonly high: number
}

/**
 * What a member may do: whole purchases over the next `span`, from the 5 % quantile up to where the chance of what lies
 * within comes nearest to 90 %. Purchases are whole, so the chance of a single member's interval is seldom just 90 %.
 */
export function forecastInterval(fitted: FittedPurchases, history: History, span: number): Interval {
  const chances = purchaseChances(fitted, history, span)
  let below = 0
  let low = 0
  while (low + 1 < chances.length && below + (chances[low] as number) <= (1 - level) / 2) {
    below += chances[low] as number
    low += 1
  }
  let within = 0
  for (let high = low; high < chances.length; high += 1) {
    const before = within
    within += chances[high] as number
    if (within < level) continue
    const shorter = high > low && level - before < within - level
    return { low, high: shorter ? high - 1 : high }
  }
  return { low, high: chances.length - 1 }
}

/**
 * How far the estimate itself may be off, the parameters being estimates: by the delta method on the logarithm, from
 * the covariance of the log-parameters. Undefined where a fit has no covariance.
 */
export function estimateInterval(
  fitted: FittedPurchases,
  fit: Fit<object>,
  history: History,
  span: number,
): Interval | undefined {
  const { covariance } = fit
  if (covariance === undefined || fit.status !== 'converged') return undefined
  const { repeats, lastAge, age } = history
  const logExpected = (parameters: FittedPurchases): number => {
    const outlook = outlookOf(parameters)
    return Math.log(outlook.alive(repeats, lastAge, age) * outlook.ahead(repeats, lastAge, age, span))
  }
  const names = Object.keys(fitted.parameters).filter((name) => name !== 'k')
  const slopes = names.map((name) => {
    return (logExpected(moved(fitted, name, step)) - logExpected(moved(fitted, name, -step))) / (2 * step)
  })
  const variance = slopes.reduce((sum, slope, row) => {
    const line = covariance[row] as Float64Array
    return sum + slopes.reduce((part, other, column) => part + slope * other * (line[column] as number), 0)
  }, 0)
  const middle = logExpected(fitted)
  const reach = normal95 * Math.sqrt(Math.max(variance, 0))
  return { low: Math.exp(middle - reach), high: Math.exp(middle + reach) }
}

const step = 1e-4

/** The same model with one parameter a little larger: by e^by. */
function moved(fitted: FittedPurchases, name: string, by: number): FittedPurchases {
  const parameters = fitted.parameters as unknown as Readonly<Record<string, number>>
  const changed = { ...parameters, [name]: (parameters[name] as number) * Math.exp(by) }
  return { model: fitted.model, parameters: changed } as unknown as FittedPurchases
}
