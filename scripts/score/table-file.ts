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
  const [heading, ...records] = recordsOf(path, bytes)
  if (heading === undefined) throw new Complaint(`${path} is empty: it needs a heading that names its columns.`)
  const places = names.map((name) => {
    const place = heading.findIndex((field) => field.trim() === name)
    if (place >= 0) return place
    throw new Complaint(`${path} has no column "${name}"; its heading names ${heading.join(', ')}.`)
  })
  const columns = names.map(() => new Float64Array(records.length))
  const faults: RowFault[] = []
  for (const [index, record] of records.entries()) {
    const row = index + 1
    if (record.length !== heading.length) {
      const sentence = `the row has ${record.length} fields, the heading ${heading.length}`
      faults.push({ row, code: 'columns', sentence })
      continue
    }
    const texts = places.map((place) => (record[place] as string).trim())
    const bad = texts.findIndex((text) => !number.test(text))
    if (bad >= 0) {
      const sentence = `${names[bad]} is ${JSON.stringify(texts[bad]?.slice(0, 40))}, no number`
      faults.push({ row, code: 'notANumber', sentence })
      continue
    }
    const numbers = texts.map(Number)
    const wrong = judge(numbers)
    if (wrong !== undefined) faults.push({ row, ...wrong })
    for (const [column, value] of numbers.entries()) (columns[column] as Float64Array)[index] = value
  }
  refuseRows(path, faults)
  if (records.length === 0) throw new Complaint(`${path} has a heading and no rows.`)
  return { path, columns, rows: records.length }
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
  const text = textOf(path, bytes)
  try {
    return parse(text, {
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true,
      skip_empty_lines: true,
      max_record_size: 100_000,
    })
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    throw new Complaint(`${path} is no CSV file: ${error.message}.`)
  }
}

export function textOf(path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new Complaint(`${path} is not UTF-8.`)
  }
}
