import type { ReactNode } from 'react'
import { classes } from './classes.ts'

/** Two parts and the line of holes between them. */
export function Ticket({
  body,
  stub,
  tone = 'enamel',
}: {
  body: ReactNode
  stub: ReactNode
  tone?: 'enamel' | 'paper' | 'shop'
}) {
  return (
    <div className="drop-shadow-[0_6px_18px_oklch(0.3_0.03_60/0.16)] dark:drop-shadow-none">
      <div
        className={classes(
          'ticket-body rounded-t-3xl px-6 pt-6 pb-7 sm:px-8 sm:pt-8',
          tone === 'enamel' && 'bg-fascia text-cream',
          tone === 'shop' && 'bg-shop text-cream',
          tone === 'paper' && 'bg-card',
        )}
      >
        {body}
      </div>
      <div className="ticket-stub relative rounded-b-3xl bg-card px-6 pt-6 pb-6 sm:px-8">
        <div aria-hidden="true" className="holes absolute inset-x-5 top-0 opacity-70" />
        {stub}
      </div>
    </div>
  )
}
