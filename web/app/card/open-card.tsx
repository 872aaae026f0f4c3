'use client'

import { type FormEvent, useCallback, useEffect, useState } from 'react'
import type { Address, Hex } from 'viem'
import { keyInSealed } from '#contracts/till-api/cards.ts'
import { askFor, whyNot } from '#web/ui/ask.ts'
import { Button, ButtonLink } from '#web/ui/button.tsx'
import { PageTitle } from '#web/ui/parts.tsx'
import { ScanCode } from '#web/ui/scan-code.tsx'
import { type CardSeen, ClaimTicket } from './claim-ticket.tsx'
import { forgetSealedKey, keepSealedKey, sealedKey } from './sealed-key.ts'

interface Props {
  readonly member: Address
  readonly chainId: number
  /** Seconds UTC at which what is signed ends. */
  readonly until: number
}

type Opened = { readonly is: 'card'; readonly card: CardSeen } | { readonly is: 'problem'; readonly sentence: string }

/** A card whose sealed code was opened: what it holds, and whether it is still to be had. The key stays in this tab. */
export function OpenCard({ member, chainId, until }: Props) {
  const [key, setKey] = useState<Hex | null>(null)
  const [opened, setOpened] = useState<Opened | null>(null)
  useEffect(() => setKey(sealedKey()), [])
  const look = useCallback(async () => setOpened(key === null ? null : await lookAt(key)), [key])
  useEffect(() => {
    void look()
  }, [look])
  const open = (found: Hex) => {
    keepSealedKey(found)
    setKey(found)
  }
  const another = () => {
    forgetSealedKey()
    setOpened(null)
    setKey(null)
  }
  if (key === null) return <AskSealed onFound={open} />
  if (opened === null) return <p className="py-10 text-center text-lg text-soft">Opening your card</p>
  if (opened.is === 'problem') return <Problem another={another} sentence={opened.sentence} />
  const { card } = opened
  if (card.claimedBy !== null && card.claimedBy !== member.toLowerCase()) {
    return <Problem another={another} sentence="This card’s points have moved to another phone already." />
  }
  return (
    <ClaimTicket
      card={card}
      chainId={chainId}
      keyOfCard={key}
      member={member}
      onChanged={look}
      onTaken={forgetSealedKey}
      until={until}
    />
  )
}

async function lookAt(key: Hex): Promise<Opened> {
  const { privateKeyToAccount } = await import('viem/accounts')
  const answer = await askFor<CardSeen>(`/api/v1/cards/${privateKeyToAccount(key).address}`)
  if (answer.is === 'given') return { is: 'card', card: answer.value }
  return { is: 'problem', sentence: whyNot(answer) }
}

function Problem({ sentence, another }: { sentence: string; another: () => void }) {
  return (
    <div className="grid gap-4">
      <h1 className="sr-only">Your card</h1>
      <p className="rounded-2xl bg-bad-soft px-5 py-4 text-bad text-lg" role="alert">
        {sentence}
      </p>
      <Button look="outline" onClick={another} size="large">
        Open another card
      </Button>
      <ButtonLink href="/member" look="quiet" size="large">
        To your balance
      </ButtonLink>
    </div>
  )
}

function AskSealed({ onFound }: { onFound: (key: Hex) => void }) {
  const [problem, setProblem] = useState(false)
  const take = (text: string) => {
    const key = keyInSealed(text.includes('#') ? text : `#${text}`)
    setProblem(key === null)
    if (key !== null) onFound(key)
  }
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    take(String(new FormData(event.currentTarget).get('sealed') ?? ''))
  }
  return (
    <>
      <PageTitle lead="Open the sealed side of your card and scan the code inside." title="Bring your card here" />
      <ScanCode onFound={take} />
      <form className="mt-6 grid gap-3" onSubmit={submit}>
        <label className="font-medium" htmlFor="sealed">
          Or type what stands under the sealed code
        </label>
        <input
          autoComplete="off"
          className="min-h-14 rounded-2xl border border-line-strong/60 bg-card px-4 font-mono text-lg"
          id="sealed"
          name="sealed"
          spellCheck={false}
        />
        <p className="text-bad empty:hidden" role="alert">
          {problem ? 'That is not the sealed code of a card. Please look at it again.' : null}
        </p>
        <Button size="large" type="submit">
          Open the card
        </Button>
      </form>
    </>
  )
}
