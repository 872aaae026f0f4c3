// How the contracts keep points (contracts/libraries/Lanes.sol), read a second time: a mistake in the mirror's reading
// must not be made here as well.

/** Points by the quarter they were issued in, the quarter `stamp` first. */
export interface LaneWord {
  readonly stamp: number
  readonly lanes: readonly bigint[]
}

const lanesInWord = 5
const laneBits = 48n

/** Five lanes of 48 bits, the quarter in the 15 bits above, the debt bit on top. */
export function wordRead(word: bigint): LaneWord & { readonly owes: boolean } {
  const lanes = Array.from({ length: lanesInWord }, (_, lane) => BigInt.asUintN(48, word >> (BigInt(lane) * laneBits)))
  return { lanes, stamp: Number((word >> 240n) & 0x7fffn), owes: word >> 255n === 1n }
}

/** The lanes as they read in a later quarter: each quarter makes each lane one older, and the oldest lapses. */
export function lanesIn(word: LaneWord, quarter: number): readonly bigint[] {
  const later = Math.max(0, quarter - word.stamp)
  return word.lanes.map((_, lane) => word.lanes[lane - later] ?? 0n)
}

/** Whether two words hold the same points, read in the later of their quarters. */
export function samePoints(one: LaneWord, other: LaneWord): boolean {
  const quarter = Math.max(one.stamp, other.stamp)
  const lanes = lanesIn(other, quarter)
  return lanesIn(one, quarter).every((points, lane) => points === lanes[lane])
}

export interface LaneColumns {
  readonly stamp: number
  readonly lane0: string
  readonly lane1: string
  readonly lane2: string
  readonly lane3: string
  readonly lane4: string
}

export function wordOfRow(row: LaneColumns): LaneWord {
  return { stamp: row.stamp, lanes: [row.lane0, row.lane1, row.lane2, row.lane3, row.lane4].map(BigInt) }
}

export const told = ({ stamp, lanes }: LaneWord): string => `${lanes.join('/')} in quarter ${stamp}`
