import type pg from 'pg'
import type { Stretch } from '#indexer/chain/fetch.ts'
import type { BlockName } from '#indexer/chain/next-step.ts'
import { type Checkpoint, writeCheckpoint } from './checkpoint.ts'
import { foldEvent, touchedKeys } from './fold.ts'
import type { PendingLapse } from './fold-points.ts'
import type { PointTokens } from './point-tokens.ts'
import { type AnyFoldedRow, type FoldedRows, type FoldName, folds, journalNames, journals } from './rows.ts'
import { append, inTransaction, rowsAsJson, select } from './rows-in-sql.ts'
import { Workspace } from './workspace.ts'

/** How far back undo reaches by before-images; a deeper fork is answered by filling the ledger again. */
export const undoDepth = 128

/** Marks, among the before-images, that all of a block's images were kept, even where it changed nothing. */
export const wholeBlock = 'block'

export interface Recording {
  readonly stretch: Stretch
  /** All tokens, those admitted in the stretch among them. */
  readonly tokens: PointTokens
  /** The mirror's tip before; undefined where nothing was mirrored yet. */
  readonly before: BlockName | undefined
  readonly after: Checkpoint
}

/** Writes a stretch of the chain and all that follows from it, in one transaction. */
export async function recordStretch(client: pg.Client, recording: Recording): Promise<void> {
  const { stretch, tokens, after } = recording
  await inTransaction(client, async () => {
    const work = new Workspace(after.head - undoDepth)
    await loadTouched(client, work, recording)
    foldStretch(work, stretch, tokens)
    for (const journal of journalNames) {
      await append(client, `ledger.${journal}`, journals[journal], work.grown[journal])
    }
    for (const { fold, rows } of work.changedRows()) await upsert(client, fold, rows)
    await keepImages(client, work, recording)
    await writeCheckpoint(client, recording.before, after)
  })
}

function foldStretch(work: Workspace, stretch: Stretch, tokens: PointTokens): void {
  const lapse: PendingLapse = {}
  let next = 0
  for (const block of stretch.blocks) {
    work.enterBlock(block.number)
    work.grown.block.push({
      number: block.number,
      hash: block.hash,
      parent_hash: block.parentHash,
      time: new Date(block.time * 1000),
    })
    for (let event = stretch.events[next]; event?.blockNumber === block.number; event = stretch.events[next]) {
      foldEvent(event, work, tokens.shopOf, lapse)
      next += 1
    }
  }
  if (next !== stretch.events.length) throw new Error('an event stands in a block that is not of its stretch')
  if (lapse.said !== undefined) throw new Error(`points of ${lapse.said.account} lapsed without leaving it`)
}

/** Loads every row the stretch touches: one question a fold, however many rows. */
async function loadTouched(client: pg.Client, work: Workspace, recording: Recording): Promise<void> {
  for (const [fold, keys] of touchedKeys(recording.stretch.events, recording.tokens.shopOf)) {
    const found = await select<FoldedRows[typeof fold]>(client, loadSql(fold), [keysAsJson(keys)])
    for (const row of found) work.load(fold, row)
  }
}

/** The keys are JSON already; only bytes are spelled differently there. */
function keysAsJson(keys: ReadonlySet<string>): string {
  return `[${[...keys].join(',')}]`.replaceAll('"0x', '"\\\\x')
}

function loadSql(fold: FoldName): string {
  const { key, rest } = folds[fold]
  const columns = [...key, ...rest].map((column) => `t."${column}"`).join(', ')
  return `SELECT ${columns} FROM json_populate_recordset(null::ledger.${fold}, $1) k
    JOIN ledger.${fold} t USING (${key.join(', ')})`
}

async function upsert(client: pg.Client, fold: FoldName, rows: readonly AnyFoldedRow[]): Promise<void> {
  if (rows.length === 0) return
  const { key, rest } = folds[fold]
  const quoted = [...key, ...rest].map((column) => `"${column}"`).join(', ')
  const set = rest.map((column) => `"${column}" = excluded."${column}"`).join(', ')
  await client.query({
    name: `upsert ${fold}`,
    text: `INSERT INTO ledger.${fold} (${quoted})
      SELECT ${quoted} FROM json_populate_recordset(null::ledger.${fold}, $1)
      ON CONFLICT (${key.join(', ')}) DO UPDATE SET ${set}`,
    values: [rowsAsJson(rows)],
  })
}

async function keepImages(client: pg.Client, work: Workspace, recording: Recording): Promise<void> {
  const { stretch, after } = recording
  const marks = stretch.blocks
    .filter((block) => block.number > after.head - undoDepth)
    .map((block) => ({ block_number: block.number, fold: wholeBlock, key: '', image: null }))
  const images = work.images.map((image) => ({
    block_number: image.block,
    fold: image.fold,
    key: image.key.replaceAll('"0x', '"\\\\x'),
    image: image.row === undefined ? null : rowsAsJson([image.row]).slice(1, -1),
  }))
  await append(client, 'ledger.before_image', ['block_number', 'fold', 'key', 'image'], [...marks, ...images])
  await client.query('DELETE FROM ledger.before_image WHERE block_number <= $1', [after.block - undoDepth])
}
