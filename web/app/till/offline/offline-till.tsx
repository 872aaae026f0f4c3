'use client'

import { useCallback, useEffect, useState } from 'react'
import { ButtonLink } from '#web/ui/button.tsx'
import { Fascia } from '#web/ui/fascia.tsx'
import { Empty } from '#web/ui/parts.tsx'
import { hueStyle, ShopPlate } from '#web/ui/sign.tsx'
import { readCard, type Shopper, shoppersSeen, type TillShop } from '../card.ts'
import { shelfHere } from '../till-ground.ts'
import { TillScreen, type TillStanding } from '../till-screen.tsx'
import { Waiting } from '../waiting.tsx'

interface Laid {
  readonly shop: TillShop | null
  readonly known: readonly Shopper[]
}

const MOST_SHOWN = 8

/** Opens with what this device has laid by, and goes to the street's own page as soon as that is there. */
export function OfflineTill() {
  const [laid, setLaid] = useState<Laid | null>(null)
  useEffect(() => {
    const read = async () => {
      const [shop, known] = await Promise.all([readCard(shelfHere()), shoppersSeen(shelfHere())])
      setLaid({ shop, known: known.slice(0, MOST_SHOWN) })
    }
    read().catch(() => setLaid({ shop: null, known: [] }))
  }, [])
  const standing = useCallback(({ street, idle, waiting }: TillStanding) => {
    if (street === 'answers' && idle && waiting === 0) location.replace('/till')
  }, [])
  const hue = laid?.shop?.hue
  return (
    <div className="hued flex min-h-dvh flex-col" style={hue === undefined ? undefined : hueStyle(hue)}>
      <Fascia hue={hue} />
      <main className="mx-auto w-full max-w-6xl flex-1 px-4 pt-6 pb-16 sm:px-6 sm:pt-10" id="main">
        {laid === null ? (
          <Waiting words="Opening the till" />
        ) : laid.shop === null ? (
          <>
            <h1 className="sr-only">Till</h1>
            <Empty title="No till has been opened on this device">
              It can open without a network once it has been opened with one.
              <ButtonLink className="mt-4" href="/till" look="outline" size="large">
                Try again
              </ButtonLink>
            </Empty>
          </>
        ) : (
          <>
            <div className="mb-5 flex items-center gap-3.5">
              <ShopPlate hue={laid.shop.hue} name={laid.shop.name} />
              <div className="min-w-0">
                <h1 className="truncate font-semibold text-xl leading-tight">{laid.shop.name}</h1>
                <p className="truncate text-soft">{laid.shop.tillName}</p>
              </div>
            </div>
            <section aria-label="Till" className="max-w-[30rem]">
              <TillScreen
                known={laid.known}
                onChanged={() => undefined}
                onServed={() => undefined}
                onStanding={standing}
                owed={[]}
                scanned={null}
                shop={laid.shop}
                undo={null}
              />
            </section>
          </>
        )}
      </main>
    </div>
  )
}
