'use client'

import { X } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { Button } from '#web/ui/button.tsx'
import { classes } from '#web/ui/classes.ts'
import { useFormats } from '#web/ui/formats.tsx'
import { formatMoneyDown, formatPoints, valueOfPoints } from '#web/ui/money.ts'
import { Ticket } from '#web/ui/ticket.tsx'
import { Outcome } from './outcome.tsx'
import type { Owed } from './owed.ts'
import { OwedCard } from './owed-card.tsx'
import { ShownCode } from './shown-code.tsx'
import { fellSilent, isSilent } from './silence.ts'
import {
  type Asked,
  askPayment,
  cancelPayment,
  forgetTaking,
  goOnThoughOwed,
  type KeptTaking,
  type PaymentStage,
  paymentStage,
  type Taking,
} from './take.ts'
import type { TillGround } from './till-ground.ts'
import { Waiting } from './waiting.tsx'

type Stage = { readonly at: 'asking' } | { readonly at: 'silent' } | (PaymentStage & { readonly asked: Asked | null })

const LOOK_AGAIN_MILLISECONDS = 1_000

/** Asks for points, shows the code, waits for the shopper's yes and adds the till's own. */
export function TakePoints({
  ground,
  taking,
  resumed,
  asGift,
  next,
}: {
  ground: TillGround
  taking: Taking
  /** The payment that was on its way when this page was closed. */
  resumed: KeptTaking | null
  /** At a charity's till, points are given rather than paid. */
  asGift: boolean
  next: () => void
}) {
  const { money } = useFormats()
  const stage = usePayment(ground, taking, resumed)
  const over = async () => {
    await forgetTaking(ground)
    next()
  }
  const points = formatPoints(taking.points, money)
  const worth = formatMoneyDown(valueOfPoints(taking.points, money), money)
  const what = taking.reward ?? worth
  if (stage.at === 'asking') return <Waiting words="Making a code" />
  if (stage.at === 'paid') {
    return (
      <Outcome kind="done" next="Next customer" onNext={over} title={`${what} ${asGift ? 'given' : 'paid'}`}>
        with {points}, receipt {stage.asked?.sequence}
      </Outcome>
    )
  }
  if (stage.at === 'silent') {
    return (
      <Outcome kind="kept" next="Back to the till" onNext={next} title="Not without the network">
        Points are taken only when the network is there: nobody could see what the shopper has. Giving points goes on.
      </Outcome>
    )
  }
  if (stage.at === 'refused') {
    return (
      <Outcome kind="refused" next="Back to the till" onNext={over} title={asGift ? 'Nothing was given' : 'Not paid'}>
        {stage.sentence}
      </Outcome>
    )
  }
  if (stage.at === 'owes') {
    return <BeforeTaking ground={ground} owed={stage.owed} what={what} />
  }
  if (stage.at === 'certain') return <UntilCertain what={`${what} with ${points}`} onLeave={next} />
  const code = stage.asked?.code ?? ''
  const cancel = async () => {
    await cancelPayment(code)
    await over()
  }
  return <Shown {...{ asGift, cancel, code, points, taking, what }} />
}

/** The shopper has agreed, and owes something from before: first that, or the points all the same. */
function BeforeTaking({ ground, owed, what }: { ground: TillGround; owed: readonly Owed[]; what: string }) {
  const [busy, setBusy] = useState(false)
  const goOn = async () => {
    setBusy(true)
    await goOnThoughOwed(ground)
  }
  return (
    <div className="animate-rise">
      <h2 className="mb-4 font-semibold text-2xl">One thing before {what}</h2>
      <OwedCard ground={ground} onPaid={goOn} owed={owed} />
      <Button className="mt-4 w-full" disabled={busy} look="outline" onClick={goOn} size="huge">
        {busy ? 'One moment' : `Take ${what} all the same`}
      </Button>
      <p className="mt-3 text-center text-soft">
        The shopper has agreed to {what}. Until the rest is paid, their payments here wait until they are certain.
      </p>
    </div>
  )
}

/** The code that the shopper's phone reads. */
function Shown({
  asGift,
  what,
  points,
  taking,
  code,
  cancel,
}: {
  asGift: boolean
  what: string
  points: string
  taking: Taking
  code: string
  cancel: () => void
}) {
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

/** Nothing is handed over yet, and the screen says so; it ends by itself, and goes on after a reload. */
function UntilCertain({ what, onLeave }: { what: string; onLeave: () => void }) {
  return (
    <>
      <Waiting words="One moment: not certain yet">
        <p className="mt-3 max-w-md text-center text-xl">
          {what} is agreed and on its way. Hand nothing over until this turns green, in a few seconds as a rule.
        </p>
      </Waiting>
      <Button className="mt-4 w-full" look="outline" onClick={onLeave} size="large">
        Serve somebody else meanwhile
      </Button>
    </>
  )
}

/** The life of one payment, from asking to the tick. */
function usePayment(ground: TillGround, taking: Taking, resumed: KeptTaking | null): Stage {
  const [stage, setStage] = useState<Stage>(
    resumed ? { at: resumed.untilFinal ? 'certain' : 'showing', asked: resumed.asked } : { at: 'asking' },
  )
  const asking = useRef<Promise<void> | null>(null)
  useEffect(() => {
    if (resumed) return
    // Asked once, also where React mounts twice to be sure.
    asking.current ??= (async () => {
      if (isSilent(ground)) return setStage({ at: 'silent' })
      const answer = await askPayment(ground, taking)
      if (answer.is === 'given') setStage({ at: 'showing', asked: answer.value })
      else if (answer.is === 'refused') setStage({ at: 'refused', sentence: answer.sentence, asked: null })
      else {
        fellSilent(ground)
        setStage({ at: 'silent' })
      }
    })()
  }, [ground, taking, resumed])

  const asked = stage.at === 'showing' || stage.at === 'owes' || stage.at === 'certain' ? stage.asked : null
  useEffect(() => {
    if (!asked) return
    let over = false
    let timer: ReturnType<typeof setTimeout>
    const look = async () => {
      const found = await paymentStage(ground, { ...asked, ...taking })
      if (over) return
      if (found) setStage((before) => (before.at === found.at ? before : { ...found, asked }))
      timer = setTimeout(look, LOOK_AGAIN_MILLISECONDS)
    }
    timer = setTimeout(look, resumed ? 0 : LOOK_AGAIN_MILLISECONDS)
    return () => {
      over = true
      clearTimeout(timer)
    }
  }, [asked, ground, taking, resumed])
  return stage
}
