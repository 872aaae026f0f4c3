'use client'

import { ArrowLeft } from 'lucide-react'
import { useEffect, useState } from 'react'
import { whyNot } from '#web/ui/ask.ts'
import { Button } from '#web/ui/button.tsx'
import { useFormats } from '#web/ui/formats.tsx'
import { centsForPointsDown, formatMoneyDown, formatPoints, moneyOfCents, pointsForCents } from '#web/ui/money.ts'
import { Keypad } from './keypad.tsx'
import { Outcome } from './outcome.tsx'
import type { TillGround } from './till-ground.ts'
import {
  agreeToUndo,
  askUndoable,
  forgetUndoing,
  pointsOfPartDown,
  type Undoable,
  type Undoing,
  type UndoneReceipt,
} from './undo.ts'
import { type UndoChoice, type UndoMeaning, undoMeaning } from './undo-meaning.ts'
import { UndoingUnderWay } from './undoing-under-way.tsx'
import { Waiting } from './waiting.tsx'

/** A receipt as the cashier sees it: whose, for how much. */
export interface ReceiptToUndo extends UndoneReceipt {
  readonly memberName: string
  /** Cents; null for a payment. */
  readonly spend: bigint | null
}

type Stage =
  | { readonly at: 'asking' }
  | { readonly at: 'choosing'; readonly of: Undoable }
  | { readonly at: 'under way'; readonly undoing: Undoing }
  | { readonly at: 'refused'; readonly sentence: string }

/** Undoes a receipt, wholly or in part: asks what is left, says what that means for the cash, waits until it is so. */
export function UndoReceipt({
  ground,
  receipt,
  done,
}: {
  ground: TillGround
  receipt: ReceiptToUndo
  done: () => void
}) {
  const [stage, setStage] = useState<Stage>({ at: 'asking' })
  useEffect(() => {
    let over = false
    askUndoable(ground, receipt).then((answer) => {
      if (over) return
      if (answer.is === 'given') setStage({ at: 'choosing', of: answer.value })
      else setStage({ at: 'refused', sentence: whyNot(answer) })
    })
    return () => {
      over = true
    }
  }, [ground, receipt])
  if (stage.at === 'asking') return <Waiting words="Looking at what is left of it" />
  if (stage.at === 'under way') return <UndoingUnderWay done={done} ground={ground} undoing={stage.undoing} />
  if (stage.at === 'refused' || stage.of.left === 0n) {
    return (
      <Outcome kind="refused" next="Back to the till" onNext={done} title="Nothing was undone">
        {stage.at === 'refused' ? stage.sentence : nothingLeft(stage.of)}
      </Outcome>
    )
  }
  const { of } = stage
  return (
    <Choose
      back={done}
      of={of}
      onChosen={async (chosen) => {
        await forgetUndoing(ground)
        const undoing = await agreeToUndo(ground, { receipt, of, ...chosen })
        if (undoing) setStage({ at: 'under way', undoing })
        else setStage({ at: 'refused', sentence: 'This browser does not hold the key of this till.' })
      }}
      receipt={receipt}
    />
  )
}

const nothingLeft = ({ points }: Undoable): string =>
  points === 0n ? 'It gave no points: hand the cash back, and that is all.' : 'All of it has gone back already.'

interface Chosen extends Omit<UndoChoice, 'does'> {
  readonly points: bigint
}

/** The whole of it, or a part typed on the keys; then what that means. */
function Choose({
  receipt,
  of,
  onChosen,
  back,
}: {
  receipt: ReceiptToUndo
  of: Undoable
  onChosen: (chosen: Chosen) => void
  back: () => void
}) {
  const { money } = useFormats()
  const [part, setPart] = useState<bigint | null>(null)
  const [busy, setBusy] = useState(false)
  const spend = receipt.spend ?? centsForPointsDown(of.points, money)
  const whole = receipt.spend === null ? centsForPointsDown(of.left, money) : wholeLeft(receipt.spend, of)
  const cents = part === null || part > whole ? whole : part
  const points = pointsToGoBack(cents)
  function pointsToGoBack(part: bigint): bigint {
    if (part === whole) return of.left
    if (of.kind === 'payment') return pointsForCents(part, money) ?? 0n
    return pointsOfPartDown(part, { spend, points: of.points, left: of.left })
  }
  return (
    <div className="animate-rise">
      <div className="flex items-center gap-3">
        <Button aria-label="Back to the till" className="size-14 px-0" look="outline" onClick={back} size="large">
          <ArrowLeft aria-hidden="true" className="size-6" />
        </Button>
        <div className="min-w-0">
          <h2 className="truncate font-semibold text-2xl">Undo receipt {receipt.sequence.toString()}</h2>
          <p className="truncate text-lg text-soft">
            {receipt.memberName}, {formatPoints(of.points, money)}{' '}
            {of.kind === 'purchase' ? `for ${formatMoneyDown(moneyOfCents(spend, money), money)}` : 'taken'}
          </p>
        </div>
      </div>
      <div className="mt-5">
        {part === null ? null : (
          <Keypad
            cents={cents}
            note={`of ${formatMoneyDown(moneyOfCents(whole, money), money)}`}
            onChange={(change) => setPart(change(cents))}
          />
        )}
      </div>
      <Meaning
        busy={busy}
        meaning={undoMeaning(of, { points, cents, memberName: receipt.memberName }, money)}
        onChosen={({ missing, title, note }) => {
          setBusy(true)
          onChosen({ points, missing, title, note })
        }}
      />
      <Button
        className="mt-2.5 w-full"
        disabled={busy}
        look="quiet"
        onClick={() => setPart(part === null ? 0n : null)}
        size="large"
      >
        {part === null ? 'Only a part of it' : 'The whole of it'}
      </Button>
    </div>
  )
}

/** What has not been handed back of a purchase's price, by the points that are left. */
function wholeLeft(spend: bigint, { points, left }: Undoable): bigint {
  return points === 0n ? spend : (spend * left) / points
}

/** What it means, and the ways to go through with it. */
function Meaning({
  meaning: { sentence, choices },
  busy,
  onChosen,
}: {
  meaning: UndoMeaning
  busy: boolean
  onChosen: (choice: UndoChoice) => void
}) {
  return (
    <>
      <p className="figures mt-4 rounded-2xl bg-sunk px-5 py-4 text-xl">{sentence}</p>
      {choices.map((choice, index) => (
        <Button
          className={index === 0 ? 'mt-3 min-h-22! w-full' : 'mt-2.5 w-full'}
          disabled={busy}
          key={choice.does}
          look={index === 0 ? 'solid' : 'outline'}
          onClick={() => onChosen(choice)}
          size="huge"
        >
          {choice.does}
        </Button>
      ))}
    </>
  )
}
