'use client'

import { useCallback, useEffect, useState } from 'react'
import { useFormats } from '#web/ui/formats.tsx'
import { formatPoints } from '#web/ui/money.ts'
import type { Shopper, TillShop } from './card.ts'
import { ChooseReward } from './choose-reward.tsx'
import { Doings } from './doings.tsx'
import { type Given, givePoints } from './give.ts'
import { Giving, type GivingStep } from './giving.tsx'
import { KeptSales } from './kept-sales.tsx'
import { Keypad } from './keypad.tsx'
import type { Owed } from './owed.ts'
import { OwedCard, OwedHere } from './owed-card.tsx'
import { pointsEarnedDown, pointsToGive } from './points-to-give.ts'
import { putAwayRead } from './send.ts'
import { ShiftGate } from './shift-gate.tsx'
import { type KeptTaking, type Taking, takingHere } from './take.ts'
import { TakePoints } from './take-points.tsx'
import { groundOf, type TillGround } from './till-ground.ts'
import { type Undoing, undoingHere } from './undo.ts'
import { type ReceiptToUndo, UndoReceipt } from './undo-receipt.tsx'
import { UndoingUnderWay } from './undoing-under-way.tsx'
import { useStreet } from './use-street.ts'

type Step =
  | GivingStep
  | { readonly at: 'amount' }
  | { readonly at: 'reward' }
  | { readonly at: 'taking'; readonly taking: Taking; readonly resumed: KeptTaking | null }
  | { readonly at: 'undo'; readonly receipt: ReceiptToUndo }
  | { readonly at: 'undoing'; readonly undoing: Undoing }

/** What the page around a till gives it. */
export interface TillSurroundings {
  readonly known: readonly Shopper[]
  readonly scanned: Shopper | null
  /** The receipt that somebody wants to undo. */
  readonly undo: ReceiptToUndo | null
  /** What shoppers owe this shop from before, as far as the page knows. */
  readonly owed: readonly Owed[]
  /** One customer is served: the page looks again. */
  readonly onServed: () => void
  /** Something has changed: the page looks again, and stays with this customer. */
  readonly onChanged: () => void
  /** How the till stands with the street and with the customer; told whenever it changes. */
  readonly onStanding?: (standing: TillStanding) => void
}

export interface TillStanding {
  readonly street: 'not asked yet' | 'silent' | 'answers'
  /** No customer is being served. */
  readonly idle: boolean
  /** Sales that only the network keeps here. */
  readonly waiting: number
}

/** Amount, then give or take: two taps and the next customer. What a closed page was in the middle of goes on. */
export function TillScreen({ shop, ...around }: { shop: TillShop } & TillSurroundings) {
  const [ground] = useState(() => groundOf(shop.place))
  const street = useStreet(ground)
  const silent = street.silentSince !== null
  const read = async () => {
    await putAwayRead(ground)
    street.look()
  }
  return (
    <>
      <KeptSales onRead={read} street={street} />
      <div className="mt-4 empty:hidden">
        <ShiftGate ground={ground} onShift={street.look} shop={shop} silent={silent}>
          <Counter {...around} ground={ground} shop={shop} street={street} />
        </ShiftGate>
      </div>
    </>
  )
}

