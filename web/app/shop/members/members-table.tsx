import { ArrowDown } from 'lucide-react'
import Link from 'next/link'
import type { MemberFilter, MemberOrder, ShopMember } from '#web/queries/shop-members.ts'
import { classes } from '#web/ui/classes.ts'
import { formatShortDay } from '#web/ui/dates.ts'
import { expectedWords, gapWords, habitWords, reasonWords, tierWords, visitsWords } from '#web/ui/expectation-words.ts'
import type { Formats } from '#web/ui/formats.tsx'
import { formatCount, formatMoneyDown, formatPointColumn, moneyOfCents } from '#web/ui/money.ts'
import { Unbroken } from '#web/ui/unbroken.tsx'
import { careWords } from '../outlook/care-map.tsx'
import { filterAddress } from './filters.ts'

type Shown = 'recency' | 'frequency' | 'spend' | 'value' | 'points'

const columns: readonly { readonly order: Shown; readonly name: string }[] = [
  { order: 'recency', name: 'Last visit' },
  { order: 'frequency', name: 'Visits' },
  { order: 'spend', name: 'Spent' },
  { order: 'value', name: 'Expected' },
  { order: 'points', name: 'Points' },
]

/** Recency, frequency and value of each member, with a score of one to five for each. A list of cards on a phone. */
export function MembersTable({
  rows,
  order,
  filter,
  given,
}: {
  rows: readonly ShopMember[]
  order: MemberOrder
  filter: MemberFilter
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
            href={`/shop/members?order=${column.order}${filterAddress(filter)}`}
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
                <HeadCell column={column} filter={filter} key={column.order} order={order} />
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
        Dots compare a member with all your members, from one to five. Equal histories have equal dots. Expected is what
        a member is likely to spend with you in a year, as far as their visits tell; nine times of ten they come as
        often as stands below it.
      </p>
    </>
  )
}

function HeadCell({
  column,
  order,
  filter,
}: {
  column: (typeof columns)[number]
  order: MemberOrder
  filter: MemberFilter
}) {
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
        href={`/shop/members?order=${column.order}${filterAddress(filter)}`}
      >
        {chosen ? <ArrowDown aria-hidden="true" className="size-4" /> : null}
        {column.name}
      </Link>
    </th>
  )
}

function MemberRow({ row, given }: { row: ShopMember; given: Formats }) {
  const { money } = given
  const days = row.recencyDays === 0 ? 'today' : row.recencyDays === 1 ? '1 day ago' : `${row.recencyDays} days ago`
  return (
    <tr className="grid grid-cols-2 gap-x-4 gap-y-3 px-5 py-4 align-top sm:table-row sm:p-0">
      <th className="col-span-2 text-left font-medium sm:max-w-md sm:py-3.5 sm:pl-6" scope="row">
        <Who given={given} row={row} />
      </th>
      <Scored label="Last visit" score={row.r} value={days} />
      <Scored label="Visits" score={row.f} value={formatCount(row.frequency, money)} />
      <Scored label="Spent" score={row.v} value={formatMoneyDown(moneyOfCents(row.spend, money), money)} />
      <td className="figures sm:py-3 sm:pr-6 sm:text-right">
        <span className="block font-sans text-soft text-sm sm:hidden">Expected</span>
        {expectedWords(row.expected, given)}
        {row.expected === null ? null : (
          <span className="block font-sans text-soft text-sm">{careWords[row.expected.care]}</span>
        )}
        {row.visits === null ? null : (
          <span className="block font-sans text-soft text-sm">{visitsWords(row.visits, given)}</span>
        )}
      </td>
      <td className="figures sm:py-3 sm:pr-6 sm:text-right">
        <span className="block font-sans text-soft text-sm sm:hidden">Points</span>
        {formatPointColumn(row.points, money)}
      </td>
    </tr>
  )
}

/** The name, what they are called on the map, and why more or less is expected of them than before. */
function Who({ row, given }: { row: ShopMember; given: Formats }) {
  const facts = [
    `since ${formatShortDay(row.firstAt, given.dates)}`,
    habitWords(row),
    gapWords(row.usualGapDays, row.recencyDays),
  ].filter(Boolean)
  const reason = reasonWords(row.expected, given)
  const tier = tierWords(row.tier, given)
  return (
    <>
      <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
        {row.calledName}
        <span className="rounded-full bg-shop-soft px-2.5 py-0.5 font-medium text-shop-text text-sm">
          {row.segment}
        </span>
        {tier === null ? null : (
          <span className="rounded-full bg-sunk px-2.5 py-0.5 font-medium text-sm text-soft">{tier}</span>
        )}
        {row.overdue ? (
          <span className="rounded-full bg-wait-soft px-2.5 py-0.5 font-medium text-sm text-wait">Overdue</span>
        ) : null}
      </span>
      <span className="block font-normal text-soft text-sm">{facts.join(', ')}</span>
      {reason === null ? null : (
        <span className="block font-normal text-soft text-sm">
          <Unbroken words={reason} />
        </span>
      )}
    </>
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
