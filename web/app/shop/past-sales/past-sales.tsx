'use client'

import { useRouter } from 'next/navigation'
import { useCallback, useEffect, useState } from 'react'
import { ChooseFile } from './choose-file.tsx'
import { FileCard } from './file-card.tsx'
import { type ApprovedKey, heldAmong, type KeyHere } from './import-key.ts'
import { KeyFirst } from './key-first.tsx'
import type { SalesPlace, ShownDesk, ShownFile } from './shown-desk.ts'
import { WhatItLooksLike } from './what-it-looks-like.tsx'

/** From the file to the last point: what must happen first, the file, its dry run, and how far each file has come. */
export function PastSales({ place, desk }: { place: SalesPlace; desk: ShownDesk }) {
  const router = useRouter()
  const held = useHeld(place.shop, desk.keys)
  const [needed, setNeeded] = useState<bigint | null>(null)
  const changed = useCallback(() => router.refresh(), [router])
  if (held === null) return <p className="text-soft">One moment</p>
  const [key] = held.filter(({ left }) => left > 0n)
  const unfinished = desk.files.filter(({ standing: { rows, taken } }) => taken < rows)
  const finished = desk.files.filter(({ standing: { rows, taken } }) => taken >= rows)
  const cards = (files: readonly ShownFile[]) =>
    files.map((one) => (
      <FileCard
        held={held.find(({ till }) => till === one.till) ?? null}
        key={one.file}
        onOver={changed}
        place={place}
        shown={one}
      />
    ))
  return (
    <div className="grid grid-cols-1 gap-10">
      {unfinished.length > 0 ? <div className="grid gap-4">{cards(unfinished)}</div> : null}
      {key && (needed === null || needed <= key.left) ? null : (
        <KeyFirst desk={desk} held={held} needed={needed} place={place} />
      )}
      <ChooseFile heldKey={key ?? null} onNeeded={setNeeded} onStarted={changed} shop={place.shop} />
      {finished.length > 0 ? (
        <section>
          <h2 className="mb-3 font-semibold text-xl">Brought in</h2>
          <div className="grid gap-4">{cards(finished)}</div>
        </section>
      ) : null}
      <WhatItLooksLike />
    </div>
  )
}

/** The approved keys that this browser holds; null: not looked yet, which no server can. */
function useHeld(shop: number, keys: readonly ApprovedKey[]): readonly KeyHere[] | null {
  const [held, setHeld] = useState<readonly KeyHere[] | null>(null)
  useEffect(() => {
    let over = false
    heldAmong(shop, keys)
      .catch(() => [])
      .then((found) => {
        if (!over) setHeld(found)
      })
    return () => {
      over = true
    }
  }, [shop, keys])
  return held
}
