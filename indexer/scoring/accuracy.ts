/** A tenth of the members by what was predicted of them, lowest first, and what they did. */
export interface Decile {
  readonly members: number
  readonly predicted: number
  readonly actual: number
}

/** How well a forecast did against what came. */
export interface Accuracy {
  /** Mean absolute error, purchases a member. */
  readonly mae: number
  readonly rmse: number
  /** Predicted minus actual, purchases a member: above 0 promised too much. */
  readonly bias: number
  /** The same as a share of what came; NaN where nothing came. */
  readonly biasShare: number
  /** 1: ranks the members as what came ranks them; 0: no better than by lot. NaN where nothing came. */
  readonly gini: number
  /** Mean over the deciles of the absolute difference of predicted and actual. */
  readonly calibrationError: number
  readonly deciles: readonly Decile[]
}

/** Compares one forecast with what came; members in any order give the same figures. */
export function accuracyOf(predicted: Float64Array, actual: Float64Array): Accuracy {
  const members = predicted.length
  const order = Uint32Array.from(predicted.keys()).sort((one, other) => {
    const by = (predicted[one] as number) - (predicted[other] as number)
    return by !== 0 ? by : (actual[one] as number) - (actual[other] as number)
  })
  let [absolute, squared, error, came] = [0, 0, 0, 0]
  for (const index of order) {
    const miss = (predicted[index] as number) - (actual[index] as number)
    absolute += Math.abs(miss)
    squared += miss * miss
    error += miss
    came += actual[index] as number
  }
  const ties = tiesOf(order, predicted, actual)
  const deciles = decilesOf(ties, members)
  const calibration = deciles.reduce((sum, decile) => sum + Math.abs(decile.predicted - decile.actual), 0)
  const best = tiesOf(Uint32Array.from(actual.keys()).sort(ascending(actual)), actual, actual)
  return {
    mae: absolute / members,
    rmse: Math.sqrt(squared / members),
    bias: error / members,
    biasShare: error / came,
    gini: concentration(ties) / concentration(best),
    calibrationError: calibration / deciles.length,
    deciles,
  }
}

const ascending = (values: Float64Array) => (one: number, other: number) =>
  (values[one] as number) - (values[other] as number)

interface Tie {
  readonly members: number
  readonly predicted: number
  readonly actual: number
}

/** Members of whom the same was predicted, as one: among them there is no first and last. */
function tiesOf(order: Uint32Array, predicted: Float64Array, actual: Float64Array): Tie[] {
  const ties: { members: number; predicted: number; actual: number }[] = []
  for (const index of order) {
    const value = predicted[index] as number
    const last = ties.at(-1)
    if (last === undefined || last.predicted !== value) {
      ties.push({ members: 1, predicted: value, actual: actual[index] as number })
    } else {
      last.members += 1
      last.actual += actual[index] as number
    }
  }
  return ties
}

/** Ten parts of equal size; members of whom the same was predicted are spread over the parts in proportion. */
function decilesOf(ties: readonly Tie[], members: number): Decile[] {
  const size = members / 10
  const parts = Array.from({ length: 10 }, () => ({ members: 0, predicted: 0, actual: 0 }))
  let before = 0
  for (const tie of ties) {
    for (const [index, part] of parts.entries()) {
      const shared = Math.min(before + tie.members, (index + 1) * size) - Math.max(before, index * size)
      if (shared <= 0) continue
      part.members += shared
      part.predicted += shared * tie.predicted
      part.actual += (shared * tie.actual) / tie.members
    }
    before += tie.members
  }
  return parts.map((part) => {
    return { members: part.members, predicted: part.predicted / part.members, actual: part.actual / part.members }
  })
}

/** Twice the area between the diagonal and the curve of what came, members ordered by what was predicted. */
function concentration(ties: readonly Tie[]): number {
  const members = ties.reduce((sum, tie) => sum + tie.members, 0)
  const total = ties.reduce((sum, tie) => sum + tie.actual, 0)
  let [came, area] = [0, 0]
  for (const tie of ties) {
    area += (tie.members / members) * (came + tie.actual / 2)
    came += tie.actual
  }
  return 1 - (2 * area) / total
}
