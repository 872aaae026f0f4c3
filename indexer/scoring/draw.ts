import { createHash } from 'node:crypto'

/**
 * A number from 0 to 1 that belongs to a name: the first 53 bits of the name's SHA-256. Scoring has no randomness of
 * its own; whoever knows the name draws the same number, in any order and again.
 */
export function drawOf(name: string): number {
  const hash = createHash('sha256').update(name).digest()
  return Number(hash.readBigUInt64BE(0) >> 11n) / 2 ** 53
}
