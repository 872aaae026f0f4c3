import { post } from '#web/ui/ask.ts'
import { noteCredited } from './card.ts'
import { giveToOwner, ownersCode } from './owners-sales.ts'
import { ringUpAgain } from './ring-up.ts'
import { shiftHere } from './shift.ts'
import { fellSilent, streetAnswers } from './silence.ts'
import { changeBook, type KeptSale, numberOf, type RefusedSale, readBook, waitingLists, without } from './till-book.ts'
import { alone, asking, lockName, streetTime, type TillGround } from './till-ground.ts'

/** What became of one sale that was sent. */
export type Sent =
  | {
      readonly is: 'given'
      readonly sequence: bigint
      readonly points: bigint
      readonly state: 'pending' | 'final'
      /** It is safe with the street, which waits for the owner: what to say then. */
      readonly waitsForOwner?: string
    }
  | { readonly is: 'refused'; readonly code: string; readonly sentence: string }
  /** It will be sent again. */
  | { readonly is: 'later' }
  /** The street does not take it for now, and says why; it waits here. */
  | { readonly is: 'held'; readonly sentence: string }
  /** Its number had gone to another sale: this is the same one under the next. */
  | { readonly is: 'again'; readonly sale: KeptSale }

interface Result {
  readonly sequence: string
  readonly points: string
  readonly state: 'pending' | 'final' | 'refused'
  readonly code?: string
  readonly sentence?: string
  readonly advice?: string
}

/** Ask again, nothing is wrong with the sales. */
const laterCodes = new Set(['tooOften', 'earlierEntriesMissing'])

/** What somebody can put right: until then the sales wait on this till. */
const heldSentences: Readonly<Record<string, string>> = {
  tillRevoked:
    'The owner has switched this till off, and no more sales are taken for it. They stay here: ask the owner.',
  shiftNeeded: 'Sign in, and the sales go out.',
  shiftOver: 'Sign in again, and the sales go out.',
  foreignOrigin: 'Open the till at the portal’s own address, and the sales go out.',
  shopNotActive: 'The shop takes no part in the street’s points at present. Ask the owner.',
}

/** A purchase may come so long before its time by the street's clock; a little less, for the way. */
const AHEAD_SECONDS = 540
const tooEarly = 'This till’s clock was ahead when it was rung up. It goes out by itself when its time has come.'

/**
 * Sends sales of one list, the last of which carries the signature over all of them. Answers each in its turn. What a
 * clock put into the street's future waits for its time: the signature over what stands before it serves as well.
 */
export async function sendSales(ground: TillGround, sales: readonly KeptSale[]): Promise<readonly Sent[]> {
  if ((await readBook(ground.shelf, ground.place)).clockAheadMs === null && !(await streetAnswers(ground))) {
    return sales.map(() => ({ is: 'later' }))
  }
  const book = await readBook(ground.shelf, ground.place)
  const latest = streetTime(ground, book) / 1000 + AHEAD_SECONDS
  const early = sales.findIndex(({ entry }) => entry.soldAt > latest)
  const due = early === -1 ? sales : sales.slice(0, early)
  const waits = await hold(ground, sales.slice(due.length), { code: 'clockAhead', sentence: tooEarly })
  return [...(await sendDue(ground, due)), ...waits]
}

async function sendDue(ground: TillGround, sales: readonly KeptSale[]): Promise<readonly Sent[]> {
  const last = sales.at(-1)
  if (!last) return []
  const { shop, till } = ground.place
  const shift = last.shift ?? (await shiftHere(ground))?.token ?? null
  const entries = sales.map(({ entry }) => entry)
  const answer = await post<{ results: Result[] }>(
    '/api/v1/issue',
    { shop, till, batch: last.batch, entries },
    asking(ground, shift),
  )
  if (answer.is === 'given') return await bookResults(ground, sales, answer.value.results)
  await changeBook(ground.shelf, ground.place, (content) => ({ ...content, open: null }))
  if (answer.is === 'unreachable') fellSilent(ground)
  if (answer.is === 'unreachable' || laterCodes.has(answer.code)) return sales.map(() => ({ is: 'later' }))
  const { code, sentence, facts } = answer
  const held = heldSentences[code]
  if (held !== undefined) return await hold(ground, sales, { code, sentence: held })
  if (code === 'receiptConflict') return await renumber(ground, sales, facts['sequences'])
  const advice = typeof facts['advice'] === 'string' ? facts['advice'] : ''
  return await refuse(
    ground,
    sales.map((sale) => ({ ...sale, code, sentence, advice })),
  )
}

