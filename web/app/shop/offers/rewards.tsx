import type { ShopOffers } from '#web/queries/shop-offers.ts'
import { ChartFrame } from '#web/ui/charts/chart-frame.tsx'
import { LyingBars } from '#web/ui/charts/lying-bars.tsx'
import type { Formats } from '#web/ui/formats.tsx'
import { formatCount } from '#web/ui/money.ts'

/** What is believed of each reward: how often a proposal of it is taken up. */
export function Rewards({ offers, given }: { offers: ShopOffers; given: Formats }) {
  const arms = offers.card?.arms ?? []
  if (arms.length === 0) return null
  const percent = new Intl.NumberFormat(given.money.locale, { style: 'percent', maximumFractionDigits: 0 })
  const title = (reward: number) => offers.titles.get(reward) ?? `Reward ${reward}`
  const proposed = arms.reduce((sum, arm) => sum + arm.proposed, 0)
  const saying =
    proposed === 0
      ? 'Nothing was proposed long enough yet. Until then it is how many members take each anyway.'
      : 'How often each is taken up within 28 days of being proposed. The better, the more it is drawn.'
  return (
    <ChartFrame
      saying={saying}
      table={{
        heads: ['Reward', 'Proposed', 'Taken up', 'Believed'],
        rows: arms.map((arm) => [
          title(arm.reward),
          formatCount(arm.proposed, given.money),
          formatCount(arm.taken, given.money),
          percent.format(arm.mean),
        ]),
      }}
      title="How your rewards do"
    >
      <LyingBars
        bars={arms.map((arm) => ({ label: title(arm.reward), value: arm.mean, shown: percent.format(arm.mean) }))}
        title="How your rewards do"
      />
    </ChartFrame>
  )
}
