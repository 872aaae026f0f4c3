'use client'

import { ArrowLeft } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import type { Hex } from 'viem'
import { askFor, post, whyNot } from '#web/ui/ask.ts'
import { Button } from '#web/ui/button.tsx'
import { spacedCode } from '#web/ui/spaced-code.ts'
import { Ticket } from '#web/ui/ticket.tsx'
import type { Shopper } from './card.ts'
import { Outcome } from './outcome.tsx'
import { ShownCode } from './shown-code.tsx'
import { Waiting } from './waiting.tsx'

type Stage =
  | { readonly at: 'asking' }
  | { readonly at: 'showing'; readonly code: string }
  | { readonly at: 'over'; readonly sentence: string }

interface Came {
  readonly state: 'open' | 'joined' | 'expired'
  readonly member: Hex | null
  readonly memberCode: string | null
}

/** The sale that waits here for whoever joins: in hundredths and in cents. */
export interface WaitingSale {
  readonly points: bigint
  readonly spend: bigint
}

const LOOK_AGAIN_MILLISECONDS = 700

/** Shows where to join, and goes on with the sale by itself once somebody has. */
export function InviteShopper({
  sale,
  gives,
  onJoined,
  onBack,
}: {
  sale: WaitingSale
  gives: string
  onJoined: (shopper: Shopper) => void
  onBack: () => void
}) {
  const stage = useInvitation(sale, onJoined)
  if (stage.at === 'asking') return <Waiting words="Making a code" />
  if (stage.at === 'over') {
    return (
      <Outcome kind="refused" next="Back" onNext={onBack} title="Nobody has joined">
        {stage.sentence}
      </Outcome>
    )
  }
  return (
    <div className="animate-rise">
      <Ticket
        body={
          <>
            <p className="text-cream/90 text-lg">For somebody new</p>
            <p className="figures mt-1 font-semibold text-5xl leading-none">{gives}</p>
          </>
        }
        stub={
          <ShownCode
            code={stage.code}
            picture={`/till/invitation/${encodeURIComponent(stage.code)}`}
            typeIt="or this code on the page Join"
            waitsFor="Waiting for them to join"
          />
        }
        tone="shop"
      />
      <Button className="mt-4 w-full" look="outline" onClick={onBack} size="huge">
        <ArrowLeft aria-hidden="true" className="size-6" /> Back
      </Button>
    </div>
  )
}

function useInvitation(sale: WaitingSale, onJoined: (shopper: Shopper) => void): Stage {
  const [stage, setStage] = useState<Stage>({ at: 'asking' })
  const asking = useRef<Promise<void> | null>(null)
  const report = useRef(onJoined)
  report.current = onJoined
  const { points, spend } = sale
  useEffect(() => {
    // Once, also where React mounts twice to be sure.
    asking.current ??= post<{ code: string }>('/api/invitations', { points, spend }).then((answer) => {
      if (answer.is === 'given') setStage({ at: 'showing', code: answer.value.code })
      else setStage({ at: 'over', sentence: whyNot(answer) })
    })
  }, [points, spend])
  const code = stage.at === 'showing' ? stage.code : null
  useEffect(() => {
    if (code === null) return
    let over = false
    let timer: ReturnType<typeof setTimeout>
    const look = async () => {
      const answer = await askFor<Came>(`/api/invitations/${encodeURIComponent(code)}`)
      if (over) return
      if (answer.is === 'refused') return setStage({ at: 'over', sentence: answer.sentence })
      if (answer.is === 'given' && answer.value.state === 'expired') {
        return setStage({ at: 'over', sentence: 'The code has run out. Ask them for another try.' })
      }
      if (answer.is === 'given' && answer.value.member !== null) return report.current(shopperOf(answer.value))
      timer = setTimeout(look, LOOK_AGAIN_MILLISECONDS)
    }
    timer = setTimeout(look, LOOK_AGAIN_MILLISECONDS)
    return () => {
      over = true
      clearTimeout(timer)
    }
  }, [code])
  return stage
}

function shopperOf({ member, memberCode }: Came): Shopper {
  return {
    member: member as Hex,
    name: memberCode === null ? 'the newcomer' : spacedCode(memberCode),
    code: memberCode,
    cardTakes: null,
  }
}
