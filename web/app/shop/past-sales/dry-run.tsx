'use client'

import { CheckCheck, Download } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { Button } from '#web/ui/button.tsx'
import { useFormats } from '#web/ui/formats.tsx'
import { formatCount, formatMoneyDown, formatPoints, valueOfPoints } from '#web/ui/money.ts'
import { Card, Figure } from '#web/ui/parts.tsx'
import { faultLines, type RowFault, saveTable } from './sales-text.ts'

/** What a file would do; points in hundredths. */
export interface Checked {
  readonly file: string
  readonly rows: number
  readonly taken: number
  readonly faultyRows: number
  readonly faults: readonly RowFault[]
  readonly points: bigint
  /** null: no key has been named. */
  readonly budget: bigint | null
  readonly members: { readonly found: number; readonly unknown: number }
  readonly unused: readonly string[]
}

/** The dry run of a file, and the one button that makes it real where nothing is wrong. */
export function DryRun({
  checked,
  name,
  hasKey,
  onAnother,
  start,
}: {
  checked: Checked
  name: string
  hasKey: boolean
  onAnother: () => void
  /** Takes the file in; a sentence where that could not be done. */
  start: () => Promise<string | null>
}) {
  const { money } = useFormats()
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => heading.current?.focus({ preventScroll: false }), [])
  const { rows, taken, points, members, faultyRows, unused } = checked
  return (
    <Card className="p-6 sm:p-8">
      <h2 className="break-words font-semibold text-xl outline-none" ref={heading} tabIndex={-1}>
        What {name} would do
      </h2>
      <dl className="mt-5 grid grid-cols-2 gap-x-6 gap-y-6 lg:grid-cols-4">
        <Figure name="Sales" note={takenNote(taken, rows - taken - faultyRows)} value={formatCount(rows, money)} />
        <Figure name="Members found" value={formatCount(members.found, money)} />
        <Figure name="Members not found" value={formatCount(members.unknown, money)} />
        <Figure
          name="Points in all"
          note={`worth ${formatMoneyDown(valueOfPoints(points, money), money)}`}
          value={formatPoints(points, money)}
        />
      </dl>
      {unused.length > 0 ? (
        <p className="mt-4 text-soft">Columns that nobody needs, and that are left out: {unused.join(', ')}.</p>
      ) : null}
      {faultyRows > 0 || checked.faults.length > 0 ? <Faults checked={checked} name={name} /> : null}
      <Decision {...{ checked, hasKey, onAnother, start }} />
    </Card>
  )
}

function takenNote(taken: number, open: number): string | undefined {
  if (taken === 0) return undefined
  return open > 0 ? `${taken} of them are in already` : 'all of them are in already'
}

function Decision({
  checked: { rows, taken, points, budget, faults },
  hasKey,
  onAnother,
  start,
}: {
  checked: Checked
  hasKey: boolean
  onAnother: () => void
  start: () => Promise<string | null>
}) {
  const { money } = useFormats()
  const [busy, setBusy] = useState(false)
  const [sentence, setSentence] = useState<string | null>(null)
  const over = budget !== null && points > budget
  const confirm = async () => {
    setBusy(true)
    setSentence(await start())
    setBusy(false)
  }
  const ready = hasKey && faults.length === 0 && !over && rows > taken
  return (
    <>
      {over ? (
        <p className="mt-5 rounded-2xl bg-bad-soft px-4 py-3 text-bad" role="alert">
          Your import key may give {formatPoints(budget, money)} more. Bring in a smaller file, or ask the board for
          another key with a budget of {formatPoints(points, money)}.
        </p>
      ) : null}
      {!hasKey && faults.length === 0 ? (
        <p className="mt-5 rounded-2xl bg-good-soft px-4 py-3 text-good" role="status">
          Nothing is wrong with this file. Ask the board for an import key with a budget of{' '}
          {formatPoints(points, money)}, as it says above.
        </p>
      ) : null}
      <div className="mt-6 flex flex-wrap gap-3">
        {ready ? (
          <Button disabled={busy} onClick={confirm} size="large">
            <CheckCheck aria-hidden="true" className="size-6" />
            {busy ? 'One moment' : `Give ${formatPoints(points, money)} for ${salesWords(rows - taken)}`}
          </Button>
        ) : null}
        <Button disabled={busy} look="outline" onClick={onAnother} size="large">
          {ready ? 'Not this file' : 'Choose a file'}
        </Button>
      </div>
      <p className="mt-2 text-bad empty:hidden" role="alert">
        {sentence}
      </p>
    </>
  )
}

const salesWords = (count: number): string => (count === 1 ? 'one sale' : `${count} sales`)

const MOST_SHOWN = 8

/** What is wrong, by row: the first to read here, all of them to take along. */
function Faults({ checked: { faults, faultyRows }, name }: { checked: Checked; name: string }) {
  const save = () => saveTable(`faults of ${name.replace(/\.[a-z]{1,4}$/i, '')}.csv`, faultLines(faults))
  return (
    <div className="mt-5 rounded-2xl bg-bad-soft px-4 py-4 sm:px-5" role="alert">
      <p className="font-semibold text-bad text-lg">
        {faultyRows <= 1 ? 'Something is not right' : `${faultyRows} rows are not right`}. Nothing is brought in until
        it is.
      </p>
      <ul className="mt-2 divide-y divide-bad/20">
        {faults.slice(0, MOST_SHOWN).map(({ row, value, code, sentence }) => (
          <li className="grid gap-x-4 py-2 sm:grid-cols-[7rem_minmax(0,1fr)]" key={`${row} ${code} ${value}`}>
            <span className="figures font-medium">{row === 0 ? 'The file' : `Row ${row}`}</span>
            <span className="break-words">
              {value === '' ? null : <span className="font-mono">{value.slice(0, 60)}: </span>}
              {sentence}
            </span>
          </li>
        ))}
      </ul>
      {faults.length > MOST_SHOWN ? <p className="mt-1">And {faults.length - MOST_SHOWN} more.</p> : null}
      {faults.some(({ code }) => code === 'receiptConflict') ? (
        <p className="mt-2">
          Every sale under a key has a number of its own for ever. Give these sales numbers in a column “receipt” that
          you have not used before.
        </p>
      ) : null}
      <Button className="mt-3" look="outline" onClick={save}>
        <Download aria-hidden="true" className="size-4" /> Save the list
      </Button>
    </div>
  )
}
