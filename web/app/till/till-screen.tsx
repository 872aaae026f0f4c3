'use client'

import { Gift } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useCallback, useState } from 'react'
import type { OfferedReward } from '#web/queries/till-desk.ts'
import { post } from '#web/ui/ask.ts'
import { Button } from '#web/ui/button.tsx'
import { useFormats } from '#web/ui/formats.tsx'
import { formatMoneyDown, formatPoints, moneyOfCents, pointsForCents } from '#web/ui/money.ts'
import { AskMember, type Shopper } from './ask-member.tsx'
import { ChooseReward } from './choose-reward.tsx'
import { type Given, givePoints } from './give.ts'
import { GivenOutcome } from './given-outcome.tsx'
import { InviteShopper } from './invite-shopper.tsx'
import { KeptSales } from './kept-sales.tsx'
import { Keypad } from './keypad.tsx'
import type { Taking } from './take.ts'
import { TakePoints } from './take-points.tsx'
import type { TillPlace } from './till-key.ts'
import { Waiting } from './waiting.tsx'

export interface TillShop {
  readonly place: TillPlace
  readonly name: string
  /** Hundredths of a point per 1.00 of money. */
  readonly earnRate: number
  readonly gives: boolean
  /** Points are given here, not paid. */
  readonly isCharity: boolean
  readonly rewards: readonly OfferedReward[]
}

type GivingStep =
  | { readonly at: 'whose' }
  | { readonly at: 'inviting' }
  | { readonly at: 'giving'; readonly shopper: Shopper }
  | { readonly at: 'given'; readonly given: Given; readonly shopper: Shopper }

type Step =
  | GivingStep
  | { readonly at: 'amount' }
  | { readonly at: 'reward' }
  | { readonly at: 'taking'; readonly taking: Taking }

/** Amount, then give or take: two taps and the next customer. */
export function TillScreen({
  shop,
  known,
  scanned,
}: {
  shop: TillShop
  known: readonly Shopper[]
  scanned: Shopper | null
}) {
  const { money } = useFormats()
  const router = useRouter()
  const [cents, setCents] = useState(0n)
  const [step, setStep] = useState<Step>({ at: 'amount' })
  const next = useCallback(() => {
    setCents(0n)
    setStep({ at: 'amount' })
    router.refresh()
  }, [router])
  const gives = formatPoints(pointsEarnedDown(cents, shop.earnRate), money)

  const give = async (shopper: Shopper) => {
    setStep({ at: 'giving', shopper })
    setStep({ at: 'given', given: await giveFor(shop, cents, shopper), shopper })
    router.refresh()
  }
  const take = (taking: Taking) => setStep({ at: 'taking', taking })

  if (step.at === 'taking') {
    return <TakePoints asGift={shop.isCharity} next={next} place={shop.place} taking={step.taking} />
  }
  if (step.at === 'reward') {
    return (
      <ChooseReward
        onBack={() => setStep({ at: 'amount' })}
        onChosen={({ points, reward, title }) => take({ points, purpose: reward, reward: title })}
        rewards={shop.rewards}
        title={shop.isCharity ? 'A gift of what?' : 'Which reward?'}
      />
    )
  }
  if (step.at !== 'amount') {
    return <Giving {...{ cents, give, gives, known, next, setStep, step }} earnRate={shop.earnRate} />
  }
  return (
    <>
      <Keypad cents={cents} note={cents === 0n || !shop.gives ? '' : `gives ${gives}`} onChange={setCents} />
      <Doings
        cents={cents}
        onGive={() => (scanned ? give(scanned) : setStep({ at: 'whose' }))}
        onReward={() => setStep({ at: 'reward' })}
        onTake={take}
        scanned={scanned}
        shop={shop}
      />
      <KeptSales place={shop.place} />
    </>
  )
}

/** From the amount to the points: whose they are, somebody new perhaps, and what came of it. */
function Giving({
  step,
  setStep,
  cents,
  gives,
  earnRate,
  known,
  give,
  next,
}: {
  step: GivingStep
  setStep: (step: Step) => void
  cents: bigint
  gives: string
  earnRate: number
  known: readonly Shopper[]
  give: (shopper: Shopper) => void
  next: () => void
}) {
  const { money } = useFormats()
  const amount = formatMoneyDown(moneyOfCents(cents, money), money)
  if (step.at === 'given') return <GivenOutcome amount={amount} given={step.given} next={next} shopper={step.shopper} />
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
      known={known}
      onBack={() => setStep({ at: 'amount' })}
      onChosen={give}
      onNew={() => setStep({ at: 'inviting' })}
      title={`${amount} gives ${gives}`}
    />
  )
}

/** What a till does: gives points, takes points, hands out a reward. */
function Doings({
  shop,
  cents,
  scanned,
  onGive,
  onTake,
  onReward,
}: {
  shop: TillShop
  cents: bigint
  scanned: Shopper | null
  onGive: () => void
  onTake: (taking: Taking) => void
  onReward: () => void
}) {
  const { money } = useFormats()
  const points = cents === 0n ? null : pointsForCents(cents, money)
  return (
    <>
      <GiveOrTake
        onGive={cents === 0n ? null : onGive}
        onTake={points === null ? null : () => onTake({ points, purpose: 0, reward: null })}
        scanned={scanned}
        shop={shop}
      />
      {shop.rewards.length > 0 ? (
        <Button className="mt-2.5 w-full" look="outline" onClick={onReward} size="huge">
          <Gift aria-hidden="true" className="size-6" /> {shop.isCharity ? 'A gift of something' : 'A reward'}
        </Button>
      ) : null}
    </>
  )
}

/** The two things a till does; null where it cannot be done now. */
function GiveOrTake({
  onGive,
  onTake,
  scanned,
  shop,
}: {
  onGive: (() => void) | null
  onTake: (() => void) | null
  scanned: Shopper | null
  shop: TillShop
}) {
  if (!shop.gives) {
    return (
      <Button className="mt-3 min-h-22! w-full" disabled={onTake === null} onClick={onTake ?? undefined} size="huge">
        {shop.isCharity ? 'Receive a gift of points' : 'Take points'}
      </Button>
    )
  }
  return (
    <div className="mt-3 grid grid-cols-2 gap-2.5">
      <Button
        className="min-h-22! flex-col gap-0.5! leading-tight"
        disabled={onGive === null}
        onClick={onGive ?? undefined}
        size="huge"
      >
        Give points
        {scanned ? <span className="font-normal text-base">to {scanned.name}</span> : null}
      </Button>
      <Button className="min-h-22!" disabled={onTake === null} look="outline" onClick={onTake ?? undefined} size="huge">
        Take points
      </Button>
    </div>
  )
}

/** What the till shows while it types; what it gives is asked of the street. */
function pointsEarnedDown(cents: bigint, earnRate: number): bigint {
  return (cents * BigInt(earnRate)) / 100n
}

async function giveFor(shop: TillShop, cents: bigint, shopper: Shopper): Promise<Given> {
  const points = await pointsToGive(shop, cents, shopper)
  return await givePoints(shop.place, {
    member: shopper.member,
    memberName: shopper.name,
    points,
    spendCents: cents,
  })
}

async function pointsToGive(shop: TillShop, cents: bigint, shopper: Shopper): Promise<bigint> {
  const { place } = shop
  const answer = await post<{ points: string }>('/api/v1/quote', {
    shop: place.shop,
    till: place.till,
    spend: cents,
    member: shopper.member,
  })
  // Without the street the shop's plain rate holds: a till never waits.
  return answer.is === 'given' ? BigInt(answer.value.points) : pointsEarnedDown(cents, shop.earnRate)
}
