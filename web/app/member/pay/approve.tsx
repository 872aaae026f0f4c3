'use client'

import { Check } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import type { Address } from 'viem'
import { redemptionsDomain, termsTypes } from '#contracts/terms.ts'
import type { ProposedLine } from '#web/queries/payment-proposal.ts'
import { post, UNREACHABLE_SENTENCE } from '#web/ui/ask.ts'
import { Button, ButtonLink } from '#web/ui/button.tsx'
import { useFormats } from '#web/ui/formats.tsx'
import { formatMoneyDown, formatPoints, valueOfPoints } from '#web/ui/money.ts'
import { Signing, type SigningPlace, useAgreement } from '#web/ui/signing/signing.tsx'
import type { AskedPayment } from './sum.tsx'

interface Approval {
  readonly request: AskedPayment
  readonly lines: readonly ProposedLine[]
  readonly member: Address
  readonly redemptions: Address
  /** Seconds UTC. */
  readonly deadline: number
}

export function ApproveSigning({ place, ...approval }: Approval & { readonly place: SigningPlace }) {
  return (
    <Signing place={place}>
      <Approve {...approval} />
    </Signing>
  )
}

/** The shopper's yes to exactly what stands above it. */
function Approve({ request, lines, member, redemptions, deadline }: Approval) {
  const { money } = useFormats()
  const router = useRouter()
  const { agree, chainId } = useAgreement(member)
  const [busy, setBusy] = useState(false)
  const [sentence, setSentence] = useState<string | null>(null)
  const worth = formatMoneyDown(valueOfPoints(request.points, money), money)
  const pays = request.reward === null ? `Pay ${worth}` : `Pay ${formatPoints(request.points, money)}`
  const yes = request.asGift ? `Give ${worth}` : pays
  const approve = async () => {
    setBusy(true)
    setSentence(null)
    const said = await sayYes()
    setSentence(said)
    // While the page fetches what has become of it the button stays shut: one yes is enough.
    if (said !== null) setBusy(false)
    else router.refresh()
  }
  const sayYes = async (): Promise<string | null> => {
    const paid = lines.map(({ token, points }) => ({ token, points: Number(points) }))
    const { shop, till, sequence, purpose } = request
    const signed = await agree({
      domain: redemptionsDomain(chainId, redemptions),
      types: termsTypes,
      primaryType: 'Terms',
      message: { member, shop, till, sequence, purpose, deadline, lines: paid },
    })
    if (signed.is === 'refused') return signed.sentence
    const answer = await post(`/api/v1/requests/${encodeURIComponent(request.code)}/approve`, {
      member,
      deadline,
      lines: lines.map(({ token, points }) => ({ token, points })),
      signature: signed.signature,
    })
    if (answer.is === 'unreachable') return UNREACHABLE_SENTENCE
    return answer.is === 'refused' ? answer.sentence : null
  }
  return (
    <div className="mt-5 grid gap-3">
      <p className="text-bad text-lg empty:hidden" role="alert">
        {sentence}
      </p>
      <Button disabled={busy} onClick={approve} size="huge">
        <Check aria-hidden="true" className="size-6" />
        {busy ? 'One moment' : yes}
      </Button>
      <ButtonLink href="/member" look="quiet" size="large">
        Not now
      </ButtonLink>
    </div>
  )
}
