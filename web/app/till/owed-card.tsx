'use client'

import { HandCoins } from 'lucide-react'
import { useState } from 'react'
import { whyNot } from '#web/ui/ask.ts'
import { Button } from '#web/ui/button.tsx'
import { formatMoment } from '#web/ui/dates.ts'
import { type Formats, useFormats } from '#web/ui/formats.tsx'
import { formatMoneyDown, valueOfPoints } from '#web/ui/money.ts'
import { moneyTaken, type Owed, sumOwed } from './owed.ts'
import type { TillGround } from './till-ground.ts'

interface OwedProps {
  readonly ground: TillGround
  readonly owed: readonly Owed[]
  readonly onPaid: (paid: readonly Owed[]) => void
}

/**
 * In one glance: who owes how much from before, and one button for when the money is in the drawer.
 * All of it is one shopper's.
 */
export function OwedCard({ ground, owed, onPaid }: OwedProps) {
  const given = useFormats()
  const { busy, sentence, paid } = usePaying({ ground, owed, onPaid })
  const [first] = owed
  if (first === undefined) return null
  return (
    <section aria-label="Not paid yet" className="rounded-3xl bg-bad-soft px-5 py-4">
      <p className="text-lg">
        <span className="font-semibold">{first.memberName}</span> owes from before
      </p>
      <div className="mt-1 flex flex-wrap items-center justify-between gap-x-5 gap-y-3">
        <p className="figures font-semibold text-4xl text-bad">{worthOf(sumOwed(owed), given)}</p>
        <Button className="w-full sm:w-auto" disabled={busy} look="ink" onClick={paid} size="large">
          <HandCoins aria-hidden="true" className="size-6" /> They have paid
        </Button>
      </div>
      <p className="figures mt-2">From {momentsOf(owed, given)}: the goods went out, and the points never came.</p>
      <p className="mt-1 font-medium text-bad empty:hidden" role="alert">
        {sentence}
      </p>
    </section>
  )
}

/** What is unpaid at this till, the newest first. */
export function OwedHere({ ground, owed, onPaid }: OwedProps) {
  if (owed.length === 0) return null
  const shoppers = byShopper(owed)
  return (
    <section aria-label="Not paid at this till" className="mt-8">
      <h2 className="mb-1 font-semibold text-xl">Not paid at this till</h2>
      <p className="mb-3 text-soft">Ask for the money the next time they are here.</p>
      <ul className="divide-y divide-line rounded-3xl border border-line bg-card px-5 shadow-card">
        {shoppers.slice(0, MOST_SHOWN).map((theirs) => (
          <OwedRow ground={ground} key={theirs[0]?.member} onPaid={onPaid} owed={theirs} />
        ))}
      </ul>
      {shoppers.length > MOST_SHOWN ? (
        <p className="mt-2 text-soft">And {shoppers.length - MOST_SHOWN} more; the owner sees all of them.</p>
      ) : null}
    </section>
  )
}

const MOST_SHOWN = 5

function byShopper(owed: readonly Owed[]): readonly (readonly Owed[])[] {
  const shoppers = new Map<string, Owed[]>()
  for (const one of owed) shoppers.set(one.member, [...(shoppers.get(one.member) ?? []), one])
  return [...shoppers.values()]
}

/** One shopper's, one or more. */
function OwedRow({ ground, owed, onPaid }: OwedProps) {
  const given = useFormats()
  const { busy, sentence, paid } = usePaying({ ground, owed, onPaid })
  const worth = worthOf(sumOwed(owed), given)
  const name = owed[0]?.memberName ?? ''
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 py-3.5">
      <div className="min-w-0">
        <p className="truncate font-medium text-lg">
          {name}, <span className="figures text-bad">{worth}</span>
        </p>
        <p className="figures text-soft">{momentsOf(owed, given)}</p>
        <p className="text-bad empty:hidden" role="alert">
          {sentence}
        </p>
      </div>
      <Button
        aria-label={`${name} has paid ${worth}`}
        className="min-h-12!"
        disabled={busy}
        look="outline"
        onClick={paid}
      >
        They have paid
      </Button>
    </li>
  )
}

function usePaying({ ground, owed, onPaid }: OwedProps) {
  const [busy, setBusy] = useState(false)
  const [sentence, setSentence] = useState<string | null>(null)
  const paid = async () => {
    setBusy(true)
    setSentence(null)
    const answer = await moneyTaken(ground, owed)
    setBusy(false)
    if (answer.is === 'given') return onPaid(owed)
    setSentence(whyNot(answer))
  }
  return { busy, sentence, paid }
}

const worthOf = (points: bigint, { money }: Formats): string => formatMoneyDown(valueOfPoints(points, money), money)

const momentsOf = (owed: readonly Owed[], given: Formats): string =>
  owed.map(({ at }) => formatMoment(at, new Date(), given.dates)).join(' and ')
