'use client'

import { useRouter } from 'next/navigation'
import { type FormEvent, useState } from 'react'
import { post, whyNot } from '#web/ui/ask.ts'
import { Button } from '#web/ui/button.tsx'

/** What a member wants to be called; it is for them to give, to change and to take away. */
export function OwnName({ name }: { name: string | null }) {
  const router = useRouter()
  const [typed, setTyped] = useState(name ?? '')
  const [kept, setKept] = useState(name ?? '')
  const [busy, setBusy] = useState(false)
  const [sentence, setSentence] = useState<string | null>(null)
  const keep = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    setSentence(null)
    const answer = await post<{ name: string | null }>('/api/member/name', { name: typed })
    setBusy(false)
    if (answer.is !== 'given') return setSentence(whyNot(answer))
    setKept(answer.value.name ?? '')
    setTyped(answer.value.name ?? '')
    router.refresh()
  }
  return (
    <form className="py-4" onSubmit={keep}>
      <label className="font-medium text-lg" htmlFor="own-name">
        What you like to be called
      </label>
      <div className="mt-2 flex gap-2.5">
        <input
          aria-describedby="own-name-problem"
          autoComplete="given-name"
          className="min-h-12 w-full min-w-0 rounded-2xl border border-line-strong bg-paper px-4 text-lg"
          id="own-name"
          maxLength={40}
          onChange={(event) => setTyped(event.target.value)}
          value={typed}
        />
        <Button className="min-h-12" disabled={busy || typed.trim() === kept} look="outline" type="submit">
          Keep
        </Button>
      </div>
      <p className="mt-1 text-bad empty:hidden" id="own-name-problem" role="alert">
        {sentence}
      </p>
    </form>
  )
}
