'use client'

import { useRouter } from 'next/navigation'
import { useId, useState } from 'react'
import { post, whyNot } from '#web/ui/ask.ts'
import { classes } from '#web/ui/classes.ts'

/** One thing a member agrees to or not. It shows what is kept, not what was tapped. */
export function ConsentSwitch({
  purpose,
  title,
  given,
  children,
}: {
  purpose: 'greeting' | 'personalisation'
  title: string
  given: boolean
  children: string
}) {
  const router = useRouter()
  const name = useId()
  const [kept, setKept] = useState(given)
  const [busy, setBusy] = useState(false)
  const [sentence, setSentence] = useState<string | null>(null)
  const decide = async () => {
    setBusy(true)
    setSentence(null)
    const answer = await post<{ given: boolean }>('/api/member/consents', { purpose, given: !kept })
    setBusy(false)
    if (answer.is !== 'given') return setSentence(whyNot(answer))
    setKept(answer.value.given)
    router.refresh()
  }
  return (
    <div className="py-4">
      <div className="flex items-center justify-between gap-5">
        <div className="min-w-0">
          <p className="font-medium text-lg" id={name}>
            {title}
          </p>
          <p className="mt-0.5 text-soft" id={`${name}-why`}>
            {children}
          </p>
        </div>
        <button
          aria-checked={kept}
          aria-describedby={`${name}-why`}
          aria-labelledby={name}
          className={classes(
            'relative h-9 w-16 shrink-0 rounded-full border transition-colors',
            kept ? 'border-shop bg-shop' : 'border-line-strong bg-sunk',
          )}
          disabled={busy}
          onClick={decide}
          role="switch"
          type="button"
        >
          <span
            className={classes(
              'absolute top-1 size-6.5 rounded-full transition-[left]',
              kept ? 'left-8 bg-cream' : 'left-1 bg-soft',
            )}
          />
        </button>
      </div>
      <p className="mt-1 text-bad empty:hidden" role="alert">
        {sentence}
      </p>
    </div>
  )
}
