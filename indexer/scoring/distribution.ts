import { gaussLegendre } from './legendre.ts'
import { type FittedPurchases, outlookOf } from './purchase-models.ts'

/** One member as a model sees them: x, t_x and T in the model's unit of time. */
export interface History {
  readonly repeats: number
  readonly lastAge: number
  readonly age: number
}

const negligible = 1e-15
const mostPurchases = 100_000
const lifetimes = gaussLegendre(64)

/**
 * The chances of 0, 1, 2, ... purchases over the next `span`; what is left out at the end is below 1e-12. Of a member
 * who is alive, n or more come with sum_j w_j E[(1-p)^(n-1)] P(N_j >= kn - j): they stayed n - 1 times, and the phases
 * of n gaps, less the j that are over, were passed. Pareto/NBD is averaged over the moment of leaving.
 */
export function purchaseChances(fitted: FittedPurchases, history: History, span: number): Float64Array {
  const { repeats, lastAge, age } = history
  const alive = outlookOf(fitted).alive(repeats, lastAge, age)
  const living =
    fitted.model === 'pareto' ? paretoChances(fitted, history, span) : stayingChances(fitted, history, span)
  const chances = Float64Array.from(living, (chance) => alive * chance)
  chances[0] = (chances[0] ?? 0) + (1 - alive)
  return chances
}

/** The chances of a negative binomial, cut off where the rest is nothing. */
function negativeBinomial(shape: number, ahead: number): Float64Array {
  const z = ahead / (1 + ahead)
  const mean = shape * ahead
  const chances = [1]
  let [chance, sum] = [1, 1]
  for (let n = 0; n < mostPurchases; n += 1) {
    chance *= ((shape + n) / (n + 1)) * z
    chances.push(chance)
    sum += chance
    if (sum > 1e280) {
      for (let index = 0; index < chances.length; index += 1) chances[index] = (chances[index] as number) / sum
      chance /= sum
      sum = 1
    }
    if (n > mean && chance < negligible * (1 - z) * sum) break
  }
  return Float64Array.from(chances, (one) => one / sum)
}

function stayingChances(
  fitted: Exclude<FittedPurchases, { model: 'pareto' }>,
  { repeats, lastAge, age }: History,
  span: number,
): Float64Array {
  const { r, alpha, a, b } = fitted.parameters
  const k = fitted.model === 'cnbd' ? fitted.parameters.k : 1
  const stay = b + repeats + (fitted.model === 'bg' ? 0 : 1)
  const shape = r + k * repeats
  const ratio = (age - lastAge) / (alpha + age)
  const atLeast: number[] = []
  let [weight, weights] = [1, 0]
  for (let done = 0; done < k; done += 1) {
    if (done > 0) weight *= ((shape + done - 1) / done) * ratio
    weights += weight
    const phases = negativeBinomial(shape + done, span / (alpha + age))
    // From the end, so that small chances are not differences of large ones.
    let tail = 0
    const tails = phases.map(() => 0)
    for (let phase = phases.length - 1; phase >= 0; phase -= 1) {
      tail += phases[phase] as number
      tails[phase] = tail
    }
    for (let n = 0; n === 0 || n * k - done < phases.length; n += 1) {
      atLeast[n] = (atLeast[n] ?? 0) + weight * (tails[Math.max(n * k - done, 0)] as number)
    }
  }
  let stayed = 1
  const reached = atLeast.map((chance, n) => {
    if (n > 1) stayed *= (stay + n - 2) / (a + stay + n - 2)
    return (chance / weights) * stayed
  })
  return Float64Array.from(reached, (chance, n) => chance - (reached[n + 1] ?? 0))
}

function paretoChances(
  { parameters }: Extract<FittedPurchases, { model: 'pareto' }>,
  { repeats, age }: History,
  span: number,
): Float64Array {
  const { r, alpha, s, beta } = parameters
  const length = Math.log1p(span / (beta + age))
  const sums: number[] = []
  const add = (weight: number, time: number): void => {
    for (const [n, chance] of negativeBinomial(r + repeats, time / (alpha + age)).entries()) {
      sums[n] = (sums[n] ?? 0) + weight * chance
    }
  }
  add(Math.exp(-s * length), span)
  // Leaving is exponential with rate s in v = ln((beta + T + u) / (beta + T)); beyond e^-40 nobody is left.
  const end = Math.min(length, 40 / s)
  for (const [index, point] of lifetimes.points.entries()) {
    const v = end * point
    add((lifetimes.weights[index] as number) * end * s * Math.exp(-s * v), (beta + age) * Math.expm1(v))
  }
  return Float64Array.from(sums)
}
