import 'server-only'
import { invert } from '@noble/curves/abstract/modular'
import { secp256k1 } from '@noble/curves/secp256k1'
import { type Hex, keccak256 } from 'viem'
import { sumOf, type Table, tableOf } from './point-tables.ts'

const { ProjectivePoint: Points, Signature } = secp256k1
type Point = ReturnType<typeof Points.fromAffine>

const order = secp256k1.CURVE.n
const halfOrder = order / 2n

interface Parts {
  readonly r: bigint
  readonly s: bigint
  /** Whether the point behind r has an odd y. */
  readonly odd: boolean
}

/** A key whose address is known to be its own, since it was once recovered from a signature. */
interface KnownKey {
  readonly point: Point
  /** Made when it is seen the second time: most keys are seen once. */
  table: Table | null
}

/** In the order in which they were last used. */
const known = new Map<Hex, KnownKey>()
/** Each takes some two hundred kilobytes. */
const mostKnown = 300
const windowBits = 6
let multiplesOfBase: Table | null = null

/** Whether `signer`'s own key signed, in exactly the form the contracts accept: 65 bytes, low s, v of 27 or 28. */
export function keySigned(signer: Hex, digest: Hex, signature: Hex): boolean {
  const parts = partsOf(signature)
  if (parts === null) return false
  const key = known.get(signer)
  if (key !== undefined) {
    known.delete(signer)
    known.set(signer, key)
    return fits(key, digest, parts)
  }
  const point = recovered(digest, parts)
  if (point === null || addressOf(point) !== signer) return false
  const [oldest] = known.keys()
  if (known.size >= mostKnown && oldest !== undefined) known.delete(oldest)
  known.set(signer, { point, table: null })
  return true
}

function partsOf(signature: Hex): Parts | null {
  if (signature.length !== 2 + 2 * 65 || !/^0x[0-9a-fA-F]{128}1[bcBC]$/.test(signature)) return null
  const r = BigInt(signature.slice(0, 66))
  const s = BigInt(`0x${signature.slice(66, 130)}`)
  if (r === 0n || r >= order || s === 0n || s > halfOrder) return null
  return { r, s, odd: /c$/i.test(signature) }
}

/** The key that signed; null where r is the x of no point, which is nobody's signature. */
function recovered(digest: Hex, { r, s, odd }: Parts): Point | null {
  try {
    const signature = new Signature(r, s).addRecoveryBit(odd ? 1 : 0)
    return signature.recoverPublicKey(digest.slice(2))
  } catch {
    return null
  }
}

/**
 * The same question, where the key is known: the point behind r is what it must be, its y included, as recovering
 * would find this very key and no other.
 */
function fits(key: KnownKey, digest: Hex, parts: Parts): boolean {
  const { r, s, odd } = parts
  key.table ??= tableOf(key.point, windowBits)
  multiplesOfBase ??= tableOf(Points.BASE, 8)
  const inverse = invert(s, order)
  const z = BigInt(digest) % order
  const sum = sumOf([
    [multiplesOfBase, (z * inverse) % order],
    [key.table, (r * inverse) % order],
  ])
  // Two points that meet on the way, which nobody comes upon by chance, are left to the general method.
  if (sum === null) return recovered(digest, parts)?.equals(key.point) === true
  return sum.x === r && (sum.y & 1n) === (odd ? 1n : 0n)
}

const addressOf = (point: Point): Hex => `0x${keccak256(point.toRawBytes(false).subarray(1)).slice(26)}`
