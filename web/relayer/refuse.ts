import type pg from 'pg'
import type { Facts, Reason } from './reasons.ts'
import { inTransaction, type Street } from './street.ts'
import { forgetUntried } from './untried.ts'
import type { Wishes } from './wishes.ts'

/** Tells whoever wished it that it will not be, and why; what was spoken for is free again. */
export async function refuseWishes({ database }: Street, wishes: Wishes, reason: Reason): Promise<void> {
  await inTransaction(database, async () => {
    const which =
      'key' in wishes
        ? { sql: 'i.key = $4', values: [wishes.key] }
        : {
            sql: `i.till = $4 AND i.kind = 'purchase' AND i.sequence >= $5 AND i.sequence < $5 + $6::bigint`,
            values: [wishes.till, wishes.first, wishes.count],
          }
    await refuseWhere(database, `i.state = 'open' AND i.shop = $3 AND ${which.sql}`, {
      ...reason,
      values: [wishes.shop, ...which.values],
    })
    await forgetUntried(database, wishes)
  })
}

/** The same for one wish in whatever state it is, within the caller's transaction. */
export async function refuseOne(
  database: pg.ClientBase,
  wish: { readonly shop: number; readonly key: string },
  reason: Reason,
): Promise<void> {
  await refuseWhere(database, 'i.shop = $3 AND i.key = $4', { ...reason, values: [wish.shop, wish.key] })
}

async function refuseWhere(
  database: pg.ClientBase,
  condition: string,
  { code, facts, values }: { readonly code: string; readonly facts: Facts; readonly values: readonly unknown[] },
): Promise<void> {
  await database.query({
    text: `WITH refused AS (
        UPDATE portal.intent i SET state = 'refused', refused = $1, sent_by = NULL, sent_nonce = NULL,
          payload = i.payload || jsonb_build_object('facts', $2::jsonb)
        WHERE ${condition} RETURNING i.shop, i.key)
      DELETE FROM portal.hold h USING refused r WHERE h.intent_shop = r.shop AND h.intent_key = r.key`,
    values: [code, JSON.stringify(facts), ...values],
  })
}
