'use client'

import { Fingerprint } from 'lucide-react'
import { type FormEvent, type ReactNode, useEffect, useState } from 'react'
import { askFor, whyNot } from '#web/ui/ask.ts'
import { Button } from '#web/ui/button.tsx'
import { classes } from '#web/ui/classes.ts'
import { Card, SectionTitle } from '#web/ui/parts.tsx'
import { ScanCode } from '#web/ui/scan-code.tsx'
import { OrderButtonLater } from '#web/ui/signing/order-button-later.tsx'
import { waitWithNewPasskey } from '#web/ui/signing/passkey-entry.ts'
import type { SigningPlace } from '#web/ui/signing/signing.tsx'
import { codeTyped, spacedCode } from '#web/ui/spaced-code.ts'

interface Adding {
  readonly place: SigningPlace
  readonly rpId: string
  /** Passkeys that there are. */
  readonly known: readonly string[]
  /** The code that the page was opened with; empty where with none. */
  readonly code: string
  readonly full: boolean
  /** What the new device's camera opens, and the same in letters. */
  readonly picture: ReactNode
  readonly where: string
}

interface Waiting {
  readonly code: string
  readonly device: string
}

/** A second device: it makes its own passkey and shows a code; this one agrees to it. */
export function AddDevice(adding: Adding) {
  const { waiting, sentence, look, forget, say } = useWaiting(adding.code)
  return (
    <section>
      <SectionTitle title="Add a device" />
      <Card className="px-5 py-5">
        {adding.full ? (
          <p>You have as many devices as there can be. Remove one first.</p>
        ) : waiting ? (
          <Agree forget={forget} place={adding.place} waiting={waiting} />
        ) : (
          <Ask {...adding} look={look} say={say} />
        )}
        <p className="mt-2 text-bad empty:hidden" role="alert">
          {sentence}
        </p>
      </Card>
    </section>
  )
}

function useWaiting(opened: string) {
  const [waiting, setWaiting] = useState<Waiting | null>(null)
  const [sentence, setSentence] = useState<string | null>(null)
  const look = async (typed: string): Promise<void> => {
    setSentence(null)
    const answer = await askFor<Waiting>(`/api/guardian/requests/${encodeURIComponent(codeTyped(typed))}`)
    if (answer.is === 'given') return setWaiting(answer.value)
    setSentence(whyNot(answer))
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: the code the page was opened with is looked at once.
  useEffect(() => {
    if (opened !== '') void look(opened)
  }, [opened])
  return { waiting, sentence, look, forget: () => setWaiting(null), say: setSentence }
}

function Ask({
  rpId,
  known,
  picture,
  where,
  look,
  say,
}: Adding & { readonly look: (typed: string) => Promise<void>; readonly say: (sentence: string | null) => void }) {
  const [typed, setTyped] = useState('')
  const [busy, setBusy] = useState(false)
  const submitted = (event: FormEvent) => {
    event.preventDefault()
    void look(typed)
  }
  const here = async () => {
    setBusy(true)
    say(null)
    const made = await waitWithNewPasskey(rpId, known)
    if (made.is === 'in') await look(made.value.code)
    else say(made.sentence)
    setBusy(false)
  }
  return (
    <>
      <div className="grid grid-cols-1 items-center gap-5 sm:grid-cols-[auto_minmax(0,1fr)]">
        {picture}
        <p className="text-lg">
          On the new device, open <b>{where}</b>, or point its camera at this picture. It makes a passkey of its own and
          shows a code.
        </p>
      </div>
      <form className="mt-5" onSubmit={submitted}>
        <label className="font-medium text-lg" htmlFor="device-code">
          Code on the new device
        </label>
        <div className="mt-1.5 flex gap-2.5">
          <input
            autoCapitalize="characters"
            autoComplete="off"
            className={classes(
              'min-h-14 w-full min-w-0 rounded-2xl border border-line-strong bg-paper px-4',
              'font-mono font-semibold text-xl uppercase tracking-[0.14em]',
            )}
            enterKeyHint="go"
            id="device-code"
            onChange={(event) => setTyped(event.target.value)}
            spellCheck={false}
            value={typed}
          />
          <Button disabled={typed.trim() === ''} look="outline" size="large" type="submit">
            Next
          </Button>
        </div>
        <ScanCode onFound={(text) => void look(text)} />
      </form>
      <p className="mt-5 border-line border-t pt-4 text-soft">
        Came in with another device’s passkey? Then this one can have its own as well.
      </p>
      <Button className="mt-2 w-full" disabled={busy} look="outline" onClick={here} size="large">
        <Fingerprint aria-hidden="true" className="size-5" />
        {busy ? 'One moment' : 'Make a passkey here'}
      </Button>
    </>
  )
}

function Agree({ waiting, place, forget }: { waiting: Waiting; place: SigningPlace; forget: () => void }) {
  return (
    <div className="grid gap-3">
      <p className="text-lg">
        <b>{waiting.device}</b> shows <b className="font-mono tracking-[0.1em]">{spacedCode(waiting.code)}</b>. Do you
        hold it in your hands? It will agree for you like the others, and can remove them after three days.
      </p>
      <OrderButtonLater
        onDone={forget}
        ordering={{
          prepareAt: '/api/member/account/prepare',
          giveAt: '/api/member/account/order',
          wish: { kind: 'AddKey', code: waiting.code },
          along: { code: waiting.code },
        }}
        place={place}
        size="huge"
      >
        Add this device
      </OrderButtonLater>
      <Button look="quiet" onClick={forget}>
        Not now
      </Button>
    </div>
  )
}
