import type { Likelihood } from './fit.ts'
import { logRising } from './rising.ts'

/**
 * Histories of members who can buy once at each of n opportunities (a week, a year): x purchases, the last of them at
 * opportunity t_x, 0 where there was none. Columns, one entry a history; `weight` members have it.
 */
export interface Opportunities {
  readonly repeats: Int32Array
  readonly lastAt: Int32Array
  readonly offered: Int32Array
  readonly weight: Float64Array
}

/** Chance of buying from beta (alpha, beta), chance of leaving before each opportunity from beta (gamma, delta). */
export interface BetaBernoulli {
  readonly alpha: number
  readonly beta: number
  readonly gamma: number
  readonly delta: number
}

export const betaBernoulliNames = ['alpha', 'beta', 'gamma', 'delta'] as const

/** In canonical order (x, t_x, n), equal histories as one. Throws where a history contradicts itself. */
export function mergedOpportunities(given: Opportunities): Opportunities {
  const weights = new Map<string, { x: number; last: number; offered: number; weight: number }>()
  for (let row = 0; row < given.repeats.length; row += 1) {
    const [x, last, offered] = [given.repeats[row] as number, given.lastAt[row] as number, given.offered[row] as number]
    const fault = opportunityFault(x, last, offered)
    if (fault !== undefined) throw new Error(`history ${row} cannot be: ${fault}`)
    const key = `${x} ${last} ${offered}`
    const found = weights.get(key)
    if (found === undefined) weights.set(key, { x, last, offered, weight: given.weight[row] as number })
    else found.weight += given.weight[row] as number
  }
  const rows = [...weights.values()].sort((one, other) => {
    return one.x - other.x || one.last - other.last || one.offered - other.offered
  })
  return {
    repeats: Int32Array.from(rows, (row) => row.x),
    lastAt: Int32Array.from(rows, (row) => row.last),
    offered: Int32Array.from(rows, (row) => row.offered),
    weight: Float64Array.from(rows, (row) => row.weight),
  }
}

export type OpportunityFault = 'notWhole' | 'morePurchasesThanOpportunities' | 'lastAfterEnd' | 'lastWithoutRepeats'

export function opportunityFault(x: number, last: number, offered: number): OpportunityFault | undefined {
  if (![x, last, offered].every((count) => Number.isInteger(count) && count >= 0)) return 'notWhole'
  if (last > offered) return 'lastAfterEnd'
  if (x > last) return x > offered ? 'morePurchasesThanOpportunities' : 'lastWithoutRepeats'
  return x === 0 && last > 0 ? 'lastWithoutRepeats' : undefined
}

/**
 * BG/BB (Fader, Hardie and Shang 2010, Marketing Science 29(6), 1086-1108, equation 6): the member is alive after all n
 * opportunities, or left after t_x + i of them, i = 0 .. n - t_x - 1. With beta functions as rising factorials
 *
 *   L = sum_i (alpha)_x (beta)_(t_x-x+i) / (alpha+beta)_(t_x+i) gamma (delta)_(t_x+i) / (gamma+delta)_(t_x+i+1)
 *       + (alpha)_x (beta)_(n-x) / (alpha+beta)_n (delta)_n / (gamma+delta)_n.
 */
