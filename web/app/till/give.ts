import type { Hex } from 'viem'
import {
  batchTypes,
  issuanceDomain,
  MOST_ENTRIES,
  type PurchaseEntry,
  runningHashNext,
  runningHashStart,
} from '#contracts/terms.ts'
import { askFor, post, UNREACHABLE_SENTENCE } from '#web/ui/ask.ts'
import { readBook, type TillBook, type UnsentSale, writeBook } from './till-book.ts'
import { type TillPlace, tillAccount } from './till-key.ts'

/** One sale as the cashier rang it up: points in hundredths, spend in cents. */
export interface Sale {
  readonly member: Hex
  readonly memberName: string
  readonly points: bigint
  readonly spendCents: bigint
}

export type Given =
  | { readonly is: 'given'; readonly sequence: bigint; readonly points: bigint; readonly state: 'pending' | 'final' }
  /** Signed and kept on this till; it goes out by itself when the street answers again. */
  | { readonly is: 'kept'; readonly sequence: bigint; readonly points: bigint }
  | { readonly is: 'refused'; readonly code: string; readonly sentence: string }

interface Result {
  readonly sequence: string
  readonly points: string
  readonly state: 'pending' | 'final' | 'refused'
  readonly code?: string
  readonly sentence?: string
}

const BATCH_MILLISECONDS = 1_000
const ATTEMPTS = 3
// A batch lives and dies with the page that opened it.
const page = crypto.randomUUID()

const networkOf = (place: TillPlace): string => `${place.chainId}:${place.issuance}`

/** One at a time over all windows of this till: two windows must not give one number away twice. */
function alone<Result>(place: TillPlace, act: () => Promise<Result>): Promise<Result> {
  if (!('locks' in navigator)) return act()
  return navigator.locks.request(`till ${place.shop}/${place.till}`, act) as Promise<Result>
}

/** Gives points for a sale. Signed and written down on this till before it is sent. */
export function givePoints(place: TillPlace, sale: Sale, now: () => number = Date.now): Promise<Given> {
  return alone(place, async () => {
    for (let attempt = 1; ; attempt++) {
      const signed = await sign(place, sale, now())
      if (!signed) return { is: 'refused', code: 'noKey', sentence: 'This browser does not hold the key of this till.' }
      const given = await send(place, signed)
      if (given.is !== 'refused' || given.code !== 'receiptConflict' || attempt === ATTEMPTS) return given
    }
  })
}

async function sign(place: TillPlace, sale: Sale, now: number): Promise<UnsentSale | null> {
  const account = await tillAccount(place)
  if (!account) return null
  const book = readBook(place.shop, place.till, networkOf(place))
  const running = openBatch(book, now)
  const sequence = running ? running.firstSequence + BigInt(running.count) : await nextNumber(place, book)
  const firstSequence = running?.firstSequence ?? sequence
  const entry: PurchaseEntry = {
    member: sale.member,
    points: sale.points,
    spend: sale.spendCents,
    soldAt: Math.floor(now / 1000),
  }
  const { shop, till } = place
  const head = runningHashNext(running?.head ?? runningHashStart({ shop, till, firstSequence }), entry)
  const count = (running?.count ?? 0) + 1
  const signature = await account.signTypedData({
    domain: issuanceDomain(place.chainId, place.issuance),
    types: batchTypes,
    primaryType: 'Batch',
    message: { shop, till, firstSequence, count, head },
  })
  const batch = { firstSequence: `${firstSequence}`, count, head }
  const unsent: UnsentSale = {
    batch: { ...batch, signature },
    entry: {
      sequence: `${sequence}`,
      member: sale.member,
      points: `${sale.points}`,
      spend: `${sale.spendCents}`,
      soldAt: entry.soldAt,
    },
    memberName: sale.memberName,
  }
  writeBook(shop, till, networkOf(place), {
    next: `${sequence + 1n}`,
    open: { ...batch, page, openedAt: running?.openedAt ?? now },
    unsent: [...book.unsent, unsent],
  })
  return unsent
}

/** The batch that may still be added to: of this page, not full, not older than a second. */
function openBatch(book: TillBook, now: number) {
  const open = book.open
  if (open?.page !== page || open.count >= MOST_ENTRIES || now - open.openedAt > BATCH_MILLISECONDS) return null
  return { ...open, firstSequence: BigInt(open.firstSequence) }
}

/** The higher of what this till remembers and what the street has seen; without an answer its own memory counts. */
async function nextNumber(place: TillPlace, book: TillBook): Promise<bigint> {
  const answer = await askFor<{ purchase: string }>(`/api/v1/tills/${place.shop}/${place.till}/next`)
  const seen = answer.is === 'given' ? BigInt(answer.value.purchase) : 1n
  const own = BigInt(book.next)
  return seen > own ? seen : own
}

async function send(place: TillPlace, sale: UnsentSale): Promise<Given> {
  const { shop, till } = place
  const sequence = BigInt(sale.entry.sequence)
  const points = BigInt(sale.entry.points)
  const answer = await post<{ results: Result[] }>('/api/v1/issue', {
    shop,
    till,
    batch: sale.batch,
    entries: [sale.entry],
  })
  if (answer.is === 'unreachable') {
    closeBatch(place)
    return { is: 'kept', sequence, points }
  }
  strike(place, sale)
  if (answer.is === 'refused') {
    closeBatch(place)
    return answer
  }
  const result = answer.value.results.find((one) => BigInt(one.sequence) === sequence)
  if (result?.state === 'pending' || result?.state === 'final') {
    return { is: 'given', sequence, points: BigInt(result.points), state: result.state }
  }
  closeBatch(place)
  return {
    is: 'refused',
    code: result?.code ?? 'noAnswer',
    sentence: result?.sentence ?? UNREACHABLE_SENTENCE,
  }
}

function strike(place: TillPlace, sale: UnsentSale): void {
  const book = readBook(place.shop, place.till, networkOf(place))
  const unsent = book.unsent.filter(({ entry }) => entry.sequence !== sale.entry.sequence)
  writeBook(place.shop, place.till, networkOf(place), { ...book, unsent })
}

function closeBatch(place: TillPlace): void {
  const book = readBook(place.shop, place.till, networkOf(place))
  writeBook(place.shop, place.till, networkOf(place), { ...book, open: null })
}

/** Sales that wait on this till for the street to answer. */
export function keptSales(place: TillPlace): readonly UnsentSale[] {
  return readBook(place.shop, place.till, networkOf(place)).unsent
}

/** Sends what waits, oldest first, until the street falls silent again. */
export function sendKept(place: TillPlace): Promise<readonly Given[]> {
  return alone(place, async () => {
    const sent: Given[] = []
    for (const sale of keptSales(place)) {
      const given = await send(place, sale)
      if (given.is === 'kept') break
      sent.push(given)
    }
    return sent
  })
}
