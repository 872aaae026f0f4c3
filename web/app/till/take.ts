import type { Hex } from 'viem'
import { z } from 'zod'
import { acceptanceTypes, redemptionsDomain, type Terms, termsHash } from '#contracts/terms.ts'
import { type Answer, askFor, post } from '#web/ui/ask.ts'
import { type Owed, owedBy } from './owed.ts'
import { inShift } from './shift.ts'
import type { TillGround } from './till-ground.ts'
import { tillAccount } from './till-key.ts'

/** What a till takes points for: an amount at the counter (purpose 0), or one of the shop's rewards. */
export interface Taking {
  readonly points: bigint
  readonly purpose: number
  /** The reward's name; null for an amount. */
  readonly reward: string | null
}

/** A payment that waits for a shopper. */
export interface Asked {
  readonly sequence: string
  readonly code: string
  readonly expiresAt: string
}

/** A shopper's yes. */
interface Agreed {
  readonly member: Hex
  readonly deadline: string
  readonly lines: readonly { readonly token: Hex; readonly points: string }[]
}

export interface Standing {
  readonly state: 'pending' | 'final' | 'refused'
  readonly code?: string
  readonly sentence?: string
}

/** How a payment request stands, as the API tells it. */
interface RequestStanding {
  readonly state: 'open' | 'approved' | 'accepted' | 'cancelled' | 'expired'
  /** What the shopper agreed to, once they did. */
  readonly terms: Agreed | null
}

/** Where a payment is: it waits for the shopper, for the cashier, or until it is certain, or it is over. */
export type PaymentStage =
  | { readonly at: 'showing' }
  /** The shopper has agreed, and owes this shop something from before: the cashier says how to go on. */
  | { readonly at: 'owes'; readonly owed: readonly Owed[] }
  | { readonly at: 'certain' }
  | { readonly at: 'paid' }
  | { readonly at: 'refused'; readonly sentence: string }

const kept = z.object({
  asked: z.object({ sequence: z.string(), code: z.string(), expiresAt: z.string() }),
  taking: z.object({ points: z.bigint(), purpose: z.int(), reward: z.string().nullable() }),
  /** Both have agreed, and the goods wait until it is certain. */
  untilFinal: z.boolean(),
  /** The cashier has seen what the shopper owes from before, and goes on. */
  owedSeen: z.boolean().default(false),
})

export type KeptTaking = z.infer<typeof kept>

const shelfName = ({ place }: TillGround): string =>
  `taking ${place.chainId}:${place.issuance} ${place.shop}/${place.till}`

/** The payment this till was in the middle of when its page closed; null: none. */
export async function takingHere(ground: TillGround): Promise<KeptTaking | null> {
  return kept
    .nullable()
    .catch(null)
    .parse((await ground.shelf.read(shelfName(ground))) ?? null)
}

export async function forgetTaking(ground: TillGround): Promise<void> {
  await ground.shelf.change(shelfName(ground), () => null)
}

export async function askPayment(ground: TillGround, taking: Taking): Promise<Answer<Asked>> {
  const { shop, till } = ground.place
  const { points, purpose } = taking
  const answer = await post<Asked>('/api/v1/requests', { shop, till, points, purpose }, await inShift(ground))
  if (answer.is === 'given') {
    const { sequence, code, expiresAt } = answer.value
    await ground.shelf.change(shelfName(ground), () =>
      kept.parse({ asked: { sequence, code, expiresAt }, taking, untilFinal: false }),
    )
  }
  return answer
}

export function cancelPayment(code: string): Promise<Answer<unknown>> {
  return post(`/api/v1/requests/${encodeURIComponent(code)}/cancel`, {})
}

/** One look at a payment, and the till's own yes where the shopper has said theirs; null: nothing new. */
export async function paymentStage(ground: TillGround, asked: Asked & Taking): Promise<PaymentStage | null> {
  const before = await takingHere(ground)
  if (before?.untilFinal && before.asked.sequence === asked.sequence) return await certainty(ground, asked.sequence)
  const stage = await agreedStage(ground, asked, before?.owedSeen ?? false)
  if (stage?.at === 'certain') {
    const { sequence, code, expiresAt, points, purpose, reward } = asked
    const taking = { points, purpose, reward }
    const waiting = { asked: { sequence, code, expiresAt }, taking, untilFinal: true, owedSeen: true }
    await ground.shelf.change(shelfName(ground), () => waiting)
  }
  return stage
}

