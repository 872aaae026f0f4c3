import type { ProposedOffer, ShopOffers } from '#web/queries/shop-offers.ts'
import { formatShortDay } from '#web/ui/dates.ts'
import type { Formats } from '#web/ui/formats.tsx'
import { anywayWords, multiplierWords, pairWords } from '#web/ui/offer-words.ts'

/** One proposal a member: which reward, why, and how surely it was drawn. */
export function Proposals({ offers, given }: { offers: ShopOffers; given: Formats }) {
  return (
    <section aria-label="Proposals">
      <ul className="divide-y divide-line overflow-hidden rounded-3xl border border-line bg-card shadow-card">
        {offers.rows.map((row) => (
          <Proposal given={given} key={row.member} row={row} titles={offers.titles} />
        ))}
      </ul>
    </section>
  )
}

function Proposal({ row, titles, given }: { row: ProposedOffer; titles: ShopOffers['titles']; given: Formats }) {
  const times = new Intl.NumberFormat(given.money.locale, { maximumFractionDigits: 2 })
  const percent = new Intl.NumberFormat(given.money.locale, { style: 'percent', maximumFractionDigits: 0 })
  const title = (reward: number) => titles.get(reward) ?? `Reward ${reward}`
  const grounds = row.because === null ? anywayWords(row) : pairWords(row.because, title, times)
  const alone = row.propensityPpm === 1_000_000
  const drawn = alone
    ? 'The only one they can have now'
    : `Chosen by lot, with a chance of ${percent.format(row.propensityPpm / 1_000_000)}`
  return (
    <li className="px-5 py-4 sm:px-6">
      <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <span className="font-medium">{row.calledName}</span>
        <span className="rounded-full bg-shop-soft px-2.5 py-0.5 font-medium text-shop-text text-sm">
          {row.rewardTitle}
        </span>
        {row.nextBest && (row.because !== null || row.takenAnyway > 0) ? (
          <span className="rounded-full bg-good-soft px-2.5 py-0.5 font-medium text-good text-sm">Next best</span>
        ) : null}
        {row.way === 'tried' ? (
          <span className="rounded-full bg-sunk px-2.5 py-0.5 font-medium text-sm text-soft">To try out</span>
        ) : null}
        {row.multiplier > 100 ? (
          <span className="rounded-full bg-wait-soft px-2.5 py-0.5 font-medium text-sm text-wait">
            {multiplierWords(row.multiplier, times)}
          </span>
        ) : null}
      </p>
      <p className="mt-1 text-soft text-sm">{`${grounds.charAt(0).toUpperCase()}${grounds.slice(1)}.`}</p>
      <p className="text-soft text-sm">
        {`${drawn}; open until ${formatShortDay(row.openUntil, given.dates)}`}
        {row.multiplier > 100 && row.multiplierReason !== null ? `. More points: ${row.multiplierReason}.` : '.'}
      </p>
    </li>
  )
}
