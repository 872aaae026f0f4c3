import 'server-only'
import type pg from 'pg'
import { bytesOf } from '#web/queries/database.ts'
import { mirroredBlockSql } from '#web/queries/intent-state.ts'
import { owedSql } from '#web/queries/unpaid.ts'
import type { Hex } from './wire.ts'

const question = {
  name: 'pending exposure',
  text: `SELECT coalesce((SELECT s.pending_limit FROM portal.shop_profile s WHERE s.shop = $1), 200000) AS "limit",
      coalesce(sum(i.points) FILTER (WHERE i.state <> 'refused' AND ${mirroredBlockSql('i')} IS NULL), 0)::bigint
        AS pending,
      coalesce(bool_or(${owedSql('i')}), false) AS "finalOnly"
    FROM portal.intent i
    WHERE i.member = $2 AND i.shop = $1 AND i.kind = 'payment'
      AND (i.created_at > $3 OR i.state = 'refused')`,
}

const daySeconds = 86_400

/**
 * Whether the till should wait until this payment is final before it hands anything over (N-27): where the member's
 * payments of a day that are not on the chain yet go beyond what the shop bears, or one that it was promised before
 * came to nothing and nobody has made it good. The caller holds the member's lock.
 */
export async function mustBeFinal(
  client: pg.PoolClient,
  { shop, member, points }: { readonly shop: number; readonly member: Hex; readonly points: bigint },
  now: Date,
): Promise<boolean> {
  const { rows } = await client.query<{ limit: bigint; pending: bigint; finalOnly: boolean }>({
    ...question,
    values: [shop, bytesOf(member), new Date(now.getTime() - daySeconds * 1000)],
  })
  const [row] = rows
  return row !== undefined && (row.finalOnly || row.pending + points > row.limit)
}
