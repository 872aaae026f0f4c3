import type { ShopOutlook } from '#web/queries/shop-outlook.ts'
import type { Formats } from '#web/ui/formats.tsx'
import { formatCount, formatShareDown } from '#web/ui/money.ts'
import { Card } from '#web/ui/parts.tsx'

/** Which other shops a shop's members visit: counts only, from five members on. */
export function Together({
  together,
  members,
  given,
}: {
  together: ShopOutlook['together']
  members: number
  given: Formats
}) {
  return (
    <Card className="p-5 sm:p-7">
      <h2 className="font-semibold text-lg">Where else they go</h2>
      {together.length === 0 ? (
        <p className="mt-1 text-soft">No other shop shares five members with you yet.</p>
      ) : (
        <ul className="mt-2 divide-y divide-line">
          {together.map((other) => (
            <li className="flex items-baseline justify-between gap-4 py-2.5" key={other.shop}>
              <div className="min-w-0">
                <p className="truncate font-medium">{other.name}</p>
                <p className="text-soft text-sm">
                  {[other.trade, likelier(other.liftPercent)].filter(Boolean).join(', ')}
                </p>
              </div>
              <p className="figures shrink-0 text-right">
                {formatShareDown(other.members / members, given.money)}
                <span className="block text-soft text-sm">{formatCount(other.members, given.money)} members</span>
              </p>
            </li>
          ))}
        </ul>
      )}
    </Card>
  )
}

/** How much likelier your members are there than anybody of the street. */
function likelier(liftPercent: number): string {
  if (liftPercent >= 110) return `${liftPercent - 100} % likelier than others`
  return liftPercent <= 90 ? `${100 - liftPercent} % less likely than others` : 'as likely as others'
}
