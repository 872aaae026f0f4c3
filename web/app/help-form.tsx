'use client'

import { ChevronRight } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import type { Address } from 'viem'
import { askFor, whyNot } from '#web/ui/ask.ts'
import { Button } from '#web/ui/button.tsx'
import { Card, SectionTitle } from '#web/ui/parts.tsx'
import { ScanCode } from '#web/ui/scan-code.tsx'
import { OrderButtonLater } from '#web/ui/signing/order-button-later.tsx'
import type { SigningPlace } from '#web/ui/signing/signing.tsx'
import { codeTyped, spacedCode } from '#web/ui/spaced-code.ts'

export interface Guarded {
  readonly member: Address
  readonly name: string
  readonly code: string
  /** How long they may say no. */
  readonly days: number
  /** When a change that waits already takes effect; null where none does. */
  readonly waits: string | null
}

interface Device {
  readonly code: string
  readonly device: string
}

/** The code on the new phone, whose it is, and the touch. */
export function HelpForm({
  people,
  place,
  search,
}: {
  people: readonly Guarded[]
  place: SigningPlace
  search: string
}) {
  const [device, setDevice] = useState<Device | null>(null)
  const [member, setMember] = useState<Guarded | null>(null)
  const [begun, setBegun] = useState<Guarded | null>(null)
  if (begun) return <Begun who={begun} />
  if (!device) return <AskDevice onFound={setDevice} />
  if (!member) return <WhoIsIt onChosen={setMember} people={people} search={search} />
  return (
    <Card className="grid gap-4 px-5 py-5">
      <h2 className="font-semibold text-xl">Is {member.name} standing before you?</h2>
      <ul className="grid list-disc gap-1.5 pl-5 text-lg">
        <li>
          The new device is <b>{device.device}</b>, and shows <b className="font-mono">{spacedCode(device.code)}</b>.
        </li>
        <li>You should see the person, or know their voice. A message alone can come from anybody.</li>
        <li>
          For {member.days} days any old device of theirs can stop it. Then the new one takes the place of all others.
        </li>
        {member.waits === null ? null : <li>One begun before, for {member.waits}, ends by this.</li>}
      </ul>
      <OrderButtonLater
        onDone={() => setBegun(member)}
        ordering={{
          prepareAt: '/api/guardian/prepare',
          giveAt: '/api/guardian/start',
          wish: { code: device.code, member: member.member },
          along: { code: device.code, member: member.member },
        }}
        place={place}
        size="huge"
      >
        Yes, help {member.name}
      </OrderButtonLater>
      <Button look="quiet" onClick={() => setMember(null)}>
        No, somebody else
      </Button>
    </Card>
  )
}

function Begun({ who }: { who: Guarded }) {
  return (
    <Card className="px-5 py-5">
      <h2 className="font-semibold text-good text-xl">It has begun</h2>
      <p className="mt-2 text-lg">
        In {who.days} days the new device opens {who.name}’s points by itself, unless an old device of theirs stops it.
        You need not do anything more.
      </p>
    </Card>
  )
}

const field = 'min-h-14 w-full min-w-0 rounded-2xl border border-line-strong bg-paper px-4 text-xl'

function AskDevice({ onFound }: { onFound: (device: Device) => void }) {
  const [typed, setTyped] = useState('')
  const [sentence, setSentence] = useState<string | null>(null)
  const look = async (text: string) => {
    setSentence(null)
    const answer = await askFor<Device>(`/api/guardian/requests/${encodeURIComponent(codeTyped(text))}`)
    if (answer.is === 'given') return onFound(answer.value)
    setSentence(whyNot(answer))
  }
  const submitted = (event: FormEvent) => {
    event.preventDefault()
    void look(typed)
  }
  return (
    <Card className="px-5 py-5">
      <form onSubmit={submitted}>
        <label className="font-medium text-lg" htmlFor="device-code">
          Code on their new phone
        </label>
        <p className="mt-0.5 text-soft">They get it under “I lost my phone”, at the door of this street.</p>
        <input
          aria-describedby={sentence ? 'device-code-problem' : undefined}
          autoCapitalize="characters"
          autoComplete="off"
          className={`${field} mt-2 text-center font-mono font-semibold uppercase tracking-[0.16em]`}
          enterKeyHint="go"
          id="device-code"
          onChange={(event) => setTyped(event.target.value)}
          spellCheck={false}
          value={typed}
        />
        <p className="mt-2 text-bad empty:hidden" id="device-code-problem" role="alert">
          {sentence}
        </p>
        <Button className="mt-4 w-full" disabled={typed.trim() === ''} size="large" type="submit">
          Next
        </Button>
      </form>
      <ScanCode onFound={(text) => void look(text)} />
    </Card>
  )
}

function WhoIsIt({
  people,
  search,
  onChosen,
}: {
  people: readonly Guarded[]
  search: string
  onChosen: (who: Guarded) => void
}) {
  const [typed, setTyped] = useState(search)
  const wanted = typed.trim().toUpperCase().replace(/[\s-]/g, '')
  const shown = people.filter(
    ({ name, code }) => name.toUpperCase().includes(typed.trim().toUpperCase()) || bare(code).startsWith(wanted),
  )
  return (
    <section>
      <SectionTitle title="Who is it?" />
      <label className="sr-only" htmlFor="guarded-search">
        Their name, or the code they show at tills
      </label>
      <input
        autoComplete="off"
        className={field}
        id="guarded-search"
        onChange={(event) => setTyped(event.target.value)}
        placeholder="Their name, or the code they show at tills"
        value={typed}
      />
      {shown.length === 0 ? (
        <p className="mt-4 text-lg text-soft" role="status">
          Nobody of that name or code chose you.
        </p>
      ) : (
        <ul className="mt-4 divide-y divide-line overflow-hidden rounded-3xl border border-line bg-card shadow-card">
          {shown.map((who) => (
            <li key={who.member}>
              <button
                className="flex min-h-16 w-full items-center gap-4 px-5 py-2.5 text-left hover:bg-sunk"
                onClick={() => onChosen(who)}
                type="button"
              >
                <span className="min-w-0 flex-1">
                  <span className="block truncate font-medium text-lg">{who.name}</span>
                  <span className="block font-mono text-soft">{who.code}</span>
                </span>
                <ChevronRight aria-hidden="true" className="size-5 text-soft" />
              </button>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

const bare = (code: string): string => code.replace(/[\s-]/g, '').toUpperCase()
