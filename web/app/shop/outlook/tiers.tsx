import { tierNames } from '#indexer/scoring/tiers.ts'
import type { ShopOutlook } from '#web/queries/shop-outlook.ts'
import { ChartFrame } from '#web/ui/charts/chart-frame.tsx'
import { LyingBars } from '#web/ui/charts/lying-bars.tsx'
import type { Formats } from '#web/ui/formats.tsx'
import { formatCount, formatShareDown } from '#web/ui/money.ts'

const title = 'Tiers, as proposed'
const saying =
  'By what is expected of members. A rise counts at once; a fall comes 30 days after its notice, never silently.'

/** Who would hold which tier: as proposed with its notice; behind it by what was spent and by what is expected. */
export function Tiers({ tiers, given }: { tiers: ShopOutlook['tiers']; given: Formats }) {
  const count = (members: number) => formatCount(members, given.money)
  const share = (members: number, of: number) => (of === 0 ? '–' : formatShareDown(members / of, given.money))
  const name = (tier: ShopOutlook['tiers'][number]['tier']) => (tier === 0 ? 'No tier' : tierNames[tier])
  return (
    <ChartFrame
      saying={saying}
      table={{
        heads: ['Tier', 'By spend', 'By value', 'Proposed', 'To fall', 'Came lately', 'Pay with points'],
        rows: tiers.map((row) => [
          name(row.tier),
          ...[row.bySpend, row.byValue, row.held, row.falling].map(count),
          ...[share(row.came, row.held), share(row.redeeming, row.held)],
        ]),
      }}
      title={title}
    >
      <LyingBars
        bars={tiers.map((row) => {
          const falling = row.falling === 0 ? [] : [`${count(row.falling)} to fall after their notice`]
          const came = row.held === 0 ? [] : [`${share(row.came, row.held)} came in the last 91 days`]
          const notes = [...came, ...falling]
          return {
            label: name(row.tier) ?? '',
            value: row.held,
            shown: count(row.held),
            note: notes.length === 0 ? undefined : notes.join('; '),
          }
        })}
        title={title}
      />
    </ChartFrame>
  )
}
