import 'server-only'
import { randomUUID } from 'node:crypto'
import { keccak256, toHex } from 'viem'
import { bytesOf } from '#web/queries/database.ts'
import { mirroredBlockSql } from '#web/queries/intent-state.ts'
import { type Refusal, refuse } from './refusal.ts'
import { inTransaction } from './transaction.ts'

export interface Settlement {
  readonly state: 'pending'
  /** Under which name to ask how it stands; its shop is 0. */
  readonly key: string
}

/** Asks that all shops' debts to one another be paid. Anyone may; one that is on its way answers for all who ask. */
export async function settle({ now = new Date() } = {}): Promise<Settlement | Refusal> {
  return await inTransaction(async (client) => {
    await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('settle', 0))`)
    const running = await client.query<{ key: string }>({
      name: 'running settlement',
      text: `SELECT i.key FROM portal.intent i
        LEFT JOIN portal.submission s ON s.sender = i.sent_by AND s.nonce = i.sent_nonce
        WHERE i.shop = 0 AND i.kind = 'settle' AND i.state <> 'refused'
          AND (s.state IS NULL OR s.state = 'signed'
            OR ${mirroredBlockSql('i')} > coalesce((SELECT max(c.block) FROM ledger.checkpoint c), -1))
        LIMIT 1`,
    })
    const [open] = running.rows
    if (open) return { state: 'pending', key: open.key }
    const owing = await client.query(`SELECT FROM ledger.position p WHERE p.net <> 0 LIMIT 1`)
    if (owing.rowCount === 0) return refuse('nothingToSettle')
    const key = `settle:${randomUUID()}`
    await client.query({
      name: 'keep settlement',
      text: `INSERT INTO portal.intent (shop, key, kind, points, content_hash, payload, state, attempts, created_at)
        VALUES (0, $1, 'settle', 0, $2, '{}', 'open', 0, $3)`,
      values: [key, bytesOf(keccak256(toHex(key))), now],
    })
    return { state: 'pending', key }
  })
}
