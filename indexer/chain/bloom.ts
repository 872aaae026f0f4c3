import { type Hex, keccak256 } from 'viem'

/** The three bits that an address sets in the bloom filter of every block in which it says something. */
export type BloomBits = readonly [number, number, number]

/** Yellow Paper, section 4.3.1: the low 11 bits of the first three pairs of bytes of the address' hash. */
export function bloomBits(address: Hex): BloomBits {
  const digits = keccak256(address).slice(2)
  const bit = (pair: number) => Number.parseInt(digits.slice(pair * 4, pair * 4 + 4), 16) & 2047
  return [bit(0), bit(1), bit(2)]
}

/** False: the block certainly holds no log of that address. True: it may hold one. */
export function mayHold(bloom: Hex, bits: BloomBits): boolean {
  return bits.every((bit) => {
    // Bit 0 is the lowest bit of the last digit.
    const digit = bloom.charCodeAt(bloom.length - 1 - (bit >> 2))
    const value = digit >= 97 ? digit - 87 : digit >= 65 ? digit - 55 : digit - 48
    return ((value >> (bit & 3)) & 1) === 1
  })
}
