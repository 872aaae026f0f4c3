import 'server-only'
import type pg from 'pg'
import { atDefaultPrice } from './promises.ts'
import { type Refusal, refuse } from './refusal.ts'

/**
 * A reward costs what its shop's list says, not what a till makes of it. Purpose 0 is a payment of any amount,
 * and so is one at the price of a defaulted shop's points. */
export async function rewardFault(
  client: pg.PoolClient,
  { shop, purpose, points }: { readonly shop: number; readonly purpose: number; readonly points: bigint },
): Promise<Refusal | null> {
  if (purpose === 0 || purpose === atDefaultPrice) return null
  const { rows } = await client.query<{ title: string; points: bigint }>({
    name: 'price of a reward',
    text: 'SELECT r.title, r.points FROM portal.reward r WHERE r.shop = $1 AND r.reward = $2 AND r.active',
    values: [shop, purpose],
  })
  const [reward] = rows
  if (!reward) return refuse('unknownReward', { shop, reward: purpose })
  const { title, points: price } = reward
  return price === points ? null : refuse('wrongPrice', { reward: purpose, title, asked: points, price })
}