/** The cashier has seen what is owed from before: the points are taken all the same. */
export async function goOnThoughOwed(ground: TillGround): Promise<void> {
  await ground.shelf.change(shelfName(ground), (known) => {
    const before = kept.safeParse(known)
    return before.success ? { ...before.data, owedSeen: true } : known
  })
}

async function agreedStage(ground: TillGround, asked: Asked & Taking, owedSeen: boolean): Promise<PaymentStage | null> {
  const answer = await askFor<RequestStanding & { readonly payment: Standing | null }>(
    `/api/v1/requests/${encodeURIComponent(asked.code)}`,
  )
  // Silence is waited out: the shopper's yes lasts.
  if (answer.is === 'unreachable') return null
  if (answer.is === 'refused') return { at: 'refused', sentence: answer.sentence }
  const { state, terms, payment } = answer.value
  if (state === 'open') return null
  if (state === 'accepted') return payment && stageOf(payment)
  if (state !== 'approved' || !terms) return { at: 'refused', sentence: 'This payment was not finished in time.' }
  const owed = owedSeen ? [] : await owedBy(ground, terms.member)
  if (owed === null) return null
  if (owed.length > 0) return { at: 'owes', owed }
  const accepted = await acceptPayment(ground, asked, terms)
  if (accepted.is === 'unreachable') return null
  return accepted.is === 'refused' ? { at: 'refused', sentence: accepted.sentence } : stageOf(accepted.value)
}

/** Whether a payment that both have agreed to is certain; null: not yet, or the street does not say. */
async function certainty({ place }: TillGround, sequence: string): Promise<PaymentStage | null> {
  const key = `payment:${place.till}:${sequence}`
  const answer = await askFor<Standing>(`/api/v1/intents/${place.shop}/${encodeURIComponent(key)}`)
  if (answer.is === 'unreachable') return null
  if (answer.is === 'refused') return { at: 'refused', sentence: answer.sentence }
  return answer.value.state === 'pending' ? null : stageOf(answer.value)
}

/** Above what the shop bears, and after a payment that came to nothing, a promise is not enough (N-27). */
function stageOf({ state, code, sentence }: Standing): PaymentStage {
  if (state === 'refused') return { at: 'refused', sentence: sentence ?? 'This payment was refused.' }
  return state === 'pending' && code === 'waitForFinal' ? { at: 'certain' } : { at: 'paid' }
}

/** The till's own yes: only to the shop, the number, the purpose and the sum it asked for. */
async function acceptPayment(ground: TillGround, asked: Asked & Taking, agreed: Agreed): Promise<Answer<Standing>> {
  const account = await tillAccount(ground)
  if (!account) return refusal('noKey', 'This browser does not hold the key of this till.')
  const { shop, till, chainId, redemptions } = ground.place
  const lines = agreed.lines.map(({ token, points }) => ({ token, points: BigInt(points) }))
  if (lines.reduce((sum, line) => sum + line.points, 0n) !== asked.points) {
    return refusal('wrongAmount', 'The shopper agreed to another amount. Please ask again.')
  }
  const terms: Terms = {
    member: agreed.member,
    shop,
    till,
    sequence: BigInt(asked.sequence),
    purpose: asked.purpose,
    deadline: Number(agreed.deadline),
    lines,
  }
  const acceptance = await account.signTypedData({
    domain: redemptionsDomain(chainId, redemptions),
    types: acceptanceTypes,
    primaryType: 'Acceptance',
    message: { shop, till, terms: [termsHash(terms)] },
  })
  const path = `/api/v1/requests/${encodeURIComponent(asked.code)}/accept`
  return await post(path, { acceptance }, await inShift(ground))
}

function refusal(code: string, sentence: string) {
  return { is: 'refused', code, sentence, facts: {} } as const
}
