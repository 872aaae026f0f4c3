import type { Lapse } from './ageing.ts'
import type { Address } from './network.ts'

/**
 * The published order in which a payment takes a member's points (N-12): what could lapse first, then the redeeming
 * shop's own, then the issuer with the highest backing. Dates are days in UTC: shops that were admitted one after the
 * other on one morning lapse together. Plain arithmetic, so that anybody can check a proposal.
 */

/** What one issuer's points could give to a payment at one shop. */
export interface Source {
  readonly issuer: number
  readonly token: Address
  /** Free points that grow old together, oldest first. */
  readonly lots: readonly Lapse[]
  /** The most of them that may be spent at this shop: all at their issuer, elsewhere what N-13 leaves. */
  readonly most: bigint
  readonly backing: number | null
}

export interface ChosenLine {
  readonly issuer: number
  readonly token: Address
  readonly points: bigint
}

/** A payment's terms hold at most so many lines. */
export const mostLines = 16

/** Lines that give exactly `points`, ascending by token as the terms want them; null when the sources cannot. */
export function linesInOrder(
  sources: readonly Source[],
  payment: { readonly shop: number; readonly points: bigint },
): ChosenLine[] | null {
  const lines = taken(sources, payment)
  if (lines === null || lines.length <= mostLines) return lines
  // More issuers than terms can name: keep the order among those that hold the most.
  return taken(largest(sources), payment)
}

/** The most that one payment can take from these sources. */
export function mostPayable(sources: readonly Source[]): bigint {
  return largest(sources).reduce((sum, source) => sum + reach(source), 0n)
}

function reach(source: Source): bigint {
  const held = source.lots.reduce((sum, lot) => sum + lot.points, 0n)
  return held < source.most ? held : source.most
}

function largest(sources: readonly Source[]): Source[] {
  const byReach = [...sources].sort((a, b) => compare(reach(b), reach(a)) || a.issuer - b.issuer)
  return byReach.slice(0, mostLines)
}

function taken(
  sources: readonly Source[],
  payment: { readonly shop: number; readonly points: bigint },
): ChosenLine[] | null {
  const lots = sources.flatMap((source) => source.lots.map((lot) => ({ source, lot })))
  lots.sort(
    (a, b) =>
      dayOf(a.lot) - dayOf(b.lot) ||
      rankOwn(a.source, payment.shop) - rankOwn(b.source, payment.shop) ||
      // An issuer without points out cannot be asked for any, so null never decides.
      (b.source.backing ?? 0) - (a.source.backing ?? 0) ||
      a.source.issuer - b.source.issuer,
  )
  const lines = new Map<number, ChosenLine>()
  let missing = payment.points
  for (const { source, lot } of lots) {
    if (missing === 0n) break
    const before = lines.get(source.issuer)?.points ?? 0n
    const points = least(missing, lot.points, source.most - before)
    if (points <= 0n) continue
    lines.set(source.issuer, { issuer: source.issuer, token: source.token, points: before + points })
    missing -= points
  }
  if (missing > 0n) return null
  return [...lines.values()].sort((a, b) => (a.token < b.token ? -1 : 1))
}

const dayOf = (lot: Lapse): number => Math.floor(lot.at / 86_400)
const rankOwn = (source: Source, shop: number): number => (source.issuer === shop ? 0 : 1)
const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0)
const least = (...amounts: readonly [bigint, ...bigint[]]): bigint => amounts.reduce((a, b) => (a < b ? a : b))
