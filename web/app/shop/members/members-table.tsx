import { ArrowDown } from 'lucide-react'
import Link from 'next/link'
import type { MemberOrder, ShopMember } from '#web/queries/shop-members.ts'
import { classes } from '#web/ui/classes.ts'
import { formatShortDay } from '#web/ui/dates.ts'
import type { Formats } from '#web/ui/formats.tsx'
import { formatCount, formatMoneyDown, formatPointColumn, moneyOfCents } from '#web/ui/money.ts'

type Shown = 'recency' | 'frequency' | 'spend' | 'points'

const columns: readonly { readonly order: Shown; readonly name: string }[] = [
  { order: 'recency', name: 'Last visit' },
  { order: 'frequency', name: 'Visits' },
  { order: 'spend', name: 'Spent' },
  { order: 'points', name: 'Points' },
]

/** Recency, frequency and value of each member, with a score of one to five for each. A list of cards on a phone. */
export function MembersTable({
  rows,
  order,
  given,
}: {
  rows: readonly ShopMember[]
  order: MemberOrder
  given: Formats
}) {
  return (
    <>
      <nav aria-label="Order" className="mb-4 flex flex-wrap gap-2 sm:hidden">
        {columns.map((column) => (
          <Link
            aria-current={order === column.order ? 'true' : undefined}
            className={classes(
              'flex min-h-11 items-center rounded-full border px-4 font-medium',
              order === column.order ? 'border-shop bg-shop text-cream' : 'border-line-strong/50 bg-card',
            )}
            href={`/shop/members?order=${column.order}`}
            key={column.order}
          >
            {column.name}
          </Link>
        ))}
      </nav>
      <div className="overflow-hidden rounded-3xl border border-line bg-card shadow-card">
        <table className="w-full border-collapse text-left">
          <caption className="sr-only">Members by recency, frequency and value</caption>
          <thead className="hidden border-line border-b sm:table-header-group">
            <tr>
              <th className="py-1.5 pl-6 font-medium text-soft" scope="col">
                Member
              </th>
              {columns.map((column) => (
                <HeadCell column={column} key={column.order} order={order} />
              ))}
            </tr>
          </thead>
          <tbody className="divide-y divide-line">
            {rows.map((row) => (
              <MemberRow given={given} key={row.member} row={row} />
            ))}
          </tbody>
        </table>
      </div>
      <p className="mt-3 px-1 text-soft text-sm">
        Dots compare a member with all your members, from one to five. Equal histories have equal dots.
      </p>
    </>
  )
}

function HeadCell({ column, order }: { column: (typeof columns)[number]; order: MemberOrder }) {
  const chosen = order === column.order
  return (
    <th
      aria-sort={chosen ? (column.order === 'recency' ? 'ascending' : 'descending') : undefined}
      className="py-1.5 pr-6 text-right font-medium"
      scope="col"
    >
      <Link
        className={classes(
          'inline-flex min-h-11 items-center gap-1 rounded-lg px-1',
          chosen ? 'text-ink' : 'text-soft hover:text-ink',
        )}
        href={`/shop/members?order=${column.order}`}
      >
        {chosen ? <ArrowDown aria-hidden="true" className="size-4" /> : null}
        {column.name}
      </Link>
    </th>
  )
}

function MemberRow({ row, given }: { row: ShopMember; given: Formats }) {
  const { money, dates } = given
  const days = row.recencyDays === 0 ? 'today' : row.recencyDays === 1 ? '1 day ago' : `${row.recencyDays} days ago`
  return (
    <tr className="grid grid-cols-2 gap-x-4 gap-y-3 px-5 py-4 sm:table-row sm:p-0">
      <th className="col-span-2 text-left font-medium sm:py-3.5 sm:pl-6" scope="row">
        {row.calledName}
        <span className="block font-normal text-soft text-sm">since {formatShortDay(row.firstAt, dates)}</span>
      </th>
      <Scored label="Last visit" score={row.r} value={days} />
      <Scored label="Visits" score={row.f} value={formatCount(row.frequency, money)} />
      <Scored label="Spent" score={row.v} value={formatMoneyDown(moneyOfCents(row.spend, money), money)} />
      <td className="figures sm:pr-6 sm:text-right">
        <span className="block font-sans text-soft text-sm sm:hidden">Points</span>
        {formatPointColumn(row.points, money)}
      </td>
    </tr>
  )
}

function Scored({ label, value, score }: { label: string; value: string; score: number }) {
  return (
    <td className="figures sm:py-3 sm:pr-6 sm:text-right">
      <span className="block text-soft text-sm sm:hidden">{label}</span>
      <span className="block">{value}</span>
      <span className="sr-only">, {score} of 5</span>
      <span aria-hidden="true" className="mt-1 inline-flex gap-1">
        {[1, 2, 3, 4, 5].map((dot) => (
          <span className={classes('size-2 rounded-full', dot <= score ? 'bg-shop' : 'bg-shop-edge/45')} key={dot} />
        ))}
      </span>
    </td>
  )
}
