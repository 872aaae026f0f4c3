import { Undo2 } from 'lucide-react'
import Link from 'next/link'
import { sentenceFor } from '#web/acts/sentences.ts'
import type { TillReceipt } from '#web/queries/till-desk.ts'
import { classes } from '#web/ui/classes.ts'
import { formatMoment } from '#web/ui/dates.ts'
import type { Formats } from '#web/ui/formats.tsx'
import { formatMoneyDown, formatPoints, moneyOfCents, valueOfPoints } from '#web/ui/money.ts'
import { Empty, ProgressChip, SectionTitle } from '#web/ui/parts.tsx'

/** What this till did last, as on its paper roll. */
export function Receipts({
  receipts,
  given,
  now,
  asGift,
}: {
  receipts: readonly TillReceipt[]
  given: Formats
  now: Date
  /** At a charity, points are given. */
  asGift: boolean
}) {
  return (
    <section aria-label="Latest receipts">
      <SectionTitle title="Latest receipts" />
      {receipts.length === 0 ? (
        <Empty title="Nothing yet">The first sale appears here.</Empty>
      ) : (
        <div className="drop-shadow-[0_4px_14px_oklch(0.3_0.03_60/0.1)] dark:drop-shadow-none">
          <ul className="roll divide-y divide-line rounded-t-3xl px-5 pt-2 pb-4">
            {receipts.map((receipt) => (
              <ReceiptRow
                asGift={asGift}
                given={given}
                key={`${receipt.kind} ${receipt.sequence}`}
                now={now}
                receipt={receipt}
              />
            ))}
          </ul>
        </div>
      )}
    </section>
  )
}

/** What was refused moved nothing; what has gone back whole has nothing left. */
function mayBeUndone({ kind, state, points, undone, code }: TillReceipt): boolean {
  if (state === 'refused' || undone >= points || points === 0n) return false
  // A payment goes back once it stands on the chain; a purchase may wait with its reversal.
  return kind === 'purchase' ? code === undefined : state === 'final'
}

function ReceiptRow({
  receipt,
  given,
  now,
  asGift,
}: {
  receipt: TillReceipt
  given: Formats
  now: Date
  asGift: boolean
}) {
  const { money, dates } = given
  const gave = receipt.kind === 'purchase'
  return (
    <li className="grid grid-cols-[minmax(0,1fr)_auto_3.25rem] items-center gap-x-4 gap-y-0.5 py-3.5">
      <p className="truncate font-medium text-lg">{receipt.memberName}</p>
      <p
        className={classes(
          'figures text-right font-semibold text-lg',
          receipt.state === 'refused' && 'text-soft line-through',
        )}
      >
        {gave
          ? `+${formatPoints(receipt.points, money)}`
          : `${formatMoneyDown(valueOfPoints(receipt.points, money), money)} ${asGift ? 'given' : 'taken'}`}
      </p>
      {mayBeUndone(receipt) ? <UndoLink receipt={receipt} /> : <span className="row-span-2" />}
      <p className="figures text-soft">
        {formatMoment(receipt.at, now, dates)}
        {receipt.spend === null ? '' : `, ${formatMoneyDown(moneyOfCents(receipt.spend, money), money)}`}
        {receipt.reward === null ? '' : `, ${receipt.reward}`}
      </p>
      <div className="justify-self-end">
        <ProgressChip progress={receipt.state} />
      </div>
      {receipt.undone > 0n ? (
        <p className="figures col-span-3 text-soft">
          {receipt.undone >= receipt.points ? 'Undone' : `${formatPoints(receipt.undone, money)} of it undone`}
        </p>
      ) : null}
      {receipt.code ? <p className="col-span-3 text-soft">{sentenceFor(receipt.code)}</p> : null}
    </li>
  )
}

function UndoLink({ receipt: { kind, sequence, memberName } }: { receipt: TillReceipt }) {
  return (
    <Link
      aria-label={`Undo receipt ${sequence} of ${memberName}`}
      className={undoClasses}
      href={`/till?undo=${kind}-${sequence}`}
      prefetch={false}
    >
      <Undo2 aria-hidden="true" className="size-5" /> Undo
    </Link>
  )
}

const undoClasses = classes(
  'row-span-2 -mr-2 grid min-h-13 content-center justify-items-center gap-0.5 rounded-xl font-medium text-[0.8125rem]',
  'text-shop-text hover:bg-shop-soft',
)
