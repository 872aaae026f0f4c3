import type { Hex } from 'viem'
import { z } from 'zod'
import {
  issuanceDomain,
  receiptName,
  redemptionsDomain,
  refundMessage,
  refundTypes,
  reversalMessage,
  reversalTypes,
} from '#contracts/terms.ts'
import { type Answer, askFor, post } from '#web/ui/ask.ts'
import { inShift } from './shift.ts'
import type { Standing } from './take.ts'
import { readBook } from './till-book.ts'
import { streetTime, type TillGround } from './till-ground.ts'
import { tillAccount } from './till-key.ts'

// A purchase or a payment that goes back: what is left of it, what the till signs, and what becomes of that.

/** What is asked to go back, and what is left of it; points in hundredths. */
export type Undoable =
  | {
      readonly kind: 'purchase'
      readonly points: bigint
      readonly before: bigint
      readonly left: bigint
      /** So much of what is left the member's points can give. */
      readonly takable: bigint
    }
  | {
      readonly kind: 'payment'
      readonly points: bigint
      readonly left: bigint
      readonly lines: readonly UndoableLine[]
    }

interface UndoableLine {
  readonly points: bigint
  readonly before: bigint
}

/** The receipt of this till that is undone. */
export interface UndoneReceipt {
  readonly kind: 'purchase' | 'payment'
  readonly sequence: bigint
}

const digits = z.string().transform(BigInt)
const reversible = z.object({ points: digits, before: digits, left: digits, takable: digits })
const refundable = z.object({ lines: z.array(z.object({ points: digits, before: digits })) })

/** Asks what is left of a receipt. */
export async function askUndoable(ground: TillGround, { kind, sequence }: UndoneReceipt): Promise<Answer<Undoable>> {
  const { shop, till } = ground.place
  const receipt = { till, sequence: `${sequence}` }
  if (kind === 'purchase') {
    const answer = await post('/api/v1/reverse/quote', { shop, purchase: receipt }, await inShift(ground))
    return answer.is === 'given' ? { is: 'given', value: { kind, ...reversible.parse(answer.value) } } : answer
  }
  const answer = await post('/api/v1/refund/quote', { shop, payment: receipt }, await inShift(ground))
  if (answer.is !== 'given') return answer
  const { lines } = refundable.parse(answer.value)
  const points = lines.reduce((sum, line) => sum + line.points, 0n)
  return { is: 'given', value: { kind, points, left: lines.reduce((sum, line) => sum + leftOf(line), 0n), lines } }
}

const leftOf = ({ points, before }: UndoableLine): bigint => points - before

/** What of a reversal the member's points give, and what they cannot: its value comes off the cash, or is waived. */
export function takenOf(points: bigint, takable: bigint): { readonly taken: bigint; readonly short: bigint } {
  const taken = takable < points ? takable : points
  return { taken, short: points - taken }
}

/** The points that stand for a part of a purchase's price; the last part takes what is left. */
export function pointsOfPartDown(
  part: bigint,
  { spend, points, left }: { readonly spend: bigint; readonly points: bigint; readonly left: bigint },
): bigint {
  if (spend === 0n || part >= spend) return left
  const share = (points * part) / spend
  return share < left ? share : left
}

/** So much of each line, the first lines first. */
export function splitOver(points: bigint, lines: readonly UndoableLine[]): readonly bigint[] {
  let rest = points
  return lines.map((line) => {
    const share = rest < leftOf(line) ? rest : leftOf(line)
    rest -= share
    return share
  })
}

const kept = z.object({
  path: z.enum(['/api/v1/reverse', '/api/v1/refund']),
  /** The name of the wish, under which the street says how far it is. */
  key: z.string(),
  /** As it was signed: sent again it is the same agreement. */
  body: z.record(z.string(), z.unknown()),
  /** What the cashier does when it is certain. */
  title: z.string(),
  note: z.string(),
})

/** A till's signed agreement that something goes back, kept until it is certain. */
export type Undoing = z.infer<typeof kept>

const shelfName = ({ place }: TillGround): string =>
  `undoing ${place.chainId}:${place.issuance} ${place.shop}/${place.till}`

/** What this till was undoing when its page closed; null: nothing. */
export async function undoingHere(ground: TillGround): Promise<Undoing | null> {
  return kept
    .nullable()
    .catch(null)
    .parse((await ground.shelf.read(shelfName(ground))) ?? null)
}

