'use client'

import type { ReactNode } from 'react'
import type { Address, Hex } from 'viem'
import { batchTypes, issuanceDomain } from '#contracts/terms.ts'
import { post, whyNot } from '../ask.ts'
import { Signing, type SigningPlace, useAgreement } from './signing.tsx'
import { TouchButton } from './touch-button.tsx'

/** A till's list as its owner signs it: up to which sale, and the till's running hash there. */
export interface ListToSign {
  readonly firstSequence: string
  readonly count: number
  readonly head: Hex
}

interface ConfirmSalesProps {
  readonly place: SigningPlace
  readonly issuance: Address
  readonly shop: number
  readonly till: number
  /** Each is signed by itself. */
  readonly lists: readonly ListToSign[]
  readonly children: ReactNode
}

/** The owner's signature beside that of a till that was switched off. */
export function ConfirmSales({ place, ...rest }: ConfirmSalesProps) {
  return (
    <Signing place={place}>
      <Confirm owner={place.member} {...rest} />
    </Signing>
  )
}

function Confirm({
  owner,
  issuance,
  shop,
  till,
  lists,
  children,
}: Omit<ConfirmSalesProps, 'place'> & { readonly owner: Address }) {
  const { agree, chainId } = useAgreement(owner)
  const confirmOne = async (batch: ListToSign): Promise<string | null> => {
    const { firstSequence, count, head } = batch
    const signed = await agree({
      domain: issuanceDomain(chainId, issuance),
      types: batchTypes,
      primaryType: 'Batch',
      message: { shop, till, firstSequence: BigInt(firstSequence), count, head },
    })
    if (signed.is === 'refused') return signed.sentence
    const answer = await post<object>('/api/v1/countersign', { shop, till, batch, signature: signed.signature })
    return answer.is === 'given' ? null : whyNot(answer)
  }
  const confirmAll = async (): Promise<string | null> => {
    // What was signed before somebody said no stays signed.
    for (const list of lists) {
      const problem = await confirmOne(list)
      if (problem !== null) return problem
    }
    return null
  }
  return (
    <TouchButton act={confirmAll} afterwards="again">
      {children}
    </TouchButton>
  )
}
