'use client'

import type { ReactNode } from 'react'
import { useFormats } from '#web/ui/formats.tsx'
import { formatMoneyDown, moneyOfCents } from '#web/ui/money.ts'
import { AskMember } from './ask-member.tsx'
import type { Shopper } from './card.ts'
import type { Given } from './give.ts'
import { GivenOutcome } from './given-outcome.tsx'
import { InviteShopper } from './invite-shopper.tsx'
import type { Owed } from './owed.ts'
import { pointsEarnedDown } from './points-to-give.ts'
import type { TillGround } from './till-ground.ts'
import { Waiting } from './waiting.tsx'

export type GivingStep =
  | { readonly at: 'whose' }
  | { readonly at: 'inviting' }
  | { readonly at: 'giving'; readonly shopper: Shopper }
  | { readonly at: 'given'; readonly given: Given; readonly shopper: Shopper }

/** From the amount to the points: whose they are, somebody new perhaps, and what came of it. */
export function Giving({
  ground,
  step,
  setStep,
  cents,
  gives,
  earnRate,
  known,
  owed,
  owes,
  give,
  next,
}: {
  ground: TillGround
  step: GivingStep
  setStep: (step: GivingStep | { readonly at: 'amount' }) => void
  cents: bigint
  gives: string
  earnRate: number
  known: readonly Shopper[]
  owed: readonly Owed[]
  /** What this shopper owes from before, with the button for it. */
  owes: (shopper: Shopper) => ReactNode
  give: (shopper: Shopper) => void
  next: () => void
}) {
  const { money } = useFormats()
  const amount = formatMoneyDown(moneyOfCents(cents, money), money)
  if (step.at === 'given') {
    return (
      <div className="grid grid-cols-1 gap-4">
        {owes(step.shopper)}
        <GivenOutcome amount={amount} given={step.given} next={next} shopper={step.shopper} />
      </div>
    )
  }
  if (step.at === 'giving') return <Waiting words={`Writing down the points for ${step.shopper.name}`} />
  if (step.at === 'inviting') {
    return (
      <InviteShopper
        gives={gives}
        onBack={() => setStep({ at: 'whose' })}
        onJoined={give}
        sale={{ points: pointsEarnedDown(cents, earnRate), spend: cents }}
      />
    )
  }
  return (
    <AskMember
      ground={ground}
      known={known}
      owed={owed}
      onBack={() => setStep({ at: 'amount' })}
      onChosen={give}
      onNew={() => setStep({ at: 'inviting' })}
      title={`${amount} gives ${gives}`}
    />
  )
}
