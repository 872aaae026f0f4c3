import type { Address } from '#web/queries/network.ts'

/** Points of one issuer that may be sent now. */
export interface Sendable {
  readonly shop: number
  readonly name: string
  readonly hue: number
  readonly token: Address
  /** Free hundredths. */
  readonly points: bigint
  /** The earliest moment at which some of them may lapse. */
  readonly lapsesFrom: Date
}

export interface SentLine {
  readonly shop: number
  readonly name: string
  readonly hue: number
  readonly token: Address
  readonly points: bigint
}

/**
 * Which points make up a gift: those of one issuer where one suffices, so that one yes does; the one whose points may
 * lapse first among them. Otherwise issuer by issuer in that order. null where all together are too few.
 */
export function sentLines(sendable: readonly Sendable[], points: bigint): readonly SentLine[] | null {
  const order = sendable
    .filter((one) => one.points > 0n)
    .toSorted((a, b) => a.lapsesFrom.getTime() - b.lapsesFrom.getTime() || a.shop - b.shop)
  const alone = order.find((one) => one.points >= points)
  if (alone) return [{ ...lineOf(alone), points }]
  const lines: SentLine[] = []
  let missing = points
  for (const one of order) {
    if (missing === 0n) break
    const taken = one.points < missing ? one.points : missing
    lines.push({ ...lineOf(one), points: taken })
    missing -= taken
  }
  return missing === 0n ? lines : null
}

function lineOf({ shop, name, hue, token }: Sendable): Omit<SentLine, 'points'> {
  return { shop, name, hue, token }
}
