import type { ShopDesk } from '#web/queries/shop-desk.ts'
import type { Formats } from '#web/ui/formats.tsx'
import { formatMoneyDown, formatMoneySignedDown } from '#web/ui/money.ts'
import { Empty } from '#web/ui/parts.tsx'
import { hueStyle, ShopPlate } from '#web/ui/sign.tsx'
import { SettleUp } from './settle-up.tsx'

/** Who owes whom since the last settling up, shop by shop. */
export function Debts({ desk, given }: { desk: ShopDesk; given: Formats }) {
  const { debts, carriedOver, net } = desk
  const most = debts.reduce((top, { owed, due }) => (owed > top ? owed : due > top ? due : top), 1n)
  return (
    <section>
      <div className="mb-4 flex flex-wrap items-center justify-between gap-x-6 gap-y-3">
        <h2 className="font-semibold text-xl">With the other shops</h2>
        <SettleUp net={net} />
      </div>
      {debts.length === 0 && carriedOver === 0n ? (
        <Empty title="All square">
          Nobody owes anybody. Debts appear when points of one shop are spent in another.
        </Empty>
      ) : (
        <ul className="divide-y divide-line rounded-3xl border border-line bg-card px-5 shadow-card sm:px-7">
          {debts.map((debt) => (
            <li className="py-4" key={debt.shop}>
              <DebtRow debt={debt} given={given} most={most} />
            </li>
          ))}
          {carriedOver === 0n ? null : (
            <li className="flex justify-between gap-4 py-4">
              <span className="text-soft">From before the last settling up</span>
              <span className="figures font-semibold">{formatMoneySignedDown(carriedOver, given.money)}</span>
            </li>
          )}
        </ul>
      )}
    </section>
  )
}

const share = (part: bigint, whole: bigint): string => `${Number((part * 1000n) / whole) / 10}%`

function DebtRow({ debt, most, given }: { debt: ShopDesk['debts'][number]; most: bigint; given: Formats }) {
  const sum = (units: bigint) => formatMoneyDown(units, given.money)
  return (
    <div className="hued grid grid-cols-[auto_minmax(0,1fr)_auto] items-center gap-x-4" style={hueStyle(debt.hue)}>
      <ShopPlate hue={debt.hue} name={debt.name} />
      <div className="min-w-0">
        <p className="truncate font-medium">{debt.name}</p>
        <p className="figures text-soft text-sm">
          owes you {sum(debt.due)}, you owe {sum(debt.owed)}
        </p>
        <div aria-hidden="true" className="mt-2 hidden grid-cols-2 sm:grid">
          <div className="flex justify-end border-line-strong border-r">
            <div className="h-2.5 rounded-l-full bg-bad" style={{ width: share(debt.owed, most) }} />
          </div>
          <div>
            <div className="h-2.5 rounded-r-full bg-good" style={{ width: share(debt.due, most) }} />
          </div>
        </div>
      </div>
      <p className={`figures font-semibold text-lg ${debt.net < 0n ? 'text-bad' : 'text-good'}`}>
        {formatMoneySignedDown(debt.net, given.money)}
      </p>
    </div>
  )
}
