import type { Hex } from 'viem'
import { keccak256 } from './keccak.ts'

/** The three bits that an address or topic sets in the bloom filter of every block in which it is said. */
export type BloomBits = readonly [number, number, number]

const known = new Map<Hex, BloomBits>()
const mostKnown = 10_000

/** Yellow Paper, section 4.3.1: the low 11 bits of the first three pairs of bytes of the hash. */
export function bloomBits(value: Hex): BloomBits {
  const before = known.get(value)
  if (before !== undefined) return before
  const hash = keccak256(Buffer.from(value.slice(2), 'hex'))
  const bit = (pair: number) => ((hash[pair * 2] ?? 0) * 256 + (hash[pair * 2 + 1] ?? 0)) & 2047
  const bits: BloomBits = [bit(0), bit(1), bit(2)]
  // Topics may be anything, such as members: they are not kept for ever.
  if (known.size >= mostKnown) known.clear()
  known.set(value, bits)
  return bits
}

/** False: the block certainly holds no log of that address or with that topic. True: it may hold one. */
export function mayHold(bloom: Hex, bits: BloomBits): boolean {
  return bits.every((bit) => {
    // Bit 0 is the lowest bit of the last digit.
    const digit = bloom.charCodeAt(bloom.length - 1 - (bit >> 2))
    const value = digit >= 97 ? digit - 87 : digit >= 65 ? digit - 55 : digit - 48
    return ((value >> (bit & 3)) & 1) === 1
  })
}
