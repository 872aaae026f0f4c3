'use client'

import { ButtonLink } from '#web/ui/button.tsx'
import { useFormats } from '#web/ui/formats.tsx'
import { Live } from '#web/ui/live.tsx'
import { formatMoneyDown, formatPoints, valueOfPoints } from '#web/ui/money.ts'
import { ProgressChip } from '#web/ui/parts.tsx'
import { Ticket } from '#web/ui/ticket.tsx'

/** A gift that has been sent: what it was and how it stands. There is nothing on it that could send it again. */
export function GiftTicket({
  receiver,
  points,
  state,
}: {
  receiver: { readonly name: string; readonly code: string }
  points: bigint
  state: 'pending' | 'final'
}) {
  const { money } = useFormats()
  return (
    <div className="mx-auto max-w-xl">
      <Live pace={state === 'pending' ? 'soon' : 'later'} />
      <Ticket
        body={
          <>
            <p className="text-cream/90 text-lg">Sent to</p>
            <p className="font-semibold text-2xl tracking-tight">{receiver.name}</p>
            <p className="figures mt-4 font-semibold text-6xl leading-none">
              {formatMoneyDown(valueOfPoints(points, money), money)}
            </p>
            <p className="figures mt-3 text-cream/90">{formatPoints(points, money)}</p>
          </>
        }
        stub={
          <div className="flex items-center justify-between gap-4" role="status">
            <p className="text-soft">{receiver.name} sees the points in a moment. They keep their age.</p>
            <ProgressChip progress={state} />
          </div>
        }
      />
      <ButtonLink className="mt-5 w-full" href="/member" size="large">
        To your balance
      </ButtonLink>
      <ButtonLink
        className="mt-3 w-full"
        href={`/member/send?to=${encodeURIComponent(receiver.code)}`}
        look="quiet"
        size="large"
      >
        Send {receiver.name} something else
      </ButtonLink>
    </div>
  )
}
