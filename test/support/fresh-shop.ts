import type { LivingStreet } from './living-street.ts'
import { openShop, type TestShop } from './network.ts'
import { TillHand } from './till-hand.ts'

/** A shop of a promise's own, with much in reserve, so that no promise counts another's receipts; and its till. */
export async function freshShop(street: LivingStreet): Promise<{ readonly shop: TestShop; readonly till: TillHand }> {
  const shop = await openShop(street.network, 1_000_000_000n)
  await street.mirror()
  return { shop, till: new TillHand(street.network, shop) }
}
