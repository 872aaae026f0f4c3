import type { GoalCard } from '#indexer/scoring/model-card.ts'
import type { ShopOutlook } from '#web/queries/shop-outlook.ts'
import { TableBehind } from '#web/ui/charts/chart-frame.tsx'
import { Interval } from '#web/ui/charts/interval.tsx'
import { formatDayWithYear } from '#web/ui/dates.ts'
import type { Formats } from '#web/ui/formats.tsx'
import { formatCount } from '#web/ui/money.ts'
import { Card } from '#web/ui/parts.tsx'
import { GoalForm } from './goal-form.tsx'

const dayMs = 86_400_000

/** The owner's goal, held against members who are left alone: never before against after (S28). */
export function Goal({ goal, card, given }: { goal: ShopOutlook['goal']; card: GoalCard | null; given: Formats }) {
  const measured = card !== null && goal !== null && card.fromDay === goal.fromDay ? card : null
  return (
    <Card className="p-5 sm:p-7">
      <h2 className="font-semibold text-lg">Your goal</h2>
      {goal === null ? (
        <p className="mt-1 max-w-prose text-soft">
          How many more repeat visits do you want? It is measured against the tenth of your members who are left alone,
          so that a good season does not look like success.
        </p>
      ) : (
        <>
          <p className="mt-1 text-soft">
            {`${percentOf(given)(goal.percent)} repeat visits, from `}
            {formatDayWithYear(new Date(goal.fromDay * dayMs), given.dates)}
            {' to '}
            {formatDayWithYear(new Date(goal.untilDay * dayMs), given.dates)}
          </p>
          {measured === null ? (
            <p className="mt-4 rounded-2xl bg-sunk px-4 py-3">It is measured from the next look on.</p>
          ) : (
            <Measured card={measured} given={given} />
          )}
        </>
      )}
      <GoalForm percent={goal?.percent ?? null} />
    </Card>
  )
}

const percentOf = (given: Formats) => {
  const format = new Intl.NumberFormat(given.money.locale, { maximumFractionDigits: 1, signDisplay: 'exceptZero' })
  return (value: number) => `${format.format(value)} %`
}

function Measured({ card, given }: { card: GoalCard; given: Formats }) {
  const { lift, percent: wanted, days } = card
  const percent = percentOf(given)
  if (lift === null || lift.percent === null || lift.lowPercent === null || lift.highPercent === null) {
    return (
      <p className="mt-4 rounded-2xl bg-sunk px-4 py-3" data-goal="unknown">
        {days === 0 ? 'It begins tomorrow.' : 'Too few members are left alone to compare with yet.'}
      </p>
    )
  }
  const visits = new Intl.NumberFormat(given.money.locale, { maximumFractionDigits: 2, minimumFractionDigits: 2 })
  const sideWords = ({ members, mean }: { readonly members: number; readonly mean: number }) =>
    `${formatCount(members, given.money)} members came ${visits.format(mean)} times each`
  return (
    <>
      <div className="mt-4 max-w-3xl">
        <Interval
          goal={wanted}
          high={lift.highPercent}
          id="goal"
          low={lift.lowPercent}
          middle={lift.percent}
          saying={verdictOf(card)}
          scale={percent}
          title="More repeat visits than of those left alone"
        />
      </div>
      <p className="mt-3 rounded-2xl bg-sunk px-4 py-3" data-goal={lift.percent.toFixed(2)}>
        {verdictOf(card)}{' '}
        {`Members you may address came ${percent(lift.percent)} as often as those left alone, what was `}
        {`there before taken out; however often you look, it lies between ${percent(lift.lowPercent)} and `}
        {`${percent(lift.highPercent)}.`}
      </p>
      <p className="mt-2 text-soft text-sm">
        {`${days} days so far: ${sideWords(lift.treated)}, those left alone ${sideWords(lift.heldOut)}.`}
      </p>
      <TableBehind
        table={{
          heads: ['Members', 'How many', 'Visits each'],
          rows: [
            ['May be addressed', formatCount(lift.treated.members, given.money), visits.format(lift.treated.mean)],
            ['Left alone', formatCount(lift.heldOut.members, given.money), visits.format(lift.heldOut.mean)],
          ],
        }}
        title="Your goal"
      />
    </>
  )
}

/** What may be said: only what the interval bears. */
function verdictOf({ lift, percent }: GoalCard): string {
  if (lift === null || lift.lowPercent === null || lift.highPercent === null) return ''
  if (lift.sampleRatio < 0.001) return 'The two groups are not as they were drawn: read nothing from this.'
  if (lift.lowPercent >= percent) return 'Reached.'
  if (lift.highPercent < percent) return 'Not reached so far.'
  return lift.lowPercent > 0 ? 'It helps; whether enough cannot be told yet.' : 'It cannot be told yet.'
}
