/** A member's score as it is committed: whole numbers, so that everybody who computes them writes the same bytes. */
export interface FixedScore {
  /** Probability of being a customer, parts per million. */
  readonly alivePpm: number
  /** Expected purchases, millionths. */
  readonly purchasesMillionths: bigint
  /** Expected value, minor units. */
  readonly valueMinor: bigint
}

/** To the nearest whole number; halves go to the even one, so that roundings of many do not drift. */
export function roundHalfEven(value: number): bigint {
  if (!Number.isFinite(value)) throw new Error(`${value} has no nearest whole number`)
  const below = Math.floor(value)
  const rest = value - below
  if (rest !== 0.5) return BigInt(rest < 0.5 ? below : below + 1)
  return BigInt(below % 2 === 0 ? below : below + 1)
}

/** `valueMinor` is in minor units already; nothing below zero is promised, and nobody is more than certain. */
export function fixedScore(score: {
  readonly alive: number
  readonly expected: number
  readonly valueMinor: number
}): FixedScore {
  return {
    alivePpm: Number(roundHalfEven(Math.min(1, Math.max(0, score.alive)) * 1_000_000)),
    purchasesMillionths: roundHalfEven(Math.max(0, score.expected) * 1_000_000),
    valueMinor: roundHalfEven(Math.max(0, score.valueMinor)),
  }
}
