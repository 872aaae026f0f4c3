'use client'

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
  readonly state: 'open' | 'approved' | 'accepted' | 'cancelled' | 'expired'
  readonly mine: boolean
  readonly outcome: { readonly state: 'pending' | 'final' | 'refused'; readonly code: string | null } | null
}

/** The upper half of the ticket: where, and how much. */
export function Sum({ request }: { request: AskedPayment }) {
  const { money } = useFormats()
  return (
    <>
      <p className="text-cream/90 text-lg">{request.reward ?? 'Pay'} at</p>
      <p className="font-semibold text-2xl tracking-tight">{request.shopName}</p>
      <p className="figures mt-4 font-semibold text-6xl leading-none">
        {formatMoneyDown(valueOfPoints(request.points, money), money)}
      </p>
      <p className="figures mt-3 text-cream/90">{formatPoints(request.points, money)}</p>
    </>
  )
}
