'use client'

import { useRouter } from 'next/navigation'
import { type FormEvent, useState } from 'react'
import { Button } from '#web/ui/button.tsx'
import { classes } from '#web/ui/classes.ts'
import { focusOnce } from '#web/ui/focus.ts'
import { ScanCode } from '#web/ui/scan-code.tsx'
import { codeTyped } from '#web/ui/spaced-code.ts'

export function AskCode({ problem }: { problem: string | null }) {
  const router = useRouter()
  const [typed, setTyped] = useState('')
  const open = (text: string) => {
    const code = codeTyped(text)
    if (code !== '') router.push(`/member/pay?code=${encodeURIComponent(code)}`)
  }
  const submitted = (event: FormEvent) => {
    event.preventDefault()
    open(typed)
  }
  return (
    <form action="/member/pay" className="rounded-3xl border border-line bg-card p-6 shadow-card" onSubmit={submitted}>
      <label className="font-medium text-lg" htmlFor="payment-code">
        Code on the till
      </label>
      <input
        aria-describedby={problem ? 'payment-code-problem' : undefined}
        aria-invalid={problem !== null}
        autoCapitalize="characters"
        autoComplete="off"
        ref={focusOnce}
        className={classes(
          'mt-2 min-h-18 w-full rounded-2xl border border-line-strong bg-paper px-5',
          'text-center font-mono font-semibold text-3xl uppercase tracking-[0.18em]',
        )}
        enterKeyHint="go"
        id="payment-code"
        name="code"
        onChange={(event) => setTyped(event.target.value)}
        spellCheck={false}
        value={typed}
      />
      {problem ? (
        <p className="mt-2 text-bad" id="payment-code-problem" role="alert">
          {problem}
        </p>
      ) : null}
      <Button className="mt-4 w-full" size="large" type="submit">
        Next
      </Button>
      <ScanCode onFound={open} />
    </form>
  )
}
