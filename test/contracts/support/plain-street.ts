// The street's money and its shops' lives in plain numbers: settled, withdrawn, stressed, left, defaulted.
import type { PlainShop, Status, Till } from './plain-money.ts'

const day = 86_400
const done = ''

export class PlainStreet {
  time = 0
  board = 3_000n
  pool = 0n
  deposited = 0n
  withdrawn = 0n
  pausedUntil = 0
  pauseFrom = 0
  readonly shops: PlainShop[] = []

  shop(number: number): PlainShop {
    const found = this.shops[number - 1]
    if (found === undefined) throw new Error(`no shop ${number}`)
    return found
  }

  till(shop: number, till: number): Till {
    const found = this.shop(shop).tills[till - 1]
    if (found === undefined) throw new Error(`no till ${till} at shop ${shop}`)
    return found
  }

  pass(time: number): void {
    this.time = time
    for (const shop of this.shops) shop.points.tick(time)
  }

  // ---------------------------------------------------------------- money

  settle(shops: readonly number[]): void {
    const known = shops.filter((number) => number >= 1 && number <= this.shops.length).map((one) => this.shop(one))
    for (const shop of known) this.payDebt(shop)
    for (const shop of known) this.payCredit(shop)
    for (const shop of known) shop.relieveIfKept(this.time, this.board)
  }

  private payDebt(shop: PlainShop): void {
    const owed = shop.net < 0n ? -shop.net : 0n
    const paid = owed < shop.reserve ? owed : shop.reserve
    shop.net += paid
    shop.reserve -= paid
    this.pool += paid
  }

  private payCredit(shop: PlainShop): void {
    const due = shop.net > 0n ? shop.net : 0n
    const paid = due < this.pool ? due : this.pool
    shop.net -= paid
    shop.reserve += paid
    this.pool -= paid
  }

  withdraw(number: number, amount: bigint): string {
    const shop = this.shop(number)
    if (shop.status === 'Exiting' || shop.status === 'Defaulted') return 'WithdrawalsStopped'
    if (amount > shop.free(this.time, this.board)) return 'ReserveTooLow'
    shop.reserve -= amount
    this.withdrawn += amount
    shop.relieveIfKept(this.time, this.board)
    return done
  }

  // ---------------------------------------------------------------- a shop's life

  change(number: number, to: Status): string {
    const from = this.shop(number).status
    const edges: Record<Status, Status[]> = {
      Active: ['Suspended', 'Exiting', 'Defaulted'],
      Suspended: ['Active', 'Exiting', 'Defaulted'],
      Exiting: ['Exited', 'Defaulted'],
      Exited: [],
      Defaulted: [],
    }
    if (!edges[from].includes(to)) return 'WrongStatus'
    if (to === 'Exiting') this.shop(number).exitAt = this.time
    this.shop(number).status = to
    return done
  }

  finishExit(number: number): string {
    const shop = this.shop(number)
    if (shop.status !== 'Exiting') return 'WrongStatus'
    if (shop.points.supply() !== 0n) return 'PointsOutstanding'
    if (this.time <= Math.max(shop.exitAt, shop.lastPaymentAt) + 30 * day) return 'RefundsPossible'
    return this.change(number, 'Exited')
  }

  declareDefault(number: number): string {
    const shop = this.shop(number)
    const kept = { net: shop.net, reserve: shop.reserve, pool: this.pool }
    this.payDebt(shop)
    this.payCredit(shop)
    if (this.time < this.defaultFrom(shop)) {
      ;({ net: shop.net, reserve: shop.reserve } = kept)
      this.pool = kept.pool
      return 'NoDefault'
    }
    this.change(number, 'Defaulted')
    shop.stressedAt = 0
    shop.points.stop()
    shop.price = shop.carried()
    return done
  }

  private defaultFrom(shop: PlainShop): number {
    if (shop.status === 'Exited' || shop.status === 'Defaulted') return Number.POSITIVE_INFINITY
    if (shop.stressedAt !== 0 && shop.short(this.time, this.board) > 0n) return shop.stressedAt + 7 * day
    const uncovered = shop.status === 'Exiting' && shop.all() < shop.liability()
    return uncovered ? shop.exitAt + 30 * day : Number.POSITIVE_INFINITY
  }

  raisePrice(number: number): string {
    const shop = this.shop(number)
    if (shop.price === undefined) return 'NotDefaulted'
    const now = shop.carried()
    if (now.money * shop.price.liability <= shop.price.money * now.liability) return 'PriceNotHigher'
    shop.price = now
    return done
  }

  markStressed(number: number): string {
    const shop = this.shop(number)
    const above = shop.keepsTrigger(0n, shop.liability(), this.time, this.board)
    // What is asked is the trigger of a shop that stays; one that leaves cannot be marked anyway.
    if (above || !shop.mayBeStressed(this.time, this.board)) return 'NotStressed'
    shop.stressedAt = this.time
    return done
  }

  relieve(number: number): string {
    const shop = this.shop(number)
    if (shop.stressedAt === 0) return 'NotStressed'
    if (shop.short(this.time, this.board) > 0n) return 'StillShort'
    shop.stressedAt = 0
    return done
  }
}
