import { readFileSync } from 'node:fs'
import type { Spends } from '#indexer/scoring/gamma-gamma.ts'
import type { Histories } from '#indexer/scoring/histories.ts'
import type { Opportunities } from '#indexer/scoring/opportunities.ts'
import { type SharedFile, sharedFile } from '#test/support/shared-data.ts'

export const cdnowSample = sharedFile('cdnow_sample_cbs_btyd.csv')
export const cdnowMaster = sharedFile('CDNOW_master.txt')
const cdnowSpends = sharedFile('cdnow_customers_summary_with_transactions.csv')
const donations = sharedFile('donations_bgbb_rf.csv')

function textOf(file: SharedFile): string {
  if (file.path === undefined) throw new Error(file.missing)
  return readFileSync(file.path, 'utf8')
}

/** The columns of a CSV file with a heading, of numbers alone; quotes and returns are taken off. */
function columnsOf(file: SharedFile): Float64Array[] {
  const [heading = '', ...lines] = textOf(file).replaceAll(/["\r]/g, '').trim().split('\n')
  const rows = lines.map((line) => line.split(',').map(Number))
  return heading.split(',').map((_, column) => Float64Array.from(rows, (row) => row[column] as number))
}

/** The CDNOW sample in weeks, and how often each member bought in the 39 weeks after. */
export function readCdnow(): { readonly histories: Histories; readonly after: Float64Array } {
  const [, x, lastAge, age, after] = columnsOf(cdnowSample) as [Float64Array, ...Float64Array[]]
  if (x === undefined || lastAge === undefined || age === undefined || after === undefined) throw new Error('columns')
  return { histories: { repeats: Int32Array.from(x), lastAge, age }, after }
}

/** The same in days. */
export function readCdnowDays(): Histories {
  const { histories } = readCdnow()
  const days = (weeks: Float64Array) => weeks.map((time) => Math.round(time * 7))
  return { ...histories, lastAge: days(histories.lastAge), age: days(histories.age) }
}

/** The sample's mean spends, rounded to cents. */
export function readSpends(): Spends {
  const columns = columnsOf(cdnowSpends)
  return { repeats: Int32Array.from(columns[1] as Float64Array), meanSpend: columns[4] as Float64Array }
}

/**
 * The sample's mean spends as they are: found among all customers by x, t_x, T and the rounded mean. Of the few with
 * the same in all four any is the right one.
 */
export function readExactSpends(): Spends {
  const [, x, lastAge, age, rounded] = columnsOf(cdnowSpends) as [Float64Array, ...Float64Array[]]
  if (x === undefined || lastAge === undefined || age === undefined || rounded === undefined) throw new Error('columns')
  const known = new Map<string, number[]>()
  const end = Date.parse('1997-09-30') / 86_400_000
  for (const days of customersOfMaster()) {
    const inTime = [...days].filter(([day]) => day <= end).sort(([one], [other]) => one - other)
    const [first, ...repeats] = inTime
    if (first === undefined || repeats.length === 0) continue
    const weeks = (day: number) => ((day - first[0]) / 7).toFixed(2)
    const key = `${repeats.length} ${weeks(repeats.at(-1)?.[0] ?? 0)} ${weeks(end)}`
    const mean = repeats.reduce((sum, [, cents]) => sum + cents, 0) / repeats.length / 100
    known.set(key, [...(known.get(key) ?? []), mean])
  }
  const meanSpend = rounded.map((cents, row) => {
    if (x[row] === 0) return 0
    const key = `${x[row]} ${(lastAge[row] as number).toFixed(2)} ${(age[row] as number).toFixed(2)}`
    const found = known.get(key)?.find((mean) => Math.abs(mean - cents) < 0.006)
    if (found === undefined) throw new Error(`nobody in the whole file is ${key} ${cents}`)
    return found
  })
  return { repeats: Int32Array.from(x), meanSpend }
}

/** Cents by day, for each customer. */
function customersOfMaster(): Iterable<Map<number, number>> {
  const customers = new Map<string, Map<number, number>>()
  for (const line of textOf(cdnowMaster).trim().split('\n').slice(1)) {
    const [customer = '', date = '', , dollars = ''] = line.trim().split(/\s+/)
    const day = Date.parse(date.replace(/(....)(..)(..)/, '$1-$2-$3')) / 86_400_000
    const days = customers.get(customer) ?? new Map<number, number>()
    days.set(day, (days.get(day) ?? 0) + Math.round(Number(dollars) * 100))
    customers.set(customer, days)
  }
  return customers.values()
}

/** 11,104 donors and their six years. */
export function readDonations(): Opportunities {
  const [x, lastAt, offered, weight] = columnsOf(donations)
  if (x === undefined || lastAt === undefined || offered === undefined || weight === undefined)
    throw new Error('columns')
  const whole = (values: Float64Array) => Int32Array.from(values)
  return { repeats: whole(x), lastAt: whole(lastAt), offered: whole(offered), weight }
}