export async function forgetUndoing(ground: TillGround): Promise<void> {
  await ground.shelf.change(shelfName(ground), () => null)
}

const LASTS_SECONDS = 86_400

/** Signs that `points` of a receipt go back; null where this browser holds no key. */
export async function agreeToUndo(
  ground: TillGround,
  asked: {
    readonly receipt: UndoneReceipt
    readonly of: Undoable
    readonly points: bigint
    /** What becomes of points that the member no longer has. */
    readonly missing: 'deducted' | 'waived'
    readonly title: string
    readonly note: string
  },
): Promise<Undoing | null> {
  const { receipt, of, title, note } = asked
  const { till } = ground.place
  const time = streetTime(ground, await readBook(ground.shelf, ground.place))
  const deadline = Math.floor(time / 1000) + LASTS_SECONDS
  const signed =
    of.kind === 'purchase' ? await reversal(ground, asked, of, deadline) : await refund(ground, asked, of, deadline)
  if (signed === null) return null
  const before = of.kind === 'purchase' ? `${of.before}` : of.lines.map((line) => `${line.before}`).join('+')
  const kind = of.kind === 'purchase' ? 'reversal' : 'refund'
  const undoing: Undoing = { ...signed, key: `${kind}:${till}:${receipt.sequence}:${before}`, title, note }
  await ground.shelf.change(shelfName(ground), () => undoing)
  return undoing
}

async function reversal(
  ground: TillGround,
  { receipt, points, missing }: { receipt: UndoneReceipt; points: bigint; missing: 'deducted' | 'waived' },
  { before, takable }: Extract<Undoable, { kind: 'purchase' }>,
  deadline: number,
): Promise<Pick<Undoing, 'path' | 'body'> | null> {
  const account = await tillAccount(ground)
  if (!account) return null
  const { shop, till, chainId, issuance } = ground.place
  const { taken, short } = takenOf(points, takable)
  const debt = missing === 'waived' ? short : 0n
  const signature: Hex = await account.signTypedData({
    domain: issuanceDomain(chainId, issuance),
    types: reversalTypes,
    primaryType: 'Reversal',
    message: reversalMessage({
      ...{ shop, till, purchase: receiptName({ shop, till, sequence: receipt.sequence }) },
      ...{ before, points, taken, debt, deadline },
    }),
  })
  const amounts = { before: `${before}`, points: `${points}`, taken: `${taken}`, debt: `${debt}` }
  const purchase = { till, sequence: `${receipt.sequence}` }
  return { path: '/api/v1/reverse', body: { shop, till, purchase, ...amounts, deadline: `${deadline}`, signature } }
}

async function refund(
  ground: TillGround,
  { receipt, points }: { receipt: UndoneReceipt; points: bigint },
  { lines }: Extract<Undoable, { kind: 'payment' }>,
  deadline: number,
): Promise<Pick<Undoing, 'path' | 'body'> | null> {
  const account = await tillAccount(ground)
  if (!account) return null
  const { shop, till, chainId, redemptions } = ground.place
  const before = lines.map((line) => line.before)
  const shares = splitOver(points, lines)
  const signature: Hex = await account.signTypedData({
    domain: redemptionsDomain(chainId, redemptions),
    types: refundTypes,
    primaryType: 'Refund',
    message: refundMessage({
      ...{ shop, till, payment: receiptName({ shop, till, sequence: receipt.sequence }) },
      ...{ before, points: shares, deadline },
    }),
  })
  const payment = { till, sequence: `${receipt.sequence}` }
  const amounts = { before: before.map(String), points: shares.map(String) }
  return { path: '/api/v1/refund', body: { shop, till, payment, ...amounts, deadline: `${deadline}`, signature } }
}

/** Sends what was signed, as often as it takes: it is one agreement. */
export async function sendUndoing(ground: TillGround, { path, body }: Undoing): Promise<Answer<Standing>> {
  return await post<Standing>(path, body, await inShift(ground))
}

/** How far what was signed has come. */
export async function undoingStanding({ place }: TillGround, { key }: Undoing): Promise<Answer<Standing>> {
  return await askFor(`/api/v1/intents/${place.shop}/${encodeURIComponent(key)}`)
}
