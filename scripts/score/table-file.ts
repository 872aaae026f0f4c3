import { CsvError, parse } from 'csv-parse/sync'
import { Complaint } from '../street/complaint.ts'

/** The numbers of the columns asked for, row by row in the order of the file; rows count from 1. */
export interface NumberTable {
  readonly path: string
  readonly columns: readonly Float64Array[]
  readonly rows: number
}

/** What is wrong with a row, for the person who has the file. */
export interface RowFault {
  readonly row: number
  readonly code: string
  readonly sentence: string
}

const number = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/
const shownFaults = 20

/** What is wrong with the numbers of a row, in the order of the columns asked for; undefined where nothing is. */
export type Judge = (numbers: readonly number[]) => Omit<RowFault, 'row'> | undefined

/** Reads columns of a CSV file by the names in its heading. Refuses it whole, each bad row named, where any is bad. */
export function readNumbers(path: string, bytes: Uint8Array, names: readonly string[], judge: Judge): NumberTable {
  const faults: RowFault[] = []
  let columns: Float64Array[] = names.map(() => new Float64Array(1024))
  let [heading, places]: [readonly string[] | undefined, readonly number[]] = [undefined, []]
  let rows = 0
  eachRecord(path, bytes, (record) => {
    if (heading === undefined) {
      heading = record
      places = placesOf(path, record, names)
      return
    }
    const numbers = numbersIn(record, { heading, places, names, judge })
    rows += 1
    if (!Array.isArray(numbers)) {
      faults.push({ row: rows, ...numbers })
      return
    }
    if (rows > (columns[0]?.length ?? 0)) columns = columns.map(twiceAsLong)
    for (const [place, value] of numbers.entries()) (columns[place] as Float64Array)[rows - 1] = value
  })
  if (heading === undefined)
    faults.push({ row: 0, code: 'empty', sentence: 'it needs a heading that names its columns' })
  else if (rows === 0) faults.push({ row: 0, code: 'noRows', sentence: 'it has a heading and no rows' })
  refuseRows(path, faults)
  return { path, columns: columns.map((column) => column.slice(0, rows)), rows }
}

function twiceAsLong(column: Float64Array): Float64Array {
  const longer = new Float64Array(2 * column.length)
  longer.set(column)
  return longer
}

function placesOf(path: string, heading: readonly string[], names: readonly string[]): number[] {
  const found = heading.map((field) => field.trim())
  const faults = names.flatMap((name): RowFault[] => {
    const times = found.filter((field) => field === name).length
    if (times === 1) return []
    if (times > 1) return [{ row: 0, code: 'columnTwice', sentence: `the heading names "${name}" ${times} times` }]
    const sentence = `the heading has no column "${name}"; it names ${heading.join(', ')}`
    return [{ row: 0, code: 'columnMissing', sentence }]
  })
  refuseRows(path, faults)
  return names.map((name) => found.indexOf(name))
}

function numbersIn(
  record: readonly string[],
  by: {
    readonly heading: readonly string[]
    readonly places: readonly number[]
    readonly names: readonly string[]
    readonly judge: Judge
  },
): number[] | Omit<RowFault, 'row'> {
  const { heading, places, names, judge } = by
  if (record.length !== heading.length) {
    return { code: 'columns', sentence: `the row has ${record.length} fields, the heading ${heading.length}` }
  }
  const texts = places.map((place) => (record[place] as string).trim())
  const bad = texts.findIndex((text) => !number.test(text))
  if (bad >= 0) {
    const sentence = `${names[bad]} is ${JSON.stringify(texts[bad]?.slice(0, 40))}, no number`
    return { code: 'notANumber', sentence }
  }
  const numbers = texts.map(Number)
  return judge(numbers) ?? numbers
}

/** Names each bad row, the first twenty in full, and refuses the file. */
export function refuseRows(path: string, faults: readonly RowFault[]): void {
  if (faults.length === 0) return
  const sorted = faults.toSorted((one, other) => one.row - other.row)
  for (const { row, code, sentence } of sorted.slice(0, shownFaults)) {
    console.error(`${row === 0 ? 'file' : `row ${row}`}: ${code}: ${sentence}`)
  }
  if (sorted.length > shownFaults) console.error(`and ${sorted.length - shownFaults} more`)
  const count = sorted.length === 1 ? 'a fault' : `${sorted.length} faults`
  throw new Complaint(`${path} has ${count}; nothing of it was used.`)
}

/** The fields of each line that has any. */
export function recordsOf(path: string, bytes: Uint8Array): string[][] {
  const records: string[][] = []
  eachRecord(path, bytes, (record) => records.push(record))
  return records
}

/** Hands on the fields of each line that has any, one after the other: of a large file nothing else is kept. */
function eachRecord(path: string, bytes: Uint8Array, take: (record: string[]) => void): void {
  const text = textOf(path, bytes)
  try {
    parse(text, {
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true,
      skip_empty_lines: true,
      max_record_size: 100_000,
      on_record: (record: string[]) => {
        take(record)
        return null
      },
    })
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    const line = Number((error as CsvError & { readonly lines?: number }).lines ?? 1)
    refuseRows(path, [{ row: line - 1, code: 'notCsv', sentence: error.message }])
  }
}

export function textOf(path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    refuseRows(path, [{ row: firstOtherRow(bytes), code: 'notUtf8', sentence: 'its letters are not UTF-8' }])
    return ''
  }
}

/** The row, below the heading, with the first byte that is not UTF-8. */
function firstOtherRow(bytes: Uint8Array): number {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  for (let [row, from] = [0, 0]; from < bytes.length; row += 1) {
    const end = bytes.indexOf(10, from)
    const next = end < 0 ? bytes.length : end + 1
    try {
      decoder.decode(bytes.subarray(from, next))
    } catch {
      return row
    }
    from = next
  }
  return 0
}
