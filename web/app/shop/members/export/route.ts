import { network } from '#web/queries/network.ts'
import { type ShopMember, shopMembers } from '#web/queries/shop-members.ts'
import { reasonWords } from '#web/ui/expectation-words.ts'
import type { Formats } from '#web/ui/formats.tsx'
import { csvFile, csvLine, hundredths } from '../../../csv.ts'
import { formats } from '../../../formats.ts'
import { person } from '../../../person.ts'
import { filterAsked } from '../filters.ts'
import { orderAsked } from '../orders.ts'

const heading = [
  'member',
  'name',
  'first visit',
  'last visit',
  'days since',
  'visits',
  'spent',
  'recency score',
  'frequency score',
  'value score',
  'points held',
  'segment',
  'expected in a year',
  'likely to come again, percent',
  'visits in a year at least',
  'visits in a year at most',
  'tenth by value',
  'to do',
  'overdue',
  'usual gap, days',
  'engagement',
  'tier proposed',
  'why',
]

/** Everything the owner sees on the pages of members, as one table. */
export async function GET(request: Request): Promise<Response> {
  const someone = await person()
  if (someone?.role !== 'owner') return new Response('Only the owner of the shop.', { status: 403 })
  const asked = new URL(request.url).searchParams
  const order = orderAsked(asked.get('order') ?? undefined)
  const filter = filterAsked(Object.fromEntries(asked))
  const given = await formats()
  const lines = [csvLine([...heading, `currency ${network().moneySymbol}`])]
  for (let page = 1; ; page++) {
    const { rows, pages } = await shopMembers(someone.shop, { order, page, filter })
    lines.push(...rows.map((row) => lineOf(row, given)))
    if (page >= pages) break
  }
  return csvFile(`members-of-shop-${someone.shop}.csv`, lines)
}

function lineOf(row: ShopMember, given: Formats): string {
  const day = (at: Date) => at.toISOString().slice(0, 10)
  const { expected, tier } = row
  return csvLine([
    row.member,
    row.displayName ?? '',
    day(row.firstAt),
    day(row.lastAt),
    `${row.recencyDays}`,
    `${row.frequency}`,
    hundredths(row.spend),
    `${row.r}`,
    `${row.f}`,
    `${row.v}`,
    hundredths(row.points),
    row.segment,
    expected === null ? '' : hundredths(expected.value),
    expected === null ? '' : (expected.alivePpm / 10_000).toFixed(2),
    `${row.visits?.low ?? ''}`,
    `${row.visits?.high ?? ''}`,
    expected === null ? '' : `${expected.decile}`,
    expected?.care ?? '',
    row.overdue ? 'yes' : 'no',
    `${row.usualGapDays ?? ''}`,
    `${row.engagement}`,
    tier === null ? '' : `${tier.tier}`,
    reasonWords(expected, given) ?? '',
  ])
}
