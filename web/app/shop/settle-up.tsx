'use client'

import { Handshake } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useEffect, useState } from 'react'
import { askFor, post, whyNot } from '#web/ui/ask.ts'
import { Button } from '#web/ui/button.tsx'

const LOOK_AGAIN_MILLISECONDS = 1_000

/** Asks for all debts of the street to be paid, and waits until they are. */
export function SettleUp({ net }: { net: bigint }) {
  const router = useRouter()
  const [key, setKey] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const [sentence, setSentence] = useState<string | null>(null)
  const settle = async () => {
    setBusy(true)
    setSentence(null)
    const answer = await post<{ key: string }>('/api/v1/settle', {})
    if (answer.is === 'given') return setKey(answer.value.key)
    setBusy(false)
    setSentence(whyNot(answer))
  }
  useEffect(() => {
    if (key === null) return
    const timer = setInterval(async () => {
      const answer = await askFor<{ state: string; sentence?: string }>(`/api/v1/intents/0/${encodeURIComponent(key)}`)
      if (answer.is !== 'given' || answer.value.state === 'pending') return
      setKey(null)
      setBusy(false)
      setSentence(answer.value.state === 'final' ? 'All square.' : (answer.value.sentence ?? 'That could not be done.'))
      router.refresh()
    }, LOOK_AGAIN_MILLISECONDS)
    return () => clearInterval(timer)
  }, [key, router])
  return (
    <div className="flex items-center gap-4">
      <p className="text-soft" role="status">
        {sentence}
      </p>
      <Button disabled={busy || net === 0n} onClick={settle}>
        <Handshake aria-hidden="true" className="size-5" />
        {busy ? 'Settling up' : 'Settle up'}
      </Button>
    </div>
  )
}
