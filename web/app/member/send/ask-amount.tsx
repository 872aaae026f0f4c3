'use client'

import { useRouter } from 'next/navigation'
import { type FormEvent, useState } from 'react'
import { Button, ButtonLink } from '#web/ui/button.tsx'
import { classes } from '#web/ui/classes.ts'
import { focusOnce } from '#web/ui/focus.ts'
import { useFormats } from '#web/ui/formats.tsx'
import { centsForPointsDown, centsTyped, formatMoneyDown, moneyOfCents, valueOfPoints } from '#web/ui/money.ts'
import { PageTitle } from '#web/ui/parts.tsx'

const quick = [100n, 200n, 500n] as const

const typedOf = (cents: bigint): string => `${cents / 100n}.${(cents % 100n).toString().padStart(2, '0')}`

const amountClasses = classes(
  'figures mt-2 min-h-20 w-full rounded-2xl border border-line-strong bg-paper px-5',
  'text-center font-semibold text-4xl',
)

/** Step two: how much, in money. */
export function AskAmount({
  receiver,
  available,
  amount,
  tooMuch,
}: {
  receiver: { readonly name: string; readonly code: string }
  available: bigint
  amount: string
  tooMuch: boolean
}) {
  const { money } = useFormats()
  const router = useRouter()
  const all = centsForPointsDown(available, money)
  const have = formatMoneyDown(valueOfPoints(available, money), money)
  const [typed, setTyped] = useState(amount)
  const [problem, setProblem] = useState<string | null>(tooMuch ? `You can send up to ${have}.` : null)
  const next = (event: FormEvent) => {
    event.preventDefault()
    const cents = centsTyped(typed)
    if (cents === null || cents === 0n) return setProblem('Type an amount, such as 2.50.')
    if (cents > all) return setProblem(`You can send up to ${have}.`)
    setProblem(null)
    router.push(`/member/send?to=${encodeURIComponent(receiver.code)}&amount=${typedOf(cents)}`)
  }
  return (
    <div className="mx-auto max-w-xl">
      <PageTitle lead={`You have ${have} to send.`} title={`Send to ${receiver.name}`} />
      <form
        action="/member/send"
        className="rounded-3xl border border-line bg-card p-6 shadow-card"
        noValidate
        onSubmit={next}
      >
        <input name="to" type="hidden" value={receiver.code} />
        <label className="font-medium text-lg" htmlFor="amount">
          Amount
        </label>
        <input
          aria-describedby={problem ? 'amount-problem' : undefined}
          aria-invalid={problem !== null}
          autoComplete="off"
          ref={focusOnce}
          className={amountClasses}
          id="amount"
          inputMode="decimal"
          name="amount"
          onChange={(event) => setTyped(event.target.value)}
          placeholder="0.00"
          value={typed}
        />
        <p className="mt-2 text-bad empty:hidden" id="amount-problem" role="alert">
          {problem}
        </p>
        <QuickAmounts all={all} onChosen={setTyped} />
        <Button className="mt-5 w-full" size="large" type="submit">
          Next
        </Button>
      </form>
      <ButtonLink className="mt-3 w-full" href="/member/send" look="quiet" size="large">
        To somebody else
      </ButtonLink>
    </div>
  )
}

function QuickAmounts({ all, onChosen }: { all: bigint; onChosen: (typed: string) => void }) {
  const { money } = useFormats()
  return (
    <div className="mt-3 grid grid-cols-4 gap-2">
      {quick.map((cents) => (
        <Button
          className="figures px-1"
          disabled={cents > all}
          key={cents.toString()}
          look="outline"
          onClick={() => onChosen(typedOf(cents))}
        >
          {formatMoneyDown(moneyOfCents(cents, money), money)}
        </Button>
      ))}
      <Button className="px-1" disabled={all === 0n} look="outline" onClick={() => onChosen(typedOf(all))}>
        All
      </Button>
    </div>
  )
}
