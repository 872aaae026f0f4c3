import type pg from 'pg'
import type { Address } from 'viem'

/** One relayer per key writes; the lock lives and dies with this connection, and so does everything it may write. */
export interface Leadership {
  readonly database: pg.PoolClient
  readonly lost: () => boolean
  end(): void
}

/** null while another process leads. */
export async function lead(pool: pg.Pool, sender: Address): Promise<Leadership | null> {
  const database = await pool.connect()
  let lost = false
  const onLost = (): void => {
    lost = true
  }
  database.on('error', onLost)
  database.on('end', onLost)
  const end = (): void => database.release(true)
  try {
    const { rows } = await database.query<{ leads: boolean }>(
      'SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS leads',
      [`relayer ${sender.toLowerCase()}`],
    )
    if (rows[0]?.leads === true) return { database, lost: () => lost, end }
    end()
    return null
  } catch (error) {
    end()
    throw error
  }
}
