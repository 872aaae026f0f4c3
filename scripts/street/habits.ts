import { type Chance, chanceFrom } from './random.ts'
import { type StreetShop, streetShops } from './shops.ts'

const day = 86_400

/** Spend in cents, points in hundredths, times in seconds UTC; members by place in the list, shops and tills from 1. */
export interface Sale {
  readonly shop: number
  readonly till: number
  readonly member: number
  readonly spend: bigint
  readonly points: bigint
  readonly soldAt: number
}

export interface PaidLine {
  readonly issuer: number
  readonly points: bigint
}

export interface PointsPayment {
  readonly shop: number
  readonly till: number
  readonly member: number
  /** 0: points as money; else the reward's number. */
  readonly purpose: number
  readonly lines: readonly PaidLine[]
}

export interface Gift {
  readonly from: number
  readonly to: number
  readonly issuer: number
  readonly points: bigint
}

export interface DiaryDay {
  readonly midnight: number
  readonly sales: readonly Sale[]
  readonly payments: readonly PointsPayment[]
  readonly gifts: readonly Gift[]
  /** On Sundays the shops settle. */
  readonly settles: boolean
}

/** How one member uses one shop. */
interface Habit {
  readonly shop: number
  /** Chance of a visit on a day the shop is open. */
  readonly perDay: number
  readonly spend: readonly [number, number]
  /** Most visits fall in these hours, UTC. */
  readonly hours: readonly [number, number]
}

interface Regular {
  readonly habits: readonly Habit[]
  readonly from: number
  readonly until: number
}

const kinds: readonly (readonly Habit[])[] = [
  // Coffee on the way to work, bread on some days.
  [
    { shop: 1, perDay: 0.75, spend: [280, 640], hours: [6, 9] },
    { shop: 2, perDay: 0.3, spend: [240, 780], hours: [6, 9] },
    { shop: 4, perDay: 0.03, spend: [900, 3200], hours: [15, 18] },
  ],
  // The week's shopping for a family.
  [
    { shop: 3, perDay: 0.22, spend: [2200, 7800], hours: [9, 17] },
    { shop: 2, perDay: 0.35, spend: [420, 1600], hours: [7, 11] },
    { shop: 8, perDay: 0.06, spend: [1200, 4800], hours: [14, 18] },
  ],
  // A reader who lingers.
  [
    { shop: 4, perDay: 0.1, spend: [800, 4200], hours: [10, 17] },
    { shop: 1, perDay: 0.25, spend: [420, 1250], hours: [10, 16] },
    { shop: 7, perDay: 0.04, spend: [900, 3500], hours: [10, 17] },
  ],
  // The salon once a month, flowers for the table.
  [
    { shop: 5, perDay: 0.045, spend: [3500, 9800], hours: [9, 17] },
    { shop: 7, perDay: 0.12, spend: [700, 2900], hours: [9, 17] },
    { shop: 8, perDay: 0.08, spend: [900, 5200], hours: [13, 18] },
  ],
  // By bicycle.
  [
    { shop: 6, perDay: 0.06, spend: [900, 14500], hours: [9, 17] },
    { shop: 1, perDay: 0.2, spend: [310, 900], hours: [8, 16] },
    { shop: 3, perDay: 0.12, spend: [600, 2600], hours: [15, 18] },
  ],
  // Comes by now and then, for anything.
  [
    { shop: 2, perDay: 0.1, spend: [260, 900], hours: [7, 17] },
    { shop: 3, perDay: 0.08, spend: [500, 3000], hours: [8, 17] },
    { shop: 5, perDay: 0.03, spend: [2800, 7400], hours: [9, 17] },
    { shop: 8, perDay: 0.04, spend: [700, 3800], hours: [12, 18] },
  ],
]

export interface DiaryOptions {
  readonly seed: string
  readonly members: number
  readonly firstMidnight: number
  /** Nothing happens after this moment. */
  readonly now: number
}

/** The street's life, day by day: the same for the same seed and dates. Nobody ever spends points not yet credited. */
export function writeDiary(options: DiaryOptions): DiaryDay[] {
  const chance = chanceFrom(options.seed)
  const days = Math.floor((options.now - options.firstMidnight) / day) + 1
  const regulars = Array.from({ length: options.members }, (_, member) => regularOf(chance, member, days))
  const purses = regulars.map(() => new Map<number, bigint>())
  return Array.from({ length: days }, (_, index) => {
    const midnight = options.firstMidnight + index * day
    const noonPassed = options.now > midnight + 12 * 3_600
    const sales = salesOf(chance, regulars, index, midnight).filter((sale) => sale.soldAt < options.now - 60)
    const payments = index < 5 || !noonPassed ? [] : paymentsOf(chance, purses, weekdayOf(midnight))
    const gifts = index < 5 || !noonPassed ? [] : giftsOf(chance, purses, payments)
    for (const sale of sales) credit(purses, sale.member, sale.shop, sale.points)
    return {
      midnight,
      sales,
      payments,
      gifts,
      settles: weekdayOf(midnight) === 0 && options.now > midnight + 19 * 3_600,
    }
  })
}

const weekdayOf = (midnight: number): number => new Date(midnight * 1000).getUTCDay()

