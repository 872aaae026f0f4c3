import type pg from 'pg'
import type { Hex } from 'viem'
import { connect } from '#indexer/db/connection.ts'

/** The mirror at one moment: what stands in it cannot change while it is looked at. */
export interface Mirror {
  /** The mirror's newest block. */
  readonly block: number
  readonly hash: Hex
  readonly finalBlock: number
  rows<row extends object>(sql: string, values?: readonly unknown[]): Promise<row[]>
  readonly client: pg.Client
}

/** The mirror holds nothing that could be checked. */
export class MirrorEmpty extends Error {
  override readonly name = 'MirrorEmpty'
}

interface CheckpointRow {
  readonly block: string
  readonly hash: Buffer
  readonly final_block: string
}

/** Looks at the mirror at one moment. Numbers wider than 2^53 arrive as text, bytea as Buffer. */
export async function atOneMoment<result>(url: string, look: (mirror: Mirror) => Promise<result>): Promise<result> {
  const client = await connect(url, 'INDEXER_DATABASE_URL')
  try {
    await client.query(`SET TIME ZONE 'UTC'`)
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
    const rows = async <row extends object>(sql: string, values: readonly unknown[] = []) =>
      (await client.query<row>(sql, [...values])).rows
    const [checkpoint] = await rows<CheckpointRow>(
      `SELECT block, hash, final_block FROM ledger.checkpoint WHERE name = 'ledger'`,
    )
    if (checkpoint === undefined) throw new MirrorEmpty('the mirror holds no block yet')
    return await look({
      block: Number(checkpoint.block),
      hash: hexOf(checkpoint.hash),
      finalBlock: Number(checkpoint.final_block),
      rows,
      client,
    })
  } finally {
    // Nothing was written: whichever way the connection ends, the moment ends with it.
    await client.end().catch(() => undefined)
  }
}

export const hexOf = (bytes: Buffer): Hex => `0x${bytes.toString('hex')}`
export const bytesOf = (hex: Hex): Buffer => Buffer.from(hex.slice(2), 'hex')
