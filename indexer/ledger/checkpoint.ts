import type pg from 'pg'
import type { Hex } from 'viem'
import type { BlockName } from '#indexer/chain/next-step.ts'
import { select } from './rows-in-sql.ts'

/** How far the mirror has come. */
export interface Checkpoint {
  readonly block: number
  readonly hash: Hex
  /** The newest block with enough blocks on it, counting mirrored ones only: it is promised to stay. */
  readonly finalBlock: number
  /** The node's newest block when this was written. */
  readonly head: number
}

export async function readCheckpoint(client: pg.Client): Promise<Checkpoint | undefined> {
  const [row] = await select<{ block: bigint; hash: Hex; final_block: bigint; head: bigint }>(
    client,
    `SELECT block, hash, final_block, head FROM ledger.checkpoint WHERE name = 'ledger'`,
  )
  if (row === undefined) return undefined
  return { block: Number(row.block), hash: row.hash, finalBlock: Number(row.final_block), head: Number(row.head) }
}

/**
 * Moves the checkpoint on from the block the writer believes to be the tip: text and values of a statement that changes
 * one row, or none where the tip is another.
 */
export function checkpointMove(before: BlockName | undefined, after: Checkpoint) {
  return {
    text: `INSERT INTO ledger.checkpoint AS c (name, block, hash, final_block, head, updated_at)
      VALUES ('ledger', $1::bigint, $2::bytea, $3::bigint, $4::bigint, now())
      ON CONFLICT (name) DO UPDATE SET block = excluded.block, hash = excluded.hash,
        final_block = excluded.final_block, head = excluded.head, updated_at = excluded.updated_at
      WHERE c.hash = $5::bytea`,
    values: [after.block, bytes(after.hash), after.finalBlock, after.head, bytes(before?.hash ?? '0x')],
  }
}

/** Where the tip was another, somebody else has written meanwhile, and this transaction must not stand. */
export const somebodyElseWrote = (): Error => new Error('somebody else has written to the ledger: this writer stops')

export async function writeCheckpoint(
  client: pg.Client,
  before: BlockName | undefined,
  after: Checkpoint,
): Promise<void> {
  const written = await client.query({ name: 'checkpoint', ...checkpointMove(before, after) })
  if (written.rowCount !== 1) throw somebodyElseWrote()
}

export const bytes = (hex: Hex): Buffer => Buffer.from(hex.slice(2), 'hex')
