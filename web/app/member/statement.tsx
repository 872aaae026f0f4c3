import { ArrowDownLeft, ArrowUpRight, Hourglass, Plus, Scale, ShoppingBasket, Undo2 } from 'lucide-react'
import type { ReactNode } from 'react'
import { sentenceFor } from '#web/acts/sentences.ts'
import type { memberHome } from '#web/queries/member-home.ts'
import { classes } from '#web/ui/classes.ts'
import { dayKey, formatDayHeading, formatTime } from '#web/ui/dates.ts'
import type { Formats } from '#web/ui/formats.tsx'
import { formatMoneySignedDown, formatPoints, valueOfPoints } from '#web/ui/money.ts'
import { Empty, ProgressChip, SectionTitle } from '#web/ui/parts.tsx'
import { hueStyle } from '#web/ui/sign.tsx'

type Line = Awaited<ReturnType<typeof memberHome>>['statement'][number]

export function Statement({
  lines,
  hues,
  given,
  now,
}: {
  lines: readonly Line[]
  hues: ReadonlyMap<number, number>
  given: Formats
  now: Date
}) {
  const days = daysOf(lines, given)
  return (
    <section>
      <SectionTitle title="Statement" />
      {lines.length === 0 ? (
        <Empty title="Nothing has happened yet">
          Every point you are given, spend, send or receive is listed here.
        </Empty>
      ) : (
        <div className="rounded-3xl border border-line bg-card px-5 py-2 shadow-card">
          <Days days={days.slice(0, DAYS_AT_ONCE)} given={given} hues={hues} now={now} />
          {days.length > DAYS_AT_ONCE ? (
            <details>
              <summary className="flex min-h-14 items-center justify-center border-line border-t font-semibold">
                Earlier
              </summary>
              <Days days={days.slice(DAYS_AT_ONCE)} given={given} hues={hues} now={now} />
            </details>
          ) : null}
        </div>
      )}
    </section>
  )
}

const DAYS_AT_ONCE = 7

/** Lines of one day of the street, newest day first. */
function daysOf(lines: readonly Line[], given: Formats): readonly (readonly [string, readonly Line[]])[] {
  const days = new Map<string, Line[]>()
  for (const line of lines) {
    const key = dayKey(line.at, given.dates)
    days.set(key, [...(days.get(key) ?? []), line])
  }
  return [...days]
}

function Days({
  days,
  hues,
  given,
  now,
}: {
  days: ReturnType<typeof daysOf>
  hues: ReadonlyMap<number, number>
  given: Formats
  now: Date
}) {
  return days.map(([key, ofDay]) => (
    <section key={key}>
      <h3 className="pt-4 pb-1 font-medium text-soft text-sm tracking-normal">
        {ofDay[0] ? formatDayHeading(ofDay[0].at, now, given.dates) : null}
      </h3>
      <ul className="divide-y divide-line">
        {ofDay.map((line) => (
          <StatementRow given={given} hue={hues.get(line.shop) ?? 0} key={`${line.kind} ${line.key}`} line={line} />
        ))}
      </ul>
    </section>
  ))
}

function paidFor({ reward, toCharity }: Line): string {
  if (toCharity) return reward === null ? 'given as a gift' : `${reward}, given as a gift`
  return reward ?? 'paid with points'
}

function owing({ owed }: Line, { money }: Formats): string {
  return owed === null || owed === 0n ? '' : `, ${formatPoints(owed, money)} owed`
}

/** What happened, as one would tell it. */
function story(line: Line, given: Formats): { what: string; detail: string } {
  const other = line.counterpartyName
  switch (line.kind) {
    case 'issued':
      return { what: line.shopName, detail: 'for your purchase' }
    case 'paid':
      return { what: line.shopName, detail: paidFor(line) }
    case 'sent':
      return { what: other ? `To ${other}` : 'Sent', detail: `points of ${line.shopName}` }
    case 'received':
      return { what: other ? `From ${other}` : 'Received', detail: `points of ${line.shopName}` }
    case 'lapsed':
      return { what: line.shopName, detail: 'points that lapsed' }
    case 'takenBack':
      return { what: line.shopName, detail: `taken back${owing(line, given)}` }
    case 'refunded':
      return { what: line.shopName, detail: 'refunded' }
    case 'debtPaid':
      return { what: line.shopName, detail: 'kept for points you owed' }
  }
}

const markSize = 'size-5'

const marks: Record<Line['kind'], ReactNode> = {
  issued: <Plus className={markSize} />,
  paid: <ShoppingBasket className={markSize} />,
  sent: <ArrowUpRight className={markSize} />,
  received: <ArrowDownLeft className={markSize} />,
  lapsed: <Hourglass className={markSize} />,
  takenBack: <Undo2 className={markSize} />,
  refunded: <Undo2 className={markSize} />,
  debtPaid: <Scale className={markSize} />,
}

function StatementRow({ line, hue, given }: { line: Line; hue: number; given: Formats }) {
  const { what, detail } = story(line, given)
  return (
    <li className="flex items-center gap-3.5 py-3">
      <span
        aria-hidden="true"
        className="hued grid size-11 shrink-0 place-items-center rounded-full bg-shop-soft text-shop-text"
        style={hueStyle(hue)}
      >
        {marks[line.kind]}
      </span>
      <div className="min-w-0 flex-1">
        <p className="truncate font-medium">{what}</p>
        <p className="truncate text-soft text-sm">
          {formatTime(line.at, given.dates)}, {detail}
        </p>
        {line.state === 'final' ? null : (
          <div className="mt-1.5">
            <ProgressChip progress={line.state} />
            {line.code ? <p className="mt-1 text-soft text-sm">{sentenceFor(line.code)}</p> : null}
          </div>
        )}
      </div>
      <div className="shrink-0 text-right">
        <p
          className={classes(
            'figures font-semibold',
            line.points > 0n && 'text-good',
            line.state === 'refused' && 'text-soft line-through',
          )}
        >
          {formatMoneySignedDown(valueOfPoints(line.points, given.money), given.money)}
        </p>
        <p className="figures text-soft text-sm">
          {formatPoints(line.points < 0n ? -line.points : line.points, given.money)}
        </p>
      </div>
    </li>
  )
}
