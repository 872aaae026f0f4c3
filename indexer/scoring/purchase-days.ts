import type { Spends } from './gamma-gamma.ts'
import type { Histories } from './histories.ts'
import type { Opportunities } from './opportunities.ts'

/** Purchase days of one shop, or of the network, as columns, ascending by member and day, each day of a member once. */
export interface PurchaseDays {
  /** Numbers of members from 0. */
  readonly member: Int32Array
  /** Days since 1970-01-01 in the shop's time zone. */
  readonly day: Int32Array
  /** Net of refunds, in minor units. */
  readonly spend: Float64Array
}

/** What was known of those who had come by a day. */
export interface Observed {
  /** Their numbers, ascending; every other column goes by this order. */
  readonly member: Int32Array
  /** In days. */
  readonly histories: Histories & { readonly logGaps: Float64Array }
  readonly spends: Spends
  /** The same, a week an opportunity: weeks after the first in which they came. */
  readonly weeks: Opportunities
}

interface Seen {
  readonly member: number
  readonly days: Int32Array
  readonly spend: Float64Array
}

/** The days of each member up to and including `end`; whoever came later is not there yet. */
function* seenBy(days: PurchaseDays, end: number): Generator<Seen> {
  let from = 0
  while (from < days.member.length) {
    let to = from
    let known = from
    while (to < days.member.length && days.member[to] === days.member[from]) {
      if ((days.day[to] as number) <= end) known = to + 1
      to += 1
    }
    if (known > from) {
      yield {
        member: days.member[from] as number,
        days: days.day.subarray(from, known),
        spend: days.spend.subarray(from, known),
      }
    }
    from = to
  }
}

/** Histories as they stood at the end of day `end`. */
export function observedAt(days: PurchaseDays, end: number): Observed {
  const rows = [...seenBy(days, end)].map((seen) => {
    const [first, last] = [seen.days[0] as number, seen.days.at(-1) as number]
    const repeats = seen.days.length - 1
    const gaps = seen.days
      .subarray(1)
      .reduce((sum, day, index) => sum + Math.log(day - (seen.days[index] as number)), 0)
    const spent = seen.spend.subarray(1).reduce((sum, spend) => sum + spend, 0)
    const weeks = [...new Set(Array.from(seen.days, (day) => Math.ceil((day - first) / 7)))].filter((week) => week > 0)
    const offered = Math.floor((end - first) / 7)
    const counted = weeks.filter((week) => week <= offered)
    return {
      member: seen.member,
      repeats,
      lastAge: last - first,
      age: end - first,
      gaps,
      meanSpend: repeats === 0 ? 0 : spent / repeats,
      weeks: counted.length,
      lastWeek: counted.at(-1) ?? 0,
      offered,
    }
  })
  const repeats = Int32Array.from(rows, (row) => row.repeats)
  return {
    member: Int32Array.from(rows, (row) => row.member),
    histories: {
      repeats,
      lastAge: Float64Array.from(rows, (row) => row.lastAge),
      age: Float64Array.from(rows, (row) => row.age),
      logGaps: Float64Array.from(rows, (row) => row.gaps),
    },
    spends: { repeats, meanSpend: Float64Array.from(rows, (row) => row.meanSpend) },
    weeks: {
      repeats: Int32Array.from(rows, (row) => row.weeks),
      lastAt: Int32Array.from(rows, (row) => row.lastWeek),
      offered: Int32Array.from(rows, (row) => row.offered),
      weight: new Float64Array(rows.length).fill(1),
    },
  }
}

/** For each of these members (ascending): on how many days after `from`, up to and including `to`, they came. */
export function daysWithin(days: PurchaseDays, members: Int32Array, from: number, to: number): Float64Array {
  const counts = new Float64Array(members.length)
  let place = 0
  for (let row = 0; row < days.member.length; row += 1) {
    const member = days.member[row] as number
    while (place < members.length && (members[place] as number) < member) place += 1
    if (place === members.length) break
    const day = days.day[row] as number
    if (members[place] === member && day > from && day <= to) counts[place] = (counts[place] as number) + 1
  }
  return counts
}
