'use client'

import { Gift } from 'lucide-react'
import { useState } from 'react'
import type { Address } from 'viem'
import { pointsDomain, transferWithAuthorizationTypes } from '#contracts/terms.ts'
import { post, UNREACHABLE_SENTENCE } from '#web/ui/ask.ts'
import { Button, ButtonLink } from '#web/ui/button.tsx'
import { useFormats } from '#web/ui/formats.tsx'
import { formatMoneyDown, formatPoints, valueOfPoints } from '#web/ui/money.ts'
import { ShopPlate } from '#web/ui/sign.tsx'
import { Signing, type SigningPlace, useAgreement } from '#web/ui/signing/signing.tsx'
import { Ticket } from '#web/ui/ticket.tsx'
import { numberOfLine } from './gift-number.ts'
import type { SentLine } from './lines.ts'

interface Sending {
  readonly receiver: { readonly name: string; readonly member: Address; readonly code: string }
  /** Money units. */
  readonly amount: bigint
  readonly lines: readonly SentLine[]
  /** The gift's number. */
  readonly gift: string
  /** Seconds UTC at which the terms end. */
  readonly until: number
  readonly place: SigningPlace
}

/** Step three: exactly what goes, and the yes to it. */
export function ConfirmGift(gift: Sending) {
  return (
    <Signing place={gift.place}>
      <Confirm {...gift} />
    </Signing>
  )
}

function Confirm({ receiver, amount, lines, gift, until, place }: Sending) {
  const { money } = useFormats()
  const { stage, sentence, send } = useSending({ receiver, lines, gift, until, place })
  const worth = formatMoneyDown(amount, money)
  return (
    <div className="mx-auto max-w-xl">
      <Ticket
        body={
          <>
            <p className="text-cream/90 text-lg">{stage === 'sent' ? 'Sent to' : 'Send to'}</p>
            <p className="font-semibold text-2xl tracking-tight">{receiver.name}</p>
            <p className="figures mt-4 font-semibold text-6xl leading-none">{worth}</p>
          </>
        }
        stub={
          stage === 'sent' ? (
            <div role="status">
              <p className="font-semibold text-xl">On its way</p>
              <p className="text-soft">{receiver.name} sees the points in a moment. They keep their age.</p>
            </div>
          ) : (
            <GiftLines lines={lines} />
          )
        }
      />
      {stage === 'sent' ? (
        <ButtonLink className="mt-5 w-full" href="/member" size="large">
          To your balance
        </ButtonLink>
      ) : (
        <div className="mt-5 grid gap-3">
          <p className="text-bad text-lg empty:hidden" role="alert">
            {sentence}
          </p>
          {place.by === 'passkey' && lines.length > 1 ? (
            <p className="text-center text-soft">Points of {lines.length} shops: your phone asks once for each.</p>
          ) : null}
          <Button disabled={stage === 'sending'} onClick={send} size="huge">
            <Gift aria-hidden="true" className="size-6" />
            {stage === 'sending' ? 'One moment' : `Send ${worth}`}
          </Button>
          <ButtonLink href={`/member/send?to=${encodeURIComponent(receiver.code)}`} look="quiet" size="large">
            Another amount
          </ButtonLink>
        </div>
      )}
    </div>
  )
}

function GiftLines({ lines }: { lines: readonly SentLine[] }) {
  const { money } = useFormats()
  return (
    <ul className="divide-y divide-line">
      {lines.map((line) => (
        <li className="flex items-center gap-3.5 py-3" key={line.shop}>
          <ShopPlate hue={line.hue} name={line.name} />
          <div className="min-w-0 flex-1">
            <p className="truncate font-medium">{line.name}</p>
            <p className="figures text-soft text-sm">{formatPoints(line.points, money)}</p>
          </div>
          <p className="figures font-semibold">{formatMoneyDown(valueOfPoints(line.points, money), money)}</p>
        </li>
      ))}
    </ul>
  )
}

interface Authorization {
  readonly token: Address
  readonly shop: number
  readonly points: bigint
  readonly nonce: `0x${string}`
}

/**
 * Signs and posts line by line. The numbers come with the gift, so that trying again after a silence or on a page that
 * was opened again sends the same gift and never a second one.
 */
function useSending({ receiver, lines, gift, until, place }: Omit<Sending, 'amount'>) {
  const { agree, chainId } = useAgreement(place.member)
  const [stage, setStage] = useState<'ready' | 'sending' | 'sent'>('ready')
  const [sentence, setSentence] = useState<string | null>(null)
  const [authorizations] = useState<readonly Authorization[]>(() =>
    lines.map(({ token, shop, points }) => ({
      ...{ token, shop, points },
      nonce: numberOfLine(gift, shop),
    })),
  )
  const sendOne = async ({ token, shop, points, nonce }: Authorization): Promise<string | null> => {
    const terms = { from: place.member, to: receiver.member, validAfter: 0n, validBefore: BigInt(until), nonce }
    const signed = await agree({
      domain: pointsDomain(chainId, shop, token),
      types: transferWithAuthorizationTypes,
      primaryType: 'TransferWithAuthorization',
      message: { ...terms, value: points },
    })
    if (signed.is === 'refused') return signed.sentence
    const answer = await post<{ state: string; sentence?: string }>('/api/v1/transfer', {
      ...{ token, points, ...terms },
      signature: signed.signature,
    })
    if (answer.is === 'unreachable') return UNREACHABLE_SENTENCE
    if (answer.is === 'refused') return answer.sentence
    return answer.value.state === 'refused' ? (answer.value.sentence ?? 'The points could not be sent.') : null
  }
  const send = async () => {
    setStage('sending')
    setSentence(null)
    for (const authorization of authorizations) {
      const problem = await sendOne(authorization)
      if (problem !== null) {
        setSentence(problem)
        setStage('ready')
        return
      }
    }
    setStage('sent')
  }
  return { stage, sentence, send }
}
