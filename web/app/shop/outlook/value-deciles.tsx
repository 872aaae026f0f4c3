import type { ShopOutlook } from '#web/queries/shop-outlook.ts'
import { Bars } from '#web/ui/charts/bars.tsx'
import { ChartFrame } from '#web/ui/charts/chart-frame.tsx'
import type { Formats } from '#web/ui/formats.tsx'
import { formatCount, formatMoneyRough, formatShareDown, moneyOfCents } from '#web/ui/money.ts'

/** What each tenth of the members is expected to bring, as a share of the whole. */
export function ValueDeciles({ deciles, given }: { deciles: ShopOutlook['deciles']; given: Formats }) {
  const all = deciles.reduce((sum, part) => sum + part.value, 0n)
  const share = (value: bigint) => (all === 0n ? 0 : Number(value) / Number(all))
  const top = deciles.find((part) => part.decile === 10)
  const highest = formatShareDown(share(top?.value ?? 0n), given.money)
  const saying =
    deciles.length === 0
      ? 'Too few visits yet to say what is to be expected of whom.'
      : `Members in ten parts by what is expected of them in a year. The highest tenth brings ${highest}.`
  const title = 'Where the value is'
  const bars = Array.from({ length: 10 }, (_, place) => {
    const value = deciles.find((part) => part.decile === place + 1)?.value ?? 0n
    return { label: `${place + 1}`, value: share(value), shown: formatShareDown(share(value), given.money) }
  })
  return (
    <ChartFrame
      saying={saying}
      table={{
        heads: ['Tenth', 'Members', 'Expected in a year', 'Share'],
        rows: deciles.map((part) => [
          `${part.decile}`,
          formatCount(part.members, given.money),
          formatMoneyRough(moneyOfCents(part.value, given.money), given.money),
          formatShareDown(share(part.value), given.money),
        ]),
      }}
      title={title}
    >
      <Bars bars={bars} id="value-deciles" saying={saying} title={title} />
    </ChartFrame>
  )
}
