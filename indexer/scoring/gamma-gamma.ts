import digamma from '@stdlib/math-base-special-digamma'
import gammaln from '@stdlib/math-base-special-gammaln'
import type { Likelihood } from './fit.ts'

/** What members spend at a purchase: one entry a member, in any unit of money. */
export interface Spends {
  /** x: repeat purchases. */
  readonly repeats: Int32Array
  /** z: mean spend of the repeat purchases, net of refunds; the first purchase does not count. Ignored where x is 0. */
  readonly meanSpend: Float64Array
}

export interface GammaGamma {
  readonly p: number
  readonly q: number
  readonly v: number
}

export const gammaGammaNames = ['p', 'q', 'v'] as const

/** Members with x > 0 and z > 0, ascending by both: what the value of a purchase can be learned from. */
export interface Spenders {
  /** The distinct x, ascending, and where the members of each begin; one more entry ends the last. */
  readonly counts: Int32Array
  readonly starts: Int32Array
  readonly spend: Float64Array
}

export function spendersOf({ repeats, meanSpend }: Spends): Spenders {
  const groups = new Map<number, number>()
  const counted = (row: number): boolean => (repeats[row] as number) > 0 && (meanSpend[row] as number) > 0
  for (let row = 0; row < repeats.length; row += 1) {
    if (counted(row)) groups.set(repeats[row] as number, (groups.get(repeats[row] as number) ?? 0) + 1)
  }
  const counts = Int32Array.from(groups.keys()).sort()
  const starts = new Int32Array(counts.length + 1)
  for (const [index, count] of counts.entries()) {
    starts[index + 1] = (starts[index] as number) + (groups.get(count) as number)
  }
  const free = new Map([...counts].map((count, index) => [count, starts[index] as number]))
  const spend = new Float64Array(starts[counts.length] as number)
  for (let row = 0; row < repeats.length; row += 1) {
    if (!counted(row)) continue
    const place = free.get(repeats[row] as number) as number
    spend[place] = meanSpend[row] as number
    free.set(repeats[row] as number, place + 1)
  }
  for (let index = 0; index < counts.length; index += 1) spend.subarray(starts[index], starts[index + 1]).sort()
  return { counts, starts, spend }
}

/**
 * Gamma-Gamma (Fader and Hardie 2013, note 025; Colombo and Jiang 1999): spends of a member are gamma with shape p and
 * a rate of their own, gamma distributed (q, v). Of a member with x purchases of mean z the logarithm is
 *
 *   ln gamma(px+q) - ln gamma(px) - ln gamma(q) + q ln v + (px-1) ln z + px ln x - (px+q) ln (v + xz).
 */
export function gammaGammaLikelihood({
  counts,
  starts,
  spend,
}: Spenders): Likelihood<(typeof gammaGammaNames)[number]> {
  const members = spend.length
  const logs = counts.map((_, index) => index)
  const logSpend = Float64Array.from(logs, (index) => {
    let sum = 0
    for (let at = starts[index] as number; at < (starts[index + 1] as number); at += 1) {
      sum += Math.log(spend[at] as number)
    }
    return sum
  })
  const evaluate = (parameters: Float64Array, gradient: Float64Array): number => {
    const [p, q, v] = parameters as unknown as [number, number, number]
    let value = members * (q * Math.log(v) - gammaln(q))
    let [byP, byQ, byV] = [0, members * (Math.log(v) - digamma(q)), (members * q) / v]
    for (let index = 0; index < counts.length; index += 1) {
      const x = counts[index] as number
      let [logSum, inverseSum] = [0, 0]
      const [from, to] = [starts[index] as number, starts[index + 1] as number]
      for (let at = from; at < to; at += 1) {
        const total = v + x * (spend[at] as number)
        logSum += Math.log(total)
        inverseSum += 1 / total
      }
      const n = to - from
      const shape = p * x + q
      const logZ = logSpend[index] as number
      value += n * (gammaln(shape) - gammaln(p * x) + p * x * Math.log(x)) + (p * x - 1) * logZ - shape * logSum
      byP += x * (n * (digamma(shape) - digamma(p * x) + Math.log(x)) + logZ - logSum)
      byQ += n * digamma(shape) - logSum
      byV -= shape * inverseSum
    }
    gradient.set([byP, byQ, byV])
    return value
  }
  const usualSpend = spend.reduce((sum, one) => sum + one, 0) / members
  return { names: gammaGammaNames, members, usual: [1, 1, usualSpend], evaluate }
}
