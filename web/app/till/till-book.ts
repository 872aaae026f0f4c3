import { z } from 'zod'
import type { Shelf } from './shelf.ts'
import type { TillPlace } from './till-key.ts'

// What a till must remember: its numbers, the list it is signing, what the street has not answered yet and what it
// has refused, and how far this machine's clock is out.

const digits = z.string().regex(/^\d+$/)
const hex = z.templateLiteral(['0x', z.string().regex(/^[0-9a-fA-F]+$/)])

const list = z.object({ firstSequence: digits, count: z.int().positive(), head: hex })

const keptSale = z.object({
  batch: list.extend({ signature: hex }),
  entry: z.object({ sequence: digits, member: hex, points: digits, spend: digits, soldAt: z.int() }),
  memberName: z.string(),
  /** In whose shift it was rung up; null where nobody had signed in. */
  shift: z.string().nullable(),
  /** Why the street does not take it for now. */
  held: z.object({ code: z.string(), sentence: z.string() }).nullable(),
})

const refusedSale = keptSale.omit({ held: true }).extend({ code: z.string(), sentence: z.string(), advice: z.string() })

/** Safe with the street, which waits for the owner's word since the till was switched off; or has had it. */
const ownersSale = keptSale
  .pick({ entry: true, memberName: true, batch: true, shift: true })
  .extend({ confirmed: z.boolean() })

const book = z.object({
  /** The lowest number this till has not given away itself. */
  next: digits,
  /** The list that may still grow: on which page, since when (milliseconds), in whose shift. */
  open: list.extend({ page: z.string(), openedAt: z.number(), shift: z.string().nullable() }).nullable(),
  /** Signed, and not answered yet. */
  waiting: z.array(keptSale),
  /** Answered with a no for good, until the cashier has read it. */
  refused: z.array(refusedSale),
  /** Waiting for the owner, or confirmed and not read yet; absent in a book of before. */
  withOwner: z.array(ownersSale).default([]),
  /** How far this machine's clock is ahead of the street's, in milliseconds; null: the street never said. */
  clockAheadMs: z.number().nullable(),
})

export type TillBook = z.infer<typeof book>
export type KeptSale = z.infer<typeof keptSale>
export type RefusedSale = z.infer<typeof refusedSale>
export type OwnersSale = z.infer<typeof ownersSale>

const empty: TillBook = { next: '1', open: null, waiting: [], refused: [], withOwner: [], clockAheadMs: null }

/** The contracts' addresses keep a street that was made anew from finding the numbers of the old one. */
const nameOf = ({ chainId, issuance, shop, till }: TillPlace): string => `book ${chainId}:${issuance} ${shop}/${till}`

/** A book that cannot be read is an end of the till, not a new book: its numbers would be given away twice. */
const opened = (kept: unknown): TillBook => (kept === undefined ? empty : book.parse(kept))

export async function readBook(shelf: Shelf, place: TillPlace): Promise<TillBook> {
  return opened(await shelf.read(nameOf(place)))
}

export async function changeBook(
  shelf: Shelf,
  place: TillPlace,
  change: (book: TillBook) => TillBook,
): Promise<TillBook> {
  // Nothing is laid there that could not be read again.
  return await shelf.change(nameOf(place), (kept) => book.parse(change(opened(kept))))
}

export const numberOf = ({ entry }: Pick<KeptSale, 'entry'>): bigint => BigInt(entry.sequence)

/** Lists that differ in these are different lists. */
const listOf = (sale: KeptSale): string => `${sale.batch.firstSequence} ${sale.shift ?? ''}`

/** What waits, list by list as it was signed, the oldest first. */
export function waitingLists(waiting: readonly KeptSale[]): readonly (readonly KeptSale[])[] {
  const lists = new Map<string, KeptSale[]>()
  const inOrder = [...waiting].sort((a, b) => (numberOf(a) < numberOf(b) ? -1 : 1))
  for (const sale of inOrder) lists.set(listOf(sale), [...(lists.get(listOf(sale)) ?? []), sale])
  return [...lists.values()]
}

/** Without these sales, and the list they stand in closed. */
export function without(content: TillBook, sales: readonly Pick<KeptSale, 'entry'>[]): TillBook {
  const numbers = new Set(sales.map(({ entry }) => entry.sequence))
  return { ...content, waiting: content.waiting.filter(({ entry }) => !numbers.has(entry.sequence)) }
}
