import pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'

const { BYTEA, INT8, NUMERIC } = pg.types.builtins

/** Whole numbers of the wide types as bigint, bytes as 0x hex: the shapes of rows.ts. */
const rowTypes: pg.CustomTypesConfig = {
  getTypeParser(oid, format) {
    if (format === 'binary') return pg.types.getTypeParser(oid, format)
    if (oid === INT8 || oid === NUMERIC) return (text: string) => BigInt(text)
    if (oid === BYTEA) return (text: string) => `0x${text.slice(2)}`
    return pg.types.getTypeParser(oid, format)
  },
}

/** Asks and gets rows in the shapes of rows.ts; `row` is the caller's word for what the columns are. */
export async function select<row extends object>(
  client: pg.Client,
  text: string,
  values: readonly unknown[] = [],
): Promise<row[]> {
  const result = await client.query<row>({ text, values: [...values], types: rowTypes })
  return result.rows
}

/** Rows as JSON that Postgres can turn back into rows of their table. */
export function rowsAsJson(rows: readonly object[]): string {
  return JSON.stringify(rows, (_, value: unknown) => {
    if (typeof value === 'bigint') return value.toString()
    return typeof value === 'string' && value.startsWith('0x') ? `\\x${value.slice(2)}` : value
  })
}

/** What an event said, as JSON: numbers beyond 2^53 as decimal text, bytes as 0x hex. */
export function argsAsJson(args: object): string {
  return JSON.stringify(args, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value))
}

const sizeOfPieces = 1 << 16

/** Appends rows to a table by COPY, the fastest way in; a row that is there already fails the transaction. */
export async function append(
  client: pg.Client,
  table: string,
  columns: readonly string[],
  rows: readonly object[],
): Promise<void> {
  if (rows.length === 0) return
  const stream = client.query(copyFrom(`COPY ${table} (${columns.join(', ')}) FROM STDIN`))
  const finished = new Promise<void>((resolve, reject) => {
    stream.on('finish', () => resolve())
    stream.on('error', reject)
  })
  let piece = ''
  for (const row of rows) {
    const values = row as Readonly<Record<string, unknown>>
    piece += `${columns.map((column) => copyText(values[column])).join('\t')}\n`
    if (piece.length > sizeOfPieces) {
      stream.write(piece)
      piece = ''
    }
  }
  stream.end(piece)
  await finished
}

/** A value in the text format of COPY, where a backslash begins every special thing. */
function copyText(value: unknown): string {
  if (value === null || value === undefined) return '\\N'
  if (typeof value === 'bigint' || typeof value === 'number') return value.toString()
  if (value instanceof Date) return value.toISOString()
  const text = typeof value === 'object' ? argsAsJson(value) : String(value)
  if (text.startsWith('0x')) return `\\\\x${text.slice(2)}`
  return /[\\\t\n\r]/.test(text) ? text.replace(/[\\\t\n\r]/g, (special) => escapes[special] ?? special) : text
}

const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' }

/** Runs `work` in one transaction: all of it stands, or none. */
export async function inTransaction<result>(client: pg.Client, work: () => Promise<result>): Promise<result> {
  await client.query('BEGIN')
  try {
    const result = await work()
    await client.query('COMMIT')
    return result
  } catch (error) {
    // Where the connection is gone, so is the transaction.
    await client.query('ROLLBACK').catch(() => undefined)
    throw error
  }
}
