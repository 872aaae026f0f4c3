'use client'

import { Fingerprint } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { type ReactNode, useState } from 'react'
import type { Address, Hex } from 'viem'
import { batchTypes, issuanceDomain } from '#contracts/terms.ts'
import { post, UNREACHABLE_SENTENCE } from '../ask.ts'
import { Button } from '../button.tsx'
import { Signing, type SigningPlace, useAgreement } from './signing.tsx'

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
  const router = useRouter()
  const { agree, chainId } = useAgreement(owner)
  const [busy, setBusy] = useState(false)
  const [sentence, setSentence] = useState<string | null>(null)
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
    if (answer.is === 'given') return null
    return answer.is === 'refused' ? answer.sentence : UNREACHABLE_SENTENCE
  }
  const press = async () => {
    setBusy(true)
    setSentence(null)
    // What was signed before somebody said no stays signed.
    for (const list of lists) {
      const problem = await confirmOne(list)
      setSentence(problem)
      if (problem !== null) break
    }
    setBusy(false)
    router.refresh()
  }
  return (
    <div className="grid gap-2">
      <p className="text-bad empty:hidden" role="alert">
        {sentence}
      </p>
      <Button disabled={busy} onClick={press}>
        <Fingerprint aria-hidden="true" className="size-5" />
        {busy ? 'One moment' : children}
      </Button>
    </div>
  )
}
