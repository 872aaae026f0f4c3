import { Download } from 'lucide-react'
import type { Metadata } from 'next'
import { type ShopOutlook, shopOutlook } from '#web/queries/shop-outlook.ts'
import { buttonClasses } from '#web/ui/button.tsx'
import { formatDayWithYear } from '#web/ui/dates.ts'
import type { Formats } from '#web/ui/formats.tsx'
import { formatCount, formatMoneyRough, moneyOfCents } from '#web/ui/money.ts'
import { Card, Empty, Figure, PageTitle } from '#web/ui/parts.tsx'
import { ComeInFirst } from '../../come-in-first.tsx'
import { formats } from '../../formats.ts'
import { person } from '../../person.ts'
import { CareMap } from './care-map.tsx'
import { Forecast } from './forecast.tsx'
import { Goal } from './goal.tsx'
import { Holdout } from './holdout.tsx'
import { ModelCardShown } from './model-card-shown.tsx'
import { SegmentMap } from './segment-map.tsx'
import { OtherSegments, SegmentTable } from './segment-table.tsx'
import { Tiers } from './tiers.tsx'
import { Together } from './together.tsx'
import { Calibration, Tracking } from './tracking.tsx'
import { ValueDeciles } from './value-deciles.tsx'

export const metadata: Metadata = { title: 'Outlook' }

/** Who a shop's members are and what is to be expected of them, with how sure that is. */
export default async function OutlookPage() {
  const someone = await person()
  if (someone?.role !== 'owner') return <ComeInFirst who="owner" />
  const [outlook, given] = await Promise.all([shopOutlook(someone.shop), formats()])
  const { fit } = outlook
  return (
    <>
      <PageTitle
        lead={fit === null ? 'Not looked at yet' : `As of ${formatDayWithYear(fit.watermark, given.dates)}`}
        title="Outlook"
      >
        {outlook.totals.members > 0 ? (
          <a className={buttonClasses('outline', 'medium')} download href="/shop/outlook/export">
            <Download aria-hidden="true" className="size-5" /> Save as a table
          </a>
        ) : null}
      </PageTitle>
      {outlook.totals.members === 0 ? (
        <Empty title="No members yet">Whoever collects points with you counts here after the next look.</Empty>
      ) : (
        <Shown given={given} outlook={outlook} />
      )}
    </>
  )
}

function Shown({ outlook, given }: { outlook: ShopOutlook; given: Formats }) {
  const { totals, fit } = outlook
  const { money } = given
  const backTest = fit === null ? null : (fit.card.backTest ?? fit.streetBackTest)
  const whose = fit?.card.backTest ? 'shop' : 'street'
  return (
    <div className="grid grid-cols-1 gap-6 sm:gap-8">
      <Card className="p-6 sm:p-8">
        <dl className="grid grid-cols-2 gap-x-6 gap-y-6 lg:grid-cols-4">
          <Figure name="Members" value={formatCount(totals.members, money)} />
          <Figure
            name="Expected in a year"
            note={fit?.card.forecast === null ? 'too few visits yet to say' : 'at what they spend now'}
            value={formatMoneyRough(moneyOfCents(totals.value, money), money)}
          />
          <Figure
            name="Overdue"
            note="silent for longer than is usual for them"
            value={formatCount(totals.overdue, money)}
          />
          <Figure name="Engagement" note="of 100, on average" value={formatCount(totals.engagement, money)} />
        </dl>
      </Card>
      <SegmentMap cells={outlook.cells} given={given} />
      <div className="grid grid-cols-1 items-start gap-6 sm:gap-8 lg:grid-cols-2">
        <CareMap cares={outlook.cares} given={given} />
        <ValueDeciles deciles={outlook.deciles} given={given} />
      </div>
      <Goal card={fit?.card.goal ?? null} given={given} goal={outlook.goal} />
      {fit === null ? null : <Holdout given={given} holdout={fit.card.holdout} />}
      <SegmentTable given={given} metrics={outlook.metrics} />
      <OtherSegments answers={outlook.answers} given={given} habits={outlook.habits} />
      {fit === null ? null : <Forecast fit={fit} given={given} />}
      {backTest === null ? null : <Tracking backTest={backTest} given={given} whose={whose} />}
      {backTest === null ? null : <Calibration backTest={backTest} given={given} whose={whose} />}
      <div className="grid grid-cols-1 items-start gap-6 sm:gap-8 lg:grid-cols-2">
        <Tiers given={given} tiers={outlook.tiers} />
        <Together given={given} members={totals.members} together={outlook.together} />
      </div>
      {fit === null ? null : <ModelCardShown fit={fit} given={given} />}
    </div>
  )
}
