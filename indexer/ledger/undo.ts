import type pg from 'pg'
import type { Hex } from 'viem'
import { bytes, type Checkpoint } from './checkpoint.ts'
import { wholeBlock } from './record.ts'
import { type FoldName, foldNames, folds } from './rows.ts'
import { inTransaction, select } from './rows-in-sql.ts'

/** How a fork was answered: by putting rows back, or, where their images are gone, by emptying the ledger. */
export type Undone = 'putBack' | 'emptied'

/** Takes back everything above `ancestor`, in one transaction, and notes that it happened. */
export async function undoTo(client: pg.Client, ancestor: number, from: Checkpoint): Promise<Undone> {
  return await inTransaction(client, async () => {
    await client.query(
      `INSERT INTO ledger.reorg (ancestor, old_head, noticed) VALUES ($1, $2, clock_timestamp())
       ON CONFLICT DO NOTHING`,
      [ancestor, from.block],
    )
    const hash = await hashOf(client, ancestor)
    if (hash === undefined || !(await imagesComplete(client, ancestor, from.block))) {
      await emptyTables(client)
      return 'emptied'
    }
    for (const fold of foldNames) await putBack(client, fold, ancestor)
    await client.query('DELETE FROM ledger.before_image WHERE block_number > $1', [ancestor])
    await client.query('DELETE FROM ledger.block WHERE number > $1', [ancestor])
    await client.query(
      `UPDATE ledger.checkpoint SET block = $1, hash = $2, final_block = LEAST(final_block, $1), updated_at = now()
       WHERE name = 'ledger'`,
      [ancestor, bytes(hash)],
    )
    return 'putBack'
  })
}

/** Empties everything that is filled again from the chain; which chain it is, and the forks seen, stay. */
export async function emptyLedger(client: pg.Client): Promise<void> {
  await inTransaction(client, () => emptyTables(client))
}

async function emptyTables(client: pg.Client): Promise<void> {
  const journals = 'ledger.block, ledger.event, ledger.purchase, ledger.payment, ledger.payment_line'
  const rest = 'ledger.refusal, ledger.movement, ledger.before_image, ledger.checkpoint'
  const folded = foldNames.map((fold) => `ledger.${fold}`).join(', ')
  await client.query(`TRUNCATE ${journals}, ${rest}, ${folded}`)
}

async function hashOf(client: pg.Client, number: number): Promise<Hex | undefined> {
  const [block] = await select<{ hash: Hex }>(client, 'SELECT hash FROM ledger.block WHERE number = $1', [number])
  return block?.hash
}

async function imagesComplete(client: pg.Client, ancestor: number, tip: number): Promise<boolean> {
  const [row] = await select<{ kept: bigint }>(
    client,
    'SELECT count(*) AS kept FROM ledger.before_image WHERE block_number > $1 AND fold = $2',
    [ancestor, wholeBlock],
  )
  return row !== undefined && Number(row.kept) === tip - ancestor
}

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
