'use client'

import { X } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { UNREACHABLE_SENTENCE } from '#web/ui/ask.ts'
import { Button } from '#web/ui/button.tsx'
import { classes } from '#web/ui/classes.ts'
import { useFormats } from '#web/ui/formats.tsx'
import { formatMoneyDown, formatPoints, valueOfPoints } from '#web/ui/money.ts'
import { Ticket } from '#web/ui/ticket.tsx'
import { Outcome } from './outcome.tsx'
import { ShownCode } from './shown-code.tsx'
import { type Asked, acceptPayment, askPayment, cancelPayment, standingOf, type Taking } from './take.ts'
import type { TillPlace } from './till-key.ts'
import { Waiting } from './waiting.tsx'

type Stage =
  | { readonly at: 'asking' }
  | { readonly at: 'showing'; readonly asked: Asked }
  | { readonly at: 'paid'; readonly sequence: string }
  | { readonly at: 'refused'; readonly sentence: string }

const LOOK_AGAIN_MILLISECONDS = 1_000

/** Asks for points, shows the code, waits for the shopper's yes and adds the till's own. */
export function TakePoints({
  place,
  taking,
  asGift,
  next,
}: {
  place: TillPlace
  taking: Taking
  /** At a charity's till, points are given rather than paid. */
  asGift: boolean
  next: () => void
}) {
  const { money } = useFormats()
  const stage = usePayment(place, taking)
  const points = formatPoints(taking.points, money)
  const worth = formatMoneyDown(valueOfPoints(taking.points, money), money)
  const what = taking.reward ?? worth
  if (stage.at === 'asking') return <Waiting words="Making a code" />
  if (stage.at === 'paid') {
    return (
      <Outcome kind="done" next="Next customer" onNext={next} title={`${what} ${asGift ? 'given' : 'paid'}`}>
        with {points}, receipt {stage.sequence}
      </Outcome>
    )
  }
  if (stage.at === 'refused') {
    return (
      <Outcome kind="refused" next="Back to the till" onNext={next} title={asGift ? 'Nothing was given' : 'Not paid'}>
        {stage.sentence}
      </Outcome>
    )
  }
  const { code } = stage.asked
  const cancel = async () => {
    await cancelPayment(code)
    next()
  }
  return (
    <div className="animate-rise">
      <Ticket
        body={
          <>
            <p className="text-cream/90 text-lg">{asGift ? 'A gift of points' : 'To pay with points'}</p>
            <p
              className={classes(
                'figures mt-1 font-semibold leading-none',
                taking.reward === null ? 'text-6xl' : 'text-balance text-4xl',
              )}
            >
              {what}
            </p>
            <p className="figures mt-2 text-cream/90 text-lg">{points}</p>
          </>
        }
        stub={
          <ShownCode
            code={code}
            picture={`/till/picture/${encodeURIComponent(code)}`}
            typeIt="or type this code under Pay"
            waitsFor="Waiting for the shopper to agree"
          />
        }
        tone="shop"
      />
      <Button className="mt-4 w-full" look="outline" onClick={cancel} size="huge">
        <X aria-hidden="true" className="size-6" /> Call it off
      </Button>
    </div>
  )
}

/** The life of one payment, from asking to the tick. */
function usePayment(place: TillPlace, taking: Taking): Stage {
  const [stage, setStage] = useState<Stage>({ at: 'asking' })
  const asking = useRef<Promise<void> | null>(null)
  useEffect(() => {
    // Asked once, also where React mounts twice to be sure.
    asking.current ??= askPayment(place, taking).then((answer) => {
      if (answer.is === 'given') setStage({ at: 'showing', asked: answer.value })
      else setStage({ at: 'refused', sentence: answer.is === 'refused' ? answer.sentence : UNREACHABLE_SENTENCE })
    })
  }, [place, taking])

  const asked = stage.at === 'showing' ? stage.asked : null
  useEffect(() => {
    if (!asked) return
    let over = false
    let timer: ReturnType<typeof setTimeout>
    const look = async () => {
      const found = await nextStage(place, { ...asked, ...taking })
      if (over) return
      if (found) setStage(found)
      else timer = setTimeout(look, LOOK_AGAIN_MILLISECONDS)
    }
    timer = setTimeout(look, LOOK_AGAIN_MILLISECONDS)
    return () => {
      over = true
      clearTimeout(timer)
    }
  }, [asked, place, taking])
  return stage
}

/** null: go on waiting. Silence is waited out as well; the shopper's yes lasts. */
async function nextStage(place: TillPlace, asked: Asked & Taking): Promise<Stage | null> {
  const answer = await standingOf(asked.code)
  if (answer.is === 'unreachable') return null
  if (answer.is === 'refused') return { at: 'refused', sentence: answer.sentence }
  const { state, terms } = answer.value
  if (state === 'open') return null
  if (state === 'accepted') return { at: 'paid', sequence: asked.sequence }
  if (state !== 'approved' || !terms) return { at: 'refused', sentence: 'This payment was not finished in time.' }
  const accepted = await acceptPayment(place, asked, terms)
  if (accepted.is === 'unreachable') return null
  if (accepted.is === 'refused') return { at: 'refused', sentence: accepted.sentence }
  if (accepted.value.state === 'refused') {
    return { at: 'refused', sentence: accepted.value.sentence ?? 'This payment was refused.' }
  }
  return { at: 'paid', sequence: asked.sequence }
}
