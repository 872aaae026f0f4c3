import { readMember, readTime } from '#contracts/till-api/sales-fields.ts'
import type { PurchaseDays } from '#indexer/scoring/purchase-days.ts'
import { type RowFault, recordsOf, refuseRows, textOf } from './table-file.ts'

interface Transaction {
  readonly member: string
  readonly day: number
  /** Minor units; below 0 where money was given back. */
  readonly amount: number
}

const cdnowHeading = /^\s*customer_id\s+date\s+number_of_cds\s+dollar_value\s*$/i
/** As it is published: the same lines, and nothing above them. */
const cdnowBare = /^\s*\d+\s+\d{8}\s+\d+\s+\d+(\.\d+)?\s*$/
const cdnowRow = /^\s*(\S+)\s+(\S+)\s+\d+\s+(\S+)\s*$/
const money = /^(-?)(\d{1,12})(?:\.(\d{1,2}))?$/

/**
 * Purchase days from a file of transactions, a CSV file with member, date and amount or the fixed-width CDNOW file,
 * with a heading or without.
 * What is bought on one day is one purchase. An amount below zero is a refund: it lowers the spend of its day, or of
 * the last purchase day before it, and is no purchase; what was wholly given back was none either. The order of the
 * rows does not matter.
 */
export function readTransactions(path: string, bytes: Uint8Array): PurchaseDays {
  const text = textOf(path, bytes)
  const first = /^[^\r\n]*/.exec(text)?.[0] ?? ''
  const heads = cdnowHeading.test(first) ? 1 : cdnowBare.test(first) ? 0 : undefined
  const fields = heads === undefined ? csvFields(path, bytes) : cdnowFields(text, heads)
  const faults: RowFault[] = []
  const transactions = fields.flatMap((texts, index) => transactionOf(index + 1, texts, faults))
  if (fields.length === 0) faults.push({ row: 0, code: 'noRows', sentence: 'the file holds no transaction' })
  refuseRows(path, faults)
  return daysOf(path, transactions)
}

type Texts = readonly [member: string, date: string, amount: string]

function cdnowFields(text: string, heads: 0 | 1): (Texts | undefined)[] {
  return text
    .split(/\r\n|\n|\r/)
    .slice(heads)
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [, member, date, amount] = cdnowRow.exec(line) ?? []
      return member === undefined || date === undefined || amount === undefined ? undefined : [member, date, amount]
    })
}

function csvFields(path: string, bytes: Uint8Array): (Texts | undefined)[] {
  const [heading = [], ...records] = recordsOf(path, bytes)
  const names = heading.map((name) => name.trim().toLowerCase())
  const place = (...known: string[]): number => names.findIndex((name) => known.includes(name))
  const [member, date, amount] = [place('member'), place('date', 'time'), place('amount')]
  const missing = ['member', 'date', 'amount'].filter((_, index) => [member, date, amount][index] === -1)
  const sentence = (name: string): string => `the heading names no column "${name}": ${heading.join(',')}`
  refuseRows(
    path,
    missing.map((name) => ({ row: 0, code: 'columnMissing', sentence: sentence(name) })),
  )
  return records.map((record) => {
    if (record.length !== heading.length) return undefined
    return [record[member] as string, record[date] as string, record[amount] as string]
  })
}

const endOfTime = new Date('9999-12-31T00:00:00Z')

function transactionOf(row: number, texts: Texts | undefined, faults: RowFault[]): Transaction[] {
  if (texts === undefined) {
    faults.push({ row, code: 'columns', sentence: 'the row does not have the columns that the heading names' })
    return []
  }
  const [member, date, amount] = texts.map((text) => text.trim()) as unknown as Texts
  const who = readMember(member)
  const when = readTime(date, endOfTime)
  const [, sign, whole, cents = ''] = money.exec(amount) ?? []
  for (const read of [who, when]) if ('fault' in read) faults.push({ row, ...read.fault })
  if (whole === undefined) {
    const sentence = `an amount looks like 12.50, or -12.50 for a refund, not ${JSON.stringify(amount.slice(0, 40))}`
    faults.push({ row, code: 'amountNotDecimal', sentence })
  }
  if ('fault' in who || 'fault' in when || whole === undefined) return []
  const minor = Number(whole) * 100 + Number(cents.padEnd(2, '0'))
  const day = Math.floor(when.value / 86_400)
  return [{ member: who.value, day, amount: sign === '-' ? -minor : minor }]
}

function daysOf(path: string, transactions: readonly Transaction[]): PurchaseDays {
  // By code units, so that the order of the rows and the reader's language decide nothing.
  const sorted = transactions.toSorted((one, other) => {
    if (one.member !== other.member) return one.member < other.member ? -1 : 1
    // A refund of the same day finds its purchase.
    return one.day - other.day || other.amount - one.amount
  })
  const days: { member: number; day: number; spend: number; refunded: 'yes' | 'no' }[] = []
  const early = new Set<string>()
  let number = -1
  let name: string | undefined
  for (const { member, day, amount } of sorted) {
    const last = member === name ? days.at(-1) : undefined
    if (amount < 0) {
      if (last !== undefined) Object.assign(last, { spend: last.spend + amount, refunded: 'yes' })
      else early.add(member)
      continue
    }
    if (last !== undefined && last.day === day) {
      last.spend += amount
      continue
    }
    if (member !== name) number += 1
    name = member
    days.push({ member: number, day, spend: amount, refunded: 'no' })
  }
  if (early.size > 0) {
    console.error(`${path}: ${early.size} members begin with a refund of something bought before; it is left out`)
  }
  // What was wholly given back was no purchase.
  const kept = days.filter((row) => row.refunded === 'no' || row.spend > 0)
  return {
    member: Int32Array.from(kept, (row) => row.member),
    day: Int32Array.from(kept, (row) => row.day),
    spend: Float64Array.from(kept, (row) => row.spend),
  }
}
