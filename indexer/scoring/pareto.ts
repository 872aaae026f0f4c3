import type { Cohort } from './cohort.ts'
import type { Likelihood } from './fit.ts'
import { gaussLegendre } from './legendre.ts'
import type { Outlook } from './outlook.ts'
import { Rising } from './rising.ts'

/** Purchases at a rate from gamma (r, alpha), a lifetime with a rate from gamma (s, beta). */
export interface Pareto {
  readonly r: number
  readonly alpha: number
  readonly s: number
  readonly beta: number
}

export const paretoNames = ['r', 'alpha', 's', 'beta'] as const

/** The integral that speaks of those who left: ln of it, and its derivatives divided by it. */
export interface Departed {
  log: number
  byR: number
  byAlpha: number
  byS: number
  byBeta: number
}

const coarse = gaussLegendre(16)
const fine = gaussLegendre(32)
/** What is e^-40 of the whole is nothing beside it. */
const negligible = 40
const shortRange = 12
const longestPanel = 6

/**
 * I = integral from t_x to T of (alpha + u)^-(r+x) (beta + u)^-(s+1) du: the member left at u. It stands for the
 * difference of two 2F1 in the published likelihood, which overflow or cancel for large x; as an integral of a positive
 * function it does neither, and can be taken relative to its value at t_x.
 *
 * With v = ln((g + u) / (g + t_x)), g the smaller of alpha and beta, the logarithm of the integrand is -K v - m
 * ln(1 + d e^-v) and a constant: K = r + x + s, d = |alpha - beta| / (g + t_x), and m the exponent of the larger. It
 * bends downwards everywhere, so it is cut where it has lost 40, and parted where it falls twice as steep.
 */
export function departed(parameters: Pareto, x: number, lastAge: number, age: number, into: Departed): void {
  const { r, alpha, s, beta } = parameters
  const smaller = Math.min(alpha, beta)
  const start = smaller + lastAge
  const m = alpha < beta ? s + 1 : r + x
  const bigK = r + x + s
  const d = Math.abs(alpha - beta) / start
  const length = Math.log1p((age - lastAge) / start)
  const fall = (v: number): number => bigK * v + m * (Math.log1p(d * Math.exp(-v)) - Math.log1p(d))
  const sums = { whole: 0, logAlpha: 0, logBeta: 0, perAlpha: 0, perBeta: 0 }
  let from = 0
  let fallen = 0
  while (from < length && fallen < negligible) {
    const slope = bigK - (m * d) / (d + Math.exp(from))
    // Where it falls twice as steep as here; never, where that is more than the steepest.
    const share = (bigK - 2 * Math.max(slope, 0.5)) / m
    const steeper = share > 0 && d > 0 ? Math.log((d * (1 - share)) / share) : Number.POSITIVE_INFINITY
    const gone = slope > 0 ? from + (negligible - fallen) / slope : Number.POSITIVE_INFINITY
    const to = Math.min(length, steeper, gone, from + longestPanel)
    const fallenTo = fall(to)
    const rule = fallenTo - fallen > shortRange || to - from > 2 ? fine : coarse
    for (let index = 0; index < rule.points.length; index += 1) {
      const v = from + (to - from) * (rule.points[index] as number)
      const shrunk = Math.exp(-v)
      const grown = Math.log1p(d * shrunk)
      const weight = Math.exp(-bigK * v - m * (grown - Math.log1p(d))) * (rule.weights[index] as number) * (to - from)
      const near = start / shrunk
      const far = near + d * start
      const [logNear, logFar] = [v, v + grown]
      sums.whole += weight
      sums.logAlpha += weight * (alpha <= beta ? logNear : logFar)
      sums.logBeta += weight * (alpha <= beta ? logFar : logNear)
      sums.perAlpha += weight / (alpha <= beta ? near : far)
      sums.perBeta += weight / (alpha <= beta ? far : near)
    }
    from = to
    fallen = fallenTo
  }
  const logStart = Math.log(start)
  const logScale = logStart - (r + x) * Math.log(alpha + lastAge) - (s + 1) * Math.log(beta + lastAge)
  into.log = logScale + Math.log(sums.whole)
  into.byR = -logStart - sums.logAlpha / sums.whole
  into.byAlpha = (-(r + x) * sums.perAlpha) / sums.whole
  into.byS = -logStart - sums.logBeta / sums.whole
  into.byBeta = (-(s + 1) * sums.perBeta) / sums.whole
}

