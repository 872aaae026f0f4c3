import Link from 'next/link'
import { type SegmentName, segmentMeaning, segmentNames, segmentOf } from '#indexer/scoring/segments.ts'
import type { ShopOutlook } from '#web/queries/shop-outlook.ts'
import { TableBehind } from '#web/ui/charts/chart-frame.tsx'
import type { Formats } from '#web/ui/formats.tsx'
import { formatCount, formatMoneyDown, formatMoneyRough, moneyOfCents } from '#web/ui/money.ts'
import { Card } from '#web/ui/parts.tsx'

/** Where a name lies on the map: row and column lines of its rectangles; the first bears the words. */
const places: Readonly<Record<SegmentName, readonly string[]>> = {
  New: ['1 / 1 / 2 / 2'],
  'Potential Loyalist': ['1 / 2 / 3 / 4'],
  Champions: ['1 / 4 / 2 / 6'],
  Promising: ['2 / 1 / 3 / 2'],
  Loyal: ['2 / 4 / 4 / 6'],
  'About To Sleep': ['3 / 1 / 4 / 3'],
  'Need Attention': ['3 / 3 / 4 / 4'],
  Hibernating: ['4 / 1 / 5 / 3', '5 / 2 / 6 / 3'],
  'At Risk': ['4 / 3 / 6 / 5'],
  'Can’t Lose': ['4 / 5 / 6 / 6'],
  Lost: ['5 / 1 / 6 / 2'],
}

/** Members by how lately (upwards) and how often (to the right) they come; the fuller a place, the darker. */
export function SegmentMap({ cells, given }: { cells: ShopOutlook['cells']; given: Formats }) {
  const sums = segmentSums(cells)
  const all = cells.reduce((sum, cell) => sum + cell.members, 0)
  return (
    <Card className="p-5 sm:p-7">
      <h2 className="font-semibold text-lg">Who your members are</h2>
      <p className="mt-1 text-soft">Upwards: how lately they came. To the right: how often. Darker: more of them.</p>
      <ul
        aria-label="Segments"
        className="mt-5 grid auto-rows-fr grid-cols-5 gap-1 sm:gap-1.5"
        style={{ gridTemplateRows: 'repeat(5, minmax(4rem, auto))' }}
      >
        {segmentNames.map((name) => (
          <SegmentPlace
            given={given}
            key={name}
            name={name}
            share={all === 0 ? 0 : sums[name].members / all}
            sum={sums[name]}
          />
        ))}
      </ul>
      <TableBehind
        table={{
          heads: ['Segment', 'Members', 'Spent', 'Expected in a year', 'What helps'],
          rows: segmentNames.map((name) => [
            name,
            formatCount(sums[name].members, given.money),
            formatMoneyDown(moneyOfCents(sums[name].spend, given.money), given.money),
            formatMoneyRough(moneyOfCents(sums[name].value, given.money), given.money),
            segmentMeaning[name].what,
          ]),
        }}
        title="Segments"
      />
    </Card>
  )
}

interface Sum {
  members: number
  spend: bigint
  value: bigint
}

function segmentSums(cells: ShopOutlook['cells']): Readonly<Record<SegmentName, Sum>> {
  const sums = Object.fromEntries(segmentNames.map((name) => [name, { members: 0, spend: 0n, value: 0n }]))
  for (const cell of cells) {
    const sum = sums[segmentOf(cell.recency, cell.frequency)]
    if (sum === undefined) continue
    sum.members += cell.members
    sum.spend += cell.spend
    sum.value += cell.value
  }
  return sums as Readonly<Record<SegmentName, Sum>>
}

function SegmentPlace({ name, sum, share, given }: { name: SegmentName; sum: Sum; share: number; given: Formats }) {
  const [words, ...more] = places[name]
  const tint = {
    background: `color-mix(in oklch, var(--shop-edge) ${Math.round(12 + 78 * Math.min(1, share * 3))}%, var(--card))`,
  }
  return (
    <>
      <li className="min-w-0" style={{ gridArea: words }}>
        <Link
          className="flex h-full flex-col justify-between gap-1 rounded-lg p-1 leading-tight sm:rounded-xl sm:p-3"
          href={`/shop/members?segment=${segmentNames.indexOf(name) + 1}`}
          style={tint}
          title={`${segmentMeaning[name].who} ${segmentMeaning[name].what}`}
        >
          <span className="hyphens-auto break-words font-medium text-[0.625rem] tracking-tight sm:text-base">
            {name}
          </span>
          <span className="figures font-semibold text-base sm:text-2xl">{formatCount(sum.members, given.money)}</span>
        </Link>
      </li>
      {more.map((area) => (
        <li aria-hidden="true" className="rounded-lg sm:rounded-xl" key={area} style={{ gridArea: area, ...tint }} />
      ))}
    </>
  )
}
