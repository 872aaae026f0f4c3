'use client'

import { UserPlus } from 'lucide-react'
import { type FormEvent, useId, useState } from 'react'
import { post, remove } from '#web/ui/ask.ts'
import { Button } from '#web/ui/button.tsx'
import { useDoing } from '#web/ui/doing.ts'
import { Card, Empty, SectionTitle } from '#web/ui/parts.tsx'

export interface ShownCashier {
  readonly cashier: number
  readonly name: string
  /** Where they stand now, in words; null where nowhere. */
  readonly stands: string | null
  /** Until when wrong PINs have shut them out; null where they have not. */
  readonly shutOut: string | null
}

const input = 'min-h-12 w-full min-w-0 rounded-2xl border border-line-strong bg-paper px-4 text-lg'

/** The people at the tills: taken on, given a new PIN, let go. */
export function People({
  shop,
  cashiers,
  nextNumber,
}: {
  shop: number
  cashiers: readonly ShownCashier[]
  nextNumber: number
}) {
  return (
    <section>
      <SectionTitle title="People" />
      {cashiers.length === 0 ? (
        <Empty title="Nobody signs in yet">
          As soon as you have taken somebody on, your tills do nothing until one of your people has signed in, and every
          receipt bears their number.
        </Empty>
      ) : (
        <ul className="divide-y divide-line rounded-3xl border border-line bg-card px-5 shadow-card">
          {cashiers.map((one) => (
            <CashierRow cashier={one} key={one.cashier} shop={shop} />
          ))}
        </ul>
      )}
      <Card className="mt-5 px-5 py-5">
        <TakeOn nextNumber={nextNumber} shop={shop} />
      </Card>
    </section>
  )
}

type Asking = 'nothing' | 'pin' | 'gone'

function CashierRow({ shop, cashier: { cashier, name, stands, shutOut } }: { shop: number; cashier: ShownCashier }) {
  const [asking, setAsking] = useState<Asking>('nothing')
  const { busy, sentence, doing } = useDoing()
  const letGo = async () => {
    if (await doing(() => remove<object>(`/api/v1/cashiers/${cashier}`))) setAsking('nothing')
  }
  return (
    <li className="py-3.5">
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <div className="min-w-0">
          <p className="truncate font-medium text-lg">
            <span className="figures mr-2 rounded-lg bg-sunk px-2 py-0.5">{cashier}</span>
            {name}
          </p>
          <p className="text-soft text-sm">
            {shutOut === null ? (stands ?? 'Not at a till') : `Too many wrong PINs: shut out until ${shutOut}`}
          </p>
        </div>
        {asking === 'nothing' ? (
          <div className="flex gap-2">
            <Button aria-label={`New PIN for ${name}`} look="outline" onClick={() => setAsking('pin')}>
              New PIN
            </Button>
            <Button aria-label={`Let ${name} go`} look="quiet" onClick={() => setAsking('gone')}>
              Let go
            </Button>
          </div>
        ) : null}
      </div>
      {asking === 'pin' ? (
        <NewPin cashier={cashier} name={name} onDone={() => setAsking('nothing')} shop={shop} />
      ) : null}
      {asking === 'gone' ? (
        <div className="mt-3 grid gap-3">
          <p>{name} signs in no more, from this moment. What they did stays on its receipts.</p>
          <div className="flex gap-2">
            <Button disabled={busy} look="danger" onClick={letGo}>
              Let {name} go
            </Button>
            <Button look="outline" onClick={() => setAsking('nothing')}>
              Not now
            </Button>
          </div>
        </div>
      ) : null}
      <p className="mt-1 text-bad empty:hidden" role="alert">
        {sentence}
      </p>
    </li>
  )
}

interface PinOf {
  readonly shop: number
  readonly cashier: number
  readonly name: string
  readonly onDone: () => void
}

function NewPin({ shop, cashier, name, onDone }: PinOf) {
  const field = useId()
  const [pin, setPin] = useState('')
  const { busy, sentence, doing } = useDoing()
  const keep = async (event: FormEvent) => {
    event.preventDefault()
    if (await doing(() => post<object>('/api/v1/cashiers', { shop, cashier, name, pin }))) onDone()
  }
  return (
    <form className="mt-3 grid gap-2" onSubmit={keep}>
      <label className="font-medium" htmlFor={field}>
        New PIN, at least four digits
      </label>
      <div className="flex flex-wrap gap-2">
        <input
          autoComplete="off"
          className={`${input} max-w-40`}
          id={field}
          inputMode="numeric"
          maxLength={12}
          onChange={(event) => setPin(event.target.value)}
          value={pin}
        />
        <Button className="min-h-12" disabled={busy || !/^\d{4,12}$/.test(pin)} type="submit">
          Keep
        </Button>
        <Button className="min-h-12" look="outline" onClick={onDone}>
          Not now
        </Button>
      </div>
      <p className="text-bad empty:hidden" role="alert">
        {sentence}
      </p>
    </form>
  )
}

function TakeOn({ shop, nextNumber }: { shop: number; nextNumber: number }) {
  const fields = useId()
  const [name, setName] = useState('')
  const [pin, setPin] = useState('')
  const { busy, sentence, doing } = useDoing()
  const hire = async (event: FormEvent) => {
    event.preventDefault()
    if (!(await doing(() => post<object>('/api/v1/cashiers', { shop, cashier: nextNumber, name, pin })))) return
    setName('')
    setPin('')
  }
  return (
    <form className="grid gap-3" onSubmit={hire}>
      <h3 className="font-semibold text-lg">Take somebody on</h3>
      <p className="text-soft">
        They sign in at a till with their number, which will be <b className="figures">{nextNumber}</b>, and their PIN.
      </p>
      <div className="grid grid-cols-[minmax(0,1fr)_minmax(0,9rem)] gap-3">
        <label className="grid gap-1.5 font-medium" htmlFor={`${fields}-name`}>
          Name
          <input
            autoComplete="off"
            className={input}
            id={`${fields}-name`}
            maxLength={60}
            onChange={(event) => setName(event.target.value)}
            value={name}
          />
        </label>
        <label className="grid gap-1.5 font-medium" htmlFor={`${fields}-pin`}>
          PIN
          <input
            autoComplete="off"
            className={input}
            id={`${fields}-pin`}
            inputMode="numeric"
            maxLength={12}
            onChange={(event) => setPin(event.target.value)}
            placeholder="4 digits"
            value={pin}
          />
        </label>
      </div>
      <p className="text-bad empty:hidden" role="alert">
        {sentence}
      </p>
      <Button disabled={busy || name.trim() === '' || !/^\d{4,12}$/.test(pin)} size="large" type="submit">
        <UserPlus aria-hidden="true" className="size-5" /> Take on
      </Button>
    </form>
  )
}
