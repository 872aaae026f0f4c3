// The points of one shop as a list of lots, with the clock of the written rules: slow, plain, and written without a
// look at packed words.
const day = 86_400
const quarterDays = 91

export type Lot = { readonly quarter: number; readonly points: bigint }

export const sumOf = (lots: readonly Lot[]): bigint => lots.reduce((sum, lot) => sum + lot.points, 0n)

export class PlainPoints {
  quarter = 0
  noticeAt = 0
  stopped = false
  startedAt: number
  readonly debts = new Map<string, bigint>()
  private readonly lots = new Map<string, Lot[]>()

  constructor(startedAt: number) {
    this.startedAt = startedAt
  }

  /** What the member has that has not lapsed. */
  held(member: string): Lot[] {
    return (this.lots.get(member) ?? []).filter((lot) => this.quarter - lot.quarter < 5)
  }

  balance(member: string): bigint {
    return sumOf(this.held(member))
  }

  supply(): bigint {
    return [...this.lots.keys()].reduce((sum, member) => sum + this.balance(member), 0n)
  }

  lanes(member: string): bigint[] {
    return [0, 1, 2, 3, 4].map((age) => sumOf(this.held(member).filter((lot) => this.quarter - lot.quarter === age)))
  }

  debt(member: string): bigint {
    return this.debts.get(member) ?? 0n
  }

  /** New points; what the member owes is paid first. */
  issue(member: string, points: bigint): void {
    const owed = this.debt(member)
    const paid = owed < points ? owed : points
    this.debts.set(member, owed - paid)
    this.give(member, [{ quarter: this.quarter, points: points - paid }])
  }

  give(member: string, lots: readonly Lot[]): void {
    this.lots.set(member, [...this.held(member), ...lots])
  }

  /** Points taken in the order in which quarters are named first; those there, at most `points`. */
  private takeBy(member: string, points: bigint, quarters: readonly number[]): Lot[] {
    let missing = points
    const taken: Lot[] = []
    let left = this.held(member)
    for (const quarter of quarters) {
      const here = sumOf(left.filter((lot) => lot.quarter === quarter))
      const part = here < missing ? here : missing
      missing -= part
      taken.push({ quarter, points: part })
      left = [...left.filter((lot) => lot.quarter !== quarter), { quarter, points: here - part }]
    }
    if (missing !== 0n) throw new Error('the model has fewer points')
    this.lots.set(member, left)
    return taken.filter((lot) => lot.points !== 0n)
  }

  /** The oldest first. */
  take(member: string, points: bigint): Lot[] {
    const live = [4, 3, 2, 1, 0].map((age) => this.quarter - age)
    return this.takeBy(member, points, live)
  }

  /** First those of quarter `born`, then the younger, then the older. */
  takeBack(member: string, points: bigint, born: number): void {
    const live = [4, 3, 2, 1, 0].map((age) => this.quarter - age)
    const younger = live.filter((quarter) => quarter >= born)
    const older = live.filter((quarter) => quarter < born).reverse()
    this.takeBy(member, points, [...younger, ...older])
  }

  /** Points that come back as old as they are, or as old as points can be. */
  restore(member: string, lots: readonly Lot[]): void {
    const oldest = this.quarter - 4
    this.give(
      member,
      lots.map((lot) => ({ quarter: Math.max(lot.quarter, oldest), points: lot.points })),
    )
  }

  // ---------------------------------------------------------------- time

  endsAt(): number {
    return Math.max(this.startedAt + quarterDays * day, this.noticeAt + 30 * day)
  }

  noticeOpensAt(): number {
    return this.startedAt + (quarterDays - 60) * day
  }

  tick(time: number): void {
    if (this.noticeAt === 0 || time < this.endsAt()) return
    this.startedAt = this.endsAt()
    this.quarter += 1
    this.noticeAt = 0
  }

  stop(): void {
    this.stopped = true
    this.noticeAt = 0
  }
}
