import type { Hex } from 'viem'
import { acceptanceTypes, redemptionsDomain, type Terms, termsHash } from '#contracts/terms.ts'
import { type Answer, askFor, post } from '#web/ui/ask.ts'
import { type TillPlace, tillAccount } from './till-key.ts'

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
export interface Agreed {
  readonly member: Hex
  readonly deadline: string
  readonly lines: readonly { readonly token: Hex; readonly points: string }[]
}

/** How a payment request stands, as the API tells it. */
export interface RequestStanding {
  readonly state: 'open' | 'approved' | 'accepted' | 'cancelled' | 'expired'
  /** What the shopper agreed to, once they did. */
  readonly terms: Agreed | null
}

export function askPayment(place: TillPlace, { points, purpose }: Taking): Promise<Answer<Asked>> {
  return post('/api/v1/requests', { shop: place.shop, till: place.till, points, purpose })
}

export function standingOf(code: string): Promise<Answer<RequestStanding>> {
  return askFor(`/api/v1/requests/${encodeURIComponent(code)}`)
}

export function cancelPayment(code: string): Promise<Answer<unknown>> {
  return post(`/api/v1/requests/${encodeURIComponent(code)}/cancel`, {})
}

/** The till's own yes: only to the shop, the number, the purpose and the sum it asked for. */
export async function acceptPayment(
  place: TillPlace,
  asked: Asked & Taking,
  agreed: Agreed,
): Promise<Answer<{ state: string; code?: string; sentence?: string }>> {
  const account = await tillAccount(place)
  if (!account) return refusal('noKey', 'This browser does not hold the key of this till.')
  const { shop, till } = place
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
    domain: redemptionsDomain(place.chainId, place.redemptions),
    types: acceptanceTypes,
    primaryType: 'Acceptance',
    message: { shop, till, terms: [termsHash(terms)] },
  })
  return post(`/api/v1/requests/${encodeURIComponent(asked.code)}/accept`, { acceptance })
}

function refusal(code: string, sentence: string) {
  return { is: 'refused', code, sentence, facts: {} } as const
}
