import type { Cohort } from './cohort.ts'
import type { Likelihood } from './fit.ts'
import { Rising } from './rising.ts'

/**
 * The beta-geometric models. While alive a member's gaps between purchases are Erlang-k with a rate of their own, gamma
 * distributed (shape r, rate alpha); leaving has a chance of their own, beta distributed (a, b).
 *
 * - leaving afterRepeat, k = 1: BG/NBD (Fader, Hardie and Lee 2005, Marketing Science 24(2), 275-284).
 * - leaving afterAny purchase, the first included, k = 1: MBG/NBD (Batislam, Denizel and Filiztekin 2007, International
 *   Journal of Research in Marketing 24(3), 201-209).
 * - leaving afterAny, k = 1..4: MBG/CNBD-k (Reutterer, Platzer and Schroeder 2021, International Journal of Research in
 *   Marketing 38(1), 194-215). The rate is that of one of the k phases: a gap lasts k / rate on average.
 */
export interface BetaGeometricKind {
  readonly leaving: 'afterRepeat' | 'afterAny'
  readonly k: number
}

export interface BetaGeometric {
  readonly r: number
  readonly alpha: number
  readonly a: number
  readonly b: number
}

export const betaGeometricNames = ['r', 'alpha', 'a', 'b'] as const

/**
 * The log-likelihood of all histories. Of one history with x > 0 it is, with n = k x,
 *
 *   ln (r)_n + r ln alpha + ln (b)_x - ln (a+b)_x + ln { D (alpha + t_x)^-(r+n) + A S (alpha + T)^-(r+n) },
 *   S = sum_{j<k} (r+n)_j / j! ((T - t_x) / (alpha + T))^j,
 *
 * where the first term in braces has left after the last purchase and the second is alive: D = a / (b+x-1), A = 1
 * afterRepeat (no D at x = 0); D = a / (a+b+x), A = (b+x) / (a+b+x) afterAny. For k > 1 the gaps themselves add
 * (k-1) sum ln gap - x ln (k-1)!.
 */
export function betaGeometricLikelihood(
  cohort: Cohort,
  kind: BetaGeometricKind,
): Likelihood<(typeof betaGeometricNames)[number]> {
  const { k } = kind
  if (k > 1 && kind.leaving === 'afterRepeat') throw new Error('regular buying is for leaving after any purchase')
  const phases = new Rising(
    cohort.counts.map((count) => count * k),
    cohort.path,
  )
  const stays = new Rising(cohort.counts, cohort.path)
  const chances = new Rising(cohort.counts, cohort.path)
  const logTimes = new Float64Array(cohort.times.length)
  const perTimes = new Float64Array(cohort.times.length)
  const gaps = k === 1 ? 0 : gapConstant(cohort, k)
  const evaluate = (parameters: Float64Array, gradient: Float64Array): number => {
    const [r, alpha, a, b] = parameters as unknown as [number, number, number, number]
    phases.of(r)
    stays.of(b)
    chances.of(a + b)
    for (let index = 0; index < logTimes.length; index += 1) {
      const time = alpha + (cohort.times[index] as number)
      logTimes[index] = Math.log(time)
      perTimes[index] = 1 / time
    }
    gradient.fill(0)
    let value = gaps + cohort.members * r * Math.log(alpha)
    gradient[0] = cohort.members * Math.log(alpha)
    gradient[1] = (cohort.members * r) / alpha
    for (let index = 0; index < cohort.counts.length; index += 1) {
      const weight = cohort.countWeight[index] as number
      value += weight * ((phases.log[index] as number) + (stays.log[index] as number) - (chances.log[index] as number))
      gradient[0] += weight * (phases.slope[index] as number)
      gradient[2] = (gradient[2] as number) - weight * (chances.slope[index] as number)
      gradient[3] =
        (gradient[3] as number) + weight * ((stays.slope[index] as number) - (chances.slope[index] as number))
    }
    const sums = kind.leaving === 'afterRepeat' ? leftAfterRepeat : leftAfterAny
    return value + sums({ cohort, logTimes, perTimes, k, r, alpha, a, b }, gradient)
  }
  return { names: betaGeometricNames, members: cohort.members, usual: [1, cohort.meanAge / 10, 1, 1], evaluate }
}

function gapConstant(cohort: Cohort, k: number): number {
  let purchases = 0
  for (let index = 0; index < cohort.counts.length; index += 1) {
    purchases += (cohort.counts[index] as number) * (cohort.countWeight[index] as number)
  }
  const logFactorial = Math.log([1, 1, 2, 6][k - 1] as number)
  return (k - 1) * (cohort.logGaps ?? 0) - purchases * logFactorial
}

interface Braces extends BetaGeometric {
  readonly cohort: Cohort
  /** ln (alpha + time) for each of the cohort's times. */
  readonly logTimes: Float64Array
  /** 1 / (alpha + time). */
  readonly perTimes: Float64Array
  readonly k: number
}

