import type pg from 'pg'
import type { Address } from 'viem'

/** One relayer per key writes; the locks live and die with this connection, and so does everything it may write. */
export interface Leadership {
  readonly database: pg.PoolClient
  readonly lost: () => boolean
  end(): void
}

/** null while another process leads with one of these keys. */
export async function lead(pool: pg.Pool, senders: readonly Address[]): Promise<Leadership | null> {
  const database = await pool.connect()
  let lost = false
  const onLost = (): void => {
    lost = true
  }
  database.on('error', onLost)
  database.on('end', onLost)
  const end = (): void => database.release(true)
  try {
    // In one order, so that of two relayers with several keys in common one gets them all.
    for (const sender of senders.map((one) => one.toLowerCase()).sort()) {
      const { rows } = await database.query<{ leads: boolean }>(
        'SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS leads',
        [`relayer ${sender}`],
      )
      if (rows[0]?.leads === true) continue
      end()
      return null
    }
    return { database, lost: () => lost, end }
  } catch (error) {
    end()
    throw error
  }
}
