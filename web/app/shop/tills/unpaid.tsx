'use client'

import { post } from '#web/ui/ask.ts'
import { Button } from '#web/ui/button.tsx'
import { useDoing } from '#web/ui/doing.ts'
import { SectionTitle } from '#web/ui/parts.tsx'

export interface ShownUnpaid {
  readonly till: number
  readonly sequence: string
  readonly memberName: string
  readonly worth: string
  readonly at: string
  /** Why the network refused it. */
  readonly why: string
}

/** Goods went out, and the points never came. The owner says when that is settled. */
export function UnpaidAtTheDesk({ shop, unpaid }: { shop: number; unpaid: readonly ShownUnpaid[] }) {
  return (
    <section>
      <SectionTitle title="Not paid yet" />
      <p className="-mt-1 mb-4 max-w-prose text-soft">
        These payments were promised, and the network refused them afterwards. Until one is settled, your tills wait
        with that shopper’s payments until they are certain.
      </p>
      <ul className="divide-y divide-line rounded-3xl border border-line bg-card px-5 shadow-card">
        {unpaid.map((one) => (
          <UnpaidRow key={`${one.till} ${one.sequence}`} one={one} shop={shop} />
        ))}
      </ul>
    </section>
  )
}

function UnpaidRow({ shop, one }: { shop: number; one: ShownUnpaid }) {
  const { busy, sentence, doing } = useDoing()
  const { till, sequence } = one
  const settle = (how: 'paid' | 'waived') =>
    doing(() => post<object>('/api/v1/unpaid/settled', { shop, payment: { till, sequence }, how }))
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 py-3.5">
      <div className="min-w-0">
        <p className="figures font-medium text-lg">
          {one.memberName}, {one.worth}
        </p>
        <p className="figures text-soft text-sm">
          {one.at}, receipt {till}-{sequence}. {one.why}
        </p>
        <p className="text-bad empty:hidden" role="alert">
          {sentence}
        </p>
      </div>
      <div className="flex gap-2">
        <Button aria-label={`${one.memberName} has paid ${one.worth}`} disabled={busy} onClick={() => settle('paid')}>
          It is paid
        </Button>
        <Button
          aria-label={`Let ${one.memberName} off ${one.worth}`}
          disabled={busy}
          look="outline"
          onClick={() => settle('waived')}
        >
          Let it be
        </Button>
      </div>
    </li>
  )
}
