'use client'

import { useEffect, useState } from 'react'
import { readCard, type TillShop } from './card.ts'
import { KeptSales } from './kept-sales.tsx'
import { putAwayRead } from './send.ts'
import { groundOf, shelfHere } from './till-ground.ts'
import { useStreet } from './use-street.ts'

/** What this device still keeps of a till that nobody stands at: it goes out all the same. */
export function TillMemory() {
  const [shop, setShop] = useState<TillShop | null>(null)
  useEffect(() => {
    readCard(shelfHere())
      .then(setShop)
      .catch(() => undefined)
  }, [])
  return shop === null ? null : <Kept shop={shop} />
}

function Kept({ shop }: { shop: TillShop }) {
  const [ground] = useState(() => groundOf(shop.place))
  const street = useStreet(ground)
  const { waiting = [], refused = [], withOwner = [] } = street.book ?? {}
  if (waiting.length + refused.length + withOwner.length === 0) return null
  const read = async () => {
    await putAwayRead(ground)
    street.look()
  }
  return (
    <section className="mx-auto mt-8 max-w-xl">
      <h2 className="mb-2 font-semibold text-lg">
        Kept on this device for {shop.name}, {shop.tillName}
      </h2>
      <KeptSales onRead={read} street={street} />
    </section>
  )
}
