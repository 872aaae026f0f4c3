import { sentenceFor } from '#web/acts/sentences.ts'
import type { TillReceipt } from '#web/queries/till-desk.ts'
import { dayKey, formatShortDay, formatTime } from '#web/ui/dates.ts'
import type { Formats } from '#web/ui/formats.tsx'
import { formatMoneyDown, formatPoints, moneyOfCents, valueOfPoints } from '#web/ui/money.ts'
import { Empty, ProgressChip, SectionTitle } from '#web/ui/parts.tsx'

/** What this till did last, as on its paper roll. */
export function Receipts({ receipts, given, now }: { receipts: readonly TillReceipt[]; given: Formats; now: Date }) {
  return (
    <section aria-label="Latest receipts">
      <SectionTitle title="Latest receipts" />
      {receipts.length === 0 ? (
        <Empty title="Nothing yet">The first sale appears here.</Empty>
      ) : (
        <div className="drop-shadow-[0_4px_14px_oklch(0.3_0.03_60/0.1)] dark:drop-shadow-none">
          <ul className="roll divide-y divide-line rounded-t-3xl px-5 pt-2 pb-4">
            {receipts.map((receipt) => (
              <ReceiptRow given={given} key={`${receipt.kind} ${receipt.sequence}`} now={now} receipt={receipt} />
            ))}
          </ul>
        </div>
      )}
    </section>
  )
}

function ReceiptRow({ receipt, given, now }: { receipt: TillReceipt; given: Formats; now: Date }) {
  const { money, dates } = given
  const gave = receipt.kind === 'purchase'
  const time = formatTime(receipt.at, dates)
  const today = dayKey(receipt.at, dates) === dayKey(now, dates)
  return (
    <li className="flex items-start justify-between gap-4 py-3.5">
      <div className="min-w-0">
        <p className="truncate font-medium text-lg">{receipt.memberName}</p>
        <p className="figures text-soft">
          {today ? time : `${formatShortDay(receipt.at, dates)}, ${time}`}
          {receipt.spend === null ? '' : `, bought for ${formatMoneyDown(moneyOfCents(receipt.spend, money), money)}`}
        </p>
        {receipt.code ? <p className="mt-0.5 text-soft">{sentenceFor(receipt.code)}</p> : null}
      </div>
      <div className="shrink-0 text-right">
        <p className="figures font-semibold text-lg">
          {gave
            ? `+${formatPoints(receipt.points, money)}`
            : `${formatMoneyDown(valueOfPoints(receipt.points, money), money)} taken`}
        </p>
        <div className="mt-1">
          <ProgressChip progress={receipt.state} />
        </div>
      </div>
    </li>
  )
}
