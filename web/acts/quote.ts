import 'server-only'
import { quoteRequest } from '#contracts/till-api/requests.ts'
import { ask, atOneMoment, pool } from '#web/queries/database.ts'
import { paymentProposal } from '#web/queries/payment-proposal.ts'
import { standings } from '#web/queries/standings.ts'
import { isRefusal, type Refusal, refuse } from './refusal.ts'
import { actingTill, notGiving } from './till-standing.ts'
import { type Hex, read, uint48Max } from './wire.ts'

export interface Quote {
  /** What the purchase would give, in hundredths of a point. */
  readonly points: bigint
  /** What the member could pay with here; null where nobody was named. */
  readonly payable: bigint | null
  readonly rewards: readonly QuotedReward[]
}

export interface QuotedReward {
  readonly reward: number
  readonly title: string
  readonly detail: string
  readonly points: bigint
  /** How many points the member lacks; null where nobody was named. */
  readonly missing: bigint | null
}

/** A dry run: what a purchase would give and what the member could take. Nothing is kept, nothing is promised. */
export async function quote(input: unknown): Promise<Quote | Refusal> {
  const request = read(quoteRequest, input)
  if (isRefusal(request)) return request
  const { shop, till, spend, member } = request
  const acting = await actingTill(pool(), shop, till)
  if (isRefusal(acting)) return acting
  const street = await atOneMoment(standings)
  const earnRate = street.shops.get(shop)?.sign.earnRate ?? 0
  const points = notGiving(acting) ? 0n : pointsForSpendDown(spend, earnRate)
  if (points > acting.receiptLimit) return refuse('overReceiptLimit', { points, limit: acting.receiptLimit })
  const payable = member === undefined ? null : await payableAt(member, shop)
  return { points, payable, rewards: await rewardsOf(shop, payable) }
}

/** Hundredths of a point for cents spent; a part of a hundredth is not given. `earnRate`: hundredths per 1.00 spent. */
export function pointsForSpendDown(spentCents: bigint, earnRate: number): bigint {
  return (spentCents * BigInt(earnRate)) / 100n
}

async function payableAt(member: Hex, shop: number): Promise<bigint> {
  // Nobody has as much as this, so the answer says how much there is.
  const proposal = await paymentProposal(member, shop, uint48Max)
  return 'refused' in proposal ? proposal.available : proposal.points
}

async function rewardsOf(shop: number, payable: bigint | null): Promise<QuotedReward[]> {
  const rows = await ask<Omit<QuotedReward, 'missing'>>(
    {
      name: 'quoted rewards',
      text: `SELECT r.reward, r.title, r.detail, r.points FROM portal.reward r WHERE r.shop = $1 AND r.active
        ORDER BY r.points, r.reward`,
    },
    [shop],
  )
  return rows.map((reward) => {
    if (payable === null) return { ...reward, missing: null }
    return { ...reward, missing: reward.points > payable ? reward.points - payable : 0n }
  })
}
