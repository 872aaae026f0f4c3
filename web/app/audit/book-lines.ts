import type { ChainTotals, Compared, ShopTotals } from '#web/acts/chain-totals.ts'

/** One figure of both books with its name. */
export interface BookLine {
  readonly name: string
  readonly unit: 'points' | 'money'
  readonly figure: Compared
}

export function streetLines({ money, pool, net }: ChainTotals): readonly BookLine[] {
  return [
    { name: 'Money in the clearing house', unit: 'money', figure: money },
    { name: 'Settled, not yet collected', unit: 'money', figure: pool },
    { name: 'Sum of all net positions', unit: 'money', figure: net },
  ]
}

export function shopLines({ supply, reserve, net }: ShopTotals): readonly BookLine[] {
  return [
    { name: 'Points out', unit: 'points', figure: supply },
    { name: 'Reserve', unit: 'money', figure: reserve },
    { name: 'Net position', unit: 'money', figure: net },
  ]
}

const ages = ['this quarter', 'one quarter old', 'two quarters old', 'three quarters old', 'four quarters old']

export function laneLines({ lanes }: ShopTotals): readonly BookLine[] {
  return lanes.map((figure, age) => ({
    name: `Points of ${ages[age] ?? `${age} quarters ago`}`,
    unit: 'points',
    figure,
  }))
}

/** Every figure that differs, by its full name. */
export function differingLines(totals: ChainTotals): readonly BookLine[] {
  const ofShops = totals.shops.flatMap((shop) =>
    [...shopLines(shop), ...laneLines(shop)].map((line) => ({ ...line, name: `${shop.name}: ${line.name}` })),
  )
  return [...streetLines(totals), ...ofShops].filter(({ figure }) => figure.difference !== 0n)
}