const nothingDeparted = (): Departed => ({ log: Number.NEGATIVE_INFINITY, byR: 0, byAlpha: 0, byS: 0, byBeta: 0 })

/**
 * Pareto/NBD (Schmittlein, Morrison and Colombo 1987, Management Science 33(1), 1-24; Fader and Hardie 2005, "A note on
 * deriving the Pareto/NBD model"). Of one history the logarithm is
 *
 *   ln (r)_x + r ln alpha + s ln beta + ln { (alpha + T)^-(r+x) (beta + T)^-s + s I }.
 */
export function paretoLikelihood(cohort: Cohort): Likelihood<(typeof paretoNames)[number]> {
  const { repeats, lastAge, age, weight, members } = cohort
  const purchases = new Rising(cohort.counts, cohort.path)
  const gone = nothingDeparted()
  const evaluate = (parameters: Float64Array, gradient: Float64Array): number => {
    const [r, alpha, s, beta] = parameters as unknown as [number, number, number, number]
    const named = { r, alpha, s, beta }
    purchases.of(r)
    let value = members * (r * Math.log(alpha) + s * Math.log(beta))
    let [byR, byAlpha, byS, byBeta] = [
      members * Math.log(alpha),
      (members * r) / alpha,
      members * Math.log(beta),
      (members * s) / beta,
    ]
    for (let row = 0; row < repeats.length; row += 1) {
      const [x, end] = [repeats[row] as number, age[row] as number]
      const w = weight[row] as number
      const alive = -(r + x) * Math.log(alpha + end) - s * Math.log(beta + end)
      departedOrNot(named, x, lastAge[row] as number, end, gone)
      const left = gone.log + Math.log(s)
      const share = 1 / (1 + Math.exp(alive - left))
      const place = cohort.countAt[row] as number
      value += w * ((purchases.log[place] as number) + logSum(alive, left))
      byR += w * ((purchases.slope[place] as number) - (1 - share) * Math.log(alpha + end) + share * gone.byR)
      byAlpha += w * (-((1 - share) * (r + x)) / (alpha + end) + share * gone.byAlpha)
      byS += w * (-(1 - share) * Math.log(beta + end) + share * (1 / s + gone.byS))
      byBeta += w * (-((1 - share) * s) / (beta + end) + share * gone.byBeta)
    }
    gradient.set([byR, byAlpha, byS, byBeta])
    return value
  }
  return { names: paretoNames, members, usual: [1, cohort.meanAge / 10, 1, cohort.meanAge / 10], evaluate }
}

function departedOrNot(parameters: Pareto, x: number, lastAge: number, age: number, into: Departed): void {
  if (age > lastAge) departed(parameters, x, lastAge, age, into)
  else Object.assign(into, nothingDeparted())
}

const logSum = (one: number, other: number): number =>
  Math.max(one, other) + Math.log1p(Math.exp(-Math.abs(one - other)))

/**
 * P(alive) = 1 / (1 + s I (alpha + T)^(r+x) (beta + T)^s), and of a living member ahead (Fader and Hardie 2005,
 * equation 41): (r + x) (beta + T) / (alpha + T) (1 - ((beta + T) / (beta + T + t))^(s-1)) / (s - 1), also at s = 1.
 */
export function paretoOutlook(parameters: Pareto): Outlook {
  const { r, alpha, s, beta } = parameters
  const gone = nothingDeparted()
  return {
    alive: (x, lastAge, age) => {
      departedOrNot(parameters, x, lastAge, age, gone)
      const odds = Math.log(s) + gone.log + (r + x) * Math.log(alpha + age) + s * Math.log(beta + age)
      return 1 / (1 + Math.exp(odds))
    },
    ahead: (x, _lastAge, age, span) => {
      const lived = -Math.log1p(span / (beta + age))
      const fraction = s === 1 ? -lived : -Math.expm1((s - 1) * lived) / (s - 1)
      return (((r + x) * (beta + age)) / (alpha + age)) * fraction
    },
    needsLast: 'no',
  }
}
