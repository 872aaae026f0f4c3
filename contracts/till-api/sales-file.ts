import { CsvError, parse } from 'csv-parse/sync'
import { type Fault, type Read, readAmount, readMember, readReceipt, readShop, readTime } from './sales-fields.ts'

/** One sale as the file tells it. */
export interface SaleRow {
  /** From 1; headings and blank lines do not count. */
  readonly row: number
  readonly line: number
  readonly member: string
  /** Seconds UTC. */
  readonly soldAt: number
  /** Cents. */
  readonly spend: bigint
  /** Absent where the file has no such column. */
  readonly shop: string | undefined
  /** Its own receipt number, or else its row number. */
  readonly sequence: bigint
}

export interface RowFault extends Fault {
  /** 0: the file as a whole. */
  readonly row: number
  readonly line: number
  readonly value: string
}

export interface SalesFile {
  readonly format: 'csv' | 'cdnow'
  readonly rows: readonly SaleRow[]
  readonly faults: readonly RowFault[]
  /** Columns that are there and not used. */
  readonly unused: readonly string[]
}

const cdnowHeading = /^\s*customer_id\s+date\s+number_of_cds\s+dollar_value\s*$/i
const cdnowRow = /^\s*(\S+)\s+(\S+)\s+(\d+)\s+(\S+)\s*$/
const cdnowFirstRow = /^\s*\d{1,10}\s+\d{8}\s+\d+\s+\d+\.\d{2}\s*$/

/** Reads a whole file of past sales and says everything that is wrong with it; nothing is left out in silence. */
export function readSales(bytes: Uint8Array, now: Date): SalesFile {
  const text = textOf(bytes)
  if ('fault' in text) return { format: 'csv', rows: [], faults: [text.fault], unused: [] }
  const first = /^[^\r\n]*/.exec(text.value)?.[0] ?? ''
  const read =
    cdnowHeading.test(first) || cdnowFirstRow.test(first) ? readCdnow(text.value, now) : readCsv(text.value, now)
  const faults =
    read.faults.length === 0 && read.rows.length === 0 ? [wholeFile('noRows', 'the file holds no sale')] : []
  const all = [...read.faults, ...receiptsTwice(read.rows), ...faults]
  return { ...read, faults: all.sort((one, other) => one.row - other.row) }
}

const wholeFile = (code: string, sentence: string, value = ''): RowFault => ({ row: 0, line: 0, value, code, sentence })

function textOf(bytes: Uint8Array): { readonly value: string } | { readonly fault: RowFault } {
  const utf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)
  if (utf16) return { fault: wholeFile('encoding', 'the file is UTF-16; save it as UTF-8') }
  try {
    // A byte order mark at the start is not part of the text; the decoder leaves it out.
    return { value: new TextDecoder('utf-8', { fatal: true }).decode(bytes) }
  } catch {
    return { fault: { ...wholeFile('encoding', 'the file is not UTF-8'), line: firstBadLine(bytes) } }
  }
}

function firstBadLine(bytes: Uint8Array): number {
  const lines = Buffer.from(bytes).toString('latin1').split('\n')
  const strict = new TextDecoder('utf-8', { fatal: true })
  const bad = lines.findIndex((line) => {
    try {
      strict.decode(Buffer.from(line, 'latin1'))
      return false
    } catch {
      return true
    }
  })
  return bad + 1
}

interface Place {
  readonly row: number
  readonly line: number
}

interface Fields {
  readonly member: string
  readonly time: string
  readonly amount: string
  readonly shop: string | undefined
  readonly receipt: string
}

/** One row from its texts, or everything that is wrong with it. */
function rowOf(place: Place, fields: Fields, now: Date): SaleRow | RowFault[] {
  const faults: RowFault[] = []
  const take = <Value>(read: Read<Value>, value: string): Value | undefined => {
    if ('value' in read) return read.value
    faults.push({ ...place, value, ...read.fault })
    return undefined
  }
  const member = take(readMember(fields.member), fields.member)
  const soldAt = take(readTime(fields.time, now), fields.time)
  const spend = take(readAmount(fields.amount), fields.amount)
  const receipt = take(readReceipt(fields.receipt), fields.receipt)
  const shop = fields.shop === undefined ? undefined : take(readShop(fields.shop), fields.shop)
  if (faults.length > 0 || member === undefined || soldAt === undefined || spend === undefined) return faults
  return { ...place, member, soldAt, spend, shop, sequence: receipt ?? BigInt(place.row) }
}

