import { existsSync, readFileSync } from 'node:fs'
import type { PurchaseDay } from '#indexer/scoring/recency-frequency-value.ts'
import { Complaint } from '../street/complaint.ts'
import { pathOf } from './asked.ts'
import { type RowFault, recordsOf, refuseRows, textOf } from './table-file.ts'

/** The inputs of a run as the indexer prints them. */
export interface RunInputs {
  readonly model: string
  /** Days since 1970-01-01. */
  readonly day: number
  readonly block: number
  readonly timeZone: string
  readonly rows: readonly PurchaseDay[]
}

const firstLine = /^# (\S+), day (-?\d{1,7}), block (\d{1,15}), (\S+)$/
const rowShape = /^(\d{1,10}),(0x[0-9a-f]{40}),(-?\d{1,7}),(\d{1,16})$/

/** Reads a file of inputs; rows are numbered from 1, below the heading, and must ascend by shop, member and day. */
export function readRunInputs(path: string, bytes: Uint8Array): RunInputs {
  const text = textOf(path, bytes)
  const [, model, day, block, timeZone] = firstLine.exec(/^[^\r\n]*/.exec(text)?.[0] ?? '') ?? []
  if (model === undefined || timeZone === undefined) {
    throw new Complaint(`${path} does not begin as the indexer prints inputs: # MODEL, day N, block N, TIME-ZONE.`)
  }
  const [heading, ...records] = recordsOf(path, new TextEncoder().encode(text.slice(text.indexOf('\n') + 1)))
  if (heading?.join() !== 'shop,member,day,spend') throw new Complaint(`${path} has no heading shop,member,day,spend.`)
  const faults: RowFault[] = []
  const rows: PurchaseDay[] = []
  for (const [index, record] of records.entries()) {
    const row = index + 1
    const [, shop, member = '', on, spend] = rowShape.exec(record.join()) ?? []
    if (shop === undefined || spend === undefined) {
      faults.push({
        row,
        code: 'notAnInput',
        sentence: 'a row is a shop, an account in lower case, a day and an amount',
      })
      continue
    }
    const read = { shop: Number(shop), member, day: Number(on), spend: BigInt(spend) }
    const last = rows.at(-1)
    if (last !== undefined && !follows(read, last)) {
      faults.push({ row, code: 'outOfOrder', sentence: 'rows ascend by shop, member and day, each once' })
    }
    rows.push(read)
  }
  if (records.length === 0) faults.push({ row: 0, code: 'noRows', sentence: 'the file holds no purchase day' })
  refuseRows(path, faults)
  return { model, day: Number(day), block: Number(block), timeZone, rows }
}

/** The accounts of a list, one a line, in lower case. */
export function readAccounts(path: string): string[] {
  const found = pathOf(path)
  if (!existsSync(found)) throw new Complaint(`There is no file at ${path}.`)
  const lines = textOf(path, readFileSync(found)).split(/\r\n|\n|\r/)
  const faults: RowFault[] = []
  const accounts = lines.flatMap((line, index) => {
    const account = line.trim().toLowerCase()
    if (account === '') return []
    if (/^0x[0-9a-f]{40}$/.test(account)) return [account]
    const sentence = `${JSON.stringify(line.slice(0, 50))} is no account: 0x and 40 digits`
    faults.push({ row: index + 1, code: 'notAnAccount', sentence })
    return []
  })
  refuseRows(path, faults)
  return accounts
}

function follows(row: PurchaseDay, last: PurchaseDay): boolean {
  if (row.shop !== last.shop) return row.shop > last.shop
  if (row.member !== last.member) return row.member > last.member
  return row.day > last.day
}
