'use client'

import { useRouter } from 'next/navigation'
import { useCallback, useState } from 'react'
import { post } from '#web/ui/ask.ts'
import { Button } from '#web/ui/button.tsx'
import { useFormats } from '#web/ui/formats.tsx'
import { formatMoneyDown, formatPoints, moneyOfCents, pointsForCents } from '#web/ui/money.ts'
import { AskMember, type Shopper } from './ask-member.tsx'
import { type Given, givePoints } from './give.ts'
import { GivenOutcome } from './given-outcome.tsx'
import { KeptSales } from './kept-sales.tsx'
import { Keypad } from './keypad.tsx'
import { TakePoints } from './take-points.tsx'
import type { TillPlace } from './till-key.ts'
import { Waiting } from './waiting.tsx'

export interface TillShop {
  readonly place: TillPlace
  readonly name: string
  /** Hundredths of a point per 1.00 of money. */
  readonly earnRate: number
  readonly gives: boolean
}

type Step =
  | { readonly at: 'amount' }
  | { readonly at: 'whose' }
  | { readonly at: 'giving'; readonly shopper: Shopper }
  | { readonly at: 'given'; readonly given: Given; readonly shopper: Shopper }
  | { readonly at: 'taking'; readonly points: bigint }

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
  const amount = formatMoneyDown(moneyOfCents(cents, money), money)
  const earned = pointsEarnedDown(cents, shop.earnRate)

  const give = async (shopper: Shopper) => {
    setStep({ at: 'giving', shopper })
    const points = await pointsToGive(shop, cents, shopper)
    const sale = { member: shopper.member, memberName: shopper.name, points, spendCents: cents }
    const given = await givePoints(shop.place, sale)
    setStep({ at: 'given', given, shopper })
    router.refresh()
  }

  if (step.at === 'given') return <GivenOutcome amount={amount} given={step.given} next={next} shopper={step.shopper} />
  if (step.at === 'taking') return <TakePoints amount={amount} next={next} place={shop.place} points={step.points} />
  if (step.at === 'giving') return <Waiting words={`Writing down the points for ${step.shopper.name}`} />
  if (step.at === 'whose') {
    return (
      <AskMember
        known={known}
        onBack={() => setStep({ at: 'amount' })}
        onChosen={give}
        title={`${amount} gives ${formatPoints(earned, money)}`}
      />
    )
  }
  const payable = pointsForCents(cents, money)
  return (
    <>
      <Keypad
        cents={cents}
        note={cents === 0n || !shop.gives ? '' : `gives ${formatPoints(earned, money)}`}
        onChange={setCents}
      />
      <GiveOrTake
        onGive={cents === 0n || !shop.gives ? null : () => (scanned ? give(scanned) : setStep({ at: 'whose' }))}
        onTake={cents === 0n || payable === null ? null : () => setStep({ at: 'taking', points: payable })}
        scanned={scanned}
      />
      <KeptSales place={shop.place} />
    </>
  )
}

/** The two things a till does; null where it cannot be done now. */
function GiveOrTake({
  onGive,
  onTake,
  scanned,
}: {
  onGive: (() => void) | null
  onTake: (() => void) | null
  scanned: Shopper | null
}) {
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
