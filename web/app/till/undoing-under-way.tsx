'use client'

import { useEffect, useState } from 'react'
import { Button } from '#web/ui/button.tsx'
import { Outcome } from './outcome.tsx'
import type { Standing } from './take.ts'
import type { TillGround } from './till-ground.ts'
import { forgetUndoing, sendUndoing, type Undoing, undoingStanding } from './undo.ts'
import { Waiting } from './waiting.tsx'

const LOOK_AGAIN_MILLISECONDS = 1_000

/** What was signed is on its way back: sent until the street has it, looked at until it is certain. */
export function UndoingUnderWay({ ground, undoing, done }: { ground: TillGround; undoing: Undoing; done: () => void }) {
  const standing = useStanding(ground, undoing)
  const over = async () => {
    await forgetUndoing(ground)
    done()
  }
  if (standing?.state === 'final') {
    return (
      <Outcome kind="done" next="Next customer" onNext={over} title={undoing.title}>
        {undoing.note}
      </Outcome>
    )
  }
  if (standing?.state === 'refused') {
    return (
      <Outcome kind="refused" next="Back to the till" onNext={over} title="Nothing was undone">
        {standing.sentence}
      </Outcome>
    )
  }
  return (
    <>
      <Waiting words="One moment: not certain yet">
        <p className="mt-3 max-w-md text-center text-xl">
          {standing === null
            ? 'The street does not answer just now. It is signed and kept here, and sent again until it does.'
            : 'It is on its way. Hand nothing back until this turns green, in a few seconds as a rule.'}
        </p>
      </Waiting>
      <Button className="mt-4 w-full" look="outline" onClick={done} size="large">
        Serve somebody else meanwhile
      </Button>
    </>
  )
}

/** null: the street has not answered. */
function useStanding(ground: TillGround, undoing: Undoing): Standing | null {
  const [standing, setStanding] = useState<Standing | null>(null)
  useEffect(() => {
    let over = false
    let timer: ReturnType<typeof setTimeout>
    let taken = false
    const look = async () => {
      const answer = taken ? await undoingStanding(ground, undoing) : await sendUndoing(ground, undoing)
      if (over) return
      if (answer.is === 'given') {
        taken = true
        setStanding(answer.value)
        if (answer.value.state !== 'pending') return
      } else if (answer.is === 'refused' && answer.code !== 'tooOften') {
        return setStanding({ state: 'refused', code: answer.code, sentence: answer.sentence })
      }
      timer = setTimeout(look, LOOK_AGAIN_MILLISECONDS)
    }
    look()
    return () => {
      over = true
      clearTimeout(timer)
    }
  }, [ground, undoing])
  return standing
}
