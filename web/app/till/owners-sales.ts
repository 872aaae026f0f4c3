import { askFor } from '#web/ui/ask.ts'
import { changeBook, type KeptSale, type OwnersSale, readBook, type TillBook, without } from './till-book.ts'
import { asking, type TillGround } from './till-ground.ts'

// Sales of a till that was switched off are with the street, and the street waits for the owner. The till forgets them
// only once it knows how that ended.

/** What the street says of a sale that waits for the owner. */
export const ownersCode = 'ownerMustConfirm'

/** They are safe elsewhere now; this till goes on looking at them. */
export function giveToOwner(book: TillBook, sales: readonly KeptSale[]): TillBook {
  if (sales.length === 0) return book
  const known = new Set(book.withOwner.map(({ entry }) => entry.sequence))
  const fresh = sales.filter(({ entry }) => !known.has(entry.sequence))
  const given = fresh.map(({ entry, memberName, batch, shift }) => ({
    entry,
    memberName,
    batch,
    shift,
    confirmed: false,
  }))
  return { ...without(book, sales), open: null, withOwner: [...book.withOwner, ...given] }
}

/** So many are asked about in one round. */
const ROUND = 10

interface Standing {
  readonly state: 'pending' | 'final' | 'refused'
  readonly code?: string
  readonly sentence?: string
  readonly advice?: string
}

/** Asks how it ended for those that wait: confirmed, or refused for the cashier to read. */
export async function lookAtOwnersSales(ground: TillGround): Promise<void> {
  const { withOwner } = await readBook(ground.shelf, ground.place)
  const { shop, till } = ground.place
  for (const sale of withOwner.filter(({ confirmed }) => !confirmed).slice(0, ROUND)) {
    const path = `/api/v1/intents/${shop}/${encodeURIComponent(`purchase:${till}:${sale.entry.sequence}`)}`
    const answer = await askFor<Standing>(path, asking(ground, null))
    if (answer.is === 'unreachable') return
    if (answer.is === 'refused' || answer.value.code === ownersCode) continue
    const standing = answer.value
    await changeBook(ground.shelf, ground.place, (book) => ended(book, sale, standing))
  }
}

function ended(book: TillBook, sale: OwnersSale, { state, code, sentence, advice }: Standing): TillBook {
  const { sequence } = sale.entry
  // Another window was faster.
  if (!book.withOwner.some(({ entry, confirmed }) => entry.sequence === sequence && !confirmed)) return book
  if (state !== 'refused') {
    const withOwner = book.withOwner.map((one) => (one.entry.sequence === sequence ? { ...one, confirmed: true } : one))
    return { ...book, withOwner }
  }
  const { confirmed: _, ...kept } = sale
  const no = { code: code ?? 'refused', sentence: sentence ?? 'The street said no.', advice: advice ?? '' }
  return {
    ...book,
    withOwner: book.withOwner.filter(({ entry }) => entry.sequence !== sequence),
    refused: [...book.refused, { ...kept, ...no }],
  }
}
