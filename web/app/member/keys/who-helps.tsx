'use client'

import { useId, useState } from 'react'
import { Button } from '#web/ui/button.tsx'
import { Card, SectionTitle } from '#web/ui/parts.tsx'
import { OrderButtonLater } from '#web/ui/signing/order-button-later.tsx'
import type { SigningPlace } from '#web/ui/signing/signing.tsx'
import { codeTyped } from '#web/ui/spaced-code.ts'

interface Helping {
  readonly place: SigningPlace
  /** In office now; null: nobody. */
  readonly now: { readonly name: string; readonly days: number } | null
  readonly toCome: { readonly name: string; readonly from: string } | null
  readonly shops: readonly { readonly shop: number; readonly name: string }[]
  readonly busy: boolean
}

/** Who may help the member to a new device, and another choice. */
export function WhoHelps(helping: Helping) {
  const { now, toCome } = helping
  const [choosing, setChoosing] = useState(false)
  return (
    <section>
      <SectionTitle title="Who can help you" />
      <Card className="px-5 py-5">
        <p className="font-medium text-lg">{now?.name ?? 'Nobody'}</p>
        <p className="mt-1 text-soft">
          {now
            ? `If you lose every device, ${now.name} can begin a change of key. For ${now.days} days any of your ` +
              'devices can stop it, and your points stay out of reach.'
            : 'If you lose every device, nobody can help you.'}
        </p>
        {toCome ? (
          <p className="mt-2 text-wait">
            From {toCome.from}: {toCome.name}.
          </p>
        ) : null}
        {choosing ? (
          <Choose {...helping} onDone={() => setChoosing(false)} />
        ) : (
          <Button className="mt-4" disabled={helping.busy} look="outline" onClick={() => setChoosing(true)}>
            Choose somebody else
          </Button>
        )}
      </Card>
    </section>
  )
}

type Kind = 'shop' | 'member' | 'nobody'

const kinds: readonly (readonly [Kind, string])[] = [
  ['shop', 'A shop I trust'],
  ['member', 'Somebody who has joined as well'],
  ['nobody', 'Nobody'],
]
const field = 'min-h-14 w-full min-w-0 rounded-2xl border border-line-strong bg-paper px-4 text-lg'

interface Chosen {
  readonly kind: Kind
  readonly shop: number
  readonly member: string
  readonly days: number
}

/** As the portal takes a guardian; null: nobody. */
function guardianOf({ kind, shop, member }: Chosen): object | null {
  if (kind === 'nobody') return null
  return kind === 'shop' ? { shop } : { member: codeTyped(member) }
}

function Choose({ place, shops, now, onDone }: Helping & { readonly onDone: () => void }) {
  const [chosen, setChosen] = useState<Chosen>({ kind: 'shop', shop: shops[0]?.shop ?? 0, member: '', days: 3 })
  const guardian = guardianOf(chosen)
  const delay = guardian === null ? {} : { delaySeconds: chosen.days * 86_400 }
  return (
    <div className="mt-4 grid gap-4 border-line border-t pt-4">
      <Whom chosen={chosen} onChosen={setChosen} shops={shops} />
      <p className="text-soft">
        This takes {now && now.days > 3 ? now.days : 'three'} days to begin, so that nobody can do it behind your back.
        A shop means the person who owns it now.
      </p>
      <OrderButtonLater
        onDone={onDone}
        ordering={{
          prepareAt: '/api/member/account/prepare',
          giveAt: '/api/member/account/order',
          wish: { kind: 'ChooseGuardian', guardian, ...delay },
        }}
        place={place}
      >
        Choose
      </OrderButtonLater>
      <Button look="quiet" onClick={onDone}>
        Not now
      </Button>
    </div>
  )
}

function Whom({
  chosen,
  shops,
  onChosen,
}: {
  chosen: Chosen
  shops: Helping['shops']
  onChosen: (chosen: Chosen) => void
}) {
  const name = useId()
  return (
    <>
      <fieldset className="grid gap-1">
        <legend className="mb-1 font-medium">From now on</legend>
        {kinds.map(([kind, words]) => (
          <label className="flex min-h-11 items-center gap-3 text-lg" key={kind}>
            <input
              checked={chosen.kind === kind}
              className="size-5 shrink-0 accent-shop"
              name={name}
              onChange={() => onChosen({ ...chosen, kind })}
              type="radio"
            />
            {words}
          </label>
        ))}
      </fieldset>
      {chosen.kind === 'shop' ? (
        <Select
          label="Which shop"
          onChosen={(shop) => onChosen({ ...chosen, shop })}
          options={shops.map((one) => [one.shop, one.name])}
          value={chosen.shop}
        />
      ) : null}
      {chosen.kind === 'member' ? (
        <label className="grid gap-1.5 font-medium">
          Their code
          <input
            autoCapitalize="characters"
            autoComplete="off"
            className={`${field} font-mono uppercase`}
            onChange={(event) => onChosen({ ...chosen, member: event.target.value })}
            spellCheck={false}
            value={chosen.member}
          />
        </label>
      ) : null}
      {chosen.kind === 'nobody' ? null : (
        <Select
          label="How long you have to say no"
          onChosen={(days) => onChosen({ ...chosen, days })}
          options={[3, 7, 14, 30].map((days) => [days, `${days} days`])}
          value={chosen.days}
        />
      )}
    </>
  )
}

function Select({
  label,
  value,
  options,
  onChosen,
}: {
  label: string
  value: number
  options: readonly (readonly [number, string])[]
  onChosen: (value: number) => void
}) {
  return (
    <label className="grid gap-1.5 font-medium">
      {label}
      <select className={field} onChange={(event) => onChosen(Number(event.target.value))} value={value}>
        {options.map(([option, words]) => (
          <option key={option} value={option}>
            {words}
          </option>
        ))}
      </select>
    </label>
  )
}
