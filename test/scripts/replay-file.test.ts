import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readAmount, readTime } from '#contracts/till-api/sales-fields.ts'
import { readSales } from '#contracts/till-api/sales-file.ts'
import { batchesOf } from '../../scripts/street/import/plan.ts'
import { runScript } from './start-street.ts'

const now = new Date('2026-06-01T12:00:00Z')
const read = (text: string | Uint8Array) => readSales(typeof text === 'string' ? Buffer.from(text) : text, now)
const faultsOf = (text: string | Uint8Array) => read(text).faults.map(({ row, code }) => `${row} ${code}`)

test.each([
  ['0', 0n],
  ['0.00', 0n],
  ['12', 1200n],
  ['12.5', 1250n],
  ['12.05', 1205n],
  ['007.10', 710n],
  ['2814749767106.55', 2n ** 48n - 1n],
])('the amount %s is %s cents, to the cent', (text, cents) => {
  expect(readAmount(text)).toEqual({ value: cents })
})

test.each([
  ['', 'amountMissing'],
  ['-1', 'amountNegative'],
  ['-0.01', 'amountNegative'],
  ['1e3', 'amountExponent'],
  ['1.5E2', 'amountExponent'],
  ['1.234', 'amountTooPrecise'],
  ['1,50', 'amountNotDecimal'],
  ['1.', 'amountNotDecimal'],
  ['.5', 'amountNotDecimal'],
  ['+1', 'amountNotDecimal'],
  ['€1', 'amountNotDecimal'],
  ['NaN', 'amountNotDecimal'],
  ['2814749767106.56', 'amountTooLarge'],
  ['99999999999999999999', 'amountTooLarge'],
])('the amount %j is refused as %s', (text, code) => {
  expect(readAmount(text)).toMatchObject({ fault: { code } })
})

test.each([
  ['2026-05-31', '2026-05-31T00:00:00Z'],
  ['20260531', '2026-05-31T00:00:00Z'],
  ['2026-05-31 14:05', '2026-05-31T14:05:00Z'],
  ['2026-05-31T14:05:09.500Z', '2026-05-31T14:05:09Z'],
  ['2026-05-31T14:05:09+02:00', '2026-05-31T12:05:09Z'],
  ['2024-02-29', '2024-02-29T00:00:00Z'],
])('the time %s is %s', (text, iso) => {
  expect(readTime(text, now)).toEqual({ value: Date.parse(iso) / 1000 })
})

test.each([
  ['', 'timeMissing'],
  ['31.05.2026', 'timeNotReadable'],
  ['2026-02-30', 'timeNotOnCalendar'],
  ['2026-05-31T24:00:00Z', 'timeNotOnCalendar'],
  ['1969-12-31', 'timeBefore1970'],
  ['2026-06-02', 'timeInFuture'],
])('the time %j is refused as %s', (text, code) => {
  expect(readTime(text, now)).toMatchObject({ fault: { code } })
})

test('a byte order mark, other line ends, blank lines and quotes change nothing', () => {
  const plain = 'member,time,amount\nA,2026-01-02,1.50\n"B, the second",20260103,2\n'
  const dressed = `\ufeff${plain.replaceAll('\n', '\r\n').replace('A,', '\r\nA ,')}\r\n \r\n`
  const strip = (text: string) => read(text).rows.map(({ line: _, ...row }) => row)
  expect(read(dressed).faults).toEqual([])
  expect(strip(dressed)).toEqual(strip(plain))
})

test('a row without a receipt number has its row number', () => {
  const { rows } = read('member,time,amount,receipt\nA,2026-01-02,1,\nA,2026-01-02,1,77\nA,2026-01-02,1,\n')
  expect(rows.map((row) => row.sequence)).toEqual([1n, 77n, 3n])
})

test('every fault is named with its row, and none hides another', () => {
  const text =
    'member;time;amount;receipt\nA;2026-01-02;-1;5\n;20260230;1.234;x\nA;2026-01-02;1;5\nA;2026-01-02;1;5\nB\n'
  expect(faultsOf(text)).toEqual([
    '1 amountNegative',
    '2 memberMissing',
    '2 timeNotOnCalendar',
    '2 amountTooPrecise',
    '2 receiptNotWhole',
    '4 receiptTwice',
    '5 columns',
  ])
})

