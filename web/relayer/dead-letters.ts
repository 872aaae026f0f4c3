import type pg from 'pg'
import type { Queue } from './metrics.ts'
import { inTransaction } from './street.ts'

/** A wish given up though nobody at a counter did anything wrong: undone again and again, or unreadable. */
export interface DeadLetter {
  readonly shop: number
  readonly key: string
  readonly kind: string
  readonly points: bigint
  readonly attempts: number
  /** What the chain or the relayer said. */
  readonly reason: string
  readonly createdAt: Date
}

/** The code under which such a wish stands as refused. */
export const deadLetterCode = 'chainRefused'

const letters = {
  name: 'dead letters',
  text: `SELECT i.shop, i.key, i.kind, i.points, i.attempts, coalesce(i.payload->'facts'->>'reason',
      i.payload->'facts'->>'error', '') AS reason, i.created_at AS "createdAt"
    FROM portal.intent i WHERE i.state = 'refused' AND i.refused = $1 ORDER BY i.created_at, i.shop, i.key LIMIT $2`,
}

/** The oldest first. */
export async function deadLetters(database: pg.ClientBase, most = 100): Promise<DeadLetter[]> {
  const { rows } = await database.query<DeadLetter>({ ...letters, values: [deadLetterCode, most] })
  return rows
}

/**
 * The wish is open again, and what it speaks for is held again: the chain decides anew. False where it is no dead
 * letter, or no longer one.
 */
export async function retryDeadLetter(
  database: pg.ClientBase,
  { shop, key }: { readonly shop: number; readonly key: string },
): Promise<boolean> {
  return await inTransaction(database, async () => {
    const reopened = await database.query<{ kind: string; till: number | null; sequence: bigint | null }>({
      text: `UPDATE portal.intent SET state = 'open', refused = NULL, attempts = 1, payload = payload - 'facts'
        WHERE shop = $1 AND key = $2 AND state = 'refused' AND refused = $3 RETURNING kind, till, sequence`,
      values: [shop, key, deadLetterCode],
    })
    const [wish] = reopened.rows
    if (wish === undefined) return false
    if (wish.kind === 'purchase') await database.query({ ...reopenList, values: [shop, wish.till, wish.sequence] })
    if (wish.kind === 'payment') await database.query({ ...holdPayment, values: [shop, key] })
    if (wish.kind === 'transfer') await database.query({ ...holdGift, values: [shop, key] })
    return true
  })
}

const reopenList = {
  text: `UPDATE portal.till_batch SET submitted_count = 0
    WHERE shop = $1 AND till = $2 AND first_sequence <= $3 AND first_sequence + count > $3`,
}

const holdPayment = {
  text: `INSERT INTO portal.hold (member, issuer, intent_shop, intent_key, points)
    SELECT i.member, t.shop, i.shop, i.key, (l->>'points')::bigint
    FROM portal.intent i, jsonb_array_elements(CASE jsonb_typeof(i.payload->'lines')
        WHEN 'array' THEN i.payload->'lines' ELSE '[]' END) l
      JOIN ledger.points_token t ON t.address = decode(substr(l->>'token', 3), 'hex')
    WHERE i.shop = $1 AND i.key = $2 ON CONFLICT DO NOTHING`,
}

const holdGift = {
  text: `INSERT INTO portal.hold (member, issuer, intent_shop, intent_key, points)
    SELECT i.member, i.shop, i.shop, i.key, i.points FROM portal.intent i
    WHERE i.shop = $1 AND i.key = $2 ON CONFLICT DO NOTHING`,
}

/** What waits to be sent, by kind, and how many wishes were given up. */
export async function queuesIn(
  database: pg.ClientBase,
): Promise<{ readonly queues: readonly Queue[]; readonly dead: number }> {
  const { rows: queues } = await database.query<Queue>({
    name: 'queues',
    text: `SELECT i.kind, count(*)::int AS open,
        extract(epoch FROM now() - min(i.created_at))::float8 AS "oldestSeconds"
      FROM portal.intent i LEFT JOIN ledger.till t ON t.shop = i.shop AND t.till = i.till AND t.revoked
      WHERE i.state = 'open' AND NOT (i.kind = 'purchase' AND t.till IS NOT NULL AND NOT EXISTS (
        SELECT FROM portal.owner_word w WHERE w.shop = i.shop AND w.till = i.till AND w.word = 'confirmed'
          AND w.refused IS NULL AND i.sequence >= w.first_sequence AND i.sequence < w.first_sequence + w.count))
      GROUP BY i.kind ORDER BY i.kind`,
  })
  const { rows } = await database.query<{ dead: number }>({
    name: 'count dead letters',
    text: `SELECT count(*)::int AS dead FROM portal.intent i WHERE i.state = 'refused' AND i.refused = $1`,
    values: [deadLetterCode],
  })
  return { queues, dead: rows[0]?.dead ?? 0 }
}
