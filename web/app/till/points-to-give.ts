import { post } from '#web/ui/ask.ts'
import type { Shopper, TillShop } from './card.ts'
import { inShift } from './shift.ts'
import { isSilent } from './silence.ts'
import type { TillGround } from './till-ground.ts'

/** What the till shows while it types; what it gives is asked of the street. */
export function pointsEarnedDown(cents: bigint, earnRate: number): bigint {
  return (cents * BigInt(earnRate)) / 100n
}

/** What a purchase gives. Without the street the shop's plain rate holds: a till never waits. */
export async function pointsToGive(
  ground: TillGround,
  shop: TillShop,
  { cents, shopper }: { readonly cents: bigint; readonly shopper: Shopper },
): Promise<bigint> {
  const plain = pointsEarnedDown(cents, shop.earnRate)
  if (isSilent(ground)) return plain
  const asked = { shop: shop.place.shop, till: shop.place.till, spend: cents, member: shopper.member }
  const answer = await post<{ points: string }>('/api/v1/quote', asked, await inShift(ground))
  return answer.is === 'given' ? BigInt(answer.value.points) : plain
}
