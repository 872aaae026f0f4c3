import type { Metadata } from 'next'
import { network } from '#web/queries/network.ts'
import { type PaymentProposal, paymentProposal } from '#web/queries/payment-proposal.ts'
import { requestByCode } from '#web/queries/request-by-code.ts'
import { PageTitle } from '#web/ui/parts.tsx'
import { codeTyped } from '#web/ui/spaced-code.ts'
import { ComeInFirst } from '../../come-in-first.tsx'
import { streetNow } from '../../now.ts'
import { session, signingPlace } from '../../person.ts'
import { AskCode } from './ask-code.tsx'
import { Payment } from './payment.tsx'

export const metadata: Metadata = { title: 'Pay' }

const TERMS_SECONDS = 25 * 3600

/** A payment's way: its code, what would be paid with which points, the shopper's yes, the till's. */
export default async function PayPage({ searchParams }: { searchParams: Promise<{ code?: string | string[] }> }) {
  const inside = await session()
  const someone = inside?.person
  if (!inside || someone?.role !== 'member') return <ComeInFirst who="member" />
  const asked = (await searchParams).code
  const code = typeof asked === 'string' ? codeTyped(asked) : ''
  const request = code === '' ? null : await requestByCode(code)
  if (!request) {
    return (
      <div className="mx-auto max-w-xl">
        <PageTitle lead="Scan the code on the till with your camera, or type it here." title="Pay at a shop" />
        <AskCode problem={code === '' ? null : 'No till is waiting under that code. Please look at it again.'} />
      </div>
    )
  }
  const proposal: PaymentProposal | null =
    request.state === 'open' ? await paymentProposal(someone.member, request.shop, request.points) : null
  const { contracts } = network()
  const now = Math.max(Math.floor(Date.now() / 1000), Math.floor((await streetNow()).getTime() / 1000))
  return (
    <div className="mx-auto max-w-xl">
      <h1 className="sr-only">
        {request.isCharity ? 'Give to' : 'Pay at'} {request.shopName}
      </h1>
      <Payment
        deadline={now + TERMS_SECONDS}
        member={someone.member}
        place={await signingPlace(inside)}
        proposal={proposal}
        redemptions={contracts.redemptions}
        request={{
          shop: request.shop,
          shopName: request.shopName,
          hue: request.hue,
          till: request.till,
          sequence: request.sequence,
          code: request.code,
          points: request.points,
          purpose: Number(request.purpose),
          reward: request.reward?.title ?? null,
          asGift: request.isCharity,
          state: request.state,
          mine: request.member === someone.member,
          outcome: request.outcome,
        }}
      />
    </div>
  )
}