export function betaBernoulliLikelihood(merged: Opportunities): Likelihood<(typeof betaBernoulliNames)[number]> {
  const members = merged.weight.reduce((sum, weight) => sum + weight, 0)
  const most = merged.offered.reduce((top, offered) => Math.max(top, offered), 0)
  const table = (): { log: Float64Array; slope: Float64Array } => {
    return { log: new Float64Array(most + 2), slope: new Float64Array(most + 2) }
  }
  const [buys, misses, either, stays, fates] = [table(), table(), table(), table(), table()]
  const evaluate = (parameters: Float64Array, gradient: Float64Array): number => {
    const [alpha, beta, gamma, delta] = parameters as unknown as [number, number, number, number]
    fill(buys, alpha)
    fill(misses, beta)
    fill(either, alpha + beta)
    fill(stays, delta)
    fill(fates, gamma + delta)
    gradient.fill(0)
    let value = 0
    for (let row = 0; row < merged.repeats.length; row += 1) {
      const x = merged.repeats[row] as number
      const [last, offered] = [merged.lastAt[row] as number, merged.offered[row] as number]
      const weight = merged.weight[row] as number
      // Each way it can have gone: t opportunities while alive, and then none, or all of them.
      const ways: {
        log: number
        byBeta: number
        byEither: number
        byGamma: number
        byDelta: number
        byFate: number
      }[] = []
      for (let t = last; t <= offered; t += 1) {
        const stayed = t === offered
        const fate = stayed ? t : t + 1
        ways.push({
          log:
            at(misses.log, t - x) -
            at(either.log, t) +
            at(stays.log, t) -
            at(fates.log, fate) +
            (stayed ? 0 : Math.log(gamma)),
          byBeta: at(misses.slope, t - x),
          byEither: -at(either.slope, t),
          byGamma: stayed ? 0 : 1 / gamma,
          byDelta: at(stays.slope, t),
          byFate: -at(fates.slope, fate),
        })
      }
      const top = ways.reduce((most, way) => Math.max(most, way.log), Number.NEGATIVE_INFINITY)
      const sum = ways.reduce((total, way) => total + Math.exp(way.log - top), 0)
      value += weight * (at(buys.log, x) + top + Math.log(sum))
      gradient[0] = at(gradient, 0) + weight * at(buys.slope, x)
      for (const way of ways) {
        const share = (weight * Math.exp(way.log - top)) / sum
        gradient[0] = at(gradient, 0) + share * way.byEither
        gradient[1] = at(gradient, 1) + share * (way.byBeta + way.byEither)
        gradient[2] = at(gradient, 2) + share * (way.byGamma + way.byFate)
        gradient[3] = at(gradient, 3) + share * (way.byDelta + way.byFate)
      }
    }
    return value
  }
  return { names: betaBernoulliNames, members, usual: [1, 1, 1, 1], evaluate }
}

const at = (column: Float64Array, index: number): number => column[index] as number

function fill(table: { log: Float64Array; slope: Float64Array }, base: number): void {
  for (let count = 1; count < table.log.length; count += 1) {
    table.log[count] = at(table.log, count - 1) + Math.log(base + count - 1)
    table.slope[count] = at(table.slope, count - 1) + 1 / (base + count - 1)
  }
}

export interface OpportunityOutlook {
  /** P(still a customer at the next opportunity). */
  readonly alive: number
  /** Purchases over the next opportunities, each counted by its weight: 1, or what it is worth today. */
  readonly expected: number
}

/**
 * P(alive at n + 1), and purchases expected at opportunities n + 1, n + 2, ... with these weights (equations 7, 11 and
 * 14 of the paper, as sums instead of differences, so that gamma = 1 is a value like any other).
 */
export function opportunityOutlook(
  { alpha, beta, gamma, delta }: BetaBernoulli,
  history: { readonly repeats: number; readonly lastAt: number; readonly offered: number },
  weights: readonly number[],
): OpportunityOutlook {
  const { repeats: x, lastAt, offered: n } = history
  const way = (t: number, fate: number): number =>
    logRising(beta, t - x) - logRising(alpha + beta, t) + logRising(delta, t) - logRising(gamma + delta, fate)
  const stayed = way(n, n)
  let gone = 0
  for (let t = lastAt; t < n; t += 1) gone += Math.exp(way(t, t + 1) + Math.log(gamma) - stayed)
  const buys = (alpha + x) / (alpha + beta + n)
  let [alive, expected] = [1 / (1 + gone), 0]
  for (const [ahead, weight] of weights.entries()) {
    alive *= (delta + n + ahead) / (gamma + delta + n + ahead)
    expected += weight * alive * buys
  }
  return { alive: ((1 / (1 + gone)) * (delta + n)) / (gamma + delta + n), expected }
}
