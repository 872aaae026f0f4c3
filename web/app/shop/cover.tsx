import type { ShopDesk } from '#web/queries/shop-desk.ts'
import type { Formats } from '#web/ui/formats.tsx'
import { formatMoneyDown, formatPoints, formatShareDown, type MoneyFormat } from '#web/ui/money.ts'
import { Card, Figure } from '#web/ui/parts.tsx'

/** At a glance: what the shop owes, what is locked away for it, what stands open with other shops, what is free. */
export function Cover({ desk, given }: { desk: ShopDesk; given: Formats }) {
  const { money } = given
  const sum = (units: bigint) => formatMoneyDown(units, money)
  return (
    <Card className="overflow-hidden">
      <dl className="grid grid-cols-2 gap-x-6 gap-y-7 p-6 sm:gap-x-8 sm:p-8 lg:grid-cols-4">
        <Figure
          name="You owe your members"
          note={formatPoints(desk.liabilityPoints, money)}
          value={sum(desk.liabilityMoney)}
        />
        <Figure
          name="Locked away for them"
          note={`${sum(desk.required)} needed (${formatShareDown(desk.requiredRatio, money)})`}
          value={sum(desk.reserve)}
        />
        <Figure
          name={desk.net < 0n ? 'You owe other shops' : 'Other shops owe you'}
          note={desk.net === 0n ? 'Nothing stands open' : 'until the next settling up'}
          value={sum(desk.net < 0n ? -desk.net : desk.net)}
        />
        <Figure
          name="Free to take out"
          note={`${formatPoints(desk.issuablePoints, money)} may still be given`}
          value={sum(desk.free)}
        />
      </dl>
      <Gauge desk={desk} money={money} />
    </Card>
  )
}

/** How far what is locked away reaches over what is owed, and how far it must reach. */
function Gauge({ desk, money }: { desk: ShopDesk; money: MoneyFormat }) {
  if (desk.ratio === null) {
    return <p className="border-line border-t px-6 py-5 text-soft sm:px-8">None of your points are out yet.</p>
  }
  const backed = Math.max(0, desk.ratio)
  const enough = desk.ratio >= desk.requiredRatio
  // A shop that has locked away more than it owes fills the bar; the mark then says how little would do.
  const whole = Math.max(1, backed)
  return (
    <div className="border-line border-t px-6 pt-5 pb-6 sm:px-8">
      <div className="flex flex-wrap items-baseline justify-between gap-x-6">
        <p className="font-medium">{formatShareDown(backed, money)} of what you owe is backed</p>
        <p className={enough ? 'text-good' : 'font-medium text-bad'}>
          {enough ? 'Enough' : 'Too little'}: {formatShareDown(desk.requiredRatio, money)} is needed
        </p>
      </div>
      <div aria-hidden="true" className="relative mt-3.5 h-4 rounded-full bg-shop-soft">
        <div className="h-full rounded-full bg-shop" style={{ width: `${(backed / whole) * 100}%` }} />
        <div
          className="absolute -inset-y-1.5 w-1 rounded-full border-card border-x bg-ink"
          style={{ left: `calc(${Math.min(1, desk.requiredRatio / whole) * 100}% - 2px)` }}
        />
      </div>
    </div>
  )
}
