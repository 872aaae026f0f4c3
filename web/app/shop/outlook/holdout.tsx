import type { HoldoutCard } from '#indexer/scoring/model-card.ts'
import type { Formats } from '#web/ui/formats.tsx'
import { formatCount, formatShareDown } from '#web/ui/money.ts'
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
  const { days, share, treated, heldOut } = holdout
  const visits = new Intl.NumberFormat(given.money.locale, { maximumFractionDigits: 2, minimumFractionDigits: 2 })
  const signed = new Intl.NumberFormat(given.money.locale, { maximumFractionDigits: 2, signDisplay: 'exceptZero' })
  const rows = [
    ['May be addressed', treated],
    ['Left alone', heldOut],
  ] as const
  return (
    <>
      <p className="mt-1 text-soft">
        {formatShareDown(share, given.money)} of your members are left alone, chosen by lot. Visits a member in the last
        {` ${days} days:`}
      </p>
      <table className="mt-3 w-full text-right">
        <caption className="sr-only">Visits a member, addressed and left alone</caption>
        <thead className="border-line border-b text-sm text-soft">
          <tr>
            <th className="py-2 text-left font-normal" scope="col">
              Members
            </th>
            <th className="py-2 pl-3 font-normal" scope="col">
              How many
            </th>
            <th className="py-2 pl-3 font-normal" scope="col">
              Visits each
            </th>
          </tr>
        </thead>
        <tbody className="figures divide-y divide-line">
          {rows.map(([name, side]) => (
            <tr key={name}>
              <th className="py-2 text-left font-medium" scope="row">
                {name}
              </th>
              <td className="py-2 pl-3">{formatCount(side.members, given.money)}</td>
              <td className="py-2 pl-3">{visits.format(side.mean)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="mt-4 rounded-2xl bg-sunk px-4 py-3">{verdict(holdout, (value) => signed.format(value))}</p>
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
