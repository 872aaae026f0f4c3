import { ChevronLeft, ChevronRight, Download } from 'lucide-react'
import type { Metadata } from 'next'
import { type ShopOffers, shopOffers } from '#web/queries/shop-offers.ts'
import { ButtonLink, buttonClasses } from '#web/ui/button.tsx'
import { formatDayWithYear } from '#web/ui/dates.ts'
import type { Formats } from '#web/ui/formats.tsx'
import { formatCount } from '#web/ui/money.ts'
import { Card, Empty, Figure, PageTitle } from '#web/ui/parts.tsx'
import { ComeInFirst } from '../../come-in-first.tsx'
import { formats } from '../../formats.ts'
import { person } from '../../person.ts'
import { GoingTogether } from './going-together.tsx'
import { Multipliers } from './multipliers.tsx'
import { Proposals } from './proposals.tsx'
import { Rewards } from './rewards.tsx'

export const metadata: Metadata = { title: 'Offers' }

const shownSteps = 10

/** What to offer to whom, and why; the owner decides, and nothing goes out by itself. */
export default async function OffersPage({
  searchParams,
}: {
  searchParams: Promise<Readonly<Record<'page', string | string[] | undefined>>>
}) {
  const someone = await person()
  if (someone?.role !== 'owner') return <ComeInFirst who="owner" />
  const asked = await searchParams
  const page = Number(asked.page) > 0 ? Math.floor(Number(asked.page)) : 1
  const [offers, given] = await Promise.all([shopOffers(someone.shop, { page, steps: shownSteps }), formats()])
  return (
    <>
      <PageTitle
        lead={
          offers.watermark === null ? 'Not looked at yet' : `As of ${formatDayWithYear(offers.watermark, given.dates)}`
        }
        title="Offers"
      >
        {offers.found > 0 ? (
          <a className={buttonClasses('outline', 'medium')} download href="/shop/offers/export">
            <Download aria-hidden="true" className="size-5" /> Save as a table
          </a>
        ) : null}
      </PageTitle>
      {offers.card === null ? (
        <Empty title="Nothing to propose yet">Proposals appear after the next look at your members.</Empty>
      ) : (
        <Shown given={given} offers={offers} />
      )}
    </>
  )
}

function Shown({ offers, given }: { offers: ShopOffers; given: Formats }) {
  const { money } = given
  const more = offers.multipliers.reduce((sum, { members }) => sum + members, 0)
  const tried = offers.rows.filter(({ way }) => way === 'tried').length
  return (
    <div className="grid grid-cols-1 gap-6 sm:gap-8">
      <Card className="p-6 sm:p-8">
        <p className="max-w-prose text-soft">
          Proposals for you to act on: nothing is sent, and no points change by themselves. A tenth of your members is
          left alone always, and whoever does not want to be known is not in here.
        </p>
        <dl className="mt-5 grid grid-cols-2 gap-x-6 gap-y-6 sm:grid-cols-3">
          <Figure name="Proposals open" note="one a member, for 28 days" value={formatCount(offers.found, money)} />
          <Figure name="More points advised" note="members" value={formatCount(more, money)} />
          <Figure
            name="To try out"
            note="on this page, so that others are learnt of"
            value={formatCount(tried, money)}
          />
        </dl>
      </Card>
      {offers.rows.length === 0 ? (
        <Empty title="No proposal is open">
          A proposal needs a reward on offer, and a member whose points reach it.
        </Empty>
      ) : (
        <Proposals given={given} offers={offers} />
      )}
      <Pages offers={offers} />
      <Rewards given={given} offers={offers} />
      <GoingTogether given={given} offers={offers} />
      <Multipliers given={given} offers={offers} />
    </div>
  )
}

function Pages({ offers: { page, pages } }: { offers: ShopOffers }) {
  if (pages === 1) return null
  return (
    <nav aria-label="Pages of proposals" className="flex items-center justify-center gap-4">
      {page > 1 ? (
        <ButtonLink href={`/shop/offers?page=${page - 1}`} look="outline">
          <ChevronLeft aria-hidden="true" className="size-5" /> Back
        </ButtonLink>
      ) : null}
      <p className="figures text-soft">
        Page {page} of {pages}
      </p>
      {page < pages ? (
        <ButtonLink href={`/shop/offers?page=${page + 1}`} look="outline">
          More <ChevronRight aria-hidden="true" className="size-5" />
        </ButtonLink>
      ) : null}
    </nav>
  )
}
