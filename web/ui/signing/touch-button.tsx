'use client'

import { Fingerprint } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { type ReactNode, useState } from 'react'
import { UNREACHABLE_SENTENCE } from '../ask.ts'
import { Button } from '../button.tsx'

export interface TouchShown {
  readonly look?: 'solid' | 'outline' | 'danger'
  readonly size?: 'medium' | 'large' | 'huge'
  readonly children: ReactNode
}

interface TouchButtonProps extends TouchShown {
  /** Signs and hands over; answers why not, or null. Says so in between once all that is left is to wait. */
  readonly act: (onItsWay: () => void) => Promise<string | null>
  /** Where all went well there is nothing more to press, or it may be pressed again. */
  readonly afterwards: 'done' | 'again'
  readonly onDone?: (() => void) | undefined
}

type Stage = 'idle' | 'asking' | 'onItsWay' | 'done'

/** A button that a touch stands behind, with what came of it. */
export function TouchButton({ act, afterwards, onDone, look = 'solid', size = 'medium', children }: TouchButtonProps) {
  const router = useRouter()
  const [stage, setStage] = useState<Stage>('idle')
  const [sentence, setSentence] = useState<string | null>(null)
  const onItsWay = () => {
    setStage('onItsWay')
    router.refresh()
  }
  const press = async () => {
    setStage('asking')
    setSentence(null)
    const said = await act(onItsWay).catch(() => UNREACHABLE_SENTENCE)
    setSentence(said)
    setStage(said === null && afterwards === 'done' ? 'done' : 'idle')
    router.refresh()
    if (said === null) onDone?.()
  }
  return (
    <div className="grid gap-2">
      <p className="text-bad empty:hidden" role="alert">
        {sentence}
      </p>
      <Button disabled={stage !== 'idle'} look={look} onClick={press} size={size}>
        <Fingerprint aria-hidden="true" className="size-5" />
        {stage === 'idle' ? children : stage === 'asking' ? 'One moment' : stage === 'onItsWay' ? 'On its way' : 'Done'}
      </Button>
    </div>
  )
}
