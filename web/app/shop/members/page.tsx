import { ChevronLeft, ChevronRight, Download, X } from 'lucide-react'
import type { Metadata } from 'next'
import Link from 'next/link'
import { type MemberFilter, type MemberOrder, shopMembers } from '#web/queries/shop-members.ts'
import { ButtonLink, buttonClasses } from '#web/ui/button.tsx'
import { formatDayWithYear } from '#web/ui/dates.ts'
import type { Formats } from '#web/ui/formats.tsx'
import { formatCount, formatMoneyDown, formatPoints, moneyOfCents } from '#web/ui/money.ts'
import { Card, Empty, Figure, PageTitle } from '#web/ui/parts.tsx'
import { ComeInFirst } from '../../come-in-first.tsx'
import { formats } from '../../formats.ts'
import { person } from '../../person.ts'
import { type AskedFilter, filterAddress, filterAsked, filterWords } from './filters.ts'
import { MembersTable } from './members-table.tsx'
import { orderAsked } from './orders.ts'

export const metadata: Metadata = { title: 'Members' }

type Asked = Readonly<Record<'order' | 'page', string | string[] | undefined>> & AskedFilter

export default async function MembersPage({ searchParams }: { searchParams: Promise<Asked> }) {
  const someone = await person()
  if (someone?.role !== 'owner') return <ComeInFirst who="owner" />
  const asked = await searchParams
  const order = orderAsked(asked.order)
  const page = Number(asked.page) > 0 ? Math.floor(Number(asked.page)) : 1
  const filter = filterAsked(asked)
  const [{ rows, pages, totals, judged, found, ...shown }, given] = await Promise.all([
    shopMembers(someone.shop, { order, page, filter }),
    formats(),
  ])
  const { money, dates } = given
  return (
    <>
      <PageTitle
        lead={judged ? `As of ${formatDayWithYear(judged.watermark, dates)}` : 'Not looked at yet'}
        title="Your members"
      >
        {totals.members > 0 ? (
          <a
            className={buttonClasses('outline', 'medium')}
            download
            href={`/shop/members/export?order=${order}${filterAddress(filter)}`}
          >
            <Download aria-hidden="true" className="size-5" /> Save as a table
          </a>
        ) : null}
      </PageTitle>
      {totals.members === 0 ? (
        <Empty title="No members yet">Whoever collects points with you is listed here after the next look.</Empty>
      ) : (
        <>
          <Card className="mb-6 p-6 sm:p-8">
            <dl className="grid grid-cols-2 gap-x-6 gap-y-6 sm:grid-cols-3">
              <Figure
                name="Members"
                note={`${formatCount(totals.greeted, money)} may be greeted by name`}
                value={formatCount(totals.members, money)}
              />
              <Figure name="Spent with you" value={formatMoneyDown(moneyOfCents(totals.spend, money), money)} />
              <Figure name="Points they hold" value={formatPoints(totals.points, money)} />
            </dl>
          </Card>
          <Filtered filter={filter} found={found} given={given} order={order} />
          {rows.length === 0 ? (
            <Empty title="Nobody just now">No member is like that at present.</Empty>
          ) : (
            <MembersTable filter={filter} given={given} order={order} rows={rows} />
          )}
          <Pages filter={filter} order={order} page={shown.page} pages={pages} />
        </>
      )}
    </>
  )
}

/** Who is shown where not everybody is, and the way back; otherwise the way to those who are missed. */
function Filtered({
  filter,
  found,
  order,
  given,
}: {
  filter: MemberFilter
  found: number
  order: MemberOrder
  given: Formats
}) {
  const words = filterWords(filter)
  return (
    <p className="mb-4 flex flex-wrap items-center gap-x-4 gap-y-2">
      {words === null ? (
        <Link
          className="inline-flex min-h-11 items-center font-medium text-shop-text underline underline-offset-4"
          href={`/shop/members?order=${order}&overdue=1`}
        >
          Only who is overdue
        </Link>
      ) : (
        <>
          <span>
            {formatCount(found, given.money)} {found === 1 ? 'member' : 'members'}: <strong>{words}</strong>
          </span>
          <Link
            className="inline-flex min-h-11 items-center gap-1 font-medium text-shop-text underline underline-offset-4"
            href={`/shop/members?order=${order}`}
          >
            <X aria-hidden="true" className="size-4" /> Show all
          </Link>
        </>
      )}
    </p>
  )
}

function Pages({
  page,
  pages,
  order,
  filter,
}: {
  page: number
  pages: number
  order: MemberOrder
  filter: MemberFilter
}) {
  if (pages === 1) return null
  const to = (number: number) => `/shop/members?order=${order}&page=${number}${filterAddress(filter)}`
  return (
    <nav aria-label="Pages of members" className="mt-6 flex items-center justify-center gap-4">
      {page > 1 ? (
        <ButtonLink href={to(page - 1)} look="outline">
          <ChevronLeft aria-hidden="true" className="size-5" /> Back
        </ButtonLink>
      ) : null}
      <p className="figures text-soft">
        Page {page} of {pages}
      </p>
      {page < pages ? (
        <ButtonLink href={to(page + 1)} look="outline">
          More <ChevronRight aria-hidden="true" className="size-5" />
        </ButtonLink>
      ) : null}
    </nav>
  )
}
