import { z } from 'zod'

// What a till must remember across a reload: its numbers, the batch it is signing, and what has not been sent yet.

const digits = z.string().regex(/^\d+$/)
const hex = z.templateLiteral(['0x', z.string().regex(/^[0-9a-f]+$/i)])

const batch = z.object({ firstSequence: digits, count: z.int().positive(), head: hex })

const unsent = z.object({
  batch: batch.extend({ signature: hex }),
  entry: z.object({ sequence: digits, member: hex, points: digits, spend: digits, soldAt: z.int() }),
  memberName: z.string(),
})

const book = z.object({
  /** The lowest number this till has not given away itself. */
  next: digits,
  /** Set while a batch is open: who opened it (a page's life) and when. */
  open: batch.extend({ page: z.string(), openedAt: z.number() }).nullable(),
  unsent: z.array(unsent),
})

export type TillBook = z.infer<typeof book>
export type UnsentSale = z.infer<typeof unsent>

const empty: TillBook = { next: '1', open: null, unsent: [] }

function shelf(shop: number, till: number, network: string): string {
  return `till ${network} ${shop}/${till}`
}

/** `network` keeps a street that was made anew from finding the numbers of the old one. */
export function readBook(shop: number, till: number, network: string): TillBook {
  try {
    const read = book.safeParse(JSON.parse(localStorage.getItem(shelf(shop, till, network)) ?? 'null'))
    return read.success ? read.data : empty
  } catch {
    return empty
  }
}

export function writeBook(shop: number, till: number, network: string, content: TillBook): void {
  localStorage.setItem(shelf(shop, till, network), JSON.stringify(content))
}
