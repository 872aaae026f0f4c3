import type { ShopDesk } from '#web/queries/shop-desk.ts'
import type { Formats } from '#web/ui/formats.tsx'
import { formatMoneyDown, formatPoints, moneyOfCents, valueOfPoints } from '#web/ui/money.ts'
import { Card, Empty, Figure, SectionTitle } from '#web/ui/parts.tsx'

export function LastMonth({ flows, given }: { flows: ShopDesk['last30Days']; given: Formats }) {
  const { money } = given
  const worth = (points: bigint) => formatMoneyDown(valueOfPoints(points, money), money)
  return (
    <section>
      <SectionTitle title="Last 30 days" />
      <Card className="p-6 sm:p-8">
        <dl className="grid grid-cols-2 gap-x-6 gap-y-7 sm:gap-x-8 lg:grid-cols-4">
          <Figure name="Given to members" note={formatPoints(flows.issued, money)} value={worth(flows.issued)} />
          <Figure name="Came back to you" note="your points, spent with you" value={worth(flows.ownRedeemedHere)} />
          <Figure name="Spent elsewhere" note="your points, in other shops" value={worth(flows.ownRedeemedElsewhere)} />
          <Figure
            name="Brought to you"
            note="other shops’ points, spent with you"
            value={worth(flows.othersRedeemedHere)}
          />
        </dl>
      </Card>
    </section>
  )
}

export function Rewards({ rewards, given }: { rewards: ShopDesk['rewards']; given: Formats }) {
  const offered = rewards.filter((reward) => reward.active)
  return (
    <section>
      <SectionTitle title="Rewards" />
      {offered.length === 0 ? (
        <Empty title="No rewards yet">Members can still pay with their points.</Empty>
      ) : (
        <ul className="divide-y divide-line rounded-3xl border border-line bg-card px-5 shadow-card">
          {offered.map((reward) => (
            <li className="flex items-center justify-between gap-4 py-3.5" key={reward.reward}>
              <div className="min-w-0">
                <p className="font-medium">{reward.title}</p>
                <p className="text-soft text-sm">{reward.detail}</p>
                <p className="figures text-soft text-sm">{takenWords(reward, given)}</p>
              </div>
              <p className="figures shrink-0 rounded-full bg-shop-soft px-3 py-1 font-semibold text-shop-text">
                {formatPoints(reward.points, given.money)}
              </p>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

/** How often a reward was taken, and what that costs beside what the shop sells. */
function takenWords({ timesTaken, costPer100Down }: ShopDesk['rewards'][number], { money }: Formats): string {
  if (timesTaken === 0) return 'Not taken in 30 days'
  const taken = `Taken ${timesTaken === 1 ? 'once' : `${timesTaken} times`} in 30 days`
  if (costPer100Down === null) return taken
  const sales = formatMoneyDown(moneyOfCents(100_00n, money), money)
  return `${taken}, ${formatMoneyDown(costPer100Down, money)} for every ${sales} of sales`
}

export function Tills({ tills }: { tills: ShopDesk['tills'] }) {
  return (
    <section>
      <SectionTitle title="Tills" />
      {tills.length === 0 ? (
        <Empty title="No till yet">Points are given and taken at tills.</Empty>
      ) : (
        <ul className="divide-y divide-line rounded-3xl border border-line bg-card px-5 shadow-card">
          {tills.map((till) => (
            <li className="flex items-center justify-between gap-4 py-3.5" key={till.till}>
              <div className="min-w-0">
                <p className="font-medium">{till.name}</p>
                <p className="text-soft text-sm">
                  {till.kind === 'Import' ? 'Brings in past sales' : till.cashier || 'At the counter'}
                </p>
              </div>
              <p className={till.revoked ? 'text-bad' : 'text-good'}>{till.revoked ? 'Switched off' : 'Open'}</p>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}
