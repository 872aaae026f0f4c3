import type { Hex, LocalAccount } from 'viem'
import {
  batchTypes,
  issuanceDomain,
  MOST_ENTRIES,
  type PurchaseEntry,
  runningHashNext,
  runningHashStart,
} from '#contracts/terms.ts'
import { askFor } from '#web/ui/ask.ts'
import { shiftHere } from './shift.ts'
import { fellSilent, isSilent } from './silence.ts'
import { changeBook, type KeptSale, readBook, type TillBook } from './till-book.ts'
import { alone, asking, lockName, streetTime, type TillGround } from './till-ground.ts'
import { tillAccount } from './till-key.ts'

/** One sale as the cashier rang it up: points in hundredths, spend in cents. */
export interface Sale {
  readonly member: Hex
  readonly memberName: string
  readonly points: bigint
  readonly spendCents: bigint
}

const LIST_MILLISECONDS = 1_000

/** Signs a sale and keeps it; null where this browser holds no key. */
export async function ringUp(ground: TillGround, sale: Sale): Promise<KeptSale | null> {
  const account = await tillAccount(ground)
  if (!account) return null
  const shift = (await shiftHere(ground))?.token ?? null
  return await alone(lockName(ground.place, 'numbers'), async () => {
    const book = await readBook(ground.shelf, ground.place)
    const open = growing(ground, book, shift)
    const first = open ? BigInt(open.firstSequence) : await nextNumber(ground, book)
    // Read again: the street may just have said what time it is.
    const soldAt = Math.floor(streetTime(ground, await readBook(ground.shelf, ground.place)) / 1000)
    const entry = { member: sale.member, points: sale.points, spend: sale.spendCents, soldAt }
    const signed = await sign(ground, account, { open, first, entry })
    const kept: KeptSale = { ...signed, memberName: sale.memberName, shift, held: null }
    const openedAt = open?.openedAt ?? ground.now()
    await keep(ground, { kept, before: open, openedAt })
    return kept
  })
}

/**
 * The same sale under the next number, as a list of its own, where its number had gone to another sale: it was taken
 * under none, so it cannot count twice.
 */
export async function ringUpAgain(ground: TillGround, sale: KeptSale): Promise<KeptSale | null> {
  const account = await tillAccount(ground)
  if (!account) return null
  return await alone(lockName(ground.place, 'numbers'), async () => {
    const book = await readBook(ground.shelf, ground.place)
    const { member, points, spend, soldAt } = sale.entry
    const entry = { member, points: BigInt(points), spend: BigInt(spend), soldAt }
    const first = await nextNumber(ground, book)
    const again: KeptSale = { ...sale, ...(await sign(ground, account, { open: null, first, entry })), held: null }
    const changed = await changeBook(ground.shelf, ground.place, (content) => {
      // Another window was faster: there is nothing left to ring up.
      const waiting = content.waiting.filter((one) => one.entry.sequence !== sale.entry.sequence)
      if (waiting.length === content.waiting.length) return content
      return { ...content, next: `${first + 1n}`, open: null, waiting: [...waiting, again] }
    })
    return changed.waiting.includes(again) ? again : null
  })
}

/** The list that this sale may be added to; null: it begins one. While the street is silent a list goes on growing. */
function growing(ground: TillGround, { open }: TillBook, shift: string | null): TillBook['open'] {
  if (open === null || open.page !== ground.page || open.shift !== shift || open.count >= MOST_ENTRIES) return null
  return isSilent(ground) || ground.now() - open.openedAt <= LIST_MILLISECONDS ? open : null
}

interface ToSign {
  readonly open: TillBook['open']
  readonly first: bigint
  readonly entry: PurchaseEntry
}

/** The running hash over the list with this entry at its end, and the till's signature over that (N-7). */
async function sign(
  { place }: TillGround,
  account: LocalAccount,
  { open, first, entry }: ToSign,
): Promise<Pick<KeptSale, 'batch' | 'entry'>> {
  const { shop, till, chainId, issuance } = place
  const head = runningHashNext(open?.head ?? runningHashStart({ shop, till, firstSequence: first }), entry)
  const count = (open?.count ?? 0) + 1
  const signature = await account.signTypedData({
    domain: issuanceDomain(chainId, issuance),
    types: batchTypes,
    primaryType: 'Batch',
    message: { shop, till, firstSequence: first, count, head },
  })
  const { member, points, spend, soldAt } = entry
  const sequence = first + BigInt(count) - 1n
  return {
    batch: { firstSequence: `${first}`, count, head, signature },
    entry: { sequence: `${sequence}`, member, points: `${points}`, spend: `${spend}`, soldAt },
  }
}

async function keep(
  ground: TillGround,
  { kept, before, openedAt }: { readonly kept: KeptSale; readonly before: TillBook['open']; readonly openedAt: number },
): Promise<void> {
  const { firstSequence, count, head } = kept.batch
  const grown = { firstSequence, count, head, page: ground.page, openedAt, shift: kept.shift }
  await changeBook(ground.shelf, ground.place, (book) => ({
    ...book,
    next: `${BigInt(kept.entry.sequence) + 1n}`,
    // A list that was closed while this was being signed stays closed.
    open: before !== null && book.open?.head !== before.head ? null : grown,
    waiting: [...book.waiting, kept],
  }))
}

/** The higher of what this till remembers and what the street has seen; without an answer its own memory counts. */
async function nextNumber(ground: TillGround, book: TillBook): Promise<bigint> {
  const own = BigInt(book.next)
  if (isSilent(ground)) return own
  const { shop, till } = ground.place
  const answer = await askFor<{ purchase: string }>(`/api/v1/tills/${shop}/${till}/next`, asking(ground, null))
  if (answer.is === 'unreachable') fellSilent(ground)
  const seen = answer.is === 'given' ? BigInt(answer.value.purchase) : 1n
  return seen > own ? seen : own
}
