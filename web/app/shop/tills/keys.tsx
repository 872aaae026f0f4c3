'use client'

import { Copy, KeyRound } from 'lucide-react'
import { type FormEvent, useId, useState } from 'react'
import { post, remove } from '#web/ui/ask.ts'
import { Button } from '#web/ui/button.tsx'
import { useDoing } from '#web/ui/doing.ts'
import { Card, SectionTitle } from '#web/ui/parts.tsx'

export interface ShownKey {
  readonly id: string
  readonly label: string
  readonly madeAt: string
  /** null: never. */
  readonly usedAt: string | null
  /** Set where another key was made in its place, and it serves for a while yet. */
  readonly servesUntil: string | null
  readonly overSince: string | null
}

interface Made {
  readonly label: string
  readonly key: string
}

/** Keys by which the shop's own programs ask: made, changed without a stop, switched off. */
export function Keys({ shop, keys }: { shop: number; keys: readonly ShownKey[] }) {
  const [made, setMade] = useState<Made | null>(null)
  return (
    <section>
      <SectionTitle title="Keys for your programs" />
      <p className="-mt-1 mb-4 max-w-prose text-soft">
        With a key your till’s program or your web shop looks members up and asks for payments, for your shop alone. It
        gives no points and takes none: that needs a till.
      </p>
      {made ? <ShownOnce made={made} onSeen={() => setMade(null)} /> : null}
      {keys.length > 0 ? (
        <ul className="mb-5 divide-y divide-line rounded-3xl border border-line bg-card px-5 shadow-card">
          {keys.map((key) => (
            <KeyRow key={key.id} onMade={setMade} shown={key} />
          ))}
        </ul>
      ) : null}
      <NewKey onMade={setMade} shop={shop} />
    </section>
  )
}

function ShownOnce({ made, onSeen }: { made: Made; onSeen: () => void }) {
  const [copied, setCopied] = useState(false)
  const copy = async () => {
    await navigator.clipboard.writeText(made.key)
    setCopied(true)
  }
  return (
    <Card className="mb-5 border-shop px-5 py-5">
      <h3 className="font-semibold text-lg">The key for “{made.label}”</h3>
      <p className="mt-1 text-soft">It is shown this once. Put it into the program now; nobody can look it up later.</p>
      <p className="mt-3 break-all rounded-2xl bg-sunk px-4 py-3 font-mono" data-testid="new-key">
        {made.key}
      </p>
      <div className="mt-4 flex flex-wrap gap-2">
        <Button onClick={copy}>
          <Copy aria-hidden="true" className="size-4" /> {copied ? 'Copied' : 'Copy'}
        </Button>
        <Button look="outline" onClick={onSeen}>
          I have it
        </Button>
      </div>
    </Card>
  )
}

function KeyRow({ shown, onMade }: { shown: ShownKey; onMade: (made: Made) => void }) {
  const { busy, sentence, doing } = useDoing()
  const [sure, setSure] = useState(false)
  const address = `/api/v1/keys/${encodeURIComponent(shown.id)}`
  const change = async () => {
    const made = await doing(() => post<Made>(address, {}))
    if (made) onMade(made)
  }
  const switchOff = async () => {
    if (!sure) return setSure(true)
    await doing(() => remove<object>(address))
    setSure(false)
  }
  return (
    <li className="py-3.5">
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <div className="min-w-0">
          <p className="truncate font-medium text-lg">{shown.label}</p>
          <p className="figures text-soft text-sm">
            Made {shown.madeAt}. {useWords(shown)}
          </p>
        </div>
        {shown.overSince === null ? (
          <div className="flex gap-2">
            {shown.servesUntil === null && !sure ? (
              <Button aria-label={`Change the key “${shown.label}”`} disabled={busy} look="outline" onClick={change}>
                Change
              </Button>
            ) : null}
            <Button
              aria-label={`Switch off the key “${shown.label}”`}
              disabled={busy}
              look={sure ? 'danger' : 'quiet'}
              onClick={switchOff}
            >
              {sure ? 'Yes, at once' : 'Switch off'}
            </Button>
            {sure ? (
              <Button look="outline" onClick={() => setSure(false)}>
                Not now
              </Button>
            ) : null}
          </div>
        ) : null}
      </div>
      <p className="mt-1 text-bad empty:hidden" role="alert">
        {sentence}
      </p>
    </li>
  )
}

function useWords({ usedAt, servesUntil, overSince }: ShownKey): string {
  if (overSince !== null) return `Opens nothing since ${overSince}.`
  const used = usedAt === null ? 'Never used.' : `Last used ${usedAt}.`
  return servesUntil === null ? used : `${used} Another took its place; it serves until ${servesUntil}.`
}

function NewKey({ shop, onMade }: { shop: number; onMade: (made: Made) => void }) {
  const field = useId()
  const [label, setLabel] = useState('')
  const { busy, sentence, doing } = useDoing()
  const make = async (event: FormEvent) => {
    event.preventDefault()
    const made = await doing(() => post<Made>('/api/v1/keys', { shop, label }))
    if (!made) return
    onMade(made)
    setLabel('')
  }
  return (
    <form className="max-w-xl" onSubmit={make}>
      <label className="font-medium" htmlFor={field}>
        What is it for?
      </label>
      <div className="mt-1.5 flex gap-2.5">
        <input
          autoComplete="off"
          className="min-h-12 w-full min-w-0 rounded-2xl border border-line-strong bg-card px-4 text-lg"
          id={field}
          maxLength={60}
          onChange={(event) => setLabel(event.target.value)}
          placeholder="The till program"
          value={label}
        />
        <Button className="min-h-12 shrink-0 whitespace-nowrap" disabled={busy || label.trim() === ''} type="submit">
          <KeyRound aria-hidden="true" className="size-5" /> Make a key
        </Button>
      </div>
      <p className="mt-1 text-bad empty:hidden" role="alert">
        {sentence}
      </p>
    </form>
  )
}
