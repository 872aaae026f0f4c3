// What shops have, owe and are owed, and what they may do with it, as the written rules say it.
import { PlainPoints } from './plain-points.ts'

export const par = 100n
const day = 86_400

export type Status = 'Active' | 'Suspended' | 'Exiting' | 'Exited' | 'Defaulted'
export type Till = {
  kind: 'Counter' | 'Campaign' | 'Import'
  revoked: boolean
  allotted: bigint
  used: bigint
  at: number
}

export class PlainShop {
  readonly shop: number
  readonly joinedAt: number
  readonly points: PlainPoints
  readonly tills: Till[] = []
  status: Status = 'Active'
  receiptLimit = 1_000_000n
  daily = 20_000_000n
  /** What all tills have given lately, in 86,400ths, and when that was reckoned. */
  used = 0n
  usedAt = 0
  net = 0n
  reserve = 0n
  stressedAt = 0
  exitAt = 0
  lastPaymentAt = 0
  price: { money: bigint; liability: bigint } | undefined

  constructor(shop: number, joinedAt: number) {
    this.shop = shop
    this.joinedAt = joinedAt
    this.points = new PlainPoints(joinedAt)
  }

  all(): bigint {
    return this.reserve + this.net
  }

  backing(): bigint {
    return this.reserve + (this.net < 0n ? this.net : 0n)
  }

  liability(): bigint {
    return this.points.supply() * par
  }

  /** In 1/10,000: all for 90 days, then down to the board's over 270 in a straight line, rounded up. */
  ratioByAge(time: number, board: bigint): bigint {
    const age = time - this.joinedAt
    if (age <= 90 * day) return 10_000n
    if (age >= 360 * day) return board
    const high = 10_000n * BigInt(360 * day - age) + board * BigInt(age - 90 * day)
    return ceil(high, BigInt(270 * day))
  }

  ratio(time: number, board: bigint): bigint {
    return this.status === 'Exiting' || this.status === 'Defaulted' ? 10_000n : this.ratioByAge(time, board)
  }

  required(time: number, board: bigint): bigint {
    return ceil(this.liability() * this.ratio(time, board), 10_000n)
  }

  free(time: number, board: bigint): bigint {
    return atLeastZero(this.backing() - this.required(time, board))
  }

  short(time: number, board: bigint): bigint {
    return atLeastZero(ceil(this.liability() * this.ratioByAge(time, board), 10_000n) - this.all())
  }

  issuable(time: number, board: bigint): bigint {
    if (this.backing() <= 0n) return 0n
    return atLeastZero((this.backing() * 10_000n) / (this.ratio(time, board) * par) - this.points.supply())
  }

  /** Whether the trigger's share of what remains stays when `value` goes. */
  keepsTrigger(value: bigint, remaining: bigint, time: number, board: bigint): boolean {
    const left = this.all() - value
    if (left < 0n) return false
    if (this.status === 'Defaulted') return true
    const share = this.status === 'Exiting' || this.status === 'Exited' ? 20_000n : this.ratioByAge(time, board)
    return left * 20_000n >= remaining * share
  }

  worth(points: bigint): bigint {
    if (this.price === undefined) return points * par
    return (points * par * this.price.money) / this.price.liability
  }

  mayBeStressed(time: number, board: bigint): boolean {
    const open = this.status === 'Active' || this.status === 'Suspended'
    return open && this.stressedAt === 0 && this.short(time, board) > 0n
  }

  relieveIfKept(time: number, board: bigint): void {
    if (this.stressedAt !== 0 && this.short(time, board) === 0n) this.stressedAt = 0
  }

  /** The price that its money carries now, at most par. */
  carried(): { money: bigint; liability: bigint } {
    const [money, liability] = [this.all(), this.liability()]
    return money >= liability ? { money: 1n, liability: 1n } : { money, liability }
  }
}

/** A vessel that drains evenly at a daily rate and holds three days of it: what is in it, in 86,400ths. */
export function inVessel(used: bigint, at: number, daily: bigint, time: number): bigint {
  return atLeastZero(used - BigInt(time - at) * daily)
}

/** What may still be given, rounded down. */
export function roomIn(used: bigint, at: number, daily: bigint, time: number): bigint {
  return atLeastZero(3n * 86_400n * daily - inVessel(used, at, daily, time)) / 86_400n
}

function ceil(amount: bigint, by: bigint): bigint {
  return (amount + by - 1n) / by
}

function atLeastZero(amount: bigint): bigint {
  return amount > 0n ? amount : 0n
}
