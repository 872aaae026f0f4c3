import { inverseOf } from './matrix.ts'
import { type Matrix, type Minimum, minimise, type Objective } from './minimise.ts'

/**
 * converged: the gradient vanished inside the range of sensible parameters. atEdge: it vanished where a parameter ran
 * off towards 0 or infinity, the limit in which, say, nobody ever leaves; it predicts, but has no errors of its
 * parameters. Everything else is no fit to act on: notConverged stopped on the way, noReturning and noMembers had
 * nothing to learn from.
 */
export type FitStatus = 'converged' | 'notConverged' | 'atEdge' | 'noReturning' | 'noMembers'

/** What a fit found. Parameters are positive; `parameters` is undefined only where nothing could be tried. */
export interface Fit<Parameters> {
  readonly status: FitStatus
  readonly parameters: Parameters | undefined
  /** Without any penalty; NaN where nothing could be tried. */
  readonly logLikelihood: number
  /** The largest absolute component of the gradient of the mean log-likelihood (penalty included) by log-parameters. */
  readonly gradientNorm: number
  readonly evaluations: number
  readonly members: number
  /** Of the log-parameters, in the order of `names`: the inverse of the observed information; undefined if singular. */
  readonly covariance: Matrix | undefined
  /** The observed information of all members: what a pooled fit of a part of them is weighed against. */
  readonly information: Matrix | undefined
}

/**
 * What pulls a fit of few members to the parameters of many: minus half the squared distance of the log-parameters from
 * `centre`, measured by `precision`.
 */
export interface Prior {
  readonly centre: readonly number[]
  readonly precision: Matrix
}

/** A log-likelihood of n members as a function of positive parameters, with its gradient by them. */
export interface Likelihood<Name extends string> {
  readonly names: readonly Name[]
  readonly members: number
  /**
   * A usual size of each parameter: 1 for shapes, and for what has a unit of time or money a size taken from the data.
   * The search begins there, so that a fit in days takes the way of the same fit in weeks.
   */
  readonly usual: readonly number[]
  /** Writes the gradient by the parameters themselves; answers the log-likelihood. */
  readonly evaluate: (parameters: Float64Array, gradient: Float64Array) => number
}

/** Whether a fit may predict. */
export const isUsable = ({ status }: Fit<object>): boolean => status === 'converged' || status === 'atEdge'

const acceptedGradient = 1e-6
/**
 * Beyond e^10 = 22,026 times its usual size, or below that part of it, a parameter is infinite or 0 to any shop. A wall
 * stands there, so that the search does not go on for ever where the likelihood has no highest point.
 */
const edge = 10
/** Who comes this near to the wall was on the way to it. */
const nearEdge = 9

/** Maximises by BFGS in log-parameters, from their usual sizes. */
export function maximise<Name extends string>(
  likelihood: Likelihood<Name>,
  options: { readonly prior?: Prior | undefined } = {},
): Fit<Record<Name, number>> {
  const { names, members } = likelihood
  if (members === 0) return withoutFit('noMembers', 0)
  const start = likelihood.usual.map(Math.log)
  const objective = inLogs(likelihood, start, options.prior)
  const found = minimise(objective, start)
  const information = once(() => informationAt(objective, found.at, members))
  const covariance = once(() => {
    const known = information()
    return known === undefined ? undefined : inverseOf(known)
  })
  const parameters = Float64Array.from(found.at, Math.exp)
  const named = Object.fromEntries(names.map((name, index) => [name, parameters[index]])) as Record<Name, number>
  return {
    status: statusOf(found, start),
    parameters: named,
    logLikelihood: likelihood.evaluate(parameters, new Float64Array(names.length)),
    gradientNorm: found.gradientNorm,
    evaluations: found.evaluations,
    members,
    get covariance() {
      return covariance()
    },
    get information() {
      return information()
    },
  }
}

/** Worked out when first asked for, since most fits are never asked; what it was worked out from is then let go. */
function once<Value>(work: () => Value): () => Value {
  let open: (() => Value) | undefined = work
  let value: Value | undefined
  return () => {
    if (open !== undefined) value = open()
    open = undefined
    return value as Value
  }
}

export function withoutFit<Parameters>(status: 'noMembers' | 'noReturning', members: number): Fit<Parameters> {
  return {
    status,
    parameters: undefined,
    logLikelihood: Number.NaN,
    gradientNorm: Number.NaN,
    evaluations: 0,
    members,
    covariance: undefined,
    information: undefined,
  }
}

function statusOf(found: Minimum, usual: readonly number[]): FitStatus {
  if (!Number.isFinite(found.value) || !(found.gradientNorm <= acceptedGradient)) return 'notConverged'
  return found.at.some((part, index) => Math.abs(part - (usual[index] as number)) > nearEdge) ? 'atEdge' : 'converged'
}

/** Minus the mean log-likelihood of log-parameters, the prior's penalty and the wall included. */
function inLogs<Name extends string>(
  { evaluate, members }: Likelihood<Name>,
  usual: readonly number[],
  prior: Prior | undefined,
): Objective {
  return (at, gradient) => {
    const parameters = at.map(Math.exp)
    let value = -evaluate(parameters, gradient) / members
    for (let index = 0; index < at.length; index += 1) {
      gradient[index] = (-(gradient[index] as number) * (parameters[index] as number)) / members
      const away = (at[index] as number) - (usual[index] as number)
      const beyond = Math.max(Math.abs(away) - edge, 0)
      gradient[index] = (gradient[index] as number) + beyond * Math.sign(away)
      value += 0.5 * beyond * beyond
    }
    if (prior === undefined) return value
    const away = at.map((part, index) => part - (prior.centre[index] as number))
    for (const [index, row] of prior.precision.entries()) {
      const pull = row.reduce((sum, part, column) => sum + part * (away[column] as number), 0) / members
      gradient[index] = (gradient[index] as number) + pull
      value += 0.5 * pull * (away[index] as number)
    }
    return value
  }
}

const step = 1e-4

/** The Hessian of minus the (penalised) log-likelihood, by differences of the gradient; undefined where not finite. */
function informationAt(objective: Objective, at: Float64Array, members: number): Matrix | undefined {
  const size = at.length
  const rows = Array.from({ length: size }, (_, index) => {
    const [above, below] = [new Float64Array(size), new Float64Array(size)]
    const moved = (by: number): Float64Array => at.map((part, place) => (place === index ? part + by : part))
    objective(moved(step), above)
    objective(moved(-step), below)
    return above.map((part, place) => ((part - (below[place] as number)) / (2 * step)) * members)
  })
  const even = rows.map((row, i) => row.map((part, j) => (part + (rows[j]?.[i] as number)) / 2))
  return even.every((row) => row.every((part) => Number.isFinite(part))) ? even : undefined
}
