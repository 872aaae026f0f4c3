import type { Asking } from '#web/ui/ask.ts'
import { deviceShelf, type Shelf } from './shelf.ts'
import { changeBook, type TillBook } from './till-book.ts'
import type { TillPlace } from './till-key.ts'

/** A till as it runs in one page: where it stands, what it remembers with, and this machine's clock. */
export interface TillGround {
  readonly place: TillPlace
  readonly shelf: Shelf
  /** This page's life: a list is signed by the page that began it. */
  readonly page: string
  readonly now: () => number
}

let shelf: Shelf | null = null
const page = crypto.randomUUID()

/** The till in this browser. */
export function groundOf(place: TillPlace): TillGround {
  shelf ??= deviceShelf()
  return { place, shelf, page, now: Date.now }
}

/** The one shelf of this page. */
export function shelfHere(): Shelf {
  shelf ??= deviceShelf()
  return shelf
}

/** Smaller differences are the way's, not the clock's. */
const TOLERATED_MILLISECONDS = 60_000

/** The street's time, as well as this till knows it. */
export function streetTime(ground: TillGround, { clockAheadMs }: TillBook): number {
  return ground.now() - (clockAheadMs ?? 0)
}

/** How a till asks: not for long, in a cashier's name, and looking at the street's clock. */
export function asking(ground: TillGround, shift: string | null): Asking {
  return {
    ...(shift === null ? {} : { headers: { 'highstreet-shift': shift } }),
    patienceMilliseconds: 6_000,
    onTime: (portalTime) => {
      const ahead = ground.now() - portalTime
      const clockAheadMs = Math.abs(ahead) < TOLERATED_MILLISECONDS ? 0 : Math.round(ahead / 10_000) * 10_000
      if (told.get(ground.shelf) === clockAheadMs) return
      told.set(ground.shelf, clockAheadMs)
      changeBook(ground.shelf, ground.place, (book) => ({ ...book, clockAheadMs })).catch(() => undefined)
    },
  }
}

// So that not every answer is a write.
const told = new WeakMap<Shelf, number>()

const queues = new Map<string, Promise<unknown>>()

/** One at a time over all windows of this till: two windows must not give one number away twice. */
export async function alone<Result>(name: string, act: () => Promise<Result>): Promise<Result> {
  if (globalThis.navigator !== undefined && 'locks' in navigator) {
    return (await navigator.locks.request(name, act)) as Result
  }
  const turn = (queues.get(name) ?? Promise.resolve()).then(act, act)
  queues.set(name, turn)
  return await turn
}

export const lockName = ({ shop, till }: TillPlace, what: 'numbers' | 'sending'): string =>
  `till ${shop}/${till} ${what}`
