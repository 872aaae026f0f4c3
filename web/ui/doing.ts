'use client'

import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { type Answer, whyNot } from './ask.ts'

/** One thing at a time that a button does: what came of it, or why not; the page shows the new state afterwards. */
export function useDoing(): {
  readonly busy: boolean
  readonly sentence: string | null
  /** null where it was not done; `sentence` says why. */
  readonly doing: <Value extends object>(act: () => Promise<Answer<Value>>) => Promise<Value | null>
} {
  const router = useRouter()
  const [busy, setBusy] = useState(false)
  const [sentence, setSentence] = useState<string | null>(null)
  const doing = async <Value extends object>(act: () => Promise<Answer<Value>>): Promise<Value | null> => {
    setBusy(true)
    setSentence(null)
    const answer = await act()
    setBusy(false)
    if (answer.is === 'given') {
      router.refresh()
      return answer.value
    }
    setSentence(whyNot(answer))
    return null
  }
  return { busy, sentence, doing }
}
