import type pg from 'pg'
import type { BlockName } from '#indexer/chain/next-step.ts'
import type { Stretch } from '#indexer/chain/stretch.ts'
import { Announced } from './announced.ts'
import { addBalances, changeBalances } from './changed-balances.ts'
import { type Checkpoint, checkpointMove, somebodyElseWrote, writeCheckpoint } from './checkpoint.ts'
import { append, type CopiedRows, copiedRows } from './copied-rows.ts'
import { failPoint } from './fail-point.ts'
import { foldEvent, touchedKeys } from './fold.ts'
import { type GrownRows, isLittle, rowsOf } from './grown.ts'
import { type HeldRows, keyOf } from './held-rows.ts'
import { journalNames, journals } from './journal-rows.ts'
import { insertion, OneStatement, upsertion } from './one-statement.ts'
import type { PointTokens } from './point-tokens.ts'
import { type BalanceRow, type FoldedRows, type FoldName, foldNames, folds } from './rows.ts'
import { rowAsJson, rowsAsJson, select } from './rows-in-sql.ts'
import { type BeforeImage, Workspace } from './workspace.ts'

const leastUndoDepth = 64
const beyondFinal = 16

/**
 * How far back undo reaches by before-images: over all that is not final, and a little further, so that a rebuild finds
 * images of final blocks to compare. A deeper fork, which only our own chain may come with, is answered by filling the
 * ledger again.
 */
export const undoDepthOf = (confirmations: number): number => Math.max(leastUndoDepth, confirmations + beyondFinal)

/** Marks, among the before-images, that all of a block's images were kept, even where it changed nothing. */
export const wholeBlock = 'block'

const outdated = { text: 'DELETE FROM ledger.before_image WHERE block_number <= $1::bigint' }

// What waits is a few megabytes; while Postgres takes it, the next is made ready.
const rowsACopy = 12_000

const imageColumns = ['block_number', 'fold', 'key', 'image'] as const

/** From where to where a transaction moves the mirror. */
export interface Moving {
  /** The mirror's tip before; undefined where nothing was mirrored yet. */
  readonly before: BlockName | undefined
  readonly after: Checkpoint
}

/**
 * What one transaction of the writer takes in: stretch after stretch, journals by COPY as they come, folds and
 * checkpoint at the end. The caller begins and ends the transaction, and lets `held` forget where it fails.
 */
export class Writing {
  private readonly client: pg.Client
  private readonly held: HeldRows
  private readonly work: Workspace
  private readonly imagesAbove: number
  private readonly undoDepth: number
  private readonly marked: number[] = []
  private copying: Promise<void> = Promise.resolve()
  private copied = false
  /** Events taken in. */
  events = 0

  /** `head` is the chain's newest block: only within `undoDepth` of it before-images are kept. */
  constructor(client: pg.Client, held: HeldRows, { head, undoDepth }: { head: number; undoDepth: number }) {
    this.client = client
    this.held = held
    this.undoDepth = undoDepth
    this.imagesAbove = head - undoDepth
    this.work = new Workspace(held, this.imagesAbove)
  }

  /** Folded rows that differ from the database. */
  get differing(): number {
    return this.work.differing
  }

  /** Takes a stretch in; `tokens` are all of them, those admitted in it among them. */
  async add(stretch: Stretch, tokens: PointTokens): Promise<void> {
    await this.loadTouched(stretch, tokens)
    foldStretch(this.work, stretch, tokens)
    for (const { number } of stretch.blocks) if (number > this.imagesAbove) this.marked.push(number)
    this.events += stretch.events.length
  }

  /** Whether so much is waiting that a COPY of it pays: each takes questions of its own for every table. */
  get isMuch(): boolean {
    return rowsOf(this.work.grown) >= rowsACopy
  }

  /** Begins to copy what the journals have grown by; while Postgres is at it, the next stretch can be taken in. */
  async copy(): Promise<void> {
    const grown = this.work.handOver()
    this.copied = true
    await this.copying
    this.copying = this.copyAll(grown)
    // Its failure is met where it is awaited.
    this.copying.catch(() => undefined)
  }

  /** Writes all that is not written yet, and moves the checkpoint. */
  async end({ before, after }: Moving): Promise<void> {
    await this.copy()
    await this.copying
    failPoint('journalWritten')
    for (const fold of foldNames) await this.upsert(fold)
    failPoint('totalsWritten')
    const images = this.images()
    const into = { table: 'ledger.before_image', columns: imageColumns }
    if (images.length > 0) await append(this.client, into, copiedRows(imageColumns, images, copyImage))
    await this.client.query(outdated.text, [after.block - this.undoDepth])
    await writeCheckpoint(this.client, before, after)
    this.held.take(this.work.changed)
  }