function regularOf(chance: Chance, member: number, days: number): Regular {
  const kind = kinds[member % kinds.length] ?? []
  const habits = kind.map((habit) => ({ ...habit, perDay: habit.perDay * (0.7 + 0.6 * chance.fraction()) }))
  // One in eight stopped coming, one in eight came only lately.
  const lapsed = member % 8 === 5
  const late = member % 8 === 2
  return {
    habits,
    from: late ? chance.between(Math.floor(days / 3), Math.floor(days / 2)) : 0,
    until: lapsed ? chance.between(Math.floor(days / 4), Math.floor(days / 2)) : days,
  }
}

function salesOf(chance: Chance, regulars: readonly Regular[], index: number, midnight: number): Sale[] {
  const sales: Sale[] = []
  for (const [member, regular] of regulars.entries()) {
    for (const habit of regular.habits) {
      const visits = chance.happens(habit.perDay)
      const spend = BigInt(chance.between(...habit.spend))
      const soldAt = midnight + chance.between(habit.hours[0] * 3_600, habit.hours[1] * 3_600)
      const shop = shopAt(habit.shop)
      const till = chance.between(1, shop.tills.length)
      const there = index >= regular.from && index <= regular.until && shop.openOn.includes(weekdayOf(midnight))
      if (!visits || !there) continue
      sales.push({ shop: habit.shop, till, member, spend, points: pointsForSpendDown(spend, shop.earnRate), soldAt })
    }
  }
  return sales.sort((one, other) => one.soldAt - other.soldAt)
}

/** Hundredths of a point for a spend in cents, rounded down. */
export function pointsForSpendDown(spend: bigint, earnRate: number): bigint {
  return (spend * BigInt(earnRate)) / 100n
}

function shopAt(shop: number): StreetShop {
  const found = streetShops[shop - 1]
  if (found === undefined) throw new Error(`no shop ${shop} on the demo street`)
  return found
}

type Purses = readonly Map<number, bigint>[]

function credit(purses: Purses, member: number, issuer: number, points: bigint): void {
  const purse = purses[member]
  if (purse === undefined) throw new Error(`no member ${member}`)
  const after = (purse.get(issuer) ?? 0n) + points
  if (after < 0n) throw new Error(`member ${member} would spend points of shop ${issuer} that are not there`)
  purse.set(issuer, after)
}

const totalOf = (purse: ReadonlyMap<number, bigint>): bigint =>
  [...purse.values()].reduce((sum, part) => sum + part, 0n)

function paymentsOf(chance: Chance, purses: Purses, weekday: number): PointsPayment[] {
  const payments: PointsPayment[] = []
  for (const [member, purse] of purses.entries()) {
    const total = totalOf(purse)
    const wants = chance.happens(0.045)
    const toCharity = chance.happens(0.12)
    const place = chance.between(0, streetShops.length - 2)
    const share = BigInt(chance.between(35, 90))
    const takesReward = chance.happens(0.5)
    if (!wants || total < 60_00n) continue
    const shop = toCharity ? streetShops.length : place + 1
    const { openOn, rewards, tills } = shopAt(shop)
    if (!openOn.includes(weekday)) continue
    const reward = takesReward ? rewards.findLastIndex((offer) => offer.points <= total) + 1 : 0
    const points = reward > 0 ? (rewards[reward - 1]?.points ?? 0n) : ((total * share) / 100n / 100n) * 100n
    const lines = linesFor(purse, shop, points)
    for (const line of lines) credit(purses, member, line.issuer, -line.points)
    payments.push({ shop, till: chance.between(1, tills.length), member, purpose: reward, lines })
  }
  return payments
}

/** The shop's own points first, then by the issuer's number, as a wallet proposes while all lapse together. */
function linesFor(purse: ReadonlyMap<number, bigint>, shop: number, points: bigint): PaidLine[] {
  const issuers = [...purse.keys()].sort((one, other) => Number(other === shop) - Number(one === shop) || one - other)
  const lines: PaidLine[] = []
  let rest = points
  for (const issuer of issuers) {
    const held = purse.get(issuer) ?? 0n
    const taken = held < rest ? held : rest
    if (taken > 0n) lines.push({ issuer, points: taken })
    rest -= taken
  }
  return lines
}

function giftsOf(chance: Chance, purses: Purses, payments: readonly PointsPayment[]): Gift[] {
  const from = chance.between(0, purses.length - 1)
  const to = chance.between(0, purses.length - 1)
  const share = BigInt(chance.between(20, 60))
  const purse = purses[from]
  // Who pays today gives nothing away today: what is left was promised to nobody.
  if (!chance.happens(0.7) || from === to || purse === undefined) return []
  if (payments.some((payment) => payment.member === from)) return []
  const [issuer, held] = [...purse].sort(([, one], [, other]) => (one < other ? 1 : -1))[0] ?? [0, 0n]
  const points = ((held * share) / 100n / 100n) * 100n
  if (points < 10_00n) return []
  credit(purses, from, issuer, -points)
  credit(purses, to, issuer, points)
  return [{ from, to, issuer, points }]
}

/** What each shop issued in all, by shop: what its reserve has to cover. */
export function issuedByShop(diary: readonly DiaryDay[]): Map<number, bigint> {
  const issued = new Map<number, bigint>()
  for (const sale of diary.flatMap((entry) => entry.sales)) {
    issued.set(sale.shop, (issued.get(sale.shop) ?? 0n) + sale.points)
  }
  return issued
}
