import type { HoldoutCard } from '#indexer/scoring/model-card.ts'
import { TableBehind } from '#web/ui/charts/chart-frame.tsx'
import { Interval } from '#web/ui/charts/interval.tsx'
import type { Formats } from '#web/ui/formats.tsx'
import { formatCount, formatMoneyRough, formatShareDown, moneyOfCents } from '#web/ui/money.ts'
import { Card } from '#web/ui/parts.tsx'

/** What the shop does for its members, measured against members who are left alone: never before against after. */
export function Holdout({ holdout, given }: { holdout: HoldoutCard | null; given: Formats }) {
  return (
    <Card className="p-5 sm:p-7">
      <h2 className="font-semibold text-lg">Does what you do help?</h2>
      {holdout === null ? (
        <p className="mt-1 text-soft">
          A tenth of your members is left alone, so that the others can be compared with them. There are too few yet.
        </p>
      ) : (
        <Compared given={given} holdout={holdout} />
      )}
    </Card>
  )
}

function Compared({ holdout, given }: { holdout: HoldoutCard; given: Formats }) {
  const { days, share, treated, heldOut, spent } = holdout
  const visits = new Intl.NumberFormat(given.money.locale, { maximumFractionDigits: 1, minimumFractionDigits: 1 })
  // Nobody's visits are counted in hundredths where they are counted in tens.
  const digits = Math.max(Math.abs(holdout.low), Math.abs(holdout.high)) >= 10 ? 0 : 1
  const signed = new Intl.NumberFormat(given.money.locale, { maximumFractionDigits: digits, signDisplay: 'exceptZero' })
  const { difference, low, high } = holdout
  const said = verdict(holdout, (value) => signed.format(value))
  return (
    <>
      <p className="mt-1 text-soft">
        {formatShareDown(share, given.money)} of your members are left alone, chosen by lot. Visits a member in the last
        {` ${days} days, those who may be addressed less those left alone:`}
      </p>
      <div className="mt-4 max-w-3xl">
        <Interval
          high={high}
          id="holdout"
          low={low}
          middle={difference}
          saying={said}
          scale={(value) => signed.format(value)}
          title="Visits a member more than those left alone"
        />
      </div>
      <p className="mt-3 rounded-2xl bg-sunk px-4 py-3">{said}</p>
      {spent === undefined ? null : <Spent given={given} spent={spent} />}
      <TableBehind
        table={{
          heads: ['Members', 'How many', 'Visits each', ...(spent === undefined ? [] : ['Spent each'])],
          rows: [
            ['May be addressed', formatCount(treated.members, given.money), visits.format(treated.mean)],
            ['Left alone', formatCount(heldOut.members, given.money), visits.format(heldOut.mean)],
          ].map((row, place) => [
            ...row,
            ...(spent === undefined ? [] : [rough(place === 0 ? spent.treated : spent.heldOut, given)]),
          ]),
        }}
        title="Visits a member, addressed and left alone"
      />
    </>
  )
}

const rough = (cents: number, { money }: Formats, sign?: 'exceptZero') =>
  formatMoneyRough(moneyOfCents(BigInt(Math.round(cents)), money), money, sign)

/** The same in money: times the shop's own margin it is what addressing members brings. */
function Spent({ spent, given }: { spent: NonNullable<HoldoutCard['spent']>; given: Formats }) {
  const { difference, low, high } = spent
  const signed = (cents: number) => rough(cents, given, 'exceptZero')
  const more = `${rough(Math.abs(difference), given)} ${difference < 0 ? 'less' : 'more'}`
  const said = `They spent ${more} each; that lies, likewise, between ${signed(low)} and ${signed(high)}.`
  return (
    <>
      <div className="mt-5 max-w-3xl">
        <Interval
          high={high}
          id="holdout-spent"
          low={low}
          middle={difference}
          saying={said}
          scale={signed}
          title="Spent a member more than those left alone"
        />
      </div>
      <p className="mt-3 rounded-2xl bg-sunk px-4 py-3">
        {said} Times your margin, less what the points cost you, that is what it brings.
      </p>
    </>
  )
}

function verdict({ low, high, difference, sampleRatio }: HoldoutCard, signed: (value: number) => string): string {
  if (sampleRatio < 0.001) {
    return 'The two groups are not as they were drawn: members are missing on one side. Read nothing from this.'
  }
  const said = low > 0 ? 'It helps.' : high < 0 ? 'It drives them away.' : 'No difference can be told yet.'
  const between = `however often you look, it lies between ${signed(low)} and ${signed(high)}`
  return `${said} The difference is ${signed(difference)} visits, what was there before taken out; ${between}.`
}
