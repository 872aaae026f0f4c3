import type { ModelCard } from '#indexer/scoring/model-card.ts'
import type { ShopFitShown } from '#web/queries/shop-outlook.ts'
import { Sideways } from '#web/ui/charts/sideways.tsx'
import { formatShortDay } from '#web/ui/dates.ts'
import type { Formats } from '#web/ui/formats.tsx'
import { modelWords } from '#web/ui/model-words.ts'
import { formatCount } from '#web/ui/money.ts'
import { Card, ProgressChip } from '#web/ui/parts.tsx'

/**
 * How the figures came about: what went in, what was fitted, how it did, what they do not say, and what was
 * committed.
 */
export function ModelCardShown({ fit, given }: { fit: ShopFitShown; given: Formats }) {
  const { card } = fit
  return (
    <Card className="p-5 sm:p-7">
      <h2 className="font-semibold text-lg">How these figures came about</h2>
      <dl className="mt-3 divide-y divide-line">
        {factsOf(fit, given).map(([name, value]) => (
          <div className="flex flex-wrap justify-between gap-x-6 gap-y-1 py-2.5" key={name}>
            <dt className="text-soft">{name}</dt>
            <dd className="figures min-w-0 break-words text-right">{value}</dd>
          </div>
        ))}
        <div className="flex flex-wrap items-baseline justify-between gap-x-6 gap-y-1 py-2.5">
          <dt className="text-soft">Fixed on the chain before use</dt>
          <dd>
            <Commitment fit={fit} />
          </dd>
        </div>
      </dl>
      <BackTests card={card} />
      <h3 className="mt-5 font-medium">What they do not say</h3>
      <ul className="mt-1 list-disc pl-5 text-soft">
        {card.limits.map((limit) => (
          <li key={limit}>{limit}</li>
        ))}
      </ul>
      <p className="mt-4 break-all font-mono text-soft text-xs">
        {fit.model}, block {`${fit.block}`}, inputs {fit.inputsHash}
        {fit.root === null ? null : `, root ${fit.root}`}
      </p>
    </Card>
  )
}

function Commitment({ fit }: { fit: ShopFitShown }) {
  if (fit.commitment === null) return <span className="text-soft">nothing to fix yet</span>
  const { state } = fit.commitment
  const words = { pending: 'On its way', final: 'Done', refused: `Refused: ${fit.commitment.code}` }[state]
  return <ProgressChip progress={state} words={words} />
}

const decimals = new Intl.NumberFormat('en', { maximumSignificantDigits: 4 })

const listed = (numbers: Readonly<Record<string, number>>): string =>
  Object.entries(numbers)
    .map(([name, value]) => `${name} ${decimals.format(value)}`)
    .join(', ')

function factsOf(
  { card, finishedAt }: ShopFitShown,
  { money, dates }: Formats,
): readonly (readonly [string, string])[] {
  const { window, members, returning, leftOut, purchases, spend } = card
  const day = (number: number) => formatShortDay(new Date(number * 86_400_000), dates)
  const count = (value: number) => formatCount(value, money)
  return [
    ['Looked at', formatShortDay(finishedAt, dates)],
    ['Purchases from', window.firstDay === null ? 'none yet' : `${day(window.firstDay)} to ${day(window.lastDay)}`],
    ['Members', `${count(members)}, of whom ${count(returning)} came again`],
    ['Left out', `${count(leftOut.optedOut)} who want not to be known, ${count(leftOut.undone)} purchases taken back`],
    ['Visits follow', `${modelWords(purchases.model)}: ${purchases.why}`],
    ['Its parameters, per day', listed(purchases.parameters) || 'none'],
    ['Their errors, of the logarithms', purchases.errors === null ? 'not bounded' : listed(purchases.errors)],
    [
      'The fit',
      `${purchases.status}${purchases.pooled ? ', leaning on the whole street' : ''}${
        purchases.gradientNorm === null ? '' : `, gradient ${purchases.gradientNorm.toExponential(1)}`
      }`,
    ],
    [
      'Spend follows, in cents',
      `${spend.model}${Object.keys(spend.parameters).length > 0 ? `: ${listed(spend.parameters)}` : ''}`,
    ],
    ['A value is', 'a year of visits, discounted by 2.5 % a quarter'],
  ]
}

function BackTests({ card }: { card: ModelCard }) {
  if (card.backTest === null) return null
  const { models, calibrationDays, holdoutDays, times } = card.backTest
  const signed = new Intl.NumberFormat('en', { maximumSignificantDigits: 3, signDisplay: 'exceptZero' })
  return (
    <>
      <h3 className="mt-5 font-medium">
        Tried on what is known: {calibrationDays} days to learn, then {times} times {holdoutDays} days to foretell
      </h3>
      <Sideways label="Back-tests">
        <table className="figures mt-1 w-full min-w-max text-right text-sm">
          <caption className="sr-only">How each model did</caption>
          <thead className="border-line border-b text-soft">
            <tr>
              <th className="py-2 text-left font-normal" scope="col">
                Model
              </th>
              <th className="py-2 pl-3 font-normal" scope="col">
                Off by, visits a member
              </th>
              <th className="py-2 pl-3 font-normal" scope="col">
                Bias, the same
              </th>
              <th className="py-2 pl-3 font-normal" scope="col">
                Gini
              </th>
            </tr>
          </thead>
          <tbody className="divide-y divide-line">
            {models.map((one) => (
              <tr key={one.model}>
                <th className="py-2 text-left font-medium" scope="row">
                  {modelWords(one.model)}
                  {one.model === card.purchases.model ? ' (used)' : ''}
                </th>
                <td className="py-2 pl-3">{decimals.format(one.meanError)}</td>
                <td className="py-2 pl-3">{signed.format(one.bias)}</td>
                <td className="py-2 pl-3">{one.gini === null ? '–' : decimals.format(one.gini)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Sideways>
    </>
  )
}
