import { habitOfMindWords, moodWords } from '#indexer/scoring/survey.ts'
import type { AnswerCount, HabitCount, SegmentMetrics } from '#web/queries/segment-metrics.ts'
import { ChartFrame } from '#web/ui/charts/chart-frame.tsx'
import { LyingBars } from '#web/ui/charts/lying-bars.tsx'
import { Sideways } from '#web/ui/charts/sideways.tsx'
import { habitWords } from '#web/ui/expectation-words.ts'
import type { Formats } from '#web/ui/formats.tsx'
import { formatCount, formatMoneyRough, formatShareDown, moneyOfCents } from '#web/ui/money.ts'
import { Card } from '#web/ui/parts.tsx'

/** What a visitor of the table should know of its columns, in a sentence each. */
const explained =
  'Expected and engagement are means. Pay with points: in the last half year. Likely lost: the mean chance that a ' +
  'member does not come again. Lift: visits a member more than those left alone, what was there before taken out, ' +
  'with the interval that holds however often you look. Recommend: of members who agreed to be asked, those who say ' +
  '9 or 10 less those who say 6 or less, from five answers on.'

/** How each segment does (S29). */
export function SegmentTable({ metrics, given }: { metrics: readonly SegmentMetrics[]; given: Formats }) {
  const signed = new Intl.NumberFormat(given.money.locale, { maximumFractionDigits: 2, signDisplay: 'exceptZero' })
  const heads = ['Members', 'Expected', 'Engagement', 'Pay with points', 'Likely lost', 'Lift', 'Recommend']
  const rows = metrics.map((one) => ({
    name: one.segment,
    cells: [
      formatCount(one.members, given.money),
      formatMoneyRough(moneyOfCents(one.value, given.money), given.money),
      `${one.engagement}`,
      formatShareDown(one.redeeming, given.money),
      one.churn === null ? 'not known yet' : formatShareDown(one.churn, given.money),
      one.lift === null
        ? 'too few'
        : `${signed.format(one.lift.difference)} (${signed.format(one.lift.low)} to ${signed.format(one.lift.high)})`,
      one.recommending === null ? 'too few' : signed.format(one.recommending.score),
    ],
  }))
  return (
    <Card className="p-5 sm:p-7">
      <h2 className="font-semibold text-lg">How each segment does</h2>
      <Rows caption="Figures by segment" first="Segment" heads={heads} rows={rows} />
      <p className="mt-3 text-soft text-sm">{explained}</p>
    </Card>
  )
}

/** When members come, and what they say of themselves: segments by behaviour and by a survey they agreed to. */
export function OtherSegments({
  habits,
  answers,
  given,
}: {
  habits: readonly HabitCount[]
  answers: readonly AnswerCount[]
  given: Formats
}) {
  return (
    <div className="grid grid-cols-1 items-start gap-6 sm:gap-8 lg:grid-cols-2">
      <MembersBy
        given={given}
        groups={[...habits.filter(hasHabit), ...habits.filter((habit) => !hasHabit(habit))].map((habit) => {
          return { ...habit, name: habitWords(habit) ?? 'no habit yet' }
        })}
        saying="Where most of a member’s visits fall, by part of the day and of the week."
        title="When they come"
      />
      {answers.length === 0 ? (
        <Card className="p-5 sm:p-7">
          <h2 className="font-semibold text-lg">What they say of themselves</h2>
          <p className="mt-1 text-soft">
            Members may answer a few questions under “You”, and only if they like. Shown from five answers on.
          </p>
        </Card>
      ) : (
        <MembersBy
          given={given}
          groups={answers.map((one) => ({ ...one, name: answerWords(one) }))}
          saying="Of members who agreed to be asked, from five answers on; never who."
          title="What they say of themselves"
        />
      )}
    </div>
  )
}

const hasHabit = (habit: HabitCount): boolean => habitWords(habit) !== null

function answerWords({ question, answer }: AnswerCount): string {
  const words: Readonly<Record<string, { readonly segment: string }>> =
    question === 'mood' ? moodWords : habitOfMindWords
  return words[answer]?.segment ?? answer
}

/** The largest groups are drawn, all of them stand in the table. */
const shownGroups = 6

interface Group {
  readonly name: string
  readonly members: number
  /** Expected in a year, a member, minor units. */
  readonly value: bigint
  readonly engagement?: number
}

function MembersBy({
  title,
  saying,
  groups,
  given,
}: {
  title: string
  saying: string
  groups: readonly Group[]
  given: Formats
}) {
  const money = (cents: bigint) => formatMoneyRough(moneyOfCents(cents, given.money), given.money)
  const count = (members: number) => formatCount(members, given.money)
  const engaged = groups.some(({ engagement }) => engagement !== undefined)
  return (
    <ChartFrame
      saying={saying}
      table={{
        heads: ['Segment', 'Members', 'Expected each', ...(engaged ? ['Engagement'] : [])],
        rows: groups.map(({ name, members, value, engagement }) => {
          return [name, count(members), money(value), ...(engaged ? [`${engagement ?? '–'}`] : [])]
        }),
      }}
      title={title}
    >
      <LyingBars
        bars={groups.slice(0, shownGroups).map(({ name, members, value }) => {
          return { label: name, value: members, shown: count(members), note: `${money(value)} expected each in a year` }
        })}
        title={title}
      />
    </ChartFrame>
  )
}

function Rows({
  caption,
  first,
  heads,
  rows,
}: {
  caption: string
  first: string
  heads: readonly string[]
  rows: readonly { readonly name: string; readonly cells: readonly string[] }[]
}) {
  return (
    <Sideways label={caption}>
      <table className="mt-3 w-full min-w-max text-right">
        <caption className="sr-only">{caption}</caption>
        <thead className="border-line border-b text-sm text-soft">
          <tr>
            <th className="py-2 text-left font-normal" scope="col">
              {first}
            </th>
            {heads.map((head) => (
              <th className="py-2 pl-5 font-normal" key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="figures divide-y divide-line">
          {rows.map((row) => (
            <tr key={row.name}>
              <th className="py-2 pr-2 text-left font-medium" scope="row">
                {row.name}
              </th>
              {row.cells.map((cell, place) => (
                <td className="py-2 pl-5" key={heads[place]}>
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Sideways>
  )
}
