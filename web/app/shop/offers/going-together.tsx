import { liftOf } from '#indexer/scoring/going-together.ts'
import type { OfferTrial } from '#indexer/scoring/offer-trial.ts'
import type { ShopOffers } from '#web/queries/shop-offers.ts'
import { ChartFrame } from '#web/ui/charts/chart-frame.tsx'
import { LyingBars } from '#web/ui/charts/lying-bars.tsx'
import type { Formats } from '#web/ui/formats.tsx'
import { formatCount, formatShareDown } from '#web/ui/money.ts'
import { thingWords } from '#web/ui/offer-words.ts'
import { Card } from '#web/ui/parts.tsx'

/** What goes with what, counted; and whether anything that cannot be explained would name it better. */
export function GoingTogether({ offers, given }: { offers: ShopOffers; given: Formats }) {
  const pairs = offers.card?.pairs ?? []
  const times = new Intl.NumberFormat(given.money.locale, { maximumFractionDigits: 1, minimumFractionDigits: 1 })
  const title = (reward: number) => offers.titles.get(reward) ?? `Reward ${reward}`
  const heading = 'What goes with what'
  const trial = (
    <p className="mt-4 rounded-2xl bg-sunk px-4 py-3 text-sm" data-trial={offers.trial?.chosen ?? 'none'}>
      {trialWords(offers.trial, given)}
    </p>
  )
  if (pairs.length === 0) {
    return (
      <Card className="p-5 sm:p-7">
        <h2 className="font-semibold text-lg">{heading}</h2>
        <p className="mt-1 text-soft">No two things were taken together by five members beyond chance yet.</p>
        {trial}
      </Card>
    )
  }
  const shown = pairs.map((pair) => ({
    pair,
    label: `${title(pair.to)}, of those who ${thingWords(pair.from, title)}`,
    share: `${formatCount(pair.both, given.money)} of ${formatCount(pair.of, given.money)}`,
    all: formatShareDown(pair.anyway / pair.all, given.money),
    lift: `${times.format(liftOf(pair))} ×`,
  }))
  return (
    <ChartFrame
      saying="What members took beside something else, more often than all members do."
      table={{
        heads: ['Taken', 'Members', 'Of all', 'Times as often'],
        rows: shown.map(({ label, share, all, lift }) => [label, share, all, lift]),
      }}
      title={heading}
    >
      <LyingBars
        bars={shown.map(({ pair, label, share, all, lift }) => {
          return { label, value: pair.both / pair.of, shown: share, note: `${lift} as often; of all members ${all}` }
        })}
        title={heading}
      />
      {trial}
    </ChartFrame>
  )
}

function trialWords(trial: OfferTrial | null, given: Formats): string {
  if (trial === null) {
    return (
      'Counting names the next reward. Whether factors would name it better cannot be tried yet: too few new rewards ' +
      'were taken in the last 28 days.'
    )
  }
  const share = new Intl.NumberFormat(given.money.locale, { maximumFractionDigits: 2, minimumFractionDigits: 2 })
  const tried =
    `Tried on ${formatCount(trial.members, given.money)} members of the street who took something new in the last 28 ` +
    `days: counting ${share.format(trial.counting)}, factors ${share.format(trial.factors)} (1: always named first; ` +
    `the difference lies between ${share.format(trial.low)} and ${share.format(trial.high)})`
  return trial.chosen === 'factors'
    ? `${tried}. Factors put rewards in order; the sentences stay counted.`
    : `${tried}. Counting stays, since it can be explained.`
}
