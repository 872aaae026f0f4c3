import type pg from 'pg'
import { connect } from '#indexer/db/connection.ts'
import type { CheckName, CheckResult } from './findings.ts'
import { bytesOf } from './mirror.ts'

const keptOfEach = 500

/** Writes down what a check found, for whoever looks at the books. Old results go; those that differed stay longest. */
export async function keepResults(url: string, results: readonly CheckResult[]): Promise<void> {
  const client = await connect(url, 'INDEXER_DATABASE_URL')
  try {
    for (const result of results) await keepResult(client, result)
  } finally {
    await client.end().catch(() => undefined)
  }
}

async function keepResult(client: pg.Client, result: CheckResult): Promise<void> {
  const { name, began, finished, block, hash, verdict, compared, rulings, seed, reason } = result
  await client.query(
    `INSERT INTO ledger.self_check (name, began, finished, block, hash, verdict, compared, report)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING`,
    [
      ...[name, began, finished, block, hash === null ? null : bytesOf(hash), verdict, compared],
      JSON.stringify({ rulings, seed, reason }),
    ],
  )
  await client.query(
    `DELETE FROM ledger.self_check WHERE name = $1 AND (verdict = 'differs') = $2 AND began < (
       SELECT began FROM ledger.self_check WHERE name = $1 AND (verdict = 'differs') = $2
       ORDER BY began DESC OFFSET $3 LIMIT 1)`,
    [name, verdict === 'differs', keptOfEach],
  )
}

/** When a check of this name was last begun; undefined where never. */
export async function lastBegun(url: string, name: CheckName): Promise<Date | undefined> {
  const client = await connect(url, 'INDEXER_DATABASE_URL')
  try {
    const { rows } = await client.query<{ began: Date }>(
      'SELECT began FROM ledger.self_check WHERE name = $1 ORDER BY began DESC LIMIT 1',
      [name],
    )
    return rows[0]?.began
  } finally {
    await client.end().catch(() => undefined)
  }
}

// Any number but the others' that are locked on here.
const checkersLock = 0x63_68_65_63

/** Does the work unless another process is at it; of several, one checking is enough. */
export async function asOnlyChecker(url: string, work: () => Promise<void>): Promise<'done' | 'another'> {
  const client = await connect(url, 'INDEXER_DATABASE_URL')
  try {
    const { rows } = await client.query<{ held: boolean }>('SELECT pg_try_advisory_lock($1) AS held', [checkersLock])
    if (rows[0]?.held !== true) return 'another'
    await work()
    return 'done'
  } finally {
    await client.end().catch(() => undefined)
  }
}
