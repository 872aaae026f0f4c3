'use client'

import dynamic from 'next/dynamic'
import type { Address } from 'viem'
import type { PaymentProposal } from '#web/queries/payment-proposal.ts'
import { ButtonLink } from '#web/ui/button.tsx'
import { useFormats } from '#web/ui/formats.tsx'
import { Live } from '#web/ui/live.tsx'
import { formatMoneyDown, formatPoints, valueOfPoints } from '#web/ui/money.ts'
import { Empty } from '#web/ui/parts.tsx'
import { hueStyle, ShopPlate } from '#web/ui/sign.tsx'
import type { SigningPlace } from '#web/ui/signing/signing.tsx'
import { Ticket } from '#web/ui/ticket.tsx'
import { Settled } from './settled.tsx'
import { type AskedPayment, Sum } from './sum.tsx'

// What signs is fetched while the shopper reads; the button keeps its place meanwhile.
const Approve = dynamic(() => import('./approve.tsx').then((part) => part.ApproveSigning), {
  ssr: false,
  loading: () => <div aria-busy="true" className="mt-5 h-[8.75rem] animate-breathe rounded-2xl bg-sunk" />,
})

export function Payment({
  request,
  proposal,
  place,
  member,
  redemptions,
  deadline,
}: {
  request: AskedPayment
  proposal: PaymentProposal | null
  place: SigningPlace
  member: Address
  redemptions: Address
  deadline: number
}) {
  if (request.state === 'cancelled' || request.state === 'expired') {
    return (
      <Over title={request.state === 'cancelled' ? 'The till called this off' : 'This code has run out'}>
        Nothing was paid. Ask the till for a new code.
      </Over>
    )
  }
  if (request.state !== 'open' && !request.mine) {
    return <Over title="Somebody else is paying this">Nothing was taken from you.</Over>
  }
  if (request.state !== 'open') return <Settled request={request} />
  return (
    <div className="hued" style={hueStyle(request.hue)}>
      <Live pace="later" />
      <Ticket body={<Sum request={request} />} stub={<Lines proposal={proposal} request={request} />} tone="shop" />
      {proposal && 'lines' in proposal ? (
        <Approve
          deadline={deadline}
          lines={proposal.lines}
          member={member}
          place={place}
          redemptions={redemptions}
          request={request}
        />
      ) : null}
    </div>
  )
}

function Over({ title, children }: { title: string; children: string }) {
  return (
    <>
      <Empty title={title}>{children}</Empty>
      <ButtonLink className="mt-5 w-full" href="/member/pay" look="outline" size="large">
        Type another code
      </ButtonLink>
    </>
  )
}

function Lines({ request, proposal }: { request: AskedPayment; proposal: PaymentProposal | null }) {
  const { money } = useFormats()
  const worth = (points: bigint) => formatMoneyDown(valueOfPoints(points, money), money)
  if (!proposal) return null
  if ('refused' in proposal) {
    return (
      <div role="alert">
        <p className="font-semibold text-lg">That is more than you have</p>
        <p className="mt-1 text-soft">
          You can pay {worth(proposal.available)} here.
          {proposal.onlyAtIssuer > 0n
            ? ` Another ${worth(proposal.onlyAtIssuer)} is good only in the shops that gave it, for now.`
            : ''}
        </p>
      </div>
    )
  }
  return (
    <div>
      <h2 className="text-base text-soft tracking-normal">With these points</h2>
      <ul className="mt-1 divide-y divide-line">
        {proposal.lines.map((line) => (
          <li className="flex items-center gap-3.5 py-3" key={line.shop}>
            <ShopPlate hue={line.hue} name={line.name} />
            <div className="min-w-0 flex-1">
              <p className="truncate font-medium" data-testid="paying-shop">
                {line.name}
              </p>
              <p className="figures text-soft text-sm">{formatPoints(line.points, money)}</p>
            </div>
            <p className="figures font-semibold">{worth(line.points)}</p>
          </li>
        ))}
      </ul>
      {proposal.lines.some((line) => line.shop !== request.shop) ? (
        <p className="mt-2 text-soft text-sm">
          Points that lapse first are spent first. The shops settle among themselves.
        </p>
      ) : null}
    </div>
  )
}
