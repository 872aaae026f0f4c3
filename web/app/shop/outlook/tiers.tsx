import { tierNames } from '#indexer/scoring/tiers.ts'
import type { ShopOutlook } from '#web/queries/shop-outlook.ts'
import { Sideways } from '#web/ui/charts/sideways.tsx'
import type { Formats } from '#web/ui/formats.tsx'
import { formatCount, formatShareDown } from '#web/ui/money.ts'
import { Card } from '#web/ui/parts.tsx'

/** Who would hold which tier: by what was spent, by what is expected, and as proposed with its notice. */
export function Tiers({ tiers, given }: { tiers: ShopOutlook['tiers']; given: Formats }) {
  const count = (members: number) => formatCount(members, given.money)
  const share = (members: number, of: number) => (of === 0 ? '–' : formatShareDown(members / of, given.money))
  return (
    <Card className="p-5 sm:p-7">
      <h2 className="font-semibold text-lg">Tiers, as proposed</h2>
      <p className="mt-1 text-soft">
        By what is expected of members. A rise counts at once; a fall comes 30 days after its notice, never silently.
      </p>
      <Sideways label="Members by tier">
        <table className="mt-4 w-full min-w-max text-right">
          <caption className="sr-only">Members by tier</caption>
          <thead className="border-line border-b text-sm text-soft">
            <tr>
              <th className="py-2 text-left font-normal" scope="col">
                Tier
              </th>
              <th className="py-2 pl-3 font-normal" scope="col">
                By spend
              </th>
              <th className="py-2 pl-3 font-normal" scope="col">
                By value
              </th>
              <th className="py-2 pl-3 font-normal" scope="col">
                Proposed
              </th>
              <th className="py-2 pl-3 font-normal" scope="col">
                To fall
              </th>
              <th className="py-2 pl-3 font-normal" scope="col">
                Came lately
              </th>
              <th className="py-2 pl-3 font-normal" scope="col">
                Pay with points
              </th>
            </tr>
          </thead>
          <tbody className="figures divide-y divide-line">
            {tiers.map((row) => (
              <tr key={row.tier}>
                <th className="py-2 text-left font-medium" scope="row">
                  {row.tier === 0 ? 'No tier' : tierNames[row.tier]}
                </th>
                <td className="py-2 pl-3">{count(row.bySpend)}</td>
                <td className="py-2 pl-3">{count(row.byValue)}</td>
                <td className="py-2 pl-3">{count(row.held)}</td>
                <td className="py-2 pl-3">{count(row.falling)}</td>
                <td className="py-2 pl-3">{share(row.came, row.held)}</td>
                <td className="py-2 pl-3">{share(row.redeeming, row.held)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Sideways>
      <p className="mt-3 text-soft text-sm">
        Came lately: of those who hold it, in the last 91 days. Pay with points: in the last half year.
      </p>
    </Card>
  )
}
