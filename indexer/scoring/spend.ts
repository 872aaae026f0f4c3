import { type Fit, maximise, type Prior, withoutFit } from './fit.ts'
import { type GammaGamma, gammaGammaLikelihood, type Spenders, type Spends, spendersOf } from './gamma-gamma.ts'

/** A member's mean drawn towards the mean of all by `strength` imagined purchases. */
export interface ShrunkMean {
  readonly mean: number
  readonly strength: number
}

export type FittedSpend =
  | { readonly model: 'gg'; readonly parameters: GammaGamma }
  | { readonly model: 'shrunkMean'; readonly parameters: ShrunkMean }

/** Why Gamma-Gamma was not used. */
export type ShrunkReason = 'frequencyAndValueCorrelate' | 'fewReturning' | 'infiniteMean' | 'notConverged'

export interface SpendFit {
  /** Undefined where nobody came again with a spend above zero. */
  readonly fitted: FittedSpend | undefined
  /** Gamma-Gamma's fit, even where it is not used. */
  readonly fit: Fit<GammaGamma>
  readonly shrunkBecause: ShrunkReason | undefined
  /** Pearson's correlation of x and z among those who came again; NaN where either does not vary. */
  readonly correlation: number
}

export interface SpendOptions {
  readonly prior?: Prior | undefined
  /** Spends above this quantile count as it, for the fit alone, so that one wholesale order does not set the mean. */
  readonly winsoriseAt?: number | undefined
}

export const fewestReturning = 200
export const largestCorrelation = 0.2

/**
 * Learns what a purchase is worth: Gamma-Gamma, or the shrunk mean where frequency and value correlate above 0.2, fewer
 * than 200 came again, or q <= 1 (the mean would be infinite). Spends of 0 and less stay out of the fit.
 */
export function fitSpend(spends: Spends, options: SpendOptions = {}): SpendFit {
  const spenders = winsorised(spendersOf(spends), options.winsoriseAt)
  const correlation = correlationOf(spenders)
  if (spenders.spend.length === 0) {
    return { fitted: undefined, fit: withoutFit('noReturning', 0), shrunkBecause: undefined, correlation }
  }
  const fit = maximise(gammaGammaLikelihood(spenders), { prior: options.prior })
  const shrunkBecause = reasonAgainst(fit, spenders, correlation)
  if (shrunkBecause === undefined && fit.parameters !== undefined) {
    return { fitted: { model: 'gg', parameters: fit.parameters }, fit, shrunkBecause, correlation }
  }
  return { fitted: { model: 'shrunkMean', parameters: shrunkMeanOf(spenders) }, fit, shrunkBecause, correlation }
}

function reasonAgainst(fit: Fit<GammaGamma>, spenders: Spenders, correlation: number): ShrunkReason | undefined {
  if (spenders.spend.length < fewestReturning) return 'fewReturning'
  if (correlation > largestCorrelation) return 'frequencyAndValueCorrelate'
  if (fit.status !== 'converged' || fit.parameters === undefined) return 'notConverged'
  return fit.parameters.q <= 1 ? 'infiniteMean' : undefined
}

/** The mean spend expected of each member's next purchases; the mean of all for whoever has no spend to tell by. */
export function expectedSpend(fitted: FittedSpend, { repeats, meanSpend }: Spends): Float64Array {
  const expected = new Float64Array(repeats.length)
  const ofOne = fitted.model === 'gg' ? gammaGammaMean(fitted.parameters) : shrunk(fitted.parameters)
  for (let row = 0; row < repeats.length; row += 1) {
    const z = meanSpend[row] as number
    expected[row] = z > 0 ? ofOne(repeats[row] as number, z) : ofOne(0, 0)
  }
  return expected
}

/** p (v + xz) / (px + q - 1) (Fader and Hardie 2013, equation 5). */
const gammaGammaMean =
  ({ p, q, v }: GammaGamma) =>
  (x: number, z: number) =>
    (p * (v + x * z)) / (p * x + q - 1)

const shrunk =
  ({ mean, strength }: ShrunkMean) =>
  (x: number, z: number) => {
    if (x === 0 || strength === Number.POSITIVE_INFINITY) return mean
    return (x * z + strength * mean) / (x + strength)
  }

function winsorised(spenders: Spenders, quantile: number | undefined): Spenders {
  if (quantile === undefined || spenders.spend.length === 0) return spenders
  const cap = Float64Array.from(spenders.spend).sort()[Math.ceil(quantile * spenders.spend.length) - 1] as number
  return { ...spenders, spend: spenders.spend.map((spend) => Math.min(spend, cap)) }
}

function* membersOf({ counts, starts, spend }: Spenders): Generator<readonly [x: number, z: number]> {
  for (const [index, x] of counts.entries()) {
    for (let at = starts[index] as number; at < (starts[index + 1] as number); at += 1) yield [x, spend[at] as number]
  }
}

function correlationOf(spenders: Spenders): number {
  const n = spenders.spend.length
  let [sumX, sumZ] = [0, 0]
  for (const [x, z] of membersOf(spenders)) {
    sumX += x
    sumZ += z
  }
  let [xx, zz, xz] = [0, 0, 0]
  for (const [x, z] of membersOf(spenders)) {
    const [dx, dz] = [x - sumX / n, z - sumZ / n]
    xx += dx * dx
    zz += dz * dz
    xz += dx * dz
  }
  return xz / Math.sqrt(xx * zz)
}

/** A single purchase never outweighs the mean of all: few members tell the two variances apart badly. */
const leastStrength = 1

/**
 * Credibility of a mean of x purchases (Buehlmann 1967, ASTIN Bulletin 4(3)): strength is the variance of a member's
 * purchases divided by that of the members' means, both from Var(z | x) = between + within / x by two moments.
 */
function shrunkMeanOf(spenders: Spenders): ShrunkMean {
  const n = spenders.spend.length
  let [sum, purchases, inverse, spent] = [0, 0, 0, 0]
  for (const [x, z] of membersOf(spenders)) {
    sum += z
    purchases += x
    inverse += 1 / x
    spent += x * z
  }
  const mean = sum / n
  let [plain, weighted] = [0, 0]
  for (const [x, z] of membersOf(spenders)) {
    plain += (z - mean) ** 2
    weighted += x * (z - spent / purchases) ** 2
  }
  // plain = n between + inverse within; weighted = purchases between + n within
  const determinant = n * n - inverse * purchases
  if (Math.abs(determinant) < 1e-9 * n * n) return { mean, strength: purchases / n }
  const between = (n * plain - inverse * weighted) / determinant
  const within = (n * weighted - purchases * plain) / determinant
  if (between <= 0) return { mean, strength: Number.POSITIVE_INFINITY }
  return { mean, strength: Math.max(within / between, leastStrength) }
}
