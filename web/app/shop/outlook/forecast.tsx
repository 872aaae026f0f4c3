import type { BackTestCard } from '#indexer/scoring/model-card.ts'
import type { ShopFitShown } from '#web/queries/shop-outlook.ts'
import { Band } from '#web/ui/charts/band.tsx'
import { ChartFrame } from '#web/ui/charts/chart-frame.tsx'
import { formatShortDay } from '#web/ui/dates.ts'
import type { Formats } from '#web/ui/formats.tsx'
import { formatCount, formatMoneyRough, moneyOfCents } from '#web/ui/money.ts'
import { Empty } from '#web/ui/parts.tsx'

const weekMs = 7 * 86_400_000

/** Visits to be expected week by week, within the band that holds nine times of ten, and how the last forecast did. */
export function Forecast({ fit, given }: { fit: ShopFitShown; given: Formats }) {
  const { watermark, card, streetBackTest } = fit
  const { forecast, backTest } = card
  if (forecast === null) {
    return <Empty title="No forecast yet">A forecast needs members who came back. It appears by itself.</Empty>
  }
  const { money, dates } = given
  const count = (value: number) => formatCount(Math.round(value), money)
  const worth = (cents: number) => formatMoneyRough(moneyOfCents(BigInt(Math.round(cents)), money), money)
  const weeks = forecast.weeks.map((week, place) => {
    return { label: formatShortDay(new Date(watermark.getTime() + (place + 1) * weekMs), dates), ...week }
  })
  const title = `Visits of your members in the next ${forecast.weeks.length} weeks`
  const { visits } = forecast
  const between = `nine times of ten between ${count(visits.low)} and ${count(visits.high)}`
  const saying = `About ${count(visits.expected)} visits; ${between}. That is about ${worth(forecast.value.expected)}.`
  return (
    <ChartFrame
      saying={saying}
      table={{
        heads: ['Week up to', 'Expected so far', 'At least', 'At most'],
        rows: weeks.map((week) => [week.label, count(week.expected), count(week.low), count(week.high)]),
      }}
      title={title}
    >
      <Band id="forecast" points={weeks} saying={saying} scale={(value) => count(value)} title={title} />
      <p className="mt-4 rounded-2xl bg-sunk px-4 py-3" data-bias={(backTest ?? streetBackTest)?.bias ?? 'none'}>
        {backTest === null && streetBackTest !== null ? 'You have too few members to try it on yours alone. ' : null}
        {biasWords(backTest ?? streetBackTest, { given, whose: backTest === null ? 'of the whole street' : '' })}
      </p>
    </ChartFrame>
  )
}

/** The bias of the back-test with its sign, in a sentence. */
function biasWords(
  backTest: BackTestCard | null,
  { given, whose }: { readonly given: Formats; readonly whose: string },
): string {
  const { money } = given
  if (backTest === null) return 'How well such a forecast does here cannot be said yet: there is too little history.'
  const { foretold, came, bias, holdoutDays, times } = backTest
  const said = `${formatCount(Math.round(foretold), money)} visits${whose === '' ? '' : ` ${whose}`}`
  const ahead = `${holdoutDays} days ahead each time`
  const over = `over the last ${times * holdoutDays} days, ${ahead}, this method foretold ${said}`
  const figures = `${over}, and ${formatCount(came, money)} came`
  if (bias === null) return `Tried on what is known: ${figures}.`
  const percent = new Intl.NumberFormat(money.locale, {
    style: 'percent',
    maximumFractionDigits: 1,
    signDisplay: 'always',
  })
  const way = bias > 0 ? 'too many' : bias < 0 ? 'too few' : 'neither too many nor too few'
  return `Tried on what is known: ${figures} (${percent.format(bias)}, ${way}).`
}