  /** The same as `end` in one statement: for a block or two, where questions cost more than rows. */
  async atOnce({ before, after }: Moving): Promise<void> {
    const statement = new OneStatement()
    const { grown, changed } = this.work
    for (const journal of journalNames) {
      statement.add(
        `${journal}_rows`,
        insertion(journal, journals[journal]),
        rowsOrNone(journals[journal], grown[journal].rows),
      )
    }
    for (const fold of foldNames) {
      statement.add(`${fold}_rows`, upsertion(fold), rowsOrNone(columnsOf(fold), [...changed[fold].values()]))
    }
    const images = this.images().map(imageAsJson)
    statement.add('images', insertion('before_image', imageColumns), images.length === 0 ? undefined : `[${images}]`)
    statement.add('outdated', outdated, after.block - this.undoDepth)
    const moved = await statement.run(this.client, checkpointMove(before, after))
    if (!moved) throw somebodyElseWrote()
    this.held.take(changed)
  }

  /** Whether it is so little that one statement writes it soonest. */
  get isSmall(): boolean {
    return !this.copied && isLittle(this.work.grown)
  }

  private async copyAll(grown: GrownRows): Promise<void> {
    for (const name of journalNames) {
      if (grown[name].length === 0) continue
      await append(this.client, { table: `ledger.${name}`, columns: journals[name] }, grown[name].bytes())
    }
  }

  /** Loads every row the stretch touches and that is not known yet: one question a fold, however many rows. */
  private async loadTouched(stretch: Stretch, tokens: PointTokens): Promise<void> {
    if (this.held.knowsAll) return
    for (const [fold, keys] of touchedKeys(stretch.events, tokens.shopOf)) {
      const unknown = [...keys].filter((key) => !this.held.knows(fold, key))
      if (unknown.length === 0) continue
      await this.copying
      const found = await select<FoldedRows[typeof fold]>(
        this.client,
        loadSql(fold),
        [keysAsJson(unknown)],
        `load ${fold}`,
      )
      for (const key of unknown) this.held.hold(fold, key, null)
      for (const row of found) this.held.hold(fold, keyOf(fold, row as never), row)
    }
  }

  private async upsert(fold: FoldName): Promise<void> {
    if (fold === 'balance') {
      const [fresh, known] = this.changedBalances()
      await changeBalances(this.client, known)
      await addBalances(this.client, fresh)
      return
    }
    const rows = this.work.changed[fold]
    if (rows.size === 0) return
    const { text } = upsertion(fold)
    await this.client.query({ name: `upsert ${fold}`, text, values: [rowsAsJson(columnsOf(fold), [...rows.values()])] })
  }

  /** Those the database does not have yet, and those it has. */
  private changedBalances(): readonly [fresh: BalanceRow[], known: BalanceRow[]] {
    const fresh: BalanceRow[] = []
    const known: BalanceRow[] = []
    this.work.changed.balance.forEach((row, key) => {
      if (this.held.get('balance', key) === undefined) fresh.push(row)
      else known.push(row)
    })
    return [fresh, known]
  }

  private images(): readonly ImageRow[] {
    const marks = this.marked.map((block_number) => ({ block_number, fold: wholeBlock, key: '', image: undefined }))
    return [...marks, ...this.work.images.map(imageRowOf)]
  }
}

function foldStretch(work: Workspace, stretch: Stretch, tokens: PointTokens): void {
  const announced = new Announced()
  let next = 0
  for (const block of stretch.blocks) {
    const time = new Date(block.time * 1000)
    work.enterBlock({ number: block.number, time })
    const { number, hash, parentHash, evidence } = block
    work.grown.block.push({ number, hash, parent_hash: parentHash, time, evidence })
    for (let event = stretch.events[next]; event?.blockNumber === block.number; event = stretch.events[next]) {
      foldEvent(event, work, tokens.shopOf, announced)
      next += 1
    }
  }
  if (next !== stretch.events.length) throw new Error('an event stands in a block that is not of its stretch')
  announced.mustBeEmpty()
}

/** The keys are JSON already; only bytes are spelled differently there. */
const keysAsJson = (keys: readonly string[]): string => `[${keys.join(',')}]`.replaceAll('"0x', '"\\\\x')

function loadSql(fold: FoldName): string {
  const columns = columnsOf(fold)
    .map((column) => `t."${column}"`)
    .join(', ')
  return `SELECT ${columns} FROM json_populate_recordset(null::ledger.${fold}, $1) k
    JOIN ledger.${fold} t USING (${folds[fold].key.join(', ')})`
}

const columnsOf = (fold: FoldName): readonly string[] => [...folds[fold].key, ...folds[fold].rest]

const rowsOrNone = (columns: readonly string[], rows: readonly object[] = []): string | undefined =>
  rows.length === 0 ? undefined : rowsAsJson(columns, rows)

/** `image` is JSON, undefined where the row was not there. */
interface ImageRow {
  readonly block_number: number
  readonly fold: string
  readonly key: string
  readonly image: string | undefined
}

const imageRowOf = ({ block, fold, key, row }: BeforeImage): ImageRow => ({
  block_number: block,
  fold,
  key: key.replaceAll('"0x', '"\\\\x'),
  image: row === undefined ? undefined : rowAsJson(columnsOf(fold), row),
})

function copyImage(out: CopiedRows, { block_number, fold, key, image }: ImageRow): void {
  out.int8(block_number)
  out.text(fold)
  out.text(key)
  out.json(image)
}

const imageAsJson = ({ block_number, fold, key, image }: ImageRow): string =>
  `{"block_number":${block_number},"fold":"${fold}","key":${JSON.stringify(key)},"image":${image ?? 'null'}}`
