import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import type { GammaGamma } from '#indexer/scoring/gamma-gamma.ts'
import type { FittedPurchases } from '#indexer/scoring/purchase-models.ts'

/** Numbers between 0 and 1, neither included, from a seed. */
export type Chance = () => number

export function chanceFrom(seed: number): Chance {
  const generator = xoroshiro128plus(seed)
  return () => {
    const high = uniformInt(generator, 0, 0x3ff_ffff)
    const low = uniformInt(generator, 0, 0x7ff_ffff)
    return (high * 2 ** 27 + low + 0.5) / 2 ** 53
  }
}

/** Standard normal, by the polar method (Marsaglia and Bray 1964). */
function normal(chance: Chance): number {
  for (;;) {
    const [one, other] = [2 * chance() - 1, 2 * chance() - 1]
    const square = one * one + other * other
    if (square > 0 && square < 1) return one * Math.sqrt((-2 * Math.log(square)) / square)
  }
}

/** Gamma with this shape and rate 1 (Marsaglia and Tsang 2000). */
export function gamma(chance: Chance, shape: number): number {
  if (shape < 1) return gamma(chance, shape + 1) * chance() ** (1 / shape)
  const d = shape - 1 / 3
  for (;;) {
    const x = normal(chance)
    const v = (1 + x / Math.sqrt(9 * d)) ** 3
    if (v > 0 && Math.log(chance()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v
  }
}

const beta = (chance: Chance, one: number, other: number): number => {
  const first = gamma(chance, one)
  return first / (first + gamma(chance, other))
}

/** One member's purchases: ages at which they came back up to `until`. */
export function returnsOf({ model, parameters }: FittedPurchases, chance: Chance, until: number): number[] {
  const ages: number[] = []
  const rate = gamma(chance, parameters.r) / parameters.alpha
  if (model === 'pareto') {
    const lifetime = -Math.log(chance()) / (gamma(chance, parameters.s) / parameters.beta)
    const end = Math.min(until, lifetime)
    let age = -Math.log(chance()) / rate
    while (age < end) {
      ages.push(age)
      age -= Math.log(chance()) / rate
    }
    return ages
  }
  const leaving = beta(chance, parameters.a, parameters.b)
  if (model !== 'bg' && chance() < leaving) return ages
  const k = model === 'cnbd' ? parameters.k : 1
  let age = 0
  for (;;) {
    for (let phase = 0; phase < k; phase += 1) age -= Math.log(chance()) / rate
    if (!(age < until)) return ages
    ages.push(age)
    if (chance() < leaving) return ages
  }
}

/** Mean spend of x purchases of one member, in minor units and above zero. */
export function meanSpendOf({ p, q, v }: GammaGamma, chance: Chance, x: number): number {
  if (x === 0) return 0
  const rate = gamma(chance, q) / v
  return Math.max(1, Math.round(gamma(chance, p * x) / (rate * x)))
}

export interface SimulatedMembers {
  readonly repeats: Int32Array
  readonly lastAge: Float64Array
  readonly age: Float64Array
  readonly logGaps: Float64Array
  readonly meanSpend: Float64Array
  /** Purchases in the time after. */
  readonly after: Int32Array
}

export interface SimulationAsked {
  readonly members: number
  readonly purchases: FittedPurchases
  readonly spend?: GammaGamma
  readonly seed: number
  /** Ages are even over these, ends included where `days`. */
  readonly ages: readonly [least: number, most: number]
  readonly after?: number
  /** whole days, of which each counts once; or times as they fall. */
  readonly time: 'days' | 'exact'
}

/** Members as the model says that they are. */
export function simulated(asked: SimulationAsked): SimulatedMembers {
  const { members, purchases, time } = asked
  const chance = chanceFrom(asked.seed)
  const [least, most] = asked.ages
  const made: SimulatedMembers = {
    repeats: new Int32Array(members),
    lastAge: new Float64Array(members),
    age: new Float64Array(members),
    logGaps: new Float64Array(members),
    meanSpend: new Float64Array(members),
    after: new Int32Array(members),
  }
  for (let member = 0; member < members; member += 1) {
    const drawn = least + chance() * (most - least + (time === 'days' ? 1 : 0))
    const age = time === 'days' ? Math.floor(drawn) : drawn
    const end = age + (asked.after ?? 0)
    const came = returnsOf(purchases, chance, time === 'days' ? end + 1 : end)
    const days = time === 'days' ? [...new Set(came.map(Math.floor))].filter((day) => day > 0) : came
    const before = days.filter((day) => day <= age)
    made.repeats[member] = before.length
    made.lastAge[member] = before.at(-1) ?? 0
    made.age[member] = age
    made.logGaps[member] = before.reduce((sum, day, index) => sum + Math.log(day - (before[index - 1] ?? 0)), 0)
    made.after[member] = days.length - before.length
    if (asked.spend !== undefined) made.meanSpend[member] = meanSpendOf(asked.spend, chance, before.length)
  }
  return made
}
