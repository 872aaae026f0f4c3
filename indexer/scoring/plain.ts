// A second, plain way to the same numbers: straight from the published formulas, member by member, without tables,
// without merging equal histories, without keeping anything. Tests and the bench hold the quick way against it; nothing
// else uses it. It shares no formula with the quick way, and is good for ordinary parameters only: 2F1 as it is
// published overflows for very frequent buyers and divides by zero at a = 1.
import digamma from '@stdlib/math-base-special-digamma'
import gammaln from '@stdlib/math-base-special-gammaln'
import type { BetaGeometric } from './beta-geometric.ts'
import type { GammaGamma } from './gamma-gamma.ts'
import type { Histories } from './histories.ts'
import { minimise } from './minimise.ts'

export type PlainModel = 'bg' | 'mbg'

const logBeta = (one: number, other: number): number => gammaln(one) + gammaln(other) - gammaln(one + other)

const logSum = (one: number, other: number): number => {
  const larger = Math.max(one, other)
  return larger + Math.log(Math.exp(one - larger) + Math.exp(other - larger))
}

/**
 * One member's log-likelihood (Fader, Hardie and Lee 2005, equation 6; Batislam et al. 2007, equation 7), whose
 * gradient is added to `gradient`.
 */
function ofOne(
  model: PlainModel,
  { r, alpha, a, b }: BetaGeometric,
  { x, lastAge, age }: { readonly x: number; readonly lastAge: number; readonly age: number },
  gradient: Float64Array,
): number {
  const rate = gammaln(r + x) - gammaln(r) + r * Math.log(alpha)
  const stays = b + x + (model === 'bg' ? 0 : 1)
  const alive = logBeta(a, stays) - logBeta(a, b) - (r + x) * Math.log(alpha + age)
  const never = model === 'bg' && x === 0
  const gone = never
    ? Number.NEGATIVE_INFINITY
    : logBeta(a + 1, stays - 1) - logBeta(a, b) - (r + x) * Math.log(alpha + lastAge)
  const total = logSum(alive, gone)
  const [isAlive, isGone] = [Math.exp(alive - total), Math.exp(gone - total)]
  const both = digamma(a + b) - digamma(a + stays)
  const parts = [
    digamma(r + x) -
      digamma(r) +
      Math.log(alpha) -
      isAlive * Math.log(alpha + age) -
      isGone * Math.log(alpha + lastAge),
    r / alpha - (r + x) * (isAlive / (alpha + age) + isGone / (alpha + lastAge)),
    both + isGone * (digamma(a + 1) - digamma(a)),
    both - digamma(b) + isAlive * digamma(stays) + (never ? 0 : isGone * digamma(stays - 1)),
  ]
  for (const [index, part] of parts.entries()) gradient[index] = (gradient[index] as number) + part
  return rate + total
}

/** The log-likelihood of all, one after the other as they come; writes the gradient by the parameters. */
export function plainLogLikelihood(
  model: PlainModel,
  parameters: BetaGeometric,
  histories: Histories,
  gradient: Float64Array = new Float64Array(4),
): number {
  gradient.fill(0)
  let sum = 0
  for (const [row, x] of histories.repeats.entries()) {
    const member = { x, lastAge: histories.lastAge[row] as number, age: histories.age[row] as number }
    sum += ofOne(model, parameters, member, gradient)
  }
  return sum
}

/** Maximises the log-likelihood, by the same method as the quick way. */
export function plainFit(model: PlainModel, histories: Histories): BetaGeometric {
  const members = histories.repeats.length
  const named = (at: Float64Array): BetaGeometric => {
    const [r, alpha, a, b] = at.map(Math.exp) as unknown as [number, number, number, number]
    return { r, alpha, a, b }
  }
  const objective = (at: Float64Array, gradient: Float64Array): number => {
    const value = plainLogLikelihood(model, named(at), histories, gradient)
    for (let index = 0; index < 4; index += 1) {
      gradient[index] = (-(gradient[index] as number) * Math.exp(at[index] as number)) / members
    }
    return -value / members
  }
  const meanAge = histories.age.reduce((sum, age) => sum + age, 0) / members
  return named(minimise(objective, [0, Math.log(meanAge / 10), 0, 0]).at)
}

