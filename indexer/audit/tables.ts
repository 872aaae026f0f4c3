import type pg from 'pg'

/** A table of the ledger, how its rows are told apart, and which of them stand at or below a block. */
export interface LedgerTable {
  readonly name: string
  readonly columns: readonly string[]
  readonly key: readonly { readonly column: string; readonly type: string }[]
  /** journal: rows bear their block. fold: rows are as of the mirror's newest block. whole: rows have no block. */
  readonly kind: 'journal' | 'fold' | 'whole'
}

// They tell of the mirror's own life, which no chain repeats: how far it came, which forks it saw, who writes.
const ofTheMirrorItself = new Set(['checkpoint', 'reorg', 'self_check', 'leader', 'before_image'])

// Which proof the node gave for a block at the time; a node may give more at one time than at another.
const columnsLeftOut = new Set(['block.evidence'])

const blockColumns: Readonly<Record<string, string>> = { block: 'number' }

interface ColumnRow {
  readonly table: string
  readonly column: string
  readonly type: string
  readonly place: number | null
}

/** The tables as the database has them, so that a new one is compared without being named here. */
export async function comparedTables(client: pg.Client): Promise<LedgerTable[]> {
  const { rows } = await client.query<ColumnRow>(
    `SELECT c.relname AS table, a.attname AS column, format_type(a.atttypid, null) AS type,
       array_position(i.indkey::smallint[], a.attnum) AS place
     FROM pg_class c
     JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
     LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
     WHERE c.relnamespace = 'ledger'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
     ORDER BY c.relname, a.attnum`,
  )
  const names = [...new Set(rows.map(({ table }) => table))].filter((name) => !ofTheMirrorItself.has(name))
  return names.map((name) => {
    const own = rows.filter(({ table }) => table === name)
    const columns = own.map(({ column }) => column).filter((column) => !columnsLeftOut.has(`${name}.${column}`))
    const key = own.filter(({ place }) => place !== null).sort((one, other) => (one.place ?? 0) - (other.place ?? 0))
    return { name, columns, key: key.length > 0 ? key : own, kind: kindOf(name, columns) }
  })
}

function kindOf(name: string, columns: readonly string[]): LedgerTable['kind'] {
  if (name === 'chain') return 'whole'
  return columns.includes(blockColumnOf(name)) ? 'journal' : 'fold'
}

const blockColumnOf = (table: string): string => blockColumns[table] ?? 'block_number'

/** What tells rows apart, as text whose order is that of its bytes. */
function keySql({ key }: LedgerTable): string {
  const parts = key.map(({ column, type }) =>
    type === 'bytea' ? `encode(r."${column}", 'hex')` : `r."${column}"::text`,
  )
  return `concat_ws('|', ${parts.join(', ')})`
}

/**
 * The rows of a table as they stood at `block`: SQL that gives the key, then every column. A fold is put back by the
 * images of what later blocks changed; where the books end at that block, there are none.
 */
export function rowsAtSql(table: LedgerTable, block: number): string {
  const columns = table.columns.map((column) => `r."${column}"`).join(', ')
  return inOrder(`SELECT ${keySql(table)} AS "row key", ${columns} FROM (${standingSql(table, block)}) r`)
}

function standingSql(table: LedgerTable, block: number): string {
  const name = `ledger."${table.name}"`
  if (table.kind === 'whole') return `SELECT * FROM ${name}`
  if (table.kind === 'journal') return `SELECT * FROM ${name} WHERE "${blockColumnOf(table.name)}" <= ${block}`
  const images = `SELECT DISTINCT ON (key) key, image FROM ledger.before_image
    WHERE block_number > ${block} AND fold = '${table.name}' ORDER BY key, block_number`
  const same = table.key.map(({ column }) => `k."${column}" = t."${column}"`).join(' AND ')
  return `SELECT t.* FROM ${name} t WHERE NOT EXISTS (
      SELECT FROM (${images}) i, jsonb_populate_record(null::${name}, i.key::jsonb) k WHERE ${same})
    UNION ALL
    SELECT b.* FROM (${images}) i, jsonb_populate_record(null::${name}, i.image::jsonb) b WHERE i.image IS NOT NULL`
}

/** Before-images of blocks up to `block` that both books kept whole; older ones are forgotten in time. */
export const imageTable: LedgerTable = {
  name: 'before_image',
  columns: ['block_number', 'fold', 'key', 'image'],
  key: [
    { column: 'block_number', type: 'bigint' },
    { column: 'fold', type: 'text' },
    { column: 'key', type: 'text' },
  ],
  kind: 'journal',
}

export function imagesAtSql(blocks: readonly number[]): string {
  const among = blocks.length === 0 ? 'false' : `block_number = ANY ('{${blocks.join(',')}}')`
  const rows = `SELECT block_number, fold, key, image::jsonb AS image FROM ledger.before_image WHERE ${among}`
  return inOrder(`SELECT ${keySql(imageTable)} AS "row key", r.* FROM (${rows}) r`)
}

const inOrder = (sql: string): string => `SELECT * FROM (${sql}) s ORDER BY s."row key" COLLATE "C"`
