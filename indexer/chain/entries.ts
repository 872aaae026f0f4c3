import type { Hex } from 'viem'

/** One purchase of a chunk, as a till signed it. */
export interface PurchaseEntry {
  /** Its place in the chunk, from 0. */
  readonly index: number
  readonly member: Hex
  /** Hundredths of a point. */
  readonly points: bigint
  /** Minor units of money. */
  readonly spend: bigint
  /** Seconds, UTC. */
  readonly soldAt: number
}

const entryDigits = 72

/** The entries of a chunk that got their points: those whose bit is set. 36 bytes each: member, points, spend, time. */
export function issuedEntries(entries: Hex, issuedBits: bigint): PurchaseEntry[] {
  const digits = entries.slice(2)
  if (digits.length % entryDigits !== 0) throw new Error('a chunk of purchases is not a whole number of entries')
  const count = digits.length / entryDigits
  if (issuedBits >> BigInt(count) !== 0n) throw new Error('a chunk of purchases marks an entry that it does not have')
  const bits = [...issuedBits.toString(2)].reverse()
  const issued: PurchaseEntry[] = []
  for (let index = 0; index < count; index += 1) {
    if (bits[index] !== '1') continue
    const at = index * entryDigits
    issued.push({
      index,
      member: `0x${digits.slice(at, at + 40)}`,
      // 48 bits each.
      points: BigInt(Number.parseInt(digits.slice(at + 40, at + 52), 16)),
      spend: BigInt(Number.parseInt(digits.slice(at + 52, at + 64), 16)),
      soldAt: Number.parseInt(digits.slice(at + 64, at + entryDigits), 16),
    })
  }
  return issued
}
