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
  const issued: PurchaseEntry[] = []
  for (let index = 0; index < count; index += 1) {
    if (((issuedBits >> BigInt(index)) & 1n) === 0n) continue
    const entry = digits.slice(index * entryDigits, (index + 1) * entryDigits)
    issued.push({
      index,
      member: `0x${entry.slice(0, 40)}`,
      points: BigInt(`0x${entry.slice(40, 52)}`),
      spend: BigInt(`0x${entry.slice(52, 64)}`),
      soldAt: Number.parseInt(entry.slice(64), 16),
    })
  }
  return issued
}
