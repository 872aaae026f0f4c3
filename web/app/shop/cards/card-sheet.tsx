'use client'

import { Printer } from 'lucide-react'
import { useState } from 'react'
import type { Hex } from 'viem'
import { cardStatement, sealedLink } from '#contracts/till-api/cards.ts'
import { post, UNREACHABLE_SENTENCE } from '#web/ui/ask.ts'
import { Button } from '#web/ui/button.tsx'
import { Qr } from '#web/ui/qr.tsx'
import { spacedCode } from '#web/ui/spaced-code.ts'

interface PrintedCard {
  readonly code: string
  readonly key: Hex
}

const counts = [4, 8, 16] as const

interface Sheet {
  readonly shop: number
  readonly shopName: string
  readonly origin: string
}

/** Makes keys here, tells the street their accounts, and shows the sheet to be printed. */
export function CardSheet({ shop, shopName, origin }: Sheet) {
  const [cards, setCards] = useState<readonly PrintedCard[]>([])
  const [count, setCount] = useState<number>(8)
  const [making, setMaking] = useState(false)
  const [sentence, setSentence] = useState<string | null>(null)
  const make = async () => {
    setMaking(true)
    const made = await newCards(shop, count)
    if (typeof made === 'string') setSentence(made)
    else setCards(made)
    setMaking(false)
  }
  if (cards.length > 0) return <Printed cards={cards} origin={origin} shopName={shopName} />
  return (
    <div className="max-w-xl rounded-3xl border border-line bg-card p-6 shadow-card sm:p-8">
      <fieldset>
        <legend className="font-semibold text-xl">How many cards?</legend>
        <div className="mt-4 grid grid-cols-3 gap-3">
          {counts.map((one) => (
            <Button key={one} look={one === count ? 'ink' : 'outline'} onClick={() => setCount(one)} size="large">
              {one}
            </Button>
          ))}
        </div>
      </fieldset>
      <p className="mt-5 text-soft">
        The secret of each card is made in this browser and stands on the paper alone: nobody keeps a copy, so a lost
        card is like lost cash. Fold each card along its middle and close it with a sticker.
      </p>
      <p className="mt-3 text-bad empty:hidden" role="alert">
        {sentence}
      </p>
      <Button className="mt-5 w-full" disabled={making} onClick={make} size="huge">
        {making ? 'One moment' : `Make ${count} cards`}
      </Button>
    </div>
  )
}

async function newCards(shop: number, count: number): Promise<readonly PrintedCard[] | string> {
  const { generatePrivateKey, privateKeyToAccount } = await import('viem/accounts')
  const keys = Array.from({ length: count }, generatePrivateKey)
  const cards = await Promise.all(
    keys.map(async (key) => {
      const account = privateKeyToAccount(key)
      return { member: account.address, signature: await account.signMessage({ message: cardStatement(shop) }) }
    }),
  )
  const answer = await post<{ cards: readonly { readonly code: string }[] }>('/api/v1/cards', { shop, cards })
  if (answer.is === 'unreachable') return UNREACHABLE_SENTENCE
  if (answer.is === 'refused') return answer.sentence
  return keys.map((key, place) => ({ key, code: answer.value.cards[place]?.code ?? '' }))
}

function Printed({ cards, shopName, origin }: Omit<Sheet, 'shop'> & { cards: readonly PrintedCard[] }) {
  return (
    <>
      <div className="mb-6 flex flex-wrap items-center gap-4 print:hidden">
        <Button onClick={() => window.print()} size="large">
          <Printer aria-hidden="true" className="size-5" /> Print the sheet
        </Button>
        <p className="text-soft" role="status">
          {cards.length} cards are ready. When this page is closed, they stand on the paper alone.
        </p>
      </div>
      <ul className="grid grid-cols-1 gap-4 lg:grid-cols-2 print:grid-cols-1 print:gap-0">
        {cards.map(({ code, key }) => (
          <li
            className="grid break-inside-avoid grid-cols-2 rounded-2xl border border-line-strong/60 bg-card"
            key={code}
          >
            <div className="p-4">
              <p className="truncate font-semibold">{shopName}</p>
              <p className="text-soft text-sm">Points card</p>
              <Qr className="mt-3 w-full max-w-40" label={`Code ${code}, for the till`} text={code} />
              <p className="figures mt-2 font-semibold text-lg">{spacedCode(code)}</p>
              <p className="text-soft text-sm">Show this at the till.</p>
            </div>
            <div className="border-line-strong/60 border-l border-dashed p-4">
              <p className="font-semibold">Inside: keep it closed</p>
              <p className="text-soft text-sm">Scan with your phone to take the points there.</p>
              <Qr className="mt-3 w-full max-w-40" label="The sealed code" text={sealedLink(origin, key)} />
              <p className="mt-2 break-all font-mono text-[0.625rem] leading-tight">{key.slice(2)}</p>
            </div>
          </li>
        ))}
      </ul>
    </>
  )
}
