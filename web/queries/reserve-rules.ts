/** What a shop must keep for its points (N-9) and when its points stop spending elsewhere (N-13). */

/** One whole, in basis points. */
export const wholeBps = 10_000n
const newcomerSeconds = 90n * 86_400n
const ratioFallsOverSeconds = 270n * 86_400n

/** A shop's position in settlement money. */
export interface Position {
  /** Owed to it (+) or by it (-), not yet settled. */
  readonly net: bigint
  readonly reserve: bigint
}

/** Newcomers keep all, then ever less for 270 days, down to the board's ratio. Times in seconds UTC. */
export function requiredRatioBpsUp(
  joinedAt: number,
  rule: { readonly boardBps: number; readonly now: number },
): bigint {
  const age = BigInt(Math.max(rule.now - joinedAt, 0))
  const settled = BigInt(rule.boardBps)
  if (age >= newcomerSeconds + ratioFallsOverSeconds) return settled
  if (age <= newcomerSeconds) return wholeBps
  return wholeBps - ((wholeBps - settled) * (age - newcomerSeconds)) / ratioFallsOverSeconds
}

/** Where a shop stands as issuer: one that leaves keeps all, one that has defaulted pays a price fixed beforehand. */
export type IssuerMode = 'open' | 'exiting' | 'defaulted'

/** What a defaulted shop's points are worth, as a fraction of par (N-17). */
export interface DefaultPrice {
  readonly money: bigint
  readonly liability: bigint
}

/** What points are worth in money: par, or the price they default at. */
export function valueDown(points: bigint, rule: { readonly par: bigint; readonly price: DefaultPrice | null }): bigint {
  const atPar = points * rule.par
  return rule.price === null ? atPar : (atPar * rule.price.money) / rule.price.liability
}

/** What stands behind a shop's own points: its reserve, less what it owes. Credit not yet settled does not count. */
export function backingOf({ net, reserve }: Position): bigint {
  return reserve + (net < 0n ? net : 0n)
}

export function requiredReserveUp(liability: bigint, ratioBps: bigint): bigint {
  return (liability * ratioBps + wholeBps - 1n) / wholeBps
}

/** Money the owner may withdraw. */
export function freeReserve(position: Position, required: bigint): bigint {
  const free = backingOf(position) - required
  return free > 0n ? free : 0n
}

/** Points that the reserve still carries, in hundredths. */
export function issuableDown(
  position: Position,
  rule: { readonly ratioBps: bigint; readonly par: bigint; readonly supply: bigint },
): bigint {
  const backing = backingOf(position)
  if (backing <= 0n) return 0n
  const carried = (backing * wholeBps) / (rule.ratioBps * rule.par)
  return carried > rule.supply ? carried - rule.supply : 0n
}

/**
 * The most points of an issuer, in hundredths and at par, that may be redeemed at other shops: what is left afterwards
 * must carry half the required ratio of the points that remain, all of them where the issuer leaves. The money of one
 * that has defaulted was counted when its price was fixed.
 */
export function redeemableElsewhereDown(
  position: Position,
  rule: { readonly ratioBps: bigint; readonly par: bigint; readonly supply: bigint; readonly mode: IssuerMode },
): bigint {
  const stands = position.reserve + position.net
  if (stands < 0n) return 0n
  const carried = stands / rule.par < rule.supply ? stands / rule.par : rule.supply
  if (rule.mode === 'defaulted') return carried
  // Money and points that remain go down by the same value, so one payment is as good as all of them.
  if (rule.mode === 'exiting') return stands >= rule.supply * rule.par ? rule.supply : 0n
  // left = stands - v must satisfy left * 2 * whole >= (liability - v) * ratio, hence v * (2 * whole - ratio) <= spare.
  const liability = rule.supply * rule.par
  const spare = stands * 2n * wholeBps - liability * rule.ratioBps
  if (spare < 0n) return 0n
  const byTrigger = spare / (2n * wholeBps - rule.ratioBps)
  const value = byTrigger < stands ? byTrigger : stands
  const points = value / rule.par
  return points < rule.supply ? points : rule.supply
}

/** The share of a liability that some money covers, cut to a hundredth of a percent; null where nothing is owed. */
export function shareCoveredDown(money: bigint, liability: bigint): number | null {
  if (liability === 0n) return null
  const covered = money > 0n ? money : 0n
  return Number((covered * wholeBps) / liability) / Number(wholeBps)
}
