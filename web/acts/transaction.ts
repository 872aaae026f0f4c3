import 'server-only'
import type pg from 'pg'
import { pool } from '#web/queries/database.ts'

/** How a transaction begins that waits for nobody's lock for longer than a till would wait for an answer. */
export const beginImpatiently = "BEGIN; SET LOCAL lock_timeout = '5s'"

/**
 * All or nothing. A refusal is an answer, not a failure: return it before the first write, and nothing is written.
 * `begin` may lock something in one message with the beginning.
 */
export async function inTransaction<Answer>(
  work: (client: pg.PoolClient) => Promise<Answer>,
  begin = 'BEGIN',
): Promise<Answer> {
  const client = await pool().connect()
  try {
    await client.query(begin)
    const answer = await work(client)
    await client.query('COMMIT')
    client.release()
    return answer
  } catch (error) {
    // A connection that broke half way is closed, not handed to the next caller.
    await client.query('ROLLBACK').then(
      () => client.release(),
      () => client.release(true),
    )
    throw error
  }
}
