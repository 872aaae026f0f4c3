'use client'

import { Copy, KeyRound } from 'lucide-react'
import { type ReactNode, useEffect, useState } from 'react'
import { Button } from '#web/ui/button.tsx'
import { useFormats } from '#web/ui/formats.tsx'
import { formatPoints } from '#web/ui/money.ts'
import { Card } from '#web/ui/parts.tsx'
import { type KeyHere, keysHere, newKeyHere } from './import-key.ts'
import type { SalesPlace, ShownDesk } from './shown-desk.ts'

/** What must happen before anything can be brought in: who has to do it, with which numbers, and how long it takes. */
export function KeyFirst({
  desk,
  held,
  place,
  needed,
}: {
  desk: ShownDesk
  /** Keys of this browser that the board has approved; none of them has anything left. */
  held: readonly KeyHere[]
  place: SalesPlace
  /** What the file that was just tried would give, in hundredths. */
  needed: bigint | null
}) {
  const { money } = useFormats()
  const { number, sentence, make } = useOwnNumber(place.shop, desk)
  return (
    <Card className="p-6 sm:p-8">
      <h2 className="font-semibold text-xl">First the board has to allow it</h2>
      <p className="mt-2 max-w-prose text-soft">
        Points for past sales are real points, so the board says how many. It approves an import key of your shop with a
        budget; the key is made in this browser and stays in it.
      </p>
      <HowItStands desk={desk} held={held} />
      <ol className="mt-5 grid gap-5">
        <Step number={1} title="Make the key, on the device where the file is">
          {number === null ? (
            <Button className="mt-3" onClick={make} size="large">
              <KeyRound aria-hidden="true" className="size-5" /> Make the key
            </Button>
          ) : (
            <Copied name="Its number" value={number} />
          )}
          <p className="mt-2 text-soft">
            It stays in this browser. Where the browser’s data is cleared it is gone, and the board has to allow
            another.
          </p>
          <p className="mt-1 text-bad empty:hidden" role="alert">
            {sentence}
          </p>
        </Step>
        <Step number={2} title="Ask the board, as the owner of the shop">
          <p className="mt-1 text-soft">
            With the account that owns the shop, call <code className="font-mono">askImport</code> at the consortium,
            with your shop’s number, the key’s number and the budget in hundredths of a point.{' '}
            {needed === null
              ? 'Try your file below first: it says how many points it needs.'
              : `Your file needs ${formatPoints(needed, money)}.`}
          </p>
          <Copied name="The consortium" value={place.consortium} />
          <Copied name={`Shop ${place.shop}, key, budget`} value={askedWords(place.shop, number, needed)} />
        </Step>
        <Step number={3} title="The board votes">
          <p className="mt-1 text-soft">
            One shop, one vote: a day until the vote opens, seven days to vote, eight until it holds. While the founders
            still decide, it can be the same day. Then come back here, with this browser.
          </p>
        </Step>
      </ol>
    </Card>
  )
}

/** Keys that are of no use here, and what the board has been asked. */
function HowItStands({ desk, held }: { desk: ShownDesk; held: readonly KeyHere[] }) {
  const { money } = useFormats()
  const elsewhere = desk.keys.filter(({ left, till }) => left > 0n && !held.some((one) => one.till === till))
  return (
    <div className="mt-4 grid gap-3 empty:hidden">
      {elsewhere.map(({ till, left }) => (
        <p className="rounded-2xl bg-wait-soft px-4 py-3 text-wait" key={till}>
          Import key {till} may still give {formatPoints(left, money)}, but another browser holds it: open this page
          there.
        </p>
      ))}
      {held.length > 0 && held.every(({ left }) => left === 0n) ? (
        <p className="rounded-2xl bg-wait-soft px-4 py-3 text-wait">
          Your import key has given all it may. For more, ask for another.
        </p>
      ) : null}
      {desk.asked ? (
        <p className="rounded-2xl bg-good-soft px-4 py-3 text-good" role="status">
          {desk.asked.at}: your shop has asked for {formatPoints(desk.asked.budget, money)}. The board has not decided
          yet. This page goes on as soon as it has.
        </p>
      ) : null}
    </div>
  )
}

const askedWords = (shop: number, key: string | null, needed: bigint | null): string =>
  `${shop}, ${key ?? 'the number of your key'}, ${needed ?? 'the budget'}`

function Step({ number, title, children }: { number: number; title: string; children: ReactNode }) {
  return (
    <li className="grid grid-cols-[2.25rem_minmax(0,1fr)] gap-x-3">
      <span
        aria-hidden="true"
        className="figures grid size-9 place-content-center rounded-full bg-shop-soft font-semibold text-shop-text"
      >
        {number}
      </span>
      <div className="min-w-0 pt-1">
        <h3 className="font-semibold text-lg leading-7">{title}</h3>
        {children}
      </div>
    </li>
  )
}

function Copied({ name, value }: { name: string; value: string }) {
  const [done, setDone] = useState(false)
  const copy = async () => {
    await navigator.clipboard.writeText(value)
    setDone(true)
  }
  return (
    <div className="mt-3 flex flex-wrap items-center gap-x-4 gap-y-2 rounded-2xl bg-sunk px-4 py-3">
      <div className="min-w-0 flex-1">
        <p className="text-soft text-sm">{name}</p>
        <p className="break-all font-mono" data-copied={name}>
          {value}
        </p>
      </div>
      <Button aria-label={`Copy: ${name}`} look="outline" onClick={copy}>
        <Copy aria-hidden="true" className="size-4" /> {done ? 'Copied' : 'Copy'}
      </Button>
    </div>
  )
}

/** The number of the newest key of this browser that the board has not approved yet. */
function useOwnNumber(shop: number, { keys }: ShownDesk) {
  const [number, setNumber] = useState<string | null>(null)
  const [sentence, setSentence] = useState<string | null>(null)
  useEffect(() => {
    const approved = new Set(keys.map(({ key }) => key.toLowerCase()))
    setNumber(keysHere(shop).find(({ address }) => !approved.has(address.toLowerCase()))?.address ?? null)
  }, [shop, keys])
  const make = () => {
    try {
      setNumber(newKeyHere(shop).address)
    } catch {
      setSentence('This browser keeps nothing, so it cannot hold the key. Allow it to keep data, and try again.')
    }
  }
  return { number, sentence, make }
}
