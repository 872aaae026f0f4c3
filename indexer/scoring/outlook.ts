import type { BetaGeometric, BetaGeometricKind } from './beta-geometric.ts'
import { purchasesWhileAlive, regularWhileAlive } from './while-alive.ts'

/**
 * What a fitted model says of one member, from x (repeat purchases), t_x (age at the last) and T (age now). All that
 * it expects is `alive` times `ahead`.
 */
export interface Outlook {
  /** The probability that the member is still a customer. */
  readonly alive: (repeats: number, lastAge: number, age: number) => number
  /** Purchases expected over the next `span` of a member who is alive now. */
  readonly ahead: (repeats: number, lastAge: number, age: number, span: number) => number
  /** Whether `ahead` depends on t_x, or on x and T alone. */
  readonly needsLast: 'yes' | 'no'
}

/**
 * P(alive) of the beta-geometric models: 1 / (1 + D / (A S) ((alpha + T) / (alpha + t_x))^(r + k x)), in the letters of
 * `betaGeometricLikelihood`. BG/NBD answers 1 for everybody who came once (Fader, Hardie and Lee, note 021).
 */
export function betaGeometricOutlook(parameters: BetaGeometric, kind: BetaGeometricKind): Outlook {
  const { r, alpha, a, b } = parameters
  const { k } = kind
  const logA = Math.log(a)
  const aliveAfterRepeat = (x: number, lastAge: number, age: number): number => {
    if (x === 0) return 1
    const odds = logA - Math.log(b + x - 1) + (r + x) * Math.log1p((age - lastAge) / (alpha + lastAge))
    return shareOf(odds)
  }
  const aliveAfterAny = (x: number, lastAge: number, age: number): number => {
    const shape = r + k * x
    const waited = k === 1 ? 0 : Math.log(waitingSum(k, shape, (age - lastAge) / (alpha + age)))
    const odds = logA - Math.log(b + x) - waited + shape * Math.log1p((age - lastAge) / (alpha + lastAge))
    return shareOf(odds)
  }
  const ahead = (x: number, lastAge: number, age: number, span: number): number => {
    const stay = b + x + (kind.leaving === 'afterAny' ? 1 : 0)
    const now = { shape: r + k * x, leave: a, stay, ahead: span / (alpha + age) }
    return k === 1 ? purchasesWhileAlive(now) : regularWhileAlive(now, k, (age - lastAge) / (alpha + age))
  }
  return {
    alive: kind.leaving === 'afterRepeat' ? aliveAfterRepeat : aliveAfterAny,
    ahead,
    needsLast: k === 1 ? 'no' : 'yes',
  }
}

/** 1 / (1 + e^odds). */
const shareOf = (odds: number): number => {
  if (odds > 0) {
    const small = Math.exp(-odds)
    return small / (1 + small)
  }
  return 1 / (1 + Math.exp(odds))
}

/** S = sum_{j<k} (shape)_j / j! ratio^j. */
function waitingSum(k: number, shape: number, ratio: number): number {
  let [term, sum] = [1, 1]
  for (let j = 1; j < k; j += 1) {
    term *= ((shape + j - 1) / j) * ratio
    sum += term
  }
  return sum
}
