'use client'

import { classes } from '#web/ui/classes.ts'
import { useFormats } from '#web/ui/formats.tsx'
import { formatMoneyDown, formatPoints, valueOfPoints } from '#web/ui/money.ts'

/** What a till asks for, as the shopper sees it. */
export interface AskedPayment {
  readonly shop: number
  readonly shopName: string
  readonly hue: number
  readonly till: number
  readonly sequence: bigint
  readonly code: string
  readonly points: bigint
  readonly purpose: number
  readonly reward: string | null
  /** A charity asks: the points are a gift. */
  readonly asGift: boolean
  readonly state: 'open' | 'approved' | 'accepted' | 'cancelled' | 'expired'
  readonly mine: boolean
  readonly outcome: { readonly state: 'pending' | 'final' | 'refused'; readonly code: string | null } | null
}

/** The upper half of the ticket: where, and how much. */
export function Sum({ request }: { request: AskedPayment }) {
  const { money } = useFormats()
  const worth = formatMoneyDown(valueOfPoints(request.points, money), money)
  const points = formatPoints(request.points, money)
  const { reward, shopName } = request
  const lead = reward === null ? 'Pay at' : 'A reward at'
  return (
    <Asking
      figure={reward ?? worth}
      lead={request.asGift ? 'Give to' : lead}
      note={reward === null ? points : `${points}, worth ${worth}`}
      shopName={shopName}
    />
  )
}

function Asking({ lead, shopName, figure, note }: Readonly<Record<'lead' | 'shopName' | 'figure' | 'note', string>>) {
  return (
    <>
      <p className="text-cream/90 text-lg">{lead}</p>
      <p className="font-semibold text-2xl tracking-tight">{shopName}</p>
      <p
        className={classes(
          'figures mt-4 text-balance font-semibold leading-none',
          figure.length > 9 ? 'text-4xl' : 'text-6xl',
        )}
      >
        {figure}
      </p>
      <p className="figures mt-3 text-cream/90">{note}</p>
    </>
  )
}
