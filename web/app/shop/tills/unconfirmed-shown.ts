import type { UnconfirmedList } from '#web/queries/unconfirmed-lists.ts'
import { formatDay, formatTime } from '#web/ui/dates.ts'
import type { Formats } from '#web/ui/formats.tsx'
import { formatCount, formatPoints } from '#web/ui/money.ts'
import type { ShownSales, ShownUnconfirmed } from './unconfirmed.tsx'

/** What waits for the owner, till by till, in words. */
export function shownUnconfirmed(lists: readonly UnconfirmedList[], given: Formats): ShownUnconfirmed[] {
  const tills = new Map(lists.map(({ till, tillName }) => [till, tillName]))
  return [...tills].map(([till, tillName]) => {
    const its = lists.filter((one) => one.till === till)
    const oneByOne = its.length > 1 ? its.map((one) => shownSales([one], given)) : []
    // The hour stands above them all once.
    const quietly = oneByOne.map((one) => (one.late ? one : { ...one, confirmBy: null }))
    return { till, tillName, ...shownSales(its, given), oneByOne: quietly }
  })
}

function shownSales(lists: readonly UnconfirmedList[], given: Formats): ShownSales {
  const { money, dates } = given
  const now = new Date()
  const moment = (at: Date) => `${formatDay(at, now, dates)}, ${formatTime(at, dates)}`
  const sales = lists.reduce((sum, one) => sum + one.sales, 0)
  const points = lists.reduce((sum, one) => sum + one.points, 0n)
  const members = new Set(lists.flatMap((one) => one.members)).size
  const [from, until] = [least(lists.map((one) => one.from)), greatest(lists.map((one) => one.until))]
  const confirmBy = least(lists.map((one) => one.confirmBy))
  const counted = (count: number, one: string, many: string) =>
    count === 1 ? `1 ${one}` : `${formatCount(count, money)} ${many}`
  const forMembers = `for ${counted(members, 'member', 'members')}`
  return {
    sum: `${counted(sales, 'sale', 'sales')}, ${formatPoints(points, money)} ${forMembers}`,
    when: `${whenWords(from && moment(from), until && moment(until))}${byWords(lists)}`,
    confirmBy: confirmBy && moment(confirmBy),
    late: confirmBy !== null && confirmBy <= now,
    signedInVain: lists.some((one) => one.signedInVain),
    lists: lists.map(({ firstSequence, count, head, partlyDeclined, ...one }) => {
      return { firstSequence: `${firstSequence}`, count, head, sales: one.sales, confirmable: !partlyDeclined }
    }),
  }
}

function whenWords(from: string | null, until: string | null): string {
  return from === until ? `Rung up on ${from}` : `Rung up from ${from} to ${until}`
}

function byWords(lists: readonly UnconfirmedList[]): string {
  const names = [...new Set(lists.flatMap((one) => one.cashiers))].sort()
  return names.length === 0 ? '.' : ` by ${names.join(', ')}.`
}

const inOrder = (moments: readonly (Date | null)[]): Date[] =>
  moments.filter((at) => at !== null).sort((one, other) => one.getTime() - other.getTime())
const least = (moments: readonly (Date | null)[]): Date | null => inOrder(moments)[0] ?? null
const greatest = (moments: readonly (Date | null)[]): Date | null => inOrder(moments).at(-1) ?? null
