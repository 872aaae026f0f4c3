'use client'

import { Fingerprint } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { type ReactNode, useState } from 'react'
import type { Address } from 'viem'
import { consortiumDomain, revocationTypes } from '#contracts/terms.ts'
import { post, UNREACHABLE_SENTENCE } from '../ask.ts'
import { Button } from '../button.tsx'
import { Signing, type SigningPlace, useAgreement } from './signing.tsx'
import { untilItStands } from './until-it-stands.ts'

interface SwitchOffProps {
  readonly place: SigningPlace
  readonly consortium: Address
  readonly shop: number
  readonly till: number
  /** Seconds UTC until which the order is good. */
  readonly deadline: number
  readonly children: ReactNode
}

/** The owner's order to switch a till off. */
export function SwitchOffTill({ place, ...rest }: SwitchOffProps) {
  return (
    <Signing place={place}>
      <Order owner={place.member} {...rest} />
    </Signing>
  )
}

type Stage = 'idle' | 'asking' | 'onItsWay' | 'done'

function Order({
  owner,
  consortium,
  shop,
  till,
  deadline,
  children,
}: Omit<SwitchOffProps, 'place'> & { readonly owner: Address }) {
  const router = useRouter()
  const { agree, chainId } = useAgreement(owner)
  const [stage, setStage] = useState<Stage>('idle')
  const [sentence, setSentence] = useState<string | null>(null)
  const give = async (): Promise<string | null> => {
    const signed = await agree({
      domain: consortiumDomain(chainId, consortium),
      types: revocationTypes,
      primaryType: 'Revocation',
      message: { shop, till, deadline },
    })
    if (signed.is === 'refused') return signed.sentence
    const order = { shop, till, deadline: `${deadline}`, signature: signed.signature }
    const given = await post<{ key: string }>('/api/v1/tills/off', order)
    if (given.is !== 'given') return given.is === 'refused' ? given.sentence : UNREACHABLE_SENTENCE
    setStage('onItsWay')
    return await untilItStands(shop, given.value.key)
  }
  const press = async () => {
    setStage('asking')
    setSentence(null)
    const said = await give()
    setSentence(said)
    setStage(said === null ? 'done' : 'idle')
    router.refresh()
  }
  return (
    <div className="grid gap-2">
      <p className="text-bad empty:hidden" role="alert">
        {sentence}
      </p>
      <Button disabled={stage !== 'idle'} look="danger" onClick={press}>
        <Fingerprint aria-hidden="true" className="size-5" />
        {stage === 'idle' ? children : stage === 'asking' ? 'One moment' : stage === 'onItsWay' ? 'On its way' : 'Done'}
      </Button>
    </div>
  )
}
