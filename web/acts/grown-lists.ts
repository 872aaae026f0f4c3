import 'server-only'
import { type Purchase, sameContent } from './purchase-books.ts'
import type { SignedList } from './purchase-list.ts'

/** What a till asks for: purchases, and its word over the list they end. */
export interface Asked {
  readonly list: SignedList
  readonly come: readonly Purchase[]
  readonly now: Date
  readonly cashier: number | null
}

/** A list as one till has sent it in several pieces, and the pieces. */
export interface GrownList {
  readonly whole: Asked
  readonly parts: readonly Asked[]
}

/**
 * Of each till its list with all that has come of it; where `pieces` says no, only what came first of it. A piece that
 * says something else than another, or would leave a gap, stays out: it is looked at by itself.
 */
export function grownLists(asked: readonly Asked[], { pieces: several }: { readonly pieces: boolean }): GrownList[] {
  const lists = new Map<string, Asked[]>()
  for (const one of asked) {
    const name = `${one.list.shop} ${one.list.till}`
    const pieces = lists.get(name)
    if (pieces === undefined) lists.set(name, [one])
    else if (several) pieces.push(one)
  }
  return [...lists.values()].map((pieces) => {
    const [only, ...more] = pieces
    if (only !== undefined && more.length === 0) return { whole: only, parts: pieces }
    return grown(pieces)
  })
}

function grown(pieces: readonly Asked[]): GrownList {
  const longest = pieces.reduce((best, one) => (one.list.count > best.list.count ? one : best))
  const entries = new Map(longest.come.map((purchase) => [purchase.sequence, purchase]))
  const parts = pieces.filter(({ come }) => {
    const fits = come.every((purchase) => {
      const known = entries.get(purchase.sequence)
      return known === undefined || sameContent(known, purchase)
    })
    if (fits) for (const purchase of come) entries.set(purchase.sequence, purchase)
    return fits
  })
  const come = [...entries.values()].sort((a, b) => (a.sequence < b.sequence ? -1 : 1))
  const [first, last] = [come[0]?.sequence ?? 0n, come.at(-1)?.sequence ?? 0n]
  // Pieces between which something is missing are no list; one after the other, the missing one may be among them.
  const [earliest = longest] = pieces
  if (last - first + 1n !== BigInt(come.length)) return { whole: earliest, parts: [earliest] }
  return { whole: { ...longest, come }, parts }
}
