// The whole network in plain numbers: what must come of every act, by the written rules alone. It shares no code with
// the contracts; the order of its refusals is the order in which the rules are read there.
import { inVessel, par, roomIn } from './plain-money.ts'
import { type Lot, sumOf } from './plain-points.ts'
import { PlainStreet } from './plain-street.ts'

const day = 86_400
const done = ''

export type Entry = { member: string; points: bigint; soldAt: number }
export type PlainLine = { shop: number; points: bigint }
export type Paid = {
  shop: number
  till: number
  member: string
  sequence: bigint
  at: number
  value: bigint
  lines: { shop: number; points: bigint; lots: Lot[]; back: bigint }[]
}
export type Sold = { shop: number; receipt: string; member: string; points: bigint; soldAt: number; quarter: number }

export const receiptOf = (shop: number, till: number, sequence: bigint): string => `${shop}/${till}/${sequence}`

/** Numbers of `LeftOut`. */
const leftOut = { spent: 1, limit: 2, unfunded: 3, budget: 4, time: 5, nobody: 6, till: 7, shop: 8 }
/** Numbers of `RefusedBecause`. */
const refused = { spent: 1, expired: 2, signature: 3, lines: 4, token: 5, balance: 6, stressed: 7, defaulted: 8 }

export class PlainNetwork extends PlainStreet {
  readonly given = new Set<string>()
  readonly reversed = new Map<string, bigint>()
  readonly taken = new Set<string>()

  // ---------------------------------------------------------------- purchases

  /** Why the whole submission is refused; else nothing. */
  mayIssue(shop: number, till: number, signed: { till: boolean; owner: boolean }): string {
    if (this.time < this.pausedUntil) return 'IssuingIsPaused'
    if (this.shop(shop).status !== 'Active') return 'ShopNotIssuing'
    if (!signed.till) return 'BadTillSignature'
    return this.till(shop, till).revoked && !signed.owner ? 'OwnerSignatureMissing' : done
  }

  /** Issues entry after entry; answers with the reason of each, 0 where it got its points. */
  issue(number: number, tillNumber: number, first: bigint, entries: readonly Entry[]): number[] {
    const shop = this.shop(number)
    const till = this.till(number, tillNumber)
    const counter = till.kind === 'Counter'
    const free = till.kind === 'Import'
    const infinite = 2n ** 200n
    const bounds = {
      budget: counter ? infinite : till.allotted - till.used,
      till: counter ? roomIn(till.used, till.at, till.allotted, this.time) : infinite,
      shop: free ? infinite : roomIn(shop.used, shop.usedAt, shop.daily, this.time),
      covered: shop.issuable(this.time, this.board),
    }
    let drawn = 0n
    const reasons = entries.map((entry, index) => {
      const receipt = receiptOf(number, tillNumber, first + BigInt(index))
      if (this.given.has(receipt)) return leftOut.spent
      if (BigInt(entry.member) === 0n) return leftOut.nobody
      if ((!free && entry.soldAt < this.time - 7 * day) || entry.soldAt > this.time + 600) return leftOut.time
      if (entry.points > shop.receiptLimit) return leftOut.limit
      if (drawn + entry.points > bounds.budget) return leftOut.budget
      if (drawn + entry.points > bounds.till) return leftOut.till
      if (drawn + entry.points > bounds.shop) return leftOut.shop
      if (drawn + entry.points > bounds.covered) return leftOut.unfunded
      drawn += entry.points
      this.given.add(receipt)
      shop.points.issue(entry.member, entry.points)
      return 0
    })
    if (drawn === 0n) return reasons
    if (counter) {
      till.used = inVessel(till.used, till.at, till.allotted, this.time) + drawn * 86_400n
      till.at = this.time
    } else {
      till.used += drawn
    }
    if (!free) {
      shop.used = inVessel(shop.used, shop.usedAt, shop.daily, this.time) + drawn * 86_400n
      shop.usedAt = this.time
    }
    return reasons
  }

  private isCounter(shop: number, till: number): boolean {
    const found = this.till(shop, till)
    return found.kind === 'Counter' && !found.revoked
  }

  reverse(
    sold: Sold,
    agreed: { till: number; before: bigint; points: bigint; taken: bigint; debt: bigint; deadline: number },
    wellSigned: boolean,
  ): string {
    const shop = this.shop(sold.shop)
    if (!['Active', 'Suspended', 'Exiting'].includes(shop.status)) return 'ShopNotReversing'
    if (!this.isCounter(sold.shop, agreed.till)) return 'TillNotReversing'
    if (this.time > sold.soldAt + 30 * day) return 'ReversalWindowOver'
    if (this.time > agreed.deadline) return 'ReversalExpired'
    if (!wellSigned) return 'BadTillSignature'
    const before = this.reversed.get(sold.receipt) ?? 0n
    if (before !== agreed.before) return 'ReversalOutOfTurn'
    if (agreed.points === 0n || agreed.points > sold.points - before) return 'ReversalOutOfBounds'
    if (agreed.taken + agreed.debt > agreed.points) return 'ReversalUneven'
    if (shop.points.balance(sold.member) < agreed.taken) return 'TooFewToTakeBack'
    this.reversed.set(sold.receipt, before + agreed.points)
    shop.points.takeBack(sold.member, agreed.taken, sold.quarter)
    shop.points.debts.set(sold.member, shop.points.debt(sold.member) + agreed.debt)
    return done
  }

