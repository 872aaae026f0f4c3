'use client'

import { Smartphone } from 'lucide-react'
import { type FormEvent, useId, useState } from 'react'
import { post } from '#web/ui/ask.ts'
import { Button } from '#web/ui/button.tsx'
import { useDoing } from '#web/ui/doing.ts'
import { SectionTitle } from '#web/ui/parts.tsx'
import { OrderButtonLater } from '#web/ui/signing/order-button-later.tsx'
import type { SigningPlace } from '#web/ui/signing/signing.tsx'

export interface ShownDevice {
  /** Its name on the chain. */
  readonly key: string
  /** As the member calls it. */
  readonly name: string | null
  /** As it calls itself. */
  readonly words: string
  readonly credential: string | null
  readonly here: boolean
  readonly addedAt: string | null
  /** Until then it removes no other; null: it does. */
  readonly settledFrom: string | null
}

/** Every passkey that agrees for the member. */
export function Devices({
  devices,
  place,
  busy,
}: {
  devices: readonly ShownDevice[]
  place: SigningPlace
  /** Another order is on its way. */
  busy: boolean
}) {
  return (
    <section>
      <SectionTitle title="Devices that agree for you" />
      <ul className="divide-y divide-line rounded-3xl border border-line bg-card px-5 shadow-card">
        {devices.map((device) => (
          <DeviceRow
            alone={devices.length === 1}
            busy={busy}
            device={device}
            key={device.key}
            place={withoutKey(place, device.credential)}
          />
        ))}
      </ul>
    </section>
  )
}

/** A passkey never removes itself, so it is not asked. */
function withoutKey(place: SigningPlace, credential: string | null): SigningPlace {
  if (place.by !== 'passkey') return place
  return { ...place, passkeys: place.passkeys.filter(({ id }) => id !== credential) }
}

interface Row {
  readonly device: ShownDevice
  readonly place: SigningPlace
  readonly alone: boolean
  readonly busy: boolean
}

function DeviceRow({ device, place, alone, busy }: Row) {
  const [asking, setAsking] = useState<'nothing' | 'name' | 'gone'>('nothing')
  const name = device.name ?? device.words
  const rest = () => setAsking('nothing')
  return (
    <li className="py-4">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2.5">
        <Smartphone aria-hidden="true" className="size-6 shrink-0 text-shop-text" />
        <div className="min-w-0 grow basis-56">
          <p className="truncate font-medium text-lg">{name}</p>
          <p className="figures text-soft text-sm">{wordsOf(device)}</p>
        </div>
        {asking === 'nothing' ? (
          <div className="flex gap-2">
            <Button aria-label={`Name ${name}`} look="outline" onClick={() => setAsking('name')}>
              Name
            </Button>
            {alone ? null : (
              <Button aria-label={`Remove ${name}`} disabled={busy} look="quiet" onClick={() => setAsking('gone')}>
                Remove
              </Button>
            )}
          </div>
        ) : null}
      </div>
      {asking === 'name' ? <Naming device={device} onDone={rest} /> : null}
      {asking === 'gone' ? (
        <div className="mt-3 grid gap-3">
          <p>
            {name} will agree for you no more, and can never be added again. Another of your devices has to say yes.
          </p>
          <OrderButtonLater
            look="danger"
            onDone={rest}
            ordering={{
              prepareAt: '/api/member/account/prepare',
              giveAt: '/api/member/account/order',
              wish: { kind: 'RemoveKey', key: device.key },
            }}
            place={place}
          >
            Remove {name}
          </OrderButtonLater>
          <Button look="quiet" onClick={rest}>
            Not now
          </Button>
        </div>
      ) : null}
    </li>
  )
}

function wordsOf({ name, words, here, addedAt, settledFrom }: ShownDevice): string {
  return [
    here ? 'This device' : null,
    name === null ? null : words,
    addedAt === null ? null : `added ${addedAt}`,
    settledFrom === null ? null : `removes others from ${settledFrom}`,
  ]
    .filter((part) => part !== null)
    .join(', ')
}

function Naming({ device, onDone }: { device: ShownDevice; onDone: () => void }) {
  const field = useId()
  const [typed, setTyped] = useState(device.name ?? '')
  const { busy, sentence, doing } = useDoing()
  const keep = async (event: FormEvent) => {
    event.preventDefault()
    if (await doing(() => post<object>('/api/member/keys/name', { key: device.key, name: typed }))) onDone()
  }
  return (
    <form className="mt-3 grid gap-2" onSubmit={keep}>
      <label className="font-medium" htmlFor={field}>
        What you call it
      </label>
      <div className="flex flex-wrap gap-2">
        <input
          autoComplete="off"
          className="min-h-12 min-w-0 flex-1 rounded-2xl border border-line-strong bg-paper px-4 text-lg"
          id={field}
          maxLength={40}
          onChange={(event) => setTyped(event.target.value)}
          placeholder={device.words}
          value={typed}
        />
        <Button className="min-h-12" disabled={busy} type="submit">
          Keep
        </Button>
        <Button className="min-h-12" look="outline" onClick={onDone}>
          Not now
        </Button>
      </div>
      <p className="text-soft text-sm">Only you see it. The shared books of the street know no names.</p>
      <p className="text-bad empty:hidden" role="alert">
        {sentence}
      </p>
    </form>
  )
}