async function bookResults(
  ground: TillGround,
  sales: readonly KeptSale[],
  results: readonly Result[],
): Promise<readonly Sent[]> {
  const told = new Map(results.map((result) => [result.sequence, result]))
  const sent: Sent[] = []
  const gone: KeptSale[] = []
  const owners: KeptSale[] = []
  for (const sale of sales) {
    const result = told.get(sale.entry.sequence)
    if (result === undefined) sent.push({ is: 'later' })
    else if (result.state === 'refused') sent.push(await refused(ground, sale, result))
    else {
      const { state, points, code, sentence = '' } = result
      const waits = code === ownersCode
      ;(waits ? owners : gone).push(sale)
      const given = { is: 'given', sequence: numberOf(sale), points: BigInt(points), state } as const
      sent.push(waits ? { ...given, waitsForOwner: sentence } : given)
    }
  }
  if (gone.length + owners.length > 0) {
    await changeBook(ground.shelf, ground.place, (book) => giveToOwner(without(book, gone), owners))
    const credited = [...gone, ...owners].map(({ entry }) => ({ member: entry.member, points: BigInt(entry.points) }))
    await noteCredited(ground.shelf, credited).catch(() => undefined)
  }
  return sent
}

async function refused(ground: TillGround, sale: KeptSale, result: Result): Promise<Sent> {
  const { code = 'noAnswer', sentence = 'The street said no.', advice = '' } = result
  if (code === 'receiptConflict') return await again(ground, sale)
  const [answer = { is: 'later' }] = await refuse(ground, [{ ...sale, code, sentence, advice }])
  return answer
}

/**
 * The list was not taken because one of its numbers had gone to another sale; neither was anything from that number on.
 * Those sales are rung up again; what stood before goes out under its own signature.
 */
async function renumber(ground: TillGround, sales: readonly KeptSale[], named: unknown): Promise<readonly Sent[]> {
  const numbers = Array.isArray(named) ? named.map((one) => BigInt(String(one))) : []
  const from = numbers.reduce((least, one) => (one < least ? one : least), numbers[0] ?? 0n)
  const sent: Sent[] = []
  for (const sale of sales) sent.push(numberOf(sale) < from ? { is: 'later' } : await again(ground, sale))
  return sent
}

async function again(ground: TillGround, sale: KeptSale): Promise<Sent> {
  const rung = await ringUpAgain(ground, sale)
  return rung === null ? { is: 'later' } : { is: 'again', sale: rung }
}

async function hold(
  ground: TillGround,
  sales: readonly KeptSale[],
  held: { readonly code: string; readonly sentence: string },
): Promise<readonly Sent[]> {
  if (sales.length === 0) return []
  const numbers = new Set(sales.map(({ entry }) => entry.sequence))
  await changeBook(ground.shelf, ground.place, (book) => ({
    ...book,
    open: null,
    waiting: book.waiting.map((sale) => (numbers.has(sale.entry.sequence) ? { ...sale, held } : sale)),
  }))
  return sales.map(() => ({ is: 'held', sentence: held.sentence }))
}

async function refuse(ground: TillGround, sales: readonly (RefusedSale & KeptSale)[]): Promise<readonly Sent[]> {
  await changeBook(ground.shelf, ground.place, (book) => {
    // Two windows may have sent the same sale.
    const fresh = sales.filter((sale) => book.waiting.some(({ entry }) => entry.sequence === sale.entry.sequence))
    return {
      ...without(book, sales),
      open: null,
      refused: [...book.refused, ...fresh.map(({ held: _, ...sale }) => sale)],
    }
  })
  return sales.map(({ code, sentence }) => ({ is: 'refused', code, sentence }))
}

/** Sends what waits, list by list, until the street falls silent; one window of a till at a time. */
export async function sendWaiting(ground: TillGround): Promise<void> {
  await alone(lockName(ground.place, 'sending'), async () => {
    if ((await readBook(ground.shelf, ground.place)).waiting.length === 0) return
    if (!(await streetAnswers(ground))) return
    // What goes out now is not added to any more.
    const book = await changeBook(ground.shelf, ground.place, (content) => ({ ...content, open: null }))
    for (const sales of waitingLists(book.waiting)) {
      const sent = await sendSales(ground, sales)
      if (sent.some(({ is }) => is === 'later') && !(await streetAnswers(ground))) return
    }
  })
}

/** The cashier has read what was refused, and what the owner has confirmed. */
export async function putAwayRead(ground: TillGround): Promise<void> {
  await changeBook(ground.shelf, ground.place, (book) => ({
    ...book,
    refused: [],
    withOwner: book.withOwner.filter(({ confirmed }) => !confirmed),
  }))
}