  // ---------------------------------------------------------------- payments

  mayRedeem(shop: number, till: number, signed: boolean): string {
    if (!['Active', 'Exiting'].includes(this.shop(shop).status)) return 'ShopNotAccepting'
    if (!this.isCounter(shop, till)) return 'TillNotAccepting'
    return signed ? done : 'BadTillSignature'
  }

  /** Takes a payment, or says by number why not. */
  pay(
    place: { shop: number; till: number },
    item: { member: string; sequence: bigint; knowing: boolean; deadline: number; lines: readonly PlainLine[] },
    asked: { wellSigned: boolean; inOrder: boolean },
  ): { reason: number; paid?: Paid } {
    const receipt = receiptOf(place.shop, place.till, item.sequence)
    if (this.taken.has(receipt)) return { reason: refused.spent }
    if (this.time > item.deadline) return { reason: refused.expired }
    if (!asked.wellSigned) return { reason: refused.signature }
    for (const [index, line] of item.lines.entries()) {
      if (line.points === 0n || (index === 1 && !asked.inOrder)) return { reason: refused.lines }
      const issuer = this.shop(line.shop)
      if (issuer.points.balance(item.member) < line.points) return { reason: refused.balance }
      if (issuer.status === 'Defaulted' && !item.knowing) return { reason: refused.defaulted }
    }
    const foreign = item.lines.filter((line) => line.shop !== place.shop)
    for (const line of foreign) {
      const issuer = this.shop(line.shop)
      const remaining = issuer.liability() - line.points * par
      if (issuer.keepsTrigger(issuer.worth(line.points), remaining, this.time, this.board)) continue
      if (issuer.mayBeStressed(this.time, this.board)) issuer.stressedAt = this.time
      return { reason: refused.stressed }
    }
    this.taken.add(receipt)
    let sum = 0n
    const lines = item.lines.map((line) => {
      const issuer = this.shop(line.shop)
      const value = issuer.worth(line.points)
      sum += value
      if (line.shop !== place.shop) {
        issuer.net -= value
        this.shop(place.shop).net += value
        if (issuer.status === 'Exiting') issuer.lastPaymentAt = this.time
      }
      return { ...line, lots: issuer.points.take(item.member, line.points), back: 0n }
    })
    if (this.shop(place.shop).status === 'Exiting') this.shop(place.shop).lastPaymentAt = this.time
    return {
      reason: 0,
      paid: { ...place, member: item.member, sequence: item.sequence, at: this.time, value: sum, lines },
    }
  }

  refund(
    paid: Paid,
    agreed: { till: number; before: readonly bigint[]; points: readonly bigint[]; deadline: number },
    wellSigned: boolean,
  ): string {
    const shop = this.shop(paid.shop)
    if (this.time > paid.at + 30 * day) return 'RefundWindowOver'
    if (shop.status === 'Defaulted') return 'ShopNotRefunding'
    if (!this.isCounter(paid.shop, agreed.till)) return 'TillNotAccepting'
    if (this.time > agreed.deadline) return 'RefundExpired'
    if (!wellSigned) return 'BadTillSignature'
    const back = paid.lines.map((line, index) => ({ line, points: agreed.points[index] ?? 0n }))
    for (const [index, { line, points }] of back.entries()) {
      if (line.back !== agreed.before[index]) return 'RefundOutOfTurn'
      if (points > line.points - line.back) return 'RefundTooHigh'
      if (points !== 0n && this.shop(line.shop).status === 'Defaulted') return 'RefundInCash'
    }
    if (back.every(({ points }) => points === 0n)) return 'NothingToRefund'
    const foreign = back.filter(({ line, points }) => line.shop !== paid.shop && points !== 0n)
    const value = foreign.reduce((sum, { points }) => sum + points * par, 0n)
    if (foreign.length !== 0 && !shop.keepsTrigger(value, shop.liability(), this.time, this.board)) {
      return 'RefundUnfunded'
    }
    shop.net -= value
    const own = back.find(({ line }) => line.shop === paid.shop)?.points ?? 0n
    if (own > shop.issuable(this.time, this.board)) {
      shop.net += value
      return 'RefundUnfunded'
    }
    for (const { line, points } of foreign) this.shop(line.shop).net += points * par
    for (const { line, points } of back) {
      this.shop(line.shop).points.restore(paid.member, youngest(line.lots, line.back, points))
      line.back += points
    }
    return done
  }
}

/** The youngest of these lots, once `before` of them are passed over. */
function youngest(lots: readonly Lot[], before: bigint, points: bigint): Lot[] {
  let [skip, left] = [before, points]
  const byAge = [...lots].sort((one, other) => other.quarter - one.quarter)
  const back = byAge.map((lot) => {
    const gone = skip < lot.points ? skip : lot.points
    skip -= gone
    const part = lot.points - gone < left ? lot.points - gone : left
    left -= part
    return { quarter: lot.quarter, points: part }
  })
  if (sumOf(back) !== points) throw new Error('the record holds fewer points')
  return back.filter((lot) => lot.points !== 0n)
}
