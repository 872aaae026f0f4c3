'use client'

import { ArrowLeft, Search, UserPlus } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import type { Hex } from 'viem'
import { askFor, UNREACHABLE_SENTENCE } from '#web/ui/ask.ts'
import { Avatar } from '#web/ui/avatar.tsx'
import { Button } from '#web/ui/button.tsx'
import { classes } from '#web/ui/classes.ts'
import { focusOnce } from '#web/ui/focus.ts'
import { codeTyped, spacedCode } from '#web/ui/spaced-code.ts'

/** A shopper as the till may know them. */
export interface Shopper {
  readonly member: Hex
  readonly name: string
  readonly code: string | null
}

const codeClasses = classes(
  'min-h-18 w-full min-w-0 rounded-2xl border border-line-strong bg-card px-5',
  'font-mono font-semibold text-2xl uppercase tracking-widest',
)

const shopperClasses = classes(
  'flex min-h-18 w-full touch-manipulation items-center gap-3 rounded-2xl px-3.5 text-left',
  'border border-line bg-card shadow-card hover:bg-sunk active:bg-shop-soft',
)

interface Found {
  readonly member: Hex
  readonly displayName: string | null
  readonly calledName?: string
  readonly code: string
}

/** Whose points are these: a code typed or scanned into the field, or one of the shoppers this till knows. */
export function AskMember({
  title,
  known,
  onChosen,
  onNew,
  onBack,
}: {
  title: string
  known: readonly Shopper[]
  onChosen: (shopper: Shopper) => void
  /** Somebody who has not joined yet. */
  onNew: () => void
  onBack: () => void
}) {
  const [typed, setTyped] = useState('')
  const [sentence, setSentence] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const look = async (event: FormEvent) => {
    event.preventDefault()
    const code = codeTyped(typed)
    if (code === '') return setSentence('Type the code from the shopper’s phone.')
    setBusy(true)
    const answer = await askFor<Found>(`/api/v1/member/${encodeURIComponent(code)}`)
    setBusy(false)
    if (answer.is === 'unreachable') return setSentence(UNREACHABLE_SENTENCE)
    if (answer.is === 'refused') return setSentence(answer.sentence)
    const { member, displayName, calledName } = answer.value
    onChosen({ member, name: displayName ?? calledName ?? spacedCode(answer.value.code), code: answer.value.code })
  }
  return (
    <div className="animate-rise">
      <div className="flex items-center gap-3">
        <Button aria-label="Back to the amount" className="size-14 px-0" look="outline" onClick={onBack} size="large">
          <ArrowLeft aria-hidden="true" className="size-6" />
        </Button>
        <h2 className="figures font-semibold text-2xl">{title}</h2>
      </div>
      <form className="mt-5" noValidate onSubmit={look}>
        <label className="font-medium text-lg" htmlFor="shopper-code">
          Code on the shopper’s phone
        </label>
        <div className="mt-2 flex gap-2.5">
          <input
            aria-describedby={sentence ? 'shopper-code-problem' : undefined}
            aria-invalid={sentence !== null}
            autoCapitalize="characters"
            autoComplete="off"
            ref={focusOnce}
            className={codeClasses}
            enterKeyHint="go"
            id="shopper-code"
            onChange={(event) => setTyped(event.target.value)}
            spellCheck={false}
            value={typed}
          />
          <Button aria-label="Find the shopper" className="min-w-18 px-0" disabled={busy} size="huge" type="submit">
            <Search aria-hidden="true" className="size-7" />
          </Button>
        </div>
        <p className="mt-2 min-h-7 text-bad text-lg" id="shopper-code-problem" role="alert">
          {sentence}
        </p>
      </form>
      <Button className="w-full" look="outline" onClick={onNew} size="huge">
        <UserPlus aria-hidden="true" className="size-6" /> Somebody new
      </Button>
      <KnownShoppers known={known} onChosen={onChosen} />
    </div>
  )
}

function KnownShoppers({ known, onChosen }: { known: readonly Shopper[]; onChosen: (shopper: Shopper) => void }) {
  if (known.length === 0) return null
  return (
    <section className="mt-6">
      <h3 className="pb-2 font-medium text-lg">Or tap who it is</h3>
      <ul className="grid grid-cols-1 gap-2.5 xs:grid-cols-2">
        {known.map((shopper) => (
          <li key={shopper.member}>
            <ShopperButton onChosen={onChosen} shopper={shopper} />
          </li>
        ))}
      </ul>
    </section>
  )
}

function ShopperButton({ shopper, onChosen }: { shopper: Shopper; onChosen: (shopper: Shopper) => void }) {
  return (
    <button className={shopperClasses} onClick={() => onChosen(shopper)} type="button">
      <Avatar name={shopper.name} />
      <span className="min-w-0">
        <span className="block truncate font-medium text-lg">{shopper.name}</span>
        {shopper.code ? <span className="block font-mono text-sm text-soft">{spacedCode(shopper.code)}</span> : null}
      </span>
    </button>
  )
}
