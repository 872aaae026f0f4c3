import pg from 'pg'

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
  name?: string,
): Promise<row[]> {
  const named = name === undefined ? {} : { name }
  const result = await client.query<row>({ text, values: [...values], types: rowTypes, ...named })
  return result.rows
}

/** Rows as JSON that Postgres can turn back into rows of their table: wide numbers as text, bytes as it spells them. */
export function rowsAsJson(columns: readonly string[], rows: readonly object[]): string {
  return `[${rows.map((row) => rowAsJson(columns, row)).join(',')}]`
}

export function rowAsJson(columns: readonly string[], row: object): string {
  const values = row as Readonly<Record<string, unknown>>
  return `{${columns.map((column) => `"${column}":${valueAsJson(values[column])}`).join(',')}}`
}

function valueAsJson(value: unknown): string {
  if (value === null || value === undefined) return 'null'
  if (typeof value === 'string') return value.startsWith('0x') ? `"\\\\x${value.slice(2)}"` : JSON.stringify(value)
  if (typeof value === 'bigint' || value instanceof Date) return `"${textOf(value)}"`
  return typeof value === 'object' ? argsAsJson(value) : String(value)
}

const textOf = (value: bigint | Date): string => (typeof value === 'bigint' ? value.toString() : value.toISOString())

/** What an event said, as JSON: numbers beyond 2^53 as decimal text, bytes as 0x hex. */
export function argsAsJson(args: object): string {
  let text = ''
  for (const [name, value] of Object.entries(args)) text += `${text === '' ? '' : ','}"${name}":${saidAsJson(value)}`
  return `{${text}}`
}

const hexAlone = /^0x[0-9a-f]*$/i

/** The texts that events speak are hex alone, so there is nothing in them to escape: any other would be a bug. */
function saidAsJson(value: unknown): string {
  if (typeof value === 'bigint' || (typeof value === 'string' && hexAlone.test(value))) return `"${value}"`
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (Array.isArray(value)) return `[${value.map(saidAsJson).join(',')}]`
  if (typeof value === 'object' && value !== null) return argsAsJson(value)
  throw new Error(`an event cannot say ${String(value)}`)
}
