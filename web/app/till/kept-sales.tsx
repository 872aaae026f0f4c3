'use client'

import { Check, CloudOff, Hourglass, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button } from '#web/ui/button.tsx'
import { classes } from '#web/ui/classes.ts'
import { formatMoment } from '#web/ui/dates.ts'
import { useFormats } from '#web/ui/formats.tsx'
import { formatMoneyDown, formatPoints, moneyOfCents } from '#web/ui/money.ts'
import type { KeptSale, OwnersSale, RefusedSale } from './till-book.ts'
import type { StreetStanding } from './use-street.ts'

/** Sales older than this are refused by the street: the till says so while there is time. */
const LAST_DAYS_MILLISECONDS = 5 * 86_400_000

/** At a glance: whether the street answers, what waits here and since when, what was refused and what to do. */
export function KeptSales({
  street: { silentSince, book, broken },
  onRead,
}: {
  street: StreetStanding
  onRead: () => void
}) {
  const since = useSince()
  if (broken) {
    return (
      <Notice icon={<TriangleAlert aria-hidden="true" className="mt-0.5 size-6 shrink-0" />} tone="bad">
        This device cannot keep anything just now, so nothing can be given here. Close other windows of the till, free
        some space, and open it again.
      </Notice>
    )
  }
  const waiting = book?.waiting ?? []
  const oldest = waiting.reduce<number | null>(
    (least, { entry }) => Math.min(least ?? entry.soldAt, entry.soldAt),
    null,
  )
  return (
    <div className="grid gap-2.5 empty:hidden" data-testid="kept-sales" data-waiting={waiting.length}>
      {silentSince === null && waiting.length === 0 ? null : (
        <Notice icon={<CloudOff aria-hidden="true" className="mt-0.5 size-6 shrink-0" />} tone="wait">
          <span className="block font-semibold">
            {silentSince === null ? 'The street answers again.' : `No network since ${since(silentSince)}.`}{' '}
            {waitingWords(waiting.length)}
            {oldest === null || !isOlder(oldest, silentSince) ? null : ` The oldest is from ${since(oldest * 1000)}.`}
          </span>
          {silentSince === null ? null : (
            <span className="block text-base">
              Go on giving points: they go out by themselves. Taking points needs the network.
            </span>
          )}
          {oldest !== null && Date.now() - oldest * 1000 > LAST_DAYS_MILLISECONDS ? (
            <span className="block font-semibold">
              Bring this till to a network today: after seven days it is too late.
            </span>
          ) : null}
        </Notice>
      )}
      <Held waiting={waiting} />
      <WithOwner onRead={onRead} sales={book?.withOwner ?? []} />
      <Refused onRead={onRead} refused={book?.refused ?? []} />
    </div>
  )
}

/** Whether it says more than since when the network is gone. */
const isOlder = (soldAt: number, silentSince: number | null): boolean =>
  silentSince === null || soldAt * 1000 < silentSince - 600_000

function waitingWords(count: number): string {
  if (count === 0) return ''
  return count === 1 ? 'One sale waits here.' : `${count} sales wait here.`
}

/** "14:02", with the day where it is not today's. */
function useSince(): (at: number) => string {
  const { dates } = useFormats()
  return (at) => formatMoment(new Date(at), new Date(), dates)
}

/** What the street does not take for now: each reason once, with how many it keeps. */
function Held({ waiting }: { waiting: readonly KeptSale[] }) {
  const reasons = new Map<string, number>()
  for (const { held } of waiting) if (held) reasons.set(held.sentence, (reasons.get(held.sentence) ?? 0) + 1)
  return [...reasons].map(([sentence, count]) => (
    <Notice icon={<Hourglass aria-hidden="true" className="mt-0.5 size-6 shrink-0" />} key={sentence} tone="wait">
      <span className="block font-semibold">{waitingWords(count)}</span>
      {sentence}
    </Notice>
  ))
}

/** What the street keeps until the owner has decided, and what they have confirmed. */
function WithOwner({ sales, onRead }: { sales: readonly OwnersSale[]; onRead: () => void }) {
  const confirmed = sales.filter((sale) => sale.confirmed).length
  const waiting = sales.length - confirmed
  return (
    <>
      {waiting > 0 ? (
        <Notice icon={<Hourglass aria-hidden="true" className="mt-0.5 size-6 shrink-0" />} tone="wait">
          <span className="block font-semibold">
            {waiting === 1 ? 'One sale waits for the owner.' : `${waiting} sales wait for the owner.`}
          </span>
          The owner has switched this till off. The street keeps them safe, and the points come when the owner confirms
          them.
        </Notice>
      ) : null}
      {confirmed > 0 ? (
        <Notice icon={<Check aria-hidden="true" className="mt-0.5 size-6 shrink-0" />} tone="good">
          <span className="block font-semibold">
            {confirmed === 1 ? 'The owner has confirmed a sale.' : `The owner has confirmed ${confirmed} sales.`}
          </span>
          <Button className="mt-3" look="outline" onClick={onRead} size="medium">
            I have read it
          </Button>
        </Notice>
      ) : null}
    </>
  )
}

function Refused({ refused, onRead }: { refused: readonly RefusedSale[]; onRead: () => void }) {
  const { money } = useFormats()
  if (refused.length === 0) return null
  return (
    <Notice icon={<TriangleAlert aria-hidden="true" className="mt-0.5 size-6 shrink-0" />} tone="bad">
      <span className="block font-semibold">
        {refused.length === 1 ? 'A kept sale was refused.' : `${refused.length} kept sales were refused.`}
      </span>
      {refused.map(({ entry, memberName, sentence, advice }) => (
        <span className="mt-1 block" key={entry.sequence}>
          {memberName}, {formatPoints(BigInt(entry.points), money)} for{' '}
          {formatMoneyDown(moneyOfCents(BigInt(entry.spend), money), money)}: {sentence} {advice}
        </span>
      ))}
      <Button className="mt-3" look="outline" onClick={onRead} size="medium">
        I have read it
      </Button>
    </Notice>
  )
}

function Notice({ icon, tone, children }: { icon: ReactNode; tone: 'good' | 'wait' | 'bad'; children: ReactNode }) {
  return (
    <div
      className={classes(
        'flex items-start gap-3 rounded-2xl px-4 py-3 text-lg',
        tone === 'good' && 'bg-good-soft text-good',
        tone === 'wait' && 'bg-wait-soft text-wait',
        tone === 'bad' && 'bg-bad-soft text-bad',
      )}
      role="status"
    >
      {icon}
      <div className="min-w-0">{children}</div>
    </div>
  )
}
