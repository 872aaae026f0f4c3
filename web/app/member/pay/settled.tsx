'use client'

import { sentenceFor } from '#web/acts/sentences.ts'
import { ButtonLink } from '#web/ui/button.tsx'
import { Live } from '#web/ui/live.tsx'
import { ProgressChip } from '#web/ui/parts.tsx'
import { hueStyle } from '#web/ui/sign.tsx'
import { Ticket } from '#web/ui/ticket.tsx'
import { type AskedPayment, Sum } from './sum.tsx'

/** After the yes: waiting for the till, then the receipt. */
export function Settled({ request }: { request: AskedPayment }) {
  const { outcome } = request
  const refused = outcome?.state === 'refused'
  const [done, not] = request.asGift ? ['Given, thank you', 'Not given'] : ['Paid', 'Not paid']
  return (
    <div className="hued" style={hueStyle(request.hue)}>
      <Live pace={outcome && outcome.state !== 'pending' ? 'later' : 'soon'} />
      <Ticket
        body={<Sum request={request} />}
        stub={
          <div className="flex items-center justify-between gap-4" role="status">
            <div>
              <p className="font-semibold text-xl">
                {outcome === null ? 'Waiting for the till' : refused ? not : done}
              </p>
              <p className="text-soft">
                {outcome === null
                  ? 'You have agreed. Keep this page open a moment.'
                  : refused
                    ? sentenceFor(outcome.code ?? '')
                    : `Receipt ${request.till}-${request.sequence}. You can put your phone away.`}
              </p>
            </div>
            {outcome ? <ProgressChip progress={outcome.state} /> : <ProgressChip progress="pending" words="Agreed" />}
          </div>
        }
        tone="shop"
      />
      <ButtonLink className="mt-5 w-full" href="/member" look="outline" size="large">
        To your balance
      </ButtonLink>
    </div>
  )
}
