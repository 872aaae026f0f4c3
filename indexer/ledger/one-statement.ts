import type pg from 'pg'
import { type FoldName, folds } from './rows.ts'

/** A piece of the one statement; `$1` in it stands for its one value. */
export interface Piece {
  readonly text: string
}

/** Adds rows given as JSON to a table that only grows. */
export function insertion(table: string, columns: readonly string[]): Piece {
  const quoted = columns.map((column) => `"${column}"`).join(', ')
  const text = `INSERT INTO ledger.${table} (${quoted})
    SELECT ${quoted} FROM json_populate_recordset(null::ledger.${table}, $1)`
  return { text }
}

/** Writes folded rows given as JSON over those of the same key. */
export function upsertion(fold: FoldName): Piece {
  const { key, rest } = folds[fold]
  const set = rest.map((column) => `"${column}" = excluded."${column}"`).join(', ')
  return { text: `${insertion(fold, [...key, ...rest]).text} ON CONFLICT (${key.join(', ')}) DO UPDATE SET ${set}` }
}

/** A row that is changed under a condition; the statement stands only where it was met. */
export interface Move {
  readonly text: string
  readonly values: readonly unknown[]
}

/**
 * Many writes as one statement: one question and one answer. Everything in it sees the database as it was before;
 * Postgres checks what refers to what at its end.
 */
export class OneStatement {
  private readonly names: string[] = []
  private readonly parts: string[] = []
  private readonly values: unknown[] = []

  /** Adds a write, unless there is nothing to write. */
  add(name: string, piece: Piece, value: unknown): void {
    if (value === undefined) return
    this.values.push(value)
    this.names.push(name)
    this.parts.push(`${name} AS (${piece.text.replaceAll('$1', `$${this.values.length}`)})`)
  }

  /** Runs it with `move`; false where that met nothing, and then nothing of the transaction stands. */
  async run(client: pg.Client, move: Move): Promise<boolean> {
    const from = this.values.length
    const moved = move.text.replace(/\$(\d+)/g, (_, number) => `$${from + Number(number)}`)
    const text = `WITH ${this.parts.map((part) => `${part}, `).join('')} moved AS (${moved} RETURNING 1)
      SELECT 1 / (SELECT count(*) FROM moved) AS written`
    try {
      // The same tables grow in block after block, so a few plans serve them all.
      await client.query({ name: shortNameOf(this.names.join(' ')), text, values: [...this.values, ...move.values] })
      return true
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === divisionByZero) return false
      throw error
    }
  }
}

const shortNames = new Map<string, string>()

/** Postgres keeps 63 letters of the name of a statement. */
function shortNameOf(name: string): string {
  const known = shortNames.get(name) ?? `at once ${shortNames.size}`
  shortNames.set(name, known)
  return known
}

// How the statement fails itself where it moved nothing: then none of its writes stands.
const divisionByZero = '22012'
