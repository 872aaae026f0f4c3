/** Points of one account or supply by the quarter they were issued in, newest first; hundredths of a point. */
export type Lanes = readonly [bigint, bigint, bigint, bigint, bigint]

export const noPoints: Lanes = [0n, 0n, 0n, 0n, 0n]

export const totalOf = (lanes: Lanes): bigint => lanes.reduce((sum, lane) => sum + lane, 0n)

/** The lanes `quarters` later, and what lapsed on the way: what is pushed beyond the fifth lane. */
export function aged(lanes: Lanes, quarters: number): { readonly lanes: Lanes; readonly lapsed: bigint } {
  if (quarters < 0) throw new Error('points cannot grow younger')
  if (quarters === 0) return { lanes, lapsed: 0n }
  const at = (lane: number) => lanes[lane - quarters] ?? 0n
  const later: Lanes = [at(0), at(1), at(2), at(3), at(4)]
  return { lanes: later, lapsed: totalOf(lanes) - totalOf(later) }
}

/** The lanes that make up `points`, oldest first. Asking for more than there is would be a bug in the replay. */
export function oldestFirst(lanes: Lanes, points: bigint): Lanes {
  let open = points
  const taken: [bigint, bigint, bigint, bigint, bigint] = [0n, 0n, 0n, 0n, 0n]
  for (const lane of [4, 3, 2, 1, 0] as const) {
    taken[lane] = lanes[lane] < open ? lanes[lane] : open
    open -= taken[lane]
  }
  if (open !== 0n) throw new Error(`${points} points were to be taken where only ${totalOf(lanes)} are`)
  return taken
}

export function plus(one: Lanes, other: Lanes): Lanes {
  return [one[0] + other[0], one[1] + other[1], one[2] + other[2], one[3] + other[3], one[4] + other[4]]
}

export function minus(one: Lanes, other: Lanes): Lanes {
  return plus(one, [-other[0], -other[1], -other[2], -other[3], -other[4]])
}

const laneBits = 48n
const laneMask = (1n << laneBits) - 1n
const stampShift = 240n

/** A word of lanes as the contracts pack it: lane 0 in the low 48 bits, above lane 4 the quarter it is stamped with. */
export function unpacked(word: bigint): { readonly lanes: Lanes; readonly stamp: number } {
  const lane = (age: bigint) => (word >> (age * laneBits)) & laneMask
  return {
    lanes: [lane(0n), lane(1n), lane(2n), lane(3n), lane(4n)],
    stamp: Number((word >> stampShift) & 0x7fffn),
  }
}
