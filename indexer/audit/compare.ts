import type pg from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import { type Finding, mostNamed } from './findings.ts'
import type { LedgerTable } from './tables.ts'

/** Rows of one table held against each other, byte for byte as Postgres writes them. */
export interface ComparedRows {
  readonly rows: number
  readonly differing: number
  readonly first: readonly Finding[]
}

/** A row as COPY writes it: what tells it apart, and all of it. */
interface Line {
  readonly key: string
  readonly text: string
}

/** Walks through both books in the same order, a piece at a time, however long they are. */
export async function compareRows(
  table: LedgerTable,
  mirror: { readonly client: pg.Client; readonly sql: string },
  rebuilt: { readonly client: pg.Client; readonly sql: string },
): Promise<ComparedRows> {
  const ours = linesOf(mirror.client, mirror.sql)
  const fresh = linesOf(rebuilt.client, rebuilt.sql)
  let rows = 0
  let differing = 0
  const first: Finding[] = []
  const note = (finding: Finding): void => {
    differing += 1
    if (first.length < mostNamed) first.push(finding)
  }
  let one = await nextLine(ours)
  let other = await nextLine(fresh)
  while (one !== undefined || other !== undefined) {
    rows += 1
    if (one !== undefined && (other === undefined || one.key < other.key)) {
      note({ where: whereOf(table, one), mirror: rowTold(table, one), chain: null })
      one = await nextLine(ours)
    } else if (other !== undefined && (one === undefined || other.key < one.key)) {
      note({ where: whereOf(table, other), mirror: null, chain: rowTold(table, other) })
      other = await nextLine(fresh)
    } else if (one !== undefined && other !== undefined) {
      if (one.text !== other.text) note(changed(table, one, other))
      one = await nextLine(ours)
      other = await nextLine(fresh)
    }
  }
  return { rows, differing, first }
}

async function nextLine(lines: AsyncIterator<Line>): Promise<Line | undefined> {
  const next = await lines.next()
  return next.done === true ? undefined : next.value
}

async function* linesOf(client: pg.Client, sql: string): AsyncGenerator<Line> {
  const stream = client.query(copyTo(`COPY (${sql}) TO STDOUT`))
  let rest = ''
  for await (const piece of stream.setEncoding('latin1') as AsyncIterable<string>) {
    const lines = (rest + piece).split('\n')
    rest = lines.pop() ?? ''
    for (const text of lines) {
      const key = text.slice(0, text.indexOf('\t'))
      // COPY doubles a backslash; the order is that of the key without.
      yield { key: key.includes('\\') ? key.replaceAll('\\\\', '\\') : key, text }
    }
  }
}

/** The columns of a line, each as Postgres writes it. */
function columnsIn(table: LedgerTable, { text }: Line): readonly (readonly [string, string])[] {
  const fields = text.split('\t').slice(1)
  return table.columns.map((column, index) => [column, plain(fields[index] ?? '')] as const)
}

function plain(field: string): string {
  if (field === '\\N') return 'null'
  const text = field.replaceAll('\\\\', '\\')
  return Buffer.from(text.startsWith('\\x') ? `0${text.slice(1)}` : text, 'latin1').toString('utf8')
}

function whereOf(table: LedgerTable, line: Line): string {
  const keys = new Set(table.key.map(({ column }) => column))
  const named = columnsIn(table, line).filter(([column]) => keys.has(column))
  return `${table.name}: ${named.map(([column, value]) => `${column} ${value}`).join(', ')}`
}

const longestTold = 400
const shortened = (text: string): string => (text.length > longestTold ? `${text.slice(0, longestTold)}…` : text)

const rowTold = (table: LedgerTable, line: Line): string =>
  shortened(
    columnsIn(table, line)
      .map(([column, value]) => `${column} ${value}`)
      .join(', '),
  )

/** Only what differs is told of a row that both have. */
function changed(table: LedgerTable, one: Line, other: Line): Finding {
  const theirs = columnsIn(table, other)
  const differing = columnsIn(table, one).filter(([, value], index) => value !== theirs[index]?.[1])
  const names = new Set(differing.map(([column]) => column))
  const told = (columns: readonly (readonly [string, string])[]): string =>
    shortened(columns.map(([column, value]) => `${column} ${value}`).join(', '))
  return {
    where: whereOf(table, one),
    mirror: told(differing),
    chain: told(theirs.filter(([column]) => names.has(column))),
  }
}
