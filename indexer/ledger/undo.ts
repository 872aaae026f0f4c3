import type pg from 'pg'
import type { BlockName } from '#indexer/chain/next-step.ts'
import { bytes, type Checkpoint } from './checkpoint.ts'
import { journalNames } from './journal-rows.ts'
import { wholeBlock } from './record.ts'
import { type FoldName, foldNames, folds } from './rows.ts'
import { select } from './rows-in-sql.ts'

/** How a fork was answered: by putting rows back, or, where their images are gone, by emptying the ledger. */
export type Undone = 'putBack' | 'emptied'

/** How the ledger can be brought back to `ancestor`, which is undefined where no block of ours is shared. */
export async function wayBack(client: pg.Client, ancestor: BlockName | undefined, tip: number): Promise<Undone> {
  if (ancestor === undefined) return 'emptied'
  const [row] = await select<{ kept: bigint }>(
    client,
    'SELECT count(*) AS kept FROM ledger.before_image WHERE block_number > $1 AND fold = $2',
    [ancestor.number, wholeBlock],
  )
  return row !== undefined && Number(row.kept) === tip - ancestor.number ? 'putBack' : 'emptied'
}

/** Takes back everything above `ancestor`, within the writer's transaction, which goes on with what replaces it. */
export async function undoTo(client: pg.Client, ancestor: BlockName, from: Checkpoint): Promise<void> {
  for (const fold of foldNames) await putBack(client, fold, ancestor.number)
  await client.query('DELETE FROM ledger.before_image WHERE block_number > $1', [ancestor.number])
  for (const journal of journalNames.filter((name) => name !== 'block')) {
    await client.query(`DELETE FROM ledger.${journal} WHERE block_number > $1`, [ancestor.number])
  }
  await client.query('DELETE FROM ledger.block WHERE number > $1', [ancestor.number])
  const moved = await client.query(
    `UPDATE ledger.checkpoint SET block = $1, hash = $2, final_block = LEAST(final_block, $1), updated_at = now()
     WHERE name = 'ledger' AND hash = $3`,
    [ancestor.number, bytes(ancestor.hash), bytes(from.hash)],
  )
  if (moved.rowCount !== 1) throw new Error('somebody else has written to the ledger: this writer stops')
}

/**
 * Takes everything back, within the writer's transaction. Row by row: TRUNCATE would make readers wait, and would show
 * an empty table to those whose moment was before it.
 */
export async function undoAll(client: pg.Client): Promise<void> {
  for (const table of [...everyTable].reverse()) await client.query(`DELETE FROM ledger.${table}`)
}

/** Empties everything that is filled again from the chain; which chain it is, and the forks seen, stay. */
export async function emptyTables(client: pg.Client): Promise<void> {
  await client.query(`TRUNCATE ${everyTable.map((table) => `ledger.${table}`).join(', ')}`)
}

const everyTable = [...journalNames, ...foldNames, 'before_image', 'checkpoint']

/** Each changed row as it stood before the first undone block: the earliest image above the ancestor. */
async function putBack(client: pg.Client, fold: FoldName, ancestor: number): Promise<void> {
  const sameKey = folds[fold].key.map((column) => `t.${column} = k.${column}`).join(' AND ')
  await client.query(
    `DELETE FROM ledger.${fold} t
     USING (SELECT DISTINCT key FROM ledger.before_image WHERE block_number > $1 AND fold = $2) i,
       jsonb_populate_record(null::ledger.${fold}, i.key::jsonb) k
     WHERE ${sameKey}`,
    [ancestor, fold],
  )
  await client.query(
    `INSERT INTO ledger.${fold}
     SELECT r.* FROM (
       SELECT DISTINCT ON (key) image FROM ledger.before_image
       WHERE block_number > $1 AND fold = $2 ORDER BY key, block_number
     ) i, jsonb_populate_record(null::ledger.${fold}, i.image) r
     WHERE i.image IS NOT NULL`,
    [ancestor, fold],
  )
}

/** What a fork replaced, and by what. */
export interface Replaced {
  readonly ancestor: number
  /** Our newest block before. */
  readonly from: BlockName
  /** Our newest block after. */
  readonly to: BlockName
  readonly how: Undone
  /** From noticing the fork to the last row of the new branch. */
  readonly tookMs: number
}

/** Notes a fork, in the transaction that followed it. */
export async function noteReorg(client: pg.Client, replaced: Replaced): Promise<void> {
  const { ancestor, from, to, tookMs } = replaced
  await client.query(
    `INSERT INTO ledger.reorg (ancestor, old_head, old_hash, new_head, new_hash, took_ms, noticed)
     VALUES ($1, $2, $3, $4, $5, $6, clock_timestamp() - $6::integer * interval '1 millisecond')`,
    [ancestor, from.number, bytes(from.hash), to.number, bytes(to.hash), tookMs],
  )
}