function Counter({
  ground,
  shop,
  street,
  known,
  scanned,
  undo,
  owed: owedBefore,
  onServed,
  onChanged,
  onStanding,
}: { ground: TillGround; shop: TillShop; street: ReturnType<typeof useStreet> } & TillSurroundings) {
  const { money } = useFormats()
  const [cents, setCents] = useState(0n)
  const [step, setStep] = useState<Step>(undo ? { at: 'undo', receipt: undo } : { at: 'amount' })
  useResumed(ground, undo === null ? setStep : null)
  const { owed, owedBy, onPaid } = useOwed(owedBefore, onChanged)
  const { look } = street
  useTold(onStanding, street, step.at === 'amount' && cents === 0n)
  const next = useCallback(() => {
    setCents(0n)
    setStep({ at: 'amount' })
    look()
    onServed()
  }, [look, onServed])
  const give = async (shopper: Shopper) => {
    setStep({ at: 'giving', shopper })
    setStep({ at: 'given', given: await giveFor(ground, shop, { cents, shopper }), shopper })
    look()
  }
  const take = (taking: Taking) => setStep({ at: 'taking', taking, resumed: null })

  if (step.at === 'undo') return <UndoReceipt done={next} ground={ground} receipt={step.receipt} />
  if (step.at === 'undoing') return <UndoingUnderWay done={next} ground={ground} undoing={step.undoing} />
  if (step.at === 'taking') {
    const { taking, resumed } = step
    return <TakePoints {...{ ground, next, taking, resumed }} asGift={shop.isCharity} />
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
  const gives = formatPoints(pointsEarnedDown(cents, shop.earnRate), money)
  const owes = (shopper: Shopper) => <OwedCard {...{ ground, onPaid }} owed={owedBy(shopper.member)} />
  if (step.at !== 'amount') {
    const { earnRate } = shop
    return <Giving {...{ cents, earnRate, give, gives, ground, known, next, owed, owes, setStep, step }} />
  }
  return (
    <>
      {scanned ? <div className="mb-4 empty:hidden">{owes(scanned)}</div> : null}
      <Keypad cents={cents} note={cents === 0n || !shop.gives ? '' : `gives ${gives}`} onChange={setCents} />
      <Doings
        cents={cents}
        onGive={() => (scanned ? give(scanned) : setStep({ at: 'whose' }))}
        onReward={() => setStep({ at: 'reward' })}
        onTake={take}
        scanned={scanned}
        shop={shop}
      />
      <OwedHere {...{ ground, onPaid }} owed={scanned ? [] : owed.filter(({ till }) => till === ground.place.till)} />
    </>
  )
}

/** Tells the page around how the till stands, whenever that changes. */
function useTold(
  onStanding: TillSurroundings['onStanding'],
  { silentSince, asked, book }: ReturnType<typeof useStreet>,
  idle: boolean,
): void {
  const waiting = book?.waiting.filter(({ held }) => held === null).length ?? 0
  const state = silentSince !== null ? 'silent' : asked ? 'answers' : 'not asked yet'
  useEffect(() => {
    onStanding?.({ street: state, idle, waiting })
  }, [onStanding, state, idle, waiting])
}

/** What is owed, without what this till has just taken: the page behind it knows that a little later. */
function useOwed(before: readonly Owed[], onChanged: () => void) {
  const [taken, setTaken] = useState<ReadonlySet<string>>(new Set())
  const owed = before.filter(({ till, sequence }) => !taken.has(`${till} ${sequence}`))
  const owedBy = (member: string) => owed.filter((one) => one.member.toLowerCase() === member.toLowerCase())
  const onPaid = (paid: readonly Owed[]) => {
    setTaken((known) => new Set([...known, ...paid.map(({ till, sequence }) => `${till} ${sequence}`)]))
    onChanged()
  }
  return { owed, owedBy, onPaid }
}

let resumed = false

/** What this till was in the middle of when its page closed: looked for once, for somebody else may be served since. */
function useResumed(ground: TillGround, resume: ((step: Step) => void) | null): void {
  useEffect(() => {
    if (resume === null || resumed) return
    let over = false
    const look = async () => {
      const [undoing, taking] = await Promise.all([undoingHere(ground), takingHere(ground)])
      if (over) return
      resumed = true
      if (undoing) resume({ at: 'undoing', undoing })
      else if (taking) resume({ at: 'taking', taking: taking.taking, resumed: taking })
    }
    look().catch(() => undefined)
    return () => {
      over = true
    }
  }, [ground, resume])
}

async function giveFor(
  ground: TillGround,
  shop: TillShop,
  { cents, shopper }: { readonly cents: bigint; readonly shopper: Shopper },
): Promise<Given> {
  const points = await pointsToGive(ground, shop, { cents, shopper })
  const sale = { member: shopper.member, memberName: shopper.name, points, spendCents: cents }
  try {
    return await givePoints(ground, sale)
  } catch {
    // Nothing was kept, so nothing was given.
    return { is: 'refused', code: 'notKept', sentence: 'This device could not keep the sale. Ring it up again.' }
  }
}
