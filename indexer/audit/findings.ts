import type { Hex } from 'viem'

/** Unable: nothing could be said, neither good nor bad, and why stands beside it. */
export type Verdict = 'holds' | 'differs' | 'unable'

export type CheckName = 'sums' | 'samples' | 'rebuild'

/** One place where two books differ; what is not there is null. */
export interface Finding {
  readonly where: string
  readonly mirror: string | null
  readonly chain: string | null
}

/** One rule, or one table, and whether it holds. */
export interface Ruling {
  /** A short name for programs, which does not change. */
  readonly rule: string
  /** What should hold, as a sentence. */
  readonly says: string
  readonly verdict: Verdict | 'notOffered'
  /** How many figures or rows were held against each other. */
  readonly compared: number
  /** How many of them differ. */
  readonly differing: number
  /** The first of them. */
  readonly findings: readonly Finding[]
  readonly detail: string
}

/** What one check found, at one block. */
export interface CheckResult {
  readonly name: CheckName
  readonly began: Date
  readonly finished: Date
  readonly block: number | null
  readonly hash: Hex | null
  readonly verdict: Verdict
  readonly compared: number
  readonly rulings: readonly Ruling[]
  /** What the samples were drawn with; the same seed on the same mirror draws the same. */
  readonly seed?: string
  /** Why nothing could be said. */
  readonly reason?: string
}

export const mostNamed = 5

/** A rule over figures that must be equal. */
export function ruling(
  rule: Pick<Ruling, 'rule' | 'says' | 'detail'>,
  compared: number,
  differing: readonly Finding[],
): Ruling {
  return {
    ...rule,
    verdict: differing.length === 0 ? 'holds' : 'differs',
    compared,
    differing: differing.length,
    findings: differing.slice(0, mostNamed),
  }
}

/** A check that came to its end. */
export function resultOf(
  name: CheckName,
  at: { readonly began: Date; readonly block: number; readonly hash: Hex; readonly seed?: string },
  rulings: readonly Ruling[],
): CheckResult {
  const bad = rulings.some(({ verdict }) => verdict === 'differs')
  const unable = rulings.some(({ verdict }) => verdict === 'unable')
  return {
    name,
    ...at,
    finished: new Date(),
    verdict: bad ? 'differs' : unable ? 'unable' : 'holds',
    compared: rulings.reduce((sum, { compared }) => sum + compared, 0),
    rulings,
  }
}

/** A check that could not be carried out. */
export function unableTo(name: CheckName, began: Date, reason: string): CheckResult {
  const nothing = { block: null, hash: null, compared: 0, rulings: [] }
  return { name, began, finished: new Date(), verdict: 'unable', reason, ...nothing }
}
