'use client'

import { useState } from 'react'
import { type Address, bytesToHex, type Hex } from 'viem'
import { pointsDomain, transferWithAuthorizationTypes } from '#contracts/terms.ts'
import { post, UNREACHABLE_SENTENCE } from '#web/ui/ask.ts'
import { Button, ButtonLink } from '#web/ui/button.tsx'
import { useFormats } from '#web/ui/formats.tsx'
import { formatMoneyDown, formatPoints, valueOfPoints } from '#web/ui/money.ts'
import { ShopPlate } from '#web/ui/sign.tsx'
import { Ticket } from '#web/ui/ticket.tsx'

/** A card as the portal tells of it; whole numbers come as digits. */
export interface CardSeen {
  readonly card: Address
  readonly code: string
  readonly claimedBy: Address | null
  readonly lines: readonly {
    readonly shop: number
    readonly shopName: string
    readonly hue: number
    readonly token: Address
    readonly points: string
  }[]
}

interface Claiming {
  readonly card: CardSeen
  readonly keyOfCard: Hex
  readonly member: Address
  readonly chainId: number
  readonly until: number
  /** The card holds something else by now. */
  readonly onChanged: () => void
  readonly onTaken: () => void
}

/** What is on the card, and the yes to it: one signature of the card's for each shop, made here. */
export function ClaimTicket(claiming: Claiming) {
  const { card } = claiming
  const { money } = useFormats()
  const { stage, sentence, take } = useClaim(claiming)
  const points = card.lines.reduce((sum, line) => sum + BigInt(line.points), 0n)
  const worth = formatMoneyDown(valueOfPoints(points, money), money)
  const empty = card.lines.length === 0 && stage !== 'taken'
  return (
    <>
      <h1 className="sr-only">Your card</h1>
      <Ticket
        body={
          <>
            <p className="text-cream/90 text-lg">{stage === 'taken' ? 'Yours now' : 'On your card'}</p>
            <p className="figures mt-3 font-semibold text-6xl leading-none">{worth}</p>
          </>
        }
        stub={
          stage === 'taken' ? (
            <div role="status">
              <p className="font-semibold text-xl">On its way to you</p>
              <p className="text-soft">Show your own code at the till from now on. The card is done.</p>
            </div>
          ) : empty ? (
            <p className="text-soft">
              {card.claimedBy === null ? 'There are no points on this card yet.' : 'All its points are yours already.'}
            </p>
          ) : (
            <CardLines lines={card.lines} />
          )
        }
      />
      <div className="mt-5 grid gap-3">
        <p className="text-bad text-lg empty:hidden" role="alert">
          {sentence}
        </p>
        {stage === 'taken' || empty ? (
          <ButtonLink href="/member" size="large">
            To your balance
          </ButtonLink>
        ) : (
          <Button disabled={stage === 'taking'} onClick={take} size="huge">
            {stage === 'taking' ? 'One moment' : `Take ${worth} to your balance`}
          </Button>
        )}
      </div>
    </>
  )
}

function CardLines({ lines }: Pick<CardSeen, 'lines'>) {
  const { money } = useFormats()
  return (
    <ul className="divide-y divide-line">
      {lines.map(({ shop, shopName, hue, points }) => (
        <li className="flex items-center gap-3.5 py-3" key={shop}>
          <ShopPlate hue={hue} name={shopName} />
          <p className="min-w-0 flex-1 truncate font-medium">{shopName}</p>
          <p className="figures font-semibold">{formatPoints(BigInt(points), money)}</p>
        </li>
      ))}
    </ul>
  )
}

function useClaim({ card, keyOfCard, member, chainId, until, onChanged, onTaken }: Claiming) {
  const [stage, setStage] = useState<'ready' | 'taking' | 'taken'>('ready')
  const [sentence, setSentence] = useState<string | null>(null)
  // Kept while nobody has answered: the same claim again can be no second one.
  const [signed, setSigned] = useState<readonly object[] | null>(null)
  const take = async () => {
    setStage('taking')
    setSentence(null)
    const transfers = signed ?? (await signedTransfers({ card, keyOfCard, member, chainId, until }))
    setSigned(transfers)
    const answer = await post('/api/v1/cards/claim', { card: card.card, transfers })
    if (answer.is === 'given') {
      onTaken()
      setStage('taken')
      return
    }
    setStage('ready')
    if (answer.is === 'unreachable') return setSentence(UNREACHABLE_SENTENCE)
    setSigned(null)
    setSentence(answer.sentence)
    if (answer.code === 'cardHasMore' || answer.code === 'cardClaimed') onChanged()
  }
  return { stage, sentence, take }
}

async function signedTransfers({
  card,
  keyOfCard,
  member,
  chainId,
  until,
}: Pick<Claiming, 'card' | 'keyOfCard' | 'member' | 'chainId' | 'until'>): Promise<readonly object[]> {
  const { privateKeyToAccount } = await import('viem/accounts')
  const account = privateKeyToAccount(keyOfCard)
  return await Promise.all(
    card.lines.map(async ({ shop, token, points }) => {
      const nonce = bytesToHex(crypto.getRandomValues(new Uint8Array(32)))
      const terms = { from: account.address, to: member, validAfter: 0n, validBefore: BigInt(until), nonce }
      const signature = await account.signTypedData({
        domain: pointsDomain(chainId, shop, token),
        types: transferWithAuthorizationTypes,
        primaryType: 'TransferWithAuthorization',
        message: { ...terms, value: BigInt(points) },
      })
      return { token, points, ...terms, signature }
    }),
  )
}
