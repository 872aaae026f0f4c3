'use client'

import { useRouter } from 'next/navigation'
import { useCallback, useEffect, useRef, useState } from 'react'
import { layCard, noteShoppers, type Shopper, type TillShop } from './card.ts'
import type { Owed } from './owed.ts'
import { groundOf, shelfHere } from './till-ground.ts'
import { tillAccount } from './till-key.ts'
import { TillScreen, type TillStanding } from './till-screen.tsx'
import type { ReceiptToUndo } from './undo-receipt.tsx'
import { useWorker } from './use-worker.ts'

const SOON_MILLISECONDS = 1_500
const LATER_MILLISECONDS = 10_000

/** The till as the street opens it: it lays by what it needs to open without the street, and keeps itself fresh. */
export function TillAtTheCounter({
  shop,
  known,
  scanned,
  undo,
  owed,
  pace,
}: {
  shop: TillShop
  known: readonly Shopper[]
  scanned: Shopper | null
  undo: ReceiptToUndo | null
  owed: readonly Owed[]
  /** soon: something is on its way. */
  pace: 'soon' | 'later'
}) {
  const router = useRouter()
  const silent = useRef(false)
  const workerStands = useWorker()
  const [laidBy, setLaidBy] = useState(false)
  // biome-ignore lint/correctness/useExhaustiveDependencies: laid by when the page opens; a later look is as good
  useEffect(() => {
    const layBy = async () => {
      await layCard(shelfHere(), shop)
      await noteShoppers(shelfHere(), known)
      setLaidBy((await tillAccount(groundOf(shop.place))) !== null)
    }
    layBy().catch(() => undefined)
  }, [])
  const refresh = useCallback(() => {
    // A page that asks a silent street for itself is taken away by the browser.
    if (!silent.current && navigator.onLine && document.visibilityState === 'visible') router.refresh()
  }, [router])
  useEffect(() => {
    const timer = setInterval(refresh, pace === 'soon' ? SOON_MILLISECONDS : LATER_MILLISECONDS)
    document.addEventListener('visibilitychange', refresh)
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', refresh)
    }
  }, [pace, refresh])
  const served = useCallback(() => {
    if (undo || scanned) router.replace('/till')
    else refresh()
  }, [undo, scanned, router, refresh])
  const standing = useCallback(({ street }: TillStanding) => {
    silent.current = street === 'silent'
  }, [])
  return (
    <div data-opens-offline={workerStands && laidBy}>
      <TillScreen
        {...{ known, owed, scanned, shop, undo }}
        onChanged={refresh}
        onServed={served}
        onStanding={standing}
      />
    </div>
  )
}
