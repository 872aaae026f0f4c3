import type { MirrorCopy } from './audited-street.ts'

interface Column {
  readonly name: string
  readonly type: string
  readonly place: number | null
}

/** A table of the ledger that the chain decides, with its columns; `place`: in the primary key. */
export interface TamperedTable {
  readonly table: string
  readonly columns: readonly Column[]
}

/** Every table of the ledger but those that tell of the mirror's own life. */
export async function tamperedTables(copy: MirrorCopy): Promise<TamperedTable[]> {
  const rows = await copy.question<Column & { table: string }>(
    `SELECT c.relname AS table, a.attname AS name, format_type(a.atttypid, null) AS type,
       array_position(i.indkey::smallint[], a.attnum) AS place
     FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
     LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
     WHERE c.relnamespace = 'ledger'::regnamespace AND c.relkind = 'r'
       AND c.relname NOT IN ('checkpoint', 'reorg', 'self_check', 'leader') ORDER BY c.relname, a.attnum`,
  )
  return [...new Set(rows.map(({ table }) => table))].map((table) => {
    return { table, columns: rows.filter((row) => row.table === table) }
  })
}

/** Another value of the same type. */
const otherValue = (column: string, type: string): string => {
  const name = `"${column}"`
  if (type === 'boolean') return `NOT ${name}`
  if (type === 'bytea') return `set_byte(${name}, 0, 255 - get_byte(${name}, 0))`
  if (type.startsWith('timestamp')) return `${name} + interval '1 second'`
  if (type === 'jsonb') return `'{"forged": 1}'::jsonb`
  if (type === 'text') return `${name} || 'x'`
  return `${name} + 1`
}

// Blocks hold other rows, so one without any is chosen; images only of what a block changed.
const oneRow: Readonly<Record<string, string>> = {
  block: `WHERE NOT EXISTS (SELECT FROM ledger.event e WHERE e.block_number = t.number)`,
  before_image: `WHERE fold <> 'block'`,
}

const chosen = (table: string): string => `(SELECT t.ctid FROM ledger."${table}" t ${oneRow[table] ?? ''} LIMIT 1)`

export function change({ table, columns }: TamperedTable): string {
  const free = columns.filter(({ name, place }) => place === null && name !== 'evidence' && name !== 'block_number')
  const column = free.find(({ type }) => type !== 'text') ?? free[0]
  if (column === undefined) throw new Error(`${table} has nothing but its key`)
  const value = `coalesce(${otherValue(column.name, column.type)}, ${emptyOf(column.type)})`
  return `UPDATE ledger."${table}" SET "${column.name}" = ${value} WHERE ctid = ${chosen(table)}`
}

const emptyOf = (type: string): string =>
  type === 'bytea' ? `'\\x00'` : type.startsWith('timestamp') ? 'now()' : 'null'

export const remove = ({ table }: TamperedTable): string =>
  `DELETE FROM ledger."${table}" WHERE ctid = ${chosen(table)}`

/** A row that stands there once more under another key, in a block that both books have. */
export function invent({ table, columns }: TamperedTable): string {
  const keys = columns.filter(({ place, name }) => place !== null && name !== 'block_number')
  const key = keys.at(-1)
  if (key === undefined) throw new Error(`${table} has no key to change`)
  const number = key.type === 'text' ? `"${key.name}" || ' '` : `"${key.name}" + 1000000`
  const first = `(SELECT min(number) - 1 FROM ledger.block)`
  const value = table === 'block' ? first : key.type === 'bytea' ? otherValue(key.name, key.type) : number
  const names = columns.map(({ name }) => `"${name}"`)
  const values = columns.map(({ name }) => (name === key.name ? value : `"${name}"`))
  return `INSERT INTO ledger."${table}" (${names.join(', ')}) SELECT ${values.join(', ')} FROM ledger."${table}"
    WHERE ctid = ${chosen(table)}`
}
