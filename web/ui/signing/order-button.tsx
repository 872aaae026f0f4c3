'use client'

import { Fingerprint } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { type ReactNode, useState } from 'react'
import type { Address, TypedDataDefinition } from 'viem'
import { readPrepared } from '#contracts/account-order-wire.ts'
import { typedAccountOrder } from '#contracts/account-orders.ts'
import { type Answer, post, UNREACHABLE_SENTENCE } from '../ask.ts'
import { Button } from '../button.tsx'
import { Signing, type SigningPlace, useAgreement } from './signing.tsx'
import { untilItStands } from './until-it-stands.ts'

/** An order about somebody's keys: asked for, agreed to with a touch, given. */
export interface Ordering {
  /** Where the portal says what is to be signed, and where it takes what was. */
  readonly prepareAt: string
  readonly giveAt: string
  /** What is wished for, as the first of these takes it. */
  readonly wish: object
  /** What goes to the second beside the order and its signature. */
  readonly along?: object
}

interface OrderButtonProps {
  readonly place: SigningPlace
  readonly ordering: Ordering
  readonly look?: 'solid' | 'outline' | 'danger'
  readonly size?: 'medium' | 'large' | 'huge'
  /** Called once it stands in a block that counts. */
  readonly onDone?: () => void
  readonly children: ReactNode
}

/** A button that one touch stands behind. */
export function OrderButton({ place, ...rest }: OrderButtonProps) {
  return (
    <Signing place={place}>
      <Touch member={place.member} {...rest} />
    </Signing>
  )
}

type Stage = 'idle' | 'asking' | 'onItsWay' | 'done'

function Touch({
  member,
  ordering,
  look = 'solid',
  size = 'large',
  onDone,
  children,
}: Omit<OrderButtonProps, 'place'> & { readonly member: Address }) {
  const router = useRouter()
  const { agree } = useAgreement(member)
  const [stage, setStage] = useState<Stage>('idle')
  const [sentence, setSentence] = useState<string | null>(null)
  const give = async (): Promise<string | null> => {
    const prepared = await post<object>(ordering.prepareAt, ordering.wish)
    if (prepared.is !== 'given') return whyNot(prepared)
    const { account, chainId, order } = readPrepared(prepared.value)
    const signed = await agree(typedAccountOrder(chainId, account, order) as unknown as TypedDataDefinition)
    if (signed.is === 'refused') return signed.sentence
    const body = { order, signature: signed.signature, ...ordering.along }
    const given = await post<{ key: string }>(ordering.giveAt, body)
    if (given.is !== 'given') return whyNot(given)
    setStage('onItsWay')
    router.refresh()
    return await untilItStands(0, given.value.key)
  }
  const press = async () => {
    setStage('asking')
    setSentence(null)
    const said = await give().catch(() => UNREACHABLE_SENTENCE)
    setSentence(said)
    setStage(said === null ? 'done' : 'idle')
    router.refresh()
    if (said === null) onDone?.()
  }
  return (
    <div className="grid gap-2">
      <p className="text-bad empty:hidden" role="alert">
        {sentence}
      </p>
      <Button disabled={stage !== 'idle'} look={look} onClick={press} size={size}>
        <Fingerprint aria-hidden="true" className="size-5" />
        {stage === 'idle' ? children : stage === 'asking' ? 'One moment' : stage === 'onItsWay' ? 'On its way' : 'Done'}
      </Button>
    </div>
  )
}

const whyNot = (answer: Exclude<Answer<unknown>, { is: 'given' }>): string =>
  answer.is === 'refused' ? answer.sentence : UNREACHABLE_SENTENCE
