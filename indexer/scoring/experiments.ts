import { createHash } from 'node:crypto'
import chisquareCdf from '@stdlib/stats-base-dists-chisquare-cdf'

/**
 * Whether what a shop does for its members helps: always against members who are left alone, never before against
 * after, since a spring would then look like a success.
 */

/**
 * Whether a member belongs to those left alone: SHA-256 of salt, a zero byte and the account, its first four bytes as a
 * share of 2^32. Everybody who knows the salt can say so, in any order and again, and another salt draws anew.
 * @param share from 0 to 1
 */
export function isHeldOut(member: string, salt: string, share: number): boolean {
  const hash = createHash('sha256')
    .update(`${salt}\0`)
    .update(Buffer.from(member.slice(2), 'hex'))
    .digest()
  return hash.readUInt32BE(0) < share * 2 ** 32
}

/**
 * How likely a split as uneven as this one is if nothing went wrong (chi-square, one degree of freedom). Below a
 * thousandth members were lost or added on one side, and nothing should be read from the comparison.
 */
export function sampleRatioProbability(counts: { readonly treated: number; readonly heldOut: number }, share: number) {
  const all = counts.treated + counts.heldOut
  const [treated, heldOut] = [all * (1 - share), all * share]
  if (!(treated > 0 && heldOut > 0)) return 1
  const distance = (counts.treated - treated) ** 2 / treated + (counts.heldOut - heldOut) ** 2 / heldOut
  return 1 - chisquareCdf(distance, 1)
}

/** What one member did: in the time that counts, and in the time before, which no treatment can have touched. */
export interface Outcome {
  readonly heldOut: boolean
  readonly after: number
  readonly before: number
}

/** Treated minus held out, per member. */
export interface Comparison {
  readonly treated: Side
  readonly heldOut: Side
  readonly sampleRatio: number
  readonly difference: number
  readonly low: number
  readonly high: number
  /** The share of the variance that the time before explains, and CUPED takes away. */
  readonly explained: number
}

export interface Side {
  readonly members: number
  /** As it was, not adjusted. */
  readonly mean: number
}

/** The interval that holds the true difference at all times at once, with this probability. */
export const confidence = 0.95
/** The number of members at which the interval is tuned to be narrowest; it holds at any other too. */
const tunedTo = 1_000

/**
 * The difference with an interval that stays valid however often and whenever one looks.
 *
 * - CUPED (Deng, Xu, Kohavi and Walker 2013): what members did before is taken out, after - theta (before - mean) with
 *   theta = cov / var over all of them, which keeps the difference and sheds the variance that was there beforehand.
 * - The interval is an asymptotic confidence sequence by the normal mixture (Robbins 1970; Waudby-Smith, Arbour, Sinha,
 *   Kennedy and Ramdas 2021, theorem 2.2): with n members and variance v of the difference,
 *   sqrt(n v) sqrt(2 (n r + 1) / (n^2 r) ln(sqrt(n r + 1) / alpha)), r tuned to `tunedTo`.
 *
 * Undefined where a side has fewer than two members.
 */
export function compare(outcomes: readonly Outcome[], share: number): Comparison | undefined {
  const sides = { treated: outcomes.filter((one) => !one.heldOut), heldOut: outcomes.filter((one) => one.heldOut) }
  if (sides.treated.length < 2 || sides.heldOut.length < 2) return undefined
  const theta = slopeOf(outcomes)
  const middle = meanOf(outcomes.map(({ before }) => before))
  const adjusted = (side: readonly Outcome[]) => side.map(({ after, before }) => after - theta * (before - middle))
  const [treated, heldOut] = [adjusted(sides.treated), adjusted(sides.heldOut)]
  const difference = meanOf(treated) - meanOf(heldOut)
  const variance = varianceOf(treated) / treated.length + varianceOf(heldOut) / heldOut.length
  const reach = radius(outcomes.length, variance)
  const plain = varianceOf(outcomes.map(({ after }) => after))
  const counts = { treated: treated.length, heldOut: heldOut.length }
  return {
    treated: { members: counts.treated, mean: meanOf(sides.treated.map(({ after }) => after)) },
    heldOut: { members: counts.heldOut, mean: meanOf(sides.heldOut.map(({ after }) => after)) },
    sampleRatio: sampleRatioProbability(counts, share),
    difference,
    low: difference - reach,
    high: difference + reach,
    explained: plain === 0 ? 0 : 1 - varianceOf(adjusted(outcomes)) / plain,
  }
}

function radius(members: number, variance: number): number {
  const alpha = 1 - confidence
  const tuned = (-2 * Math.log(alpha) + Math.log(-2 * Math.log(alpha)) + 1) / tunedTo
  const grown = members * tuned + 1
  return Math.sqrt(members * variance * ((2 * grown) / (members ** 2 * tuned)) * Math.log(Math.sqrt(grown) / alpha))
}

/** Sums go in ascending order, so that the order of the members does not show. */
const meanOf = (values: readonly number[]): number =>
  [...values].sort((one, other) => one - other).reduce((sum, value) => sum + value, 0) / values.length

function varianceOf(values: readonly number[]): number {
  const mean = meanOf(values)
  return (meanOf(values.map((value) => (value - mean) ** 2)) * values.length) / (values.length - 1)
}

function slopeOf(outcomes: readonly Outcome[]): number {
  const [before, after] = [meanOf(outcomes.map((one) => one.before)), meanOf(outcomes.map((one) => one.after))]
  const squares = meanOf(outcomes.map((one) => (one.before - before) ** 2))
  return squares === 0 ? 0 : meanOf(outcomes.map((one) => (one.before - before) * (one.after - after))) / squares
}
