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

export function tableOf(point: Point, bits: number): Table {
  const digits = 2 ** (bits - 1)
  // One more window than there are bits, for the carry out of the last.
  const count = Math.ceil((scalarBits + 1) / bits)
  const all: Point[] = []
  let base = point
  for (let window = 0; window < count; window += 1) {
    let multiple = base
    for (let digit = 1; digit <= digits; digit += 1) {
      all.push(multiple)
      multiple = digit === digits ? multiple : multiple.add(base)
    }
    base = multiple.double()
  }
  const affine = Points.normalizeZ(all).map(({ px, py }): Affine => ({ x: px, y: py }))
  return {
    bits,
    windows: Array.from({ length: count }, (_, window) => affine.slice(window * digits, (window + 1) * digits)),
  }
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
