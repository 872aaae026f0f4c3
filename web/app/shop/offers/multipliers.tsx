import Link from 'next/link'
import type { ShopOffers } from '#web/queries/shop-offers.ts'
import { LyingBars } from '#web/ui/charts/lying-bars.tsx'
import { formatDayWithYear, formatShortDay } from '#web/ui/dates.ts'
import type { Formats } from '#web/ui/formats.tsx'
import { membersWords, multiplierWords, policyWords } from '#web/ui/offer-words.ts'
import { Card } from '#web/ui/parts.tsx'

/** Who would get more points for the same money, within the board's bounds; each change with its reason. */
export function Multipliers({ offers, given }: { offers: ShopOffers; given: Formats }) {
  const times = new Intl.NumberFormat(given.money.locale, { maximumFractionDigits: 2 })
  const most = offers.card?.mostPercent ?? 100
  const policy = offers.card?.policy
  return (
    <Card className="p-5 sm:p-7">
      <h2 className="font-semibold text-lg">More points for some</h2>
      <p className="mt-1 max-w-prose text-soft">
        {`Members at risk get more; nobody gets fewer than anybody. At most ${multiplierWords(most, times)} here, `}
        so that a receipt stays within the limit that the board gave you.
      </p>
      {policy === undefined ? null : (
        <p className="mt-3 rounded-2xl bg-sunk px-4 py-3 text-sm" data-policy={policy.version}>
          <span className="font-medium">
            {`The board’s policy ${policy.version}, of ${formatDayWithYear(new Date(policy.date), given.dates)}: `}
          </span>
          {`${policyWords(policy, times)} `}
          <Link className="font-medium underline underline-offset-4" href="/board">
            The board
          </Link>
        </p>
      )}
      {offers.multipliers.length === 0 ? null : (
        <div className="mt-5">
          <LyingBars
            bars={offers.multipliers.map(({ percent, members }) => {
              return {
                label: multiplierWords(percent, times),
                value: members,
                shown: membersWords(members, given.money),
              }
            })}
            title="Members by how many more points"
          />
        </div>
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
                  <span className="block text-soft text-sm">
                    {`${step.reason}${step.policy === policy?.version ? '' : ` (policy ${step.policy})`}`}
                  </span>
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
