'use client'

import { useCallback, useEffect, useState } from 'react'
import { lookAtOwnersSales } from './owners-sales.ts'
import { sendWaiting } from './send.ts'
import { isSilent, silentSinceWhen, streetAnswers } from './silence.ts'
import { readBook, type TillBook } from './till-book.ts'
import type { TillGround } from './till-ground.ts'

/** How this till and the street stand. */
export interface StreetStanding {
  /** Whether it has been asked at all since this page opened. */
  readonly asked: boolean
  /** Since when the street is silent, in milliseconds; null: it answers. */
  readonly silentSince: number | null
  /** What the till remembers; null until it has been read. */
  readonly book: TillBook | null
  /** The book cannot be read or written: nothing may be given. */
  readonly broken: boolean
}

const BUSY_MILLISECONDS = 4_000
const QUIET_MILLISECONDS = 15_000

const unknown: StreetStanding = { asked: false, silentSince: null, book: null, broken: false }

/** Looks after the queue for as long as the till stands open, and says how it is. */
export function useStreet(ground: TillGround): StreetStanding & { readonly look: () => void } {
  const [standing, setStanding] = useState<StreetStanding>(unknown)
  const [round, setRound] = useState(0)
  const look = useCallback(() => setRound((before) => before + 1), [])
  // biome-ignore lint/correctness/useExhaustiveDependencies: `round` is the wish to look again at once
  useEffect(() => {
    let over = false
    let timer: ReturnType<typeof setTimeout>
    const show = async (): Promise<TillBook> => {
      const book = await readBook(ground.shelf, ground.place)
      const silentSince = silentSinceWhen(ground)
      if (!over)
        setStanding(({ asked }) => ({ asked: asked || silentSince !== null, silentSince, book, broken: false }))
      return book
    }
    const turn = async () => {
      let busy = true
      try {
        const { waiting } = await show()
        if (waiting.length > 0) await sendWaiting(ground)
        else await streetAnswers(ground)
        if (!isSilent(ground)) await lookAtOwnersSales(ground)
        busy = (await show()).waiting.length > 0 || isSilent(ground)
        if (!over) setStanding((before) => ({ ...before, asked: true }))
      } catch {
        if (!over) setStanding((before) => ({ ...before, broken: true }))
      }
      if (!over) timer = setTimeout(turn, busy ? BUSY_MILLISECONDS : QUIET_MILLISECONDS)
    }
    turn()
    return () => {
      over = true
      clearTimeout(timer)
    }
  }, [ground, round])
  useEffect(() => {
    addEventListener('online', look)
    addEventListener('offline', look)
    return () => {
      removeEventListener('online', look)
      removeEventListener('offline', look)
    }
  }, [look])
  return { ...standing, look }
}
