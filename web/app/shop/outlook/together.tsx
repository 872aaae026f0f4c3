import type { ShopOutlook } from '#web/queries/shop-outlook.ts'
import { ChartFrame } from '#web/ui/charts/chart-frame.tsx'
import { LyingBars } from '#web/ui/charts/lying-bars.tsx'
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
  const title = 'Where else they go'
  if (together.length === 0) {
    return (
      <Card className="p-5 sm:p-7">
        <h2 className="font-semibold text-lg">{title}</h2>
        <p className="mt-1 text-soft">No other shop shares five members with you yet.</p>
      </Card>
    )
  }
  const share = (of: number) => formatShareDown(of / members, given.money)
  return (
    <ChartFrame
      saying="Counts of your members, from five on; never who."
      table={{
        heads: ['Shop', 'Members', 'Of yours', 'Against others'],
        rows: together.map((other) => [
          other.name,
          formatCount(other.members, given.money),
          share(other.members),
          likelier(other.liftPercent),
        ]),
      }}
      title={title}
    >
      <LyingBars
        bars={together.map((other) => ({
          label: other.name,
          value: other.members,
          shown: share(other.members),
          note: [other.trade, likelier(other.liftPercent)].filter(Boolean).join(', '),
        }))}
        title={title}
      />
    </ChartFrame>
  )
}

/** How much likelier your members are there than anybody of the street. */
function likelier(liftPercent: number): string {
  if (liftPercent >= 110) return `${liftPercent - 100}% likelier than others`
  return liftPercent <= 90 ? `${100 - liftPercent}% less likely than others` : 'as likely as others'
}