test('a row number that another row has as its receipt is found out', () => {
  expect(faultsOf('member,time,amount,receipt\nA,2026-01-02,1,2\nA,2026-01-02,1,\n')).toEqual(['2 receiptTwice'])
})

test.each([
  ['', ['0 columnMissing', '0 columnMissing', '0 columnMissing']],
  ['member,time\nA,2026-01-01\n', ['0 columnMissing']],
  ['member,time,amount,amount\n', ['0 columnTwice']],
  ['member,time,amount\n', ['0 noRows']],
  ['member,time,amount\nA,"2026', ['1 csv']],
])('a file that cannot be read as a whole: %j', (text, faults) => {
  expect(faultsOf(text)).toEqual(faults)
})

test('a file in another encoding is refused, and says where', () => {
  const latin = Buffer.from('member,time,amount\nJos\u00e9,2026-01-01,1\n', 'latin1')
  expect(read(latin).faults).toMatchObject([{ code: 'encoding', line: 2 }])
  expect(faultsOf(Buffer.from('\ufeffmember', 'utf16le'))).toEqual(['0 encoding'])
})

test('the fixed-width file keeps a member’s several rows of one day, and rows of nothing', () => {
  const heading = ' customer_id  date number_of_cds  dollar_value\r\n'
  const { format, rows, faults } = read(`${heading} 00002 19970112  1   12.00\r\n 00002 19970112  5    0.00\r\n`)
  expect([format, faults]).toEqual(['cdnow', []])
  expect(rows.map(({ row, member, spend }) => [row, member, spend])).toEqual([
    [1, '00002', 1200n],
    [2, '00002', 0n],
  ])
  expect(faultsOf(`${heading} 00002 19970132  1   12.00\r\n 00002 19970112\r\n`)).toEqual([
    '1 timeNotOnCalendar',
    '2 columns',
  ])
})

test('one signature covers receipts that follow one another, and at most as many as allowed', () => {
  const { rows } = read(
    `member,time,amount,receipt\n${[9, 1, 2, 3, 7, 8, 5].map((receipt) => `A,2026-01-02,1,${receipt}`).join('\n')}\n`,
  )
  const priced = rows.map((row) => ({ ...row, points: 100n }))
  expect(batchesOf(priced, 2).map((batch) => batch.map((row) => Number(row.sequence)))).toEqual([
    [1, 2],
    [3],
    [5],
    [7, 8],
    [9],
  ])
})

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'highstreet-replay-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('a faulty file is refused before anything is started or written', async () => {
  const file = join(folder, 'faulty.csv')
  const rows = Array.from({ length: 60 }, (_, index) => `M${index},2026-01-01,-${index + 1}`)
  writeFileSync(file, `member,time,amount\n${rows.join('\n')}\n`)
  const data = join(folder, 'data')
  const { code, complaint } = await runScript('replay', [file, '--data', data]).ended
  expect(code).toBe(1)
  const lines = complaint.trim().split('\n')
  expect(lines[0]).toBe('row 1 (line 2): amountNegative: an amount cannot be negative: "-1"')
  expect(lines.slice(50)).toEqual(['and 10 more', `highstreet: ${file} has 60 faults; nothing of it was brought in.`])
  expect(existsSync(data)).toBe(false)
})

test('a file that is not there, and options that make no sense, are one sentence', async () => {
  for (const args of [['/nowhere.csv'], [], ['a.csv', '--shop', 'x'], ['a.csv', '--speed']]) {
    const { code, complaint } = await runScript('replay', args).ended
    expect(code).toBe(1)
    expect(complaint).toMatch(/^highstreet: [^\n]+\n$/)
  }
})

test('a path counts from where npm was called; what a row says cannot break the line about it', async () => {
  writeFileSync(join(folder, 'odd.csv'), 'member,time,amount\n"A\nhighstreet: B",2026-01-01,1\n')
  const { code, complaint } = await runScript('replay', ['odd.csv', '--check'], { INIT_CWD: folder }).ended
  expect(code).toBe(1)
  expect(complaint.trim().split('\n')).toEqual([
    expect.stringMatching(/^row 1 \(line 3\): memberUnprintable: .+: "A\\nhighstreet: B"$/),
    'highstreet: odd.csv has a fault; nothing of it was brought in.',
  ])
})
