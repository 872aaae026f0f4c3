import { network } from '#web/queries/network.ts'
import { type ShopMember, shopMembers } from '#web/queries/shop-members.ts'
import { person } from '../../../person.ts'
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
]

/** Everything the owner sees on the pages of members, as one table. */
export async function GET(request: Request): Promise<Response> {
  const someone = await person()
  if (someone?.role !== 'owner') return new Response('Only the owner of the shop.', { status: 403 })
  const order = orderAsked(new URL(request.url).searchParams.get('order') ?? undefined)
  const lines = [csvLine([...heading, `currency ${network().moneySymbol}`])]
  for (let page = 1; ; page++) {
    const { rows, pages } = await shopMembers(someone.shop, { order, page })
    lines.push(...rows.map(lineOf))
    if (page >= pages) break
  }
  return new Response(`\uFEFF${lines.join('\r\n')}\r\n`, {
    headers: {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="members-of-shop-${someone.shop}.csv"`,
      'cache-control': 'no-store',
    },
  })
}

function lineOf(row: ShopMember): string {
  const day = (at: Date) => at.toISOString().slice(0, 10)
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
  ])
}

const hundredths = (amount: bigint): string => `${amount / 100n}.${(amount % 100n).toString().padStart(2, '0')}`

function csvLine(cells: readonly string[]): string {
  return cells.map(csvCell).join(',')
}

/** A name that begins like a formula must not become one in the owner's spreadsheet. */
function csvCell(text: string): string {
  const tame = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(tame) ? `"${tame.replaceAll('"', '""')}"` : tame
}
