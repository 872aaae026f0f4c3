import type { BackTestCard } from '#indexer/scoring/model-card.ts'
import { ChartFrame } from '#web/ui/charts/chart-frame.tsx'
import { PairedBars } from '#web/ui/charts/paired-bars.tsx'
import { TwoLines } from '#web/ui/charts/two-lines.tsx'
import type { Formats } from '#web/ui/formats.tsx'
import { formatCount } from '#web/ui/money.ts'

/** Of whom it is told: the shop's own members, or the whole street's where the shop has too few. */
export interface Tracked {
  readonly backTest: BackTestCard
  readonly whose: 'shop' | 'street'
  readonly given: Formats
}

/** Whether the model bends as the purchases do: repeat visits week by week, learnt and then foretold. */
export function Tracking({ backTest, whose, given }: Tracked) {
  const { tracked, holdoutDays } = backTest
  const last = tracked.at(-1)
  if (last === undefined) return null
  const count = (value: number) => formatCount(Math.round(value), given.money)
  const heldBack = Math.floor(holdoutDays / 7)
  const forecastFrom = Math.max(0, tracked.length - heldBack - 1)
  const shaded = heldBack === 1 ? 'The last week (shaded) was' : `The last ${heldBack} weeks (shaded) were`
  const saying =
    `Repeat visits so far, week by week. ${shaded} held back: ` +
    `${count(last.foretold)} by the model, and ${count(last.came)} came.`
  const title = whose === 'shop' ? 'Does the model follow your members?' : 'Does the model follow the street’s members?'
  const points = tracked.map(({ week, came, foretold }) => ({ label: `${week}`, came, foretold }))
  return (
    <ChartFrame
      saying={saying}
      table={{
        heads: ['Week', 'Came so far', 'Foretold so far'],
        rows: points.map((point) => [point.label, count(point.came), count(point.foretold)]),
      }}
      title={title}
    >
      <TwoLines forecastFrom={forecastFrom} id="tracking" points={points} saying={saying} scale={count} title={title} />
    </ChartFrame>
  )
}

/** Whether those of whom most was foretold came most: ten parts of the members. */
export function Calibration({ backTest, whose, given }: Tracked) {
  const { deciles, holdoutDays } = backTest
  const highest = deciles.at(-1)
  if (highest === undefined) return null
  const visits = new Intl.NumberFormat(given.money.locale, { maximumFractionDigits: 1, minimumFractionDigits: 1 })
  const title = whose === 'shop' ? 'Is it right about whom?' : 'Is it right about whom, on the whole street?'
  const saying =
    `Visits a member in ${holdoutDays} days that were held back, in ten parts by what was foretold. ` +
    `Of the highest tenth ${visits.format(highest.foretold)} were foretold, and ${visits.format(highest.came)} came.`
  return (
    <ChartFrame
      saying={saying}
      table={{
        heads: ['Tenth', 'Members', 'Foretold', 'Came'],
        rows: deciles.map((part, place) => [
          `${place + 1}`,
          formatCount(Math.round(part.members), given.money),
          visits.format(part.foretold),
          visits.format(part.came),
        ]),
      }}
      title={title}
    >
      <PairedBars
        id="calibration"
        pairs={deciles.map((part, place) => ({ label: `${place + 1}`, foretold: part.foretold, came: part.came }))}
        saying={saying}
        scale={(value) => visits.format(value)}
        title={title}
      />
    </ChartFrame>
  )
}
