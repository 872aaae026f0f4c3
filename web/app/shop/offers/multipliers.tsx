import type { ShopOffers } from '#web/queries/shop-offers.ts'
import { formatShortDay } from '#web/ui/dates.ts'
import type { Formats } from '#web/ui/formats.tsx'
import { formatCount } from '#web/ui/money.ts'
import { multiplierWords } from '#web/ui/offer-words.ts'
import { Card } from '#web/ui/parts.tsx'

/** Who would get more points for the same money, within the board's bounds; each change with its reason. */
export function Multipliers({ offers, given }: { offers: ShopOffers; given: Formats }) {
  const times = new Intl.NumberFormat(given.money.locale, { maximumFractionDigits: 2 })
  const most = offers.card?.mostPercent ?? 100
  return (
    <Card className="p-5 sm:p-7">
      <h2 className="font-semibold text-lg">More points for some</h2>
      <p className="mt-1 max-w-prose text-soft">
        {`Members at risk get more; nobody gets fewer than anybody. At most ${multiplierWords(most, times)} here: the `}
        network’s bound is 2, and a receipt must stay within the limit that the board gave you.
      </p>
      {offers.multipliers.length === 0 ? null : (
        <ul className="figures mt-4 flex flex-wrap gap-2">
          {offers.multipliers.map(({ percent, members }) => (
            <li className="rounded-full bg-wait-soft px-3 py-1 font-medium text-wait" key={percent}>
              {`${multiplierWords(percent, times)}: ${formatCount(members, given.money)}`}
            </li>
          ))}
        </ul>
      )}
      {offers.steps.length === 0 ? (
        <p className="mt-4 text-soft">No multiplier has changed yet.</p>
      ) : (
        <>
          <h3 className="mt-5 font-medium">The newest changes</h3>
          <ul className="mt-1 divide-y divide-line">
            {offers.steps.map((step) => (
              <li
                className="flex items-baseline justify-between gap-4 py-2.5"
                key={`${step.member} ${step.day.getTime()}`}
              >
                <p className="min-w-0">
                  <span className="font-medium">{step.calledName}</span>
                  <span className="block text-soft text-sm">{step.reason}</span>
                </p>
                <p className="figures shrink-0 text-right">
                  {`${times.format(step.before / 100)} → ${times.format(step.percent / 100)}`}
                  <span className="block text-soft text-sm">{formatShortDay(step.day, given.dates)}</span>
                </p>
              </li>
            ))}
          </ul>
        </>
      )}
    </Card>
  )
}
