import 'server-only'
import type pg from 'pg'
import { bytesOf } from '#web/queries/database.ts'
import { mirroredBlockSql } from '#web/queries/intent-state.ts'
import { owedSql } from '#web/queries/unpaid.ts'
import type { Hex } from './wire.ts'

const question = {
  name: 'pending exposures',
  text: `SELECT coalesce((SELECT s.pending_limit FROM portal.shop_profile s WHERE s.shop = k.shop), 200000) AS "limit",
      coalesce(sum(i.points) FILTER (WHERE i.state <> 'refused' AND ${mirroredBlockSql('i')} IS NULL), 0)::bigint
        AS pending,
      coalesce(bool_or(${owedSql('i')}), false) AS "finalOnly"
    FROM unnest($1::int[], $2::bytea[], $3::timestamptz[]) WITH ORDINALITY AS k(shop, member, since, place)
    LEFT JOIN portal.intent i ON i.member = k.member AND i.shop = k.shop AND i.kind = 'payment'
      AND (i.created_at > k.since OR i.state = 'refused')
    GROUP BY k.place, k.shop ORDER BY k.place`,
}

const daySeconds = 86_400

interface Exposed {
  readonly shop: number
  readonly member: Hex
  readonly points: bigint
  readonly now: Date
}

/**
 * Whether the till should wait until each of these payments is final before it hands anything over (N-27): where the
 * member's payments of a day that are not on the chain yet go beyond what the shop bears, or one that it was promised
 * before came to nothing and nobody has made it good. The caller holds the members' locks.
 */
export async function mustBeFinal(client: pg.PoolClient, payments: readonly Exposed[]): Promise<boolean[]> {
  const { rows } = await client.query<{ limit: bigint; pending: bigint; finalOnly: boolean }>({
    ...question,
    values: [
      payments.map(({ shop }) => shop),
      payments.map(({ member }) => bytesOf(member)),
      payments.map(({ now }) => new Date(now.getTime() - daySeconds * 1000)),
    ],
  })
  return payments.map(({ points }, place) => {
    const row = rows[place]
    return row !== undefined && (row.finalOnly || row.pending + points > row.limit)
  })
}