/** P(alive): the share of the likelihood in which the member has not left. */
export function plainAlive(
  model: PlainModel,
  parameters: BetaGeometric,
  x: number,
  lastAge: number,
  age: number,
): number {
  const { r, alpha, a, b } = parameters
  if (model === 'bg') return x === 0 ? 1 : 1 / (1 + (a / (b + x - 1)) * ((alpha + age) / (alpha + lastAge)) ** (r + x))
  return 1 / (1 + (a / (b + x)) * ((alpha + age) / (alpha + lastAge)) ** (r + x))
}

/** The power series of 2F1. */
function hypergeometric(one: number, two: number, three: number, z: number): number {
  let [term, sum] = [1, 1]
  for (let k = 0; k < 100_000 && Math.abs(term) > 1e-16 * Math.abs(sum); k += 1) {
    term *= (((one + k) * (two + k)) / ((three + k) * (k + 1))) * z
    sum += term
  }
  return sum
}

/** Purchases expected over the next `span`: Fader, Hardie and Lee 2005 (10), and its like for MBG/NBD. */
export function plainExpected(
  model: PlainModel,
  parameters: BetaGeometric,
  {
    x,
    lastAge,
    age,
    span,
  }: { readonly x: number; readonly lastAge: number; readonly age: number; readonly span: number },
): number {
  const { r, alpha, a } = parameters
  const b = parameters.b + (model === 'bg' ? 0 : 1)
  const z = span / (alpha + age + span)
  const left = ((alpha + age) / (alpha + age + span)) ** (r + x) * hypergeometric(r + x, b + x, a + b + x - 1, z)
  return plainAlive(model, parameters, x, lastAge, age) * ((a + b + x - 1) / (a - 1)) * (1 - left)
}

/** What each member's purchases over the horizon are worth today, discounted at the end of each step. */
export function plainValues(
  model: PlainModel,
  parameters: BetaGeometric,
  spend: GammaGamma,
  members: Histories & { readonly meanSpend: Float64Array },
  plan: { readonly horizon: number; readonly step: number; readonly rate: number },
): Float64Array {
  const { p, q, v } = spend
  return Float64Array.from(members.repeats, (x, row) => {
    const [lastAge, age] = [members.lastAge[row] as number, members.age[row] as number]
    let [purchases, before] = [0, 0]
    for (let at = 1; at * plan.step <= plan.horizon; at += 1) {
      const until = plainExpected(model, parameters, { x, lastAge, age, span: at * plan.step })
      purchases += (until - before) / (1 + plan.rate) ** at
      before = until
    }
    return (purchases * p * (v + x * (members.meanSpend[row] as number))) / (p * x + q - 1)
  })
}

/** Gamma-Gamma's log-likelihood (Fader and Hardie 2013, note 025, equation 1a); writes the gradient. */
export function plainSpendLogLikelihood(
  { p, q, v }: GammaGamma,
  x: Int32Array,
  meanSpend: Float64Array,
  gradient: Float64Array = new Float64Array(3),
): number {
  let [sum, byP, byQ, byV] = [0, 0, 0, 0]
  for (const [row, n] of x.entries()) {
    const z = meanSpend[row] as number
    if (n === 0 || !(z > 0)) continue
    const shape = p * n + q
    const logTotal = Math.log(v + n * z)
    sum += gammaln(shape) - gammaln(p * n) - gammaln(q) + q * Math.log(v) + (p * n - 1) * Math.log(z)
    sum += p * n * Math.log(n) - shape * logTotal
    byP += n * (digamma(shape) - digamma(p * n) + Math.log(z) + Math.log(n) - logTotal)
    byQ += digamma(shape) - digamma(q) + Math.log(v) - logTotal
    byV += q / v - shape / (v + n * z)
  }
  gradient.set([byP, byQ, byV])
  return sum
}

/** Gamma-Gamma's parameters. */
export function plainSpendFit(x: Int32Array, meanSpend: Float64Array): GammaGamma {
  const counted = meanSpend.filter((z, row) => z > 0 && (x[row] as number) > 0)
  const [spenders, spent] = [counted.length, counted.reduce((sum, z) => sum + z, 0)]
  const named = (at: Float64Array): GammaGamma => {
    const [p, q, v] = at.map(Math.exp) as unknown as [number, number, number]
    return { p, q, v }
  }
  const objective = (at: Float64Array, gradient: Float64Array): number => {
    const value = plainSpendLogLikelihood(named(at), x, meanSpend, gradient)
    for (let index = 0; index < 3; index += 1) {
      gradient[index] = (-(gradient[index] as number) * Math.exp(at[index] as number)) / spenders
    }
    return -value / spenders
  }
  return named(minimise(objective, [0, 0, Math.log(spent / spenders)]).at)
}
