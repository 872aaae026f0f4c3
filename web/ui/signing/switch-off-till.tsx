'use client'

import type { ReactNode } from 'react'
import type { Address } from 'viem'
import { consortiumDomain, revocationTypes } from '#contracts/terms.ts'
import { post, whyNot } from '../ask.ts'
import { Signing, type SigningPlace, useAgreement } from './signing.tsx'
import { TouchButton } from './touch-button.tsx'
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

function Order({
  owner,
  consortium,
  shop,
  till,
  deadline,
  children,
}: Omit<SwitchOffProps, 'place'> & { readonly owner: Address }) {
  const { agree, chainId } = useAgreement(owner)
  const give = async (onItsWay: () => void): Promise<string | null> => {
    const signed = await agree({
      domain: consortiumDomain(chainId, consortium),
      types: revocationTypes,
      primaryType: 'Revocation',
      message: { shop, till, deadline },
    })
    if (signed.is === 'refused') return signed.sentence
    const order = { shop, till, deadline: `${deadline}`, signature: signed.signature }
    const given = await post<{ key: string }>('/api/v1/tills/off', order)
    if (given.is !== 'given') return whyNot(given)
    onItsWay()
    return await untilItStands(shop, given.value.key)
  }
  return (
    <TouchButton act={give} afterwards="done" look="danger">
      {children}
    </TouchButton>
  )
}
