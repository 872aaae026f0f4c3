import { drawOf } from './draw.ts'
import { inverseOf } from './matrix.ts'

/**
 * Alternating least squares on what was taken and what was not (Hu, Koren and Volinsky 2008): each member and each
 * thing is a point of few dimensions, and whoever points the way of a thing is likely to take it. It explains nothing,
 * so it must beat counting before anybody is shown it.
 */
export interface Factors {
  /** How much a member with these things (by place) is drawn to each thing. */
  readonly drawnTo: (things: readonly number[]) => Float64Array
}

export interface FactorOptions {
  readonly dimensions?: number
  readonly rounds?: number
  /** How much surer a thing that was taken is than one that was not. */
  readonly sureness?: number
  readonly penalty?: number
}

/**
 * @param taken for each member the places of the things they have, from 0 to `things` - 1, none twice
 * @param name draws where the search begins; the same name begins alike
 */
export function fitFactors(
  taken: readonly (readonly number[])[],
  things: number,
  name: string,
  { dimensions = 4, rounds = 8, sureness = 10, penalty = 1 }: FactorOptions = {},
): Factors {
  let points: readonly Float64Array[] = Array.from({ length: things }, (_, thing) =>
    Float64Array.from({ length: dimensions }, (__, place) => (drawOf(`${name} ${thing} ${place}`) - 0.5) / dimensions),
  )
  const takers = Array.from({ length: things }, () => [] as number[])
  for (const [member, list] of taken.entries()) for (const thing of list) takers[thing]?.push(member)
  const settings = { dimensions, sureness, penalty }
  for (let round = 0; round < rounds; round += 1) {
    const members = solveAll(taken, points, settings)
    points = solveAll(takers, members, settings)
  }
  const gram = gramOf(points, dimensions)
  return {
    drawnTo: (list) => {
      const member = solveOne(list, points, { ...settings, gram })
      return Float64Array.from(points, (point) => dot(point, member))
    },
  }
}

interface Settings {
  readonly dimensions: number
  readonly sureness: number
  readonly penalty: number
}

function solveAll(lists: readonly (readonly number[])[], others: readonly Float64Array[], settings: Settings) {
  const gram = gramOf(others, settings.dimensions)
  // Members with the same things stand at the same place.
  const known = new Map<string, Float64Array>()
  return lists.map((list) => {
    const key = list.length > 32 ? undefined : list.join(' ')
    const found = key === undefined ? undefined : known.get(key)
    if (found !== undefined) return found
    const made = solveOne(list, others, { ...settings, gram })
    if (key !== undefined) known.set(key, made)
    return made
  })
}

/** The point that fits best: (Y'Y + sureness * sum over taken of y y' + penalty) x = (1 + sureness) * sum of y. */
function solveOne(
  list: readonly number[],
  others: readonly Float64Array[],
  { dimensions, sureness, penalty, gram }: Settings & { readonly gram: readonly Float64Array[] },
): Float64Array {
  const matrix = gram.map((row, i) => row.map((part, j) => part + (i === j ? penalty : 0)))
  const right = new Float64Array(dimensions)
  for (const place of list) {
    const other = others[place] as Float64Array
    for (let i = 0; i < dimensions; i += 1) {
      const own = other[i] as number
      right[i] = (right[i] as number) + (1 + sureness) * own
      const row = matrix[i] as Float64Array
      for (let j = 0; j < dimensions; j += 1) row[j] = (row[j] as number) + sureness * own * (other[j] as number)
    }
  }
  const inverse = inverseOf(matrix)
  if (inverse === undefined) throw new Error('a penalty keeps this matrix positive definite')
  return Float64Array.from(inverse, (row) => dot(row as Float64Array, right))
}

function gramOf(points: readonly Float64Array[], dimensions: number): Float64Array[] {
  const gram = Array.from({ length: dimensions }, () => new Float64Array(dimensions))
  for (const point of points) {
    for (let i = 0; i < dimensions; i += 1) {
      const row = gram[i] as Float64Array
      for (let j = 0; j < dimensions; j += 1) row[j] = (row[j] as number) + (point[i] as number) * (point[j] as number)
    }
  }
  return gram
}

const dot = (one: Float64Array, other: Float64Array): number =>
  one.reduce((sum, part, place) => sum + part * (other[place] as number), 0)
