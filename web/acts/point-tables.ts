import 'server-only'
import { invert } from '@noble/curves/abstract/modular'
import { secp256k1 } from '@noble/curves/secp256k1'

// Sums of multiples of known points of secp256k1, for checking signatures: everything here is public, so nothing needs
// to take the same time for every value. The curve and the tables' points are noble's; what is added to it is that
// points of a table stand in affine coordinates and that sums are reduced once for each product. Tests hold it against
// noble's.

const { ProjectivePoint: Points } = secp256k1
type Point = ReturnType<typeof Points.fromAffine>

const prime = 2n ** 256n - 0x1_0000_03d1n
const scalarBits = 256

/** Of a point the multiples d * 2^(bits * i), d from 1 to half of 2^bits, for every window i. */
export interface Table {
  readonly bits: number
  readonly windows: readonly (readonly Affine[])[]
}

interface Affine {
  readonly x: bigint
  readonly y: bigint
}

/**
 * Made in affine coordinates, where many sums share one inversion: each costs a third of what it costs one by one. A
 * point on this curve has no multiple below the order that would be its own opposite, so no sum here fails.
 */
export function tableOf(point: Point, bits: number): Table {
  const digits = 2 ** (bits - 1)
  // One more window than there are bits, for the carry out of the last.
  const count = Math.ceil((scalarBits + 1) / bits)
  const bases: Point[] = []
  for (let base = point; bases.length < count; ) {
    bases.push(base)
    for (let bit = 0; bit < bits; bit += 1) base = base.double()
  }
  const first = Points.normalizeZ(bases).map(({ px, py }): Affine => ({ x: px, y: py }))
  const windows = first.map((base) => [base])
  for (let digit = 2; digit <= digits; digit += 1) {
    const before = windows.map((window) => window[digit - 2] as Affine)
    const next = digit === 2 ? doubled(first) : added(before, first)
    for (const [place, window] of windows.entries()) window.push(next[place] as Affine)
  }
  return { bits, windows }
}

function doubled(points: readonly Affine[]): Affine[] {
  const inverses = inverted(points.map(({ y }) => 2n * y))
  return points.map(({ x, y }, place) => {
    const slope = (3n * x * x * (inverses[place] ?? 0n)) % prime
    return third({ x, y }, x, slope)
  })
}

/** Each of the first with its fellow of the second, whose x is another. */
function added(some: readonly Affine[], others: readonly Affine[]): Affine[] {
  const fellow = (place: number): Affine => others[place] as Affine
  const inverses = inverted(some.map(({ x }, place) => positive(x - fellow(place).x)))
  return some.map((point, place) => {
    const { x, y } = fellow(place)
    return third(point, x, ((point.y - y) * (inverses[place] ?? 0n)) % prime)
  })
}

/** Where the line through a point with this slope, and through one at x2, meets the curve again, mirrored. */
function third({ x, y }: Affine, x2: bigint, slope: bigint): Affine {
  const x3 = positive((slope * slope - x - x2) % prime)
  return { x: x3, y: positive((slope * (x - x3) - y) % prime) }
}

/** All at the price of one and some products (Montgomery). */
function inverted(values: readonly bigint[]): bigint[] {
  const products: bigint[] = []
  let product = 1n
  for (const value of values) {
    products.push(product)
    product = (product * value) % prime
  }
  let rest = invert(positive(product), prime)
  const inverses = values.map(() => 0n)
  for (let place = values.length - 1; place >= 0; place -= 1) {
    inverses[place] = (rest * (products[place] ?? 0n)) % prime
    rest = (rest * (values[place] ?? 0n)) % prime
  }
  return inverses
}

/** The sum of these multiples; null where it is no point, or two points met on the way that cannot be added so. */
export function sumOf(multiples: readonly (readonly [table: Table, scalar: bigint])[]): Affine | null {
  let [x, y, z] = [0n, 0n, 0n]
  for (const { x: x2, y: y2 } of multiples.flatMap(([table, scalar]) => pointsOf(table, scalar))) {
    if (z === 0n) {
      ;[x, y, z] = [x2, y2, 1n]
      continue
    }
    // Jacobian and affine (EFD, madd): 8 products and 3 squares.
    const zz = (z * z) % prime
    const h = (x2 * zz - x) % prime
    if (h === 0n) return null
    const difference = (((y2 * z) % prime) * zz - y) % prime
    const hh = (h * h) % prime
    const hhh = (h * hh) % prime
    const v = (x * hh) % prime
    x = (difference * difference - hhh - 2n * v) % prime
    y = (difference * (v - x) - y * hhh) % prime
    z = (z * h) % prime
  }
  if (z === 0n) return null
  const inverse = invert(positive(z), prime)
  const squared = (inverse * inverse) % prime
  return { x: positive((x * squared) % prime), y: positive((((y * squared) % prime) * inverse) % prime) }
}

const positive = (value: bigint): bigint => (value < 0n ? value + prime : value)

/** The points of a table whose sum is this multiple; digits lie between minus and plus half of a window's size. */
function pointsOf({ bits, windows }: Table, scalar: bigint): Affine[] {
  const size = 2 ** bits
  const mask = BigInt(size - 1)
  const points: Affine[] = []
  let rest = scalar
  let carry = 0
  for (const window of windows) {
    let digit = Number(rest & mask) + carry
    rest >>= BigInt(bits)
    carry = digit > size / 2 ? 1 : 0
    if (carry === 1) digit -= size
    const point = window[Math.abs(digit) - 1]
    if (point !== undefined) points.push(digit < 0 ? { x: point.x, y: prime - point.y } : point)
  }
  return points
}
