'use client'

import { ArrowLeft, Fingerprint } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { type Answer, whyNot } from '#web/ui/ask.ts'
import { Avatar } from '#web/ui/avatar.tsx'
import { Button } from '#web/ui/button.tsx'
import { classes } from '#web/ui/classes.ts'
import { focusOnce } from '#web/ui/focus.ts'

interface Cashier {
  readonly cashier: number
  readonly name: string
}

const cashierClasses = classes(
  'flex min-h-18 w-full touch-manipulation items-center gap-3 rounded-2xl px-3.5 text-left',
  'border border-line bg-card shadow-card hover:bg-sunk active:bg-shop-soft',
)

const pinClasses = classes(
  'min-h-18 w-full min-w-0 rounded-2xl border border-line-strong bg-card px-5',
  'text-center font-mono font-semibold text-3xl tracking-[0.4em]',
)

/** A cashier's PIN, and how they want to come in the next time. */
interface Entering {
  readonly cashier: number
  readonly pin: string
  readonly next: 'pin' | 'passkey'
}

/** Who is at the till: a tap on the name and the PIN. */
export function SignIn({
  cashiers,
  was,
  silent,
  goOn,
  signIn,
  signInByPasskey,
  onSignedIn,
}: {
  cashiers: readonly Cashier[]
  /** Whose shift the till is locked in; null: nobody's. */
  was: number | null
  silent: boolean
  /** Without the street the shift that is open goes on. */
  goOn: { readonly name: string; readonly onGoOn: () => void } | null
  signIn: (entering: Entering) => Promise<Answer<unknown>>
  signInByPasskey: () => Promise<Answer<unknown>>
  onSignedIn: () => void
}) {
  const [chosen, setChosen] = useState<Cashier | null>(cashiers.find(({ cashier }) => cashier === was) ?? null)
  return (
    <section className="mx-auto max-w-xl animate-rise">
      <h2 className="font-semibold text-2xl">{chosen === null ? 'Who is at the till?' : `PIN of ${chosen.name}`}</h2>
      {silent ? (
        <p className="mt-3 rounded-2xl bg-wait-soft px-4 py-3 text-lg text-wait" role="status">
          No network just now: nobody can sign in until it is back. {goOn ? 'The shift that is open goes on.' : ''}
        </p>
      ) : null}
      {goOn ? (
        <Button className="mt-4 w-full" onClick={goOn.onGoOn} size="huge">
          Go on as {goOn.name}
        </Button>
      ) : null}
      {chosen === null ? (
        <ul className="mt-5 grid grid-cols-1 gap-2.5 xs:grid-cols-2">
          {cashiers.map((one) => (
            <li key={one.cashier}>
              <button className={cashierClasses} onClick={() => setChosen(one)} type="button">
                <Avatar name={one.name} />
                <span className="min-w-0">
                  <span className="block truncate font-medium text-lg">{one.name}</span>
                  <span className="block text-soft">Number {one.cashier}</span>
                </span>
              </button>
            </li>
          ))}
        </ul>
      ) : (
        <Pin
          back={() => setChosen(null)}
          onSignedIn={onSignedIn}
          signIn={(pin, next) => signIn({ cashier: chosen.cashier, pin, next })}
        />
      )}
      {silent ? null : <ByPasskey onSignedIn={onSignedIn} signIn={signInByPasskey} />}
    </section>
  )
}

function Pin({
  signIn,
  onSignedIn,
  back,
}: {
  signIn: (pin: string, next: Entering['next']) => Promise<Answer<unknown>>
  onSignedIn: () => void
  back: () => void
}) {
  const [pin, setPin] = useState('')
  const [next, setNext] = useState<Entering['next']>('pin')
  const [busy, setBusy] = useState(false)
  const [sentence, setSentence] = useState<string | null>(null)
  const submitted = async (event: FormEvent) => {
    event.preventDefault()
    if (!/^\d{4,12}$/.test(pin)) return setSentence('A PIN has four digits at least.')
    setBusy(true)
    const answer = await signIn(pin, next)
    setBusy(false)
    setPin('')
    if (answer.is === 'given') return onSignedIn()
    setSentence(whyNot(answer))
  }
  return (
    <form className="mt-5" noValidate onSubmit={submitted}>
      <input
        aria-describedby={sentence ? 'pin-problem' : undefined}
        aria-invalid={sentence !== null}
        aria-label="PIN"
        autoComplete="off"
        className={pinClasses}
        enterKeyHint="go"
        inputMode="numeric"
        maxLength={12}
        onChange={(event) => setPin(event.target.value.replace(/\D/g, ''))}
        ref={focusOnce}
        type="password"
        value={pin}
      />
      <p className="mt-2 min-h-7 text-bad text-lg" id="pin-problem" role="alert">
        {sentence}
      </p>
      <label className="mb-4 flex min-h-11 items-center gap-3 text-lg">
        <input
          checked={next === 'passkey'}
          className="size-6 accent-[var(--shop)]"
          onChange={(event) => setNext(event.target.checked ? 'passkey' : 'pin')}
          type="checkbox"
        />
        Next time with my finger or face on this device
      </label>
      <div className="grid grid-cols-[auto_1fr] gap-2.5">
        <Button aria-label="Somebody else" className="min-w-18 px-0" look="outline" onClick={back} size="huge">
          <ArrowLeft aria-hidden="true" className="size-6" />
        </Button>
        <Button disabled={busy} size="huge" type="submit">
          Sign in
        </Button>
      </div>
    </form>
  )
}

function ByPasskey({ signIn, onSignedIn }: { signIn: () => Promise<Answer<unknown>>; onSignedIn: () => void }) {
  const [sentence, setSentence] = useState<string | null>(null)
  const enter = async () => {
    const answer = await signIn()
    if (answer.is === 'given') onSignedIn()
    else setSentence(whyNot(answer))
  }
  return (
    <>
      <Button className="mt-4 w-full" look="outline" onClick={enter} size="huge">
        <Fingerprint aria-hidden="true" className="size-6" /> With my passkey
      </Button>
      {sentence ? (
        <p className="mt-2 text-bad text-lg" role="alert">
          {sentence}
        </p>
      ) : null}
    </>
  )
}
