import { CopiedRows, type WriteRow } from './copied-rows.ts'
import { copied } from './journal-copied.ts'
import { type JournalName, type JournalRows, journalNames, journals } from './journal-rows.ts'

// More than a block brings and less than pays for COPY, which needs a question a table.
const rowsAtOnce = 1_500

/**
 * What a journal has grown by. Few rows stay rows, for the one statement that writes a block or two. Of many, each is
 * put into COPY's own bytes as it comes: as objects they would wait for Postgres in the heap, and be collected there.
 */
export class Grown<row> {
  length = 0
  private kept: row[] = []
  private readonly pieces: Buffer[] = []
  private out: CopiedRows | undefined
  private readonly columns: readonly string[]
  private readonly write: WriteRow<row>

  constructor(columns: readonly string[], write: WriteRow<row>, extent: 'few' | 'many') {
    this.columns = columns
    this.write = write
    if (extent === 'many') this.copy()
  }

  push(row: row): void {
    this.length += 1
    if (this.out !== undefined) this.put(this.out, row)
    else {
      this.kept.push(row)
      if (this.length > rowsAtOnce) this.copy()
    }
  }

  /** The rows, as long as they are few. */
  get rows(): readonly row[] | undefined {
    return this.out === undefined ? this.kept : undefined
  }

  /** All of it for COPY; nothing may be added afterwards. */
  bytes(): readonly Buffer[] {
    this.copy().end()
    return this.pieces
  }

  private copy(): CopiedRows {
    const out = this.out ?? new CopiedRows((piece) => this.pieces.push(piece))
    if (this.out === undefined) {
      this.out = out
      for (const row of this.kept) this.put(out, row)
      this.kept = []
    }
    return out
  }

  private put(out: CopiedRows, row: row): void {
    out.row(this.columns.length)
    this.write(out, row)
  }
}

/** What every journal has grown by. */
export type GrownRows = { readonly [journal in JournalName]: Grown<JournalRows[journal]> }

export function nothingGrown(extent: 'few' | 'many'): GrownRows {
  const grown = <journal extends JournalName>(name: journal) =>
    [name, new Grown<JournalRows[journal]>(journals[name], copied[name], extent)] as const
  return Object.fromEntries(journalNames.map((name) => grown(name))) as unknown as GrownRows
}

/** How many rows they are together. */
export const rowsOf = (grown: GrownRows): number =>
  journalNames.reduce((sum, journal) => sum + grown[journal].length, 0)

/** Whether it is so little that one statement writes it soonest. */
export const isLittle = (grown: GrownRows): boolean => rowsOf(grown) <= rowsAtOnce
