import type { Backtest, TriedModel } from './backtest.ts'

export interface Candidate {
  readonly model: TriedModel
  /** Means over all back-tests. */
  readonly mae: number
  readonly bias: number
  readonly calibrationError: number
  readonly gini: number
}

export interface Choice {
  readonly model: TriedModel
  /** Which figure decided: the least error, or among errors that are as good as equal the least bias and so on. */
  readonly decidedBy: 'mae' | 'bias' | 'calibration' | 'gini' | 'simplicity'
  readonly candidates: readonly Candidate[]
}

/** Errors within 2 % of the least are as good as equal; a shop's sample does not tell them apart. */
const closeEnough = 1.02
const simplest: readonly TriedModel[] = ['mbg', 'bg', 'cnbd', 'pareto', 'bgbb']

/**
 * The model for a shop: the least mean absolute error over all back-tests; among those within 2 % of it the least bias,
 * then calibration by deciles, then ranking. Never the likelihood: BG/NBD beats Pareto/NBD by likelihood on CDNOW and
 * loses on the holdout. Undefined where no model converged at every end.
 */
export function chooseModel(tests: readonly Backtest[]): Choice | undefined {
  const candidates = simplest.flatMap((model): Candidate[] => {
    const found = tests.flatMap((test) => test.models.find((tested) => tested.model === model)?.accuracy ?? [])
    if (found.length === 0 || found.length < tests.length) return []
    const mean = (of: (accuracy: (typeof found)[number]) => number): number =>
      found.reduce((sum, accuracy) => sum + of(accuracy), 0) / found.length
    return [
      {
        model,
        mae: mean((accuracy) => accuracy.mae),
        bias: mean((accuracy) => accuracy.bias),
        calibrationError: mean((accuracy) => accuracy.calibrationError),
        gini: mean((accuracy) => accuracy.gini),
      },
    ]
  })
  const least = Math.min(...candidates.map((candidate) => candidate.mae))
  let left = candidates.filter((candidate) => candidate.mae <= least * closeEnough)
  const [only] = left
  if (only === undefined) return undefined
  if (left.length === 1) return { model: only.model, decidedBy: 'mae', candidates }
  const figures = [
    ['bias', (candidate: Candidate) => Math.abs(candidate.bias)],
    ['calibration', (candidate: Candidate) => candidate.calibrationError],
    ['gini', (candidate: Candidate) => -candidate.gini],
  ] as const
  for (const [decidedBy, of] of figures) {
    const best = Math.min(...left.map(of))
    left = left.filter((candidate) => of(candidate) <= best + 1e-6 * Math.abs(best))
    const [first] = left
    if (left.length === 1 && first !== undefined) return { model: first.model, decidedBy, candidates }
  }
  return { model: (left[0] ?? only).model, decidedBy: 'simplicity', candidates }
}
