import gammaln from '@stdlib/math-base-special-gammaln'
import { drawOf } from './draw.ts'
import { policy } from './policy.ts'

/**
 * Which reward to propose: Thompson's rule (1933), each reward with the probability that it is the best one, given how
 * often it was taken up when it was proposed. The probabilities are worked out and not sampled, so that they can be
 * kept beside each proposal and anybody can weigh outcomes by them; only the draw itself is one number, by name.
 */

/** A reward and how its proposals went. */
export interface Arm {
  readonly reward: number
  /** Proposals whose time is over, or that were taken up. */
  readonly proposed: number
  readonly taken: number
}

export interface ArmBelief extends Arm {
  /** Mean of what is believed of the chance that it is taken up. */
  readonly mean: number
  readonly a: number
  readonly b: number
}

/** What is believed before anything was proposed weighs as much as so many proposals. */
const priorProposals = 8

/**
 * What is believed of each reward: a beta around the share of members who take it within such a time anyway.
 * @param usual that share, by reward
 */
export function beliefsOf(arms: readonly Arm[], usual: (reward: number) => number): ArmBelief[] {
  return arms.map((arm) => {
    const share = Math.min(0.5, Math.max(0.02, usual(arm.reward)))
    const a = priorProposals * share + arm.taken
    const b = priorProposals * (1 - share) + arm.proposed - arm.taken
    return { ...arm, a, b, mean: a / (a + b) }
  })
}

const steps = 400

/** A beta on midpoints between 0 and 1, closer together where chances are small: as weights that sum to one. */
function weightsOf({ a, b }: { readonly a: number; readonly b: number }): Float64Array {
  const norm = gammaln(a + b) - gammaln(a) - gammaln(b)
  const weights = new Float64Array(steps)
  let sum = 0
  for (let step = 0; step < steps; step += 1) {
    const u = (step + 0.5) / steps
    // p = u^2: the change of variable brings 2u.
    const p = u * u
    const weight = Math.exp(norm + (a - 1) * Math.log(p) + (b - 1) * Math.log1p(-p)) * 2 * u
    weights[step] = weight
    sum += weight
  }
  return weights.map((weight) => weight / sum)
}

/** For each, the probability that its chance is the greatest of all; they sum to one. */
export function chancesToBeBest(beliefs: readonly ArmBelief[]): number[] {
  if (beliefs.length === 1) return [1]
  const weights = beliefs.map(weightsOf)
  // Up to each point; half of the point's own weight stands for ties.
  const below = weights.map((list) => {
    let sum = 0
    return list.map((weight) => {
      const before = sum
      sum += weight
      return before + weight / 2
    })
  })
  const best = weights.map((list, arm) =>
    list.reduce((sum, weight, step) => {
      const product = below.reduce((part, row, other) => (other === arm ? part : part * (row[step] as number)), 1)
      return sum + weight * product
    }, 0),
  )
  const all = best.reduce((sum, one) => sum + one, 0)
  return best.map((one) => one / all)
}

export interface Choice {
  readonly reward: number
  /** With which probability it was drawn, parts per million: what outcomes are weighed by. */
  readonly propensityPpm: number
  /** Whether it is the one that is believed best, or was drawn so that others are tried too. */
  readonly way: 'best' | 'tried'
}

/** The probabilities with which each is drawn: Thompson's, with an even share of the floor on top. */
export function propensitiesOf(beliefs: readonly ArmBelief[]): number[] {
  const floor = policy.explorationFloor
  return chancesToBeBest(beliefs).map((chance) => (1 - floor) * chance + floor / beliefs.length)
}

/** Draws one; the same name draws the same. Undefined where there is nothing to draw from. */
export function chooseReward(
  beliefs: readonly ArmBelief[],
  propensities: readonly number[],
  name: string,
): Choice | undefined {
  const [first] = beliefs
  if (first === undefined) return undefined
  const best = beliefs.reduce((most, one) => (one.mean > most.mean ? one : most), first)
  let left = drawOf(name)
  let place = 0
  while (place < beliefs.length - 1 && left >= (propensities[place] as number)) {
    left -= propensities[place] as number
    place += 1
  }
  const chosen = beliefs[place] as ArmBelief
  const propensityPpm = Math.round((propensities[place] as number) * 1_000_000)
  return { reward: chosen.reward, propensityPpm, way: chosen.reward === best.reward ? 'best' : 'tried' }
}
