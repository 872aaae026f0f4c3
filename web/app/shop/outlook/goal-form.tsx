'use client'

import { useRouter } from 'next/navigation'
import { type FormEvent, useState } from 'react'
import { post, whyNot } from '#web/ui/ask.ts'
import { Button } from '#web/ui/button.tsx'

const field = 'min-h-12 w-24 rounded-2xl border border-line-strong bg-paper px-4 text-lg'

/** So many per cent in so many months from today. */
export function GoalForm({ percent }: { percent: number | null }) {
  const router = useRouter()
  const [wanted, setWanted] = useState(`${percent ?? 15}`)
  const [months, setMonths] = useState('6')
  const [busy, setBusy] = useState(false)
  const [sentence, setSentence] = useState<string | null>(null)
  const send = async (goal: { percent: number; months: number } | null) => {
    setBusy(true)
    setSentence(null)
    const answer = await post<object>('/api/shop/goal', { goal })
    setBusy(false)
    if (answer.is !== 'given') return setSentence(whyNot(answer))
    router.refresh()
  }
  const set = async (event: FormEvent) => {
    event.preventDefault()
    await send({ percent: Number(wanted), months: Number(months) })
  }
  return (
    <form className="mt-5 flex flex-wrap items-end gap-3" onSubmit={set}>
      <div>
        <label className="block text-soft text-sm" htmlFor="goal-percent">
          More repeat visits, %
        </label>
        <input
          className={field}
          id="goal-percent"
          inputMode="numeric"
          max={200}
          min={1}
          onChange={(event) => setWanted(event.target.value)}
          required
          type="number"
          value={wanted}
        />
      </div>
      <div>
        <label className="block text-soft text-sm" htmlFor="goal-months">
          In months
        </label>
        <input
          className={field}
          id="goal-months"
          inputMode="numeric"
          max={24}
          min={1}
          onChange={(event) => setMonths(event.target.value)}
          required
          type="number"
          value={months}
        />
      </div>
      <Button className="min-h-12" disabled={busy} look="outline" type="submit">
        {percent === null ? 'Set the goal' : 'Begin anew'}
      </Button>
      {percent === null ? null : (
        <Button className="min-h-12" disabled={busy} look="outline" onClick={() => send(null)} type="button">
          No goal
        </Button>
      )}
      <p className="w-full text-bad empty:hidden" role="alert">
        {sentence}
      </p>
    </form>
  )
}