function readCdnow(text: string, now: Date): Omit<SalesFile, 'unused'> & { readonly unused: string[] } {
  const rows: SaleRow[] = []
  const faults: RowFault[] = []
  const lines = text.split(/\r\n|\n|\r/)
  const from = cdnowHeading.test(lines[0] ?? '') ? 1 : 0
  let row = 0
  for (const [index, line] of lines.entries()) {
    if (index < from || line.trim() === '') continue
    row += 1
    const place = { row, line: index + 1 }
    const [, member, time, , amount] = cdnowRow.exec(line) ?? []
    if (member === undefined || time === undefined || amount === undefined) {
      faults.push({
        ...place,
        value: line.trim(),
        code: 'columns',
        sentence: 'a line has customer, date, number and dollars',
      })
      continue
    }
    const sale = rowOf(place, { member, time, amount, shop: undefined, receipt: '' }, now)
    if (Array.isArray(sale)) faults.push(...sale)
    else rows.push(sale)
  }
  return { format: 'cdnow', rows, faults, unused: [] }
}

const known = ['member', 'time', 'amount', 'shop', 'receipt'] as const
type Column = (typeof known)[number]

function readCsv(text: string, now: Date): SalesFile {
  const parsed = csvRecords(text)
  if ('fault' in parsed) return { format: 'csv', rows: [], faults: [parsed.fault], unused: [] }
  const [heading, ...records] = parsed.records
  const names = (heading?.fields ?? []).map((name) => name.trim().toLowerCase())
  const faults = headingFaults(names)
  const unused = names.filter((name) => !known.some((column) => column === name))
  if (faults.length > 0) return { format: 'csv', rows: [], faults, unused }
  const rows: SaleRow[] = []
  for (const [index, { fields, line }] of records.entries()) {
    const place = { row: index + 1, line }
    if (fields.length !== names.length) {
      const sentence = `the row has ${fields.length} fields, the heading ${names.length}`
      faults.push({ ...place, value: fields.join(','), code: 'columns', sentence })
      continue
    }
    const field = (column: Column): string => (fields[names.indexOf(column)] ?? '').trim()
    const texts = {
      member: field('member'),
      time: field('time'),
      amount: field('amount'),
      shop: names.includes('shop') ? field('shop') : undefined,
      receipt: field('receipt'),
    }
    const sale = rowOf(place, texts, now)
    if (Array.isArray(sale)) faults.push(...sale)
    else rows.push(sale)
  }
  return { format: 'csv', rows, faults, unused }
}

function headingFaults(names: readonly string[]): RowFault[] {
  const missing = (['member', 'time', 'amount'] as const).filter((column) => !names.includes(column))
  const twice = names.filter((name, place) => known.some((column) => column === name) && names.indexOf(name) !== place)
  return [
    ...missing.map((name) => wholeFile('columnMissing', `the heading names no column "${name}"`, names.join(','))),
    ...twice.map((name) => wholeFile('columnTwice', `the heading names "${name}" twice`, names.join(','))),
  ]
}

interface CsvRecord {
  readonly fields: readonly string[]
  readonly line: number
}

type CsvRead = { readonly records: readonly CsvRecord[] } | { readonly fault: RowFault }

function csvRecords(text: string): CsvRead {
  try {
    const records = parse(text, {
      delimiter: delimiterOf(text),
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true,
      skip_empty_lines: true,
      skip_records_with_empty_values: true,
      max_record_size: 100_000,
      info: true,
    }) as unknown as { readonly record: string[]; readonly info: { readonly lines: number } }[]
    return { records: records.map(({ record, info }) => ({ fields: record, line: info.lines })) }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    const line = typeof error['lines'] === 'number' ? error['lines'] : 0
    const row = typeof error['records'] === 'number' ? error['records'] : 0
    return { fault: { row, line, value: '', code: 'csv', sentence: error.message } }
  }
}

/** Spreadsheets of some countries write semicolons, some programs tabs; the heading tells. */
function delimiterOf(text: string): string {
  const heading = /^[^\r\n]*/.exec(text)?.[0] ?? ''
  const counts = [',', ';', '\t'].map((sign) => ({ sign, count: heading.split(sign).length }))
  return counts.reduce((best, next) => (next.count > best.count ? next : best)).sign
}

function receiptsTwice(rows: readonly SaleRow[]): RowFault[] {
  const seen = new Map<string, number>()
  return rows.flatMap(({ row, line, shop, sequence }) => {
    const name = `${shop ?? ''}\0${sequence}`
    const first = seen.get(name)
    if (first === undefined) {
      seen.set(name, row)
      return []
    }
    const sentence = `row ${first} has this receipt number already`
    return [{ row, line, value: String(sequence), code: 'receiptTwice', sentence }]
  })
}
