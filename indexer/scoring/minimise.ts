/** A function and its gradient: writes the gradient into `gradient` and answers the value. */
export type Objective = (at: Float64Array, gradient: Float64Array) => number

export interface Minimum {
  readonly at: Float64Array
  readonly value: number
  /** The largest absolute component of the gradient there. */
  readonly gradientNorm: number
  readonly evaluations: number
  /** flat: the gradient vanished; stuck: no step goes further down; tooLong: it was still going down. */
  readonly ended: 'flat' | 'stuck' | 'tooLong'
}

const flatGradient = 1e-8
const mostIterations = 200
const longestStep = 4

/**
 * Goes down from `start` by BFGS: the inverse Hessian built from gradients, and a line search for the strong Wolfe
 * conditions (Nocedal and Wright, Numerical Optimization, 2nd ed. 2006, algorithms 6.1, 3.5 and 3.6).
 */
export function minimise(objective: Objective, start: readonly number[]): Minimum {
  const size = start.length
  let point = evaluated(objective, Float64Array.from(start))
  let evaluations = 1
  let inverse = identity(size)
  let fresh = true
  const end = (ended: Minimum['ended']): Minimum => {
    return { at: point.at, value: point.value, gradientNorm: largest(point.gradient), evaluations, ended }
  }
  for (let iteration = 0; iteration < mostIterations; iteration += 1) {
    if (largest(point.gradient) <= flatGradient) return end('flat')
    let direction = times(inverse, point.gradient).map((part) => -part)
    if (!(dot(direction, point.gradient) < 0)) {
      inverse = identity(size)
      fresh = true
      direction = point.gradient.map((part) => -part)
    }
    const scale = fresh ? Math.min(1, 1 / largest(point.gradient)) : 1
    const first = Math.min(scale, longestStep / largest(direction))
    const found = lineSearch(objective, point, direction, first)
    evaluations += found.evaluations
    if (found.point === undefined) {
      if (fresh) return end('stuck')
      inverse = identity(size)
      fresh = true
      continue
    }
    inverse = updated(inverse, point, found.point, fresh)
    fresh = false
    point = found.point
  }
  return end(largest(point.gradient) <= flatGradient ? 'flat' : 'tooLong')
}

interface Point {
  readonly at: Float64Array
  readonly value: number
  readonly gradient: Float64Array
}

function evaluated(objective: Objective, at: Float64Array): Point {
  const gradient = new Float64Array(at.length)
  const value = objective(at, gradient)
  const finite = Number.isFinite(value) && gradient.every((part) => Number.isFinite(part))
  return { at, value: finite ? value : Number.POSITIVE_INFINITY, gradient }
}

const decrease = 1e-4
const curvature = 0.9

/** A point along the direction that is low and flat enough; undefined where rounding hides every way down. */
function lineSearch(
  objective: Objective,
  from: Point,
  direction: Float64Array,
  first: number,
): { point: Point | undefined; evaluations: number } {
  const slope = dot(direction, from.gradient)
  // What rounding makes of a sum over a million members is no way up (Hager and Zhang 2005, SIAM J. Optim. 16(1),
  // (4.1)).
  const noise = 1e-12 * Math.abs(from.value)
  let low = { step: 0, point: from, slope }
  let high: number | undefined
  let step = first
  let best: Point | undefined
  let evaluations = 0
  while (evaluations < 25) {
    const point = evaluated(
      objective,
      from.at.map((part, index) => part + step * (direction[index] as number)),
    )
    evaluations += 1
    const here = dot(direction, point.gradient)
    if (!(point.value <= from.value + decrease * step * slope + noise) || point.value > low.point.value + noise) {
      high = step
    } else {
      best = point
      if (Math.abs(here) <= -curvature * slope) return { point, evaluations }
      if (here > 0) high = step
      else low = { step, point, slope: here }
      if (here > 0 && point.value < low.point.value) high = step
    }
    const next =
      high === undefined
        ? Math.min(step * 2.5, step + longestStep / largest(direction))
        : between(low, high, point, step)
    if (Math.abs(next - step) * largest(direction) < 1e-15) break
    step = next
  }
  return { point: best, evaluations }
}

/** Inside the bracket: where a parabola through value and slope at the low end, and the value tried, is lowest. */
function between(
  low: { readonly step: number; readonly point: Point; readonly slope: number },
  high: number,
  tried: Point,
  step: number,
): number {
  const width = step - low.step
  const bend = tried.value - low.point.value - low.slope * width
  const guess = Number.isFinite(bend) && bend > 0 ? low.step - (low.slope * width * width) / (2 * bend) : Number.NaN
  const [least, most] = [Math.min(low.step, high), Math.max(low.step, high)]
  const margin = 0.1 * (most - least)
  return guess >= least + margin && guess <= most - margin ? guess : (least + most) / 2
}

function updated(inverse: Matrix, from: Point, to: Point, fresh: boolean): Matrix {
  const step = to.at.map((part, index) => part - (from.at[index] as number))
  const change = to.gradient.map((part, index) => part - (from.gradient[index] as number))
  const along = dot(step, change)
  if (!(along > 1e-14 * norm(step) * norm(change))) return inverse
  const scaled = fresh
    ? identity(step.length).map((row) => row.map((part) => (part * along) / dot(change, change)))
    : inverse
  const moved = times(scaled, change)
  const factor = (1 + dot(change, moved) / along) / along
  return scaled.map((row, i) =>
    row.map((part, j) => {
      const [si, sj] = [step[i] as number, step[j] as number]
      return part + factor * si * sj - ((moved[i] as number) * sj + si * (moved[j] as number)) / along
    }),
  )
}

export type Matrix = readonly Float64Array[]

const identity = (size: number): Matrix =>
  Array.from({ length: size }, (_, row) => Float64Array.from({ length: size }, (_, column) => (row === column ? 1 : 0)))
const times = (matrix: Matrix, vector: Float64Array): Float64Array =>
  Float64Array.from(matrix, (row) => dot(row, vector))
const norm = (vector: Float64Array): number => Math.sqrt(dot(vector, vector))
const largest = (vector: Float64Array): number => vector.reduce((most, part) => Math.max(most, Math.abs(part)), 0)

function dot(one: Float64Array, other: Float64Array): number {
  let sum = 0
  for (let index = 0; index < one.length; index += 1) sum += (one[index] as number) * (other[index] as number)
  return sum
}