/** Sum of the braces' logarithms for BG/NBD; adds its part of the gradient. */
function leftAfterRepeat({ cohort, logTimes, perTimes, r, a, b }: Braces, gradient: Float64Array): number {
  const { repeats, weight, lastAt, ageAt } = cohort
  const logOdds = Float64Array.from(cohort.counts, (x) => (x === 0 ? 0 : Math.log(a) - Math.log(b + x - 1)))
  let [value, byR, byAlpha, byA, byB] = [0, 0, 0, 0, 0]
  for (let row = 0; row < repeats.length; row += 1) {
    const x = repeats[row] as number
    const w = weight[row] as number
    const logEnd = logTimes[ageAt[row] as number] as number
    const perEnd = perTimes[ageAt[row] as number] as number
    const n = r + x
    if (x === 0) {
      value -= w * n * logEnd
      byR -= w * logEnd
      byAlpha -= w * n * perEnd
      continue
    }
    const logLast = logTimes[lastAt[row] as number] as number
    const perLast = perTimes[lastAt[row] as number] as number
    const odds = (logOdds[cohort.countAt[row] as number] as number) + n * (logEnd - logLast)
    // The share that has left; the logarithm is taken from the larger of both sides.
    const small = Math.exp(-Math.abs(odds))
    const left = odds > 0 ? 1 / (1 + small) : small / (1 + small)
    value += w * (Math.log1p(small) + Math.max(odds, 0) - n * logEnd)
    byR -= w * (left * logLast + (1 - left) * logEnd)
    byAlpha -= w * n * (left * perLast + (1 - left) * perEnd)
    byA += w * left
    byB -= (w * left) / (b + x - 1)
  }
  add(gradient, [byR, byAlpha, byA / a, byB])
  return value
}

/** Sum of the braces' logarithms for MBG/CNBD-k; adds its part of the gradient. */
function leftAfterAny({ cohort, logTimes, perTimes, k, r, a, b }: Braces, gradient: Float64Array): number {
  const { repeats, weight, lastAt, ageAt, countAt, counts } = cohort
  const logA = Math.log(a)
  const logStay = Float64Array.from(counts, (x) => Math.log(b + x))
  const perStay = Float64Array.from(counts, (x) => 1 / (b + x))
  const waiting: Waiting = { log: 0, byShape: 0, byRatio: 0 }
  let [value, byR, byAlpha, byA, byB] = [0, 0, 0, 0, 0]
  for (let row = 0; row < repeats.length; row += 1) {
    const w = weight[row] as number
    const logEnd = logTimes[ageAt[row] as number] as number
    const logLast = logTimes[lastAt[row] as number] as number
    const perEnd = perTimes[ageAt[row] as number] as number
    const perLast = perTimes[lastAt[row] as number] as number
    const n = r + k * (repeats[row] as number)
    const ratio = 1 - perEnd / perLast
    if (k > 1) wait(waiting, k, n, ratio)
    const alive = (logStay[countAt[row] as number] as number) + waiting.log - n * logEnd
    const gone = logA - n * logLast
    const small = Math.exp(-Math.abs(gone - alive))
    const left = gone > alive ? 1 / (1 + small) : small / (1 + small)
    value += w * (Math.max(alive, gone) + Math.log1p(small))
    byR += w * (-left * logLast + (1 - left) * (waiting.byShape - logEnd))
    byAlpha -= w * (left * n * perLast + (1 - left) * (n + waiting.byRatio * ratio) * perEnd)
    byA += w * left
    byB += w * (1 - left) * (perStay[countAt[row] as number] as number)
  }
  byA /= a
  for (const [index, x] of counts.entries()) {
    const w = cohort.countWeight[index] as number
    value -= w * Math.log(a + b + x)
    byA -= w / (a + b + x)
    byB -= w / (a + b + x)
  }
  add(gradient, [byR, byAlpha, byA, byB])
  return value
}

interface Waiting {
  log: number
  byShape: number
  byRatio: number
}

/** ln S, and its derivatives by the shape and by the ratio: S = sum_{j<k} (shape)_j / j! ratio^j. */
function wait(into: Waiting, k: number, shape: number, ratio: number): void {
  let [term, sum, byShape, byRatio, harmonic] = [1, 1, 0, 0, 0]
  for (let j = 1; j < k; j += 1) {
    const before = term
    term *= ((shape + j - 1) / j) * ratio
    harmonic += 1 / (shape + j - 1)
    sum += term
    byShape += term * harmonic
    byRatio += before * (shape + j - 1)
  }
  into.log = Math.log(sum)
  into.byShape = byShape / sum
  into.byRatio = byRatio / sum
}

function add(gradient: Float64Array, parts: readonly number[]): void {
  for (const [index, part] of parts.entries()) gradient[index] = (gradient[index] as number) + part
}
