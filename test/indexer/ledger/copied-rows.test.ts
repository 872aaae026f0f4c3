import fc from 'fast-check'
import type pg from 'pg'
import type { Hex } from 'viem'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connect } from '#indexer/db/connection.ts'
import { bytesColumn, int4Column, int8Column } from '#indexer/ledger/columns-in-binary.ts'
import { append, type CopiedRows, copiedRows } from '#indexer/ledger/copied-rows.ts'
import { Grown } from '#indexer/ledger/grown.ts'
import { type TestDatabase, testDatabase } from '#test/support/postgres.ts'

const seed = 20261201
const bits = (width: bigint) => fc.bigInt(-(2n ** (width - 1n)), 2n ** (width - 1n) - 1n)
const anyHex = fc.uint8Array({ maxLength: 60 }).map((bytes): Hex => `0x${Buffer.from(bytes).toString('hex')}`)
const anyRow = fc.record({
  small: bits(32n).map(Number),
  large: fc.oneof(bits(64n), fc.maxSafeInteger()),
  amount: fc.oneof(bits(256n), fc.constantFrom(0n, 1n, 9_999n, 10_000n, -10_000n, 10n ** 77n)),
  bytes: fc.option(anyHex),
  at: fc.date({ min: new Date('1900-01-01'), max: new Date('2900-01-01'), noInvalidDate: true }),
  said: fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\0', '')),
  json: fc.option(fc.dictionary(fc.string({ unit: 'grapheme-ascii' }), fc.string({ unit: 'grapheme-ascii' })), {
    nil: undefined,
  }),
})
type Row = typeof anyRow extends fc.Arbitrary<infer row> ? row : never

const columns = ['small', 'large', 'amount', 'bytes', 'at', 'said', 'json'] as const

function write(out: CopiedRows, row: Row): void {
  out.int4(row.small)
  out.int8(row.large)
  out.numeric(row.amount)
  out.bytes(row.bytes)
  out.time(row.at)
  out.text(row.said)
  out.json(row.json === undefined ? undefined : JSON.stringify(row.json))
}

let database: TestDatabase
let client: pg.Client
beforeAll(async () => {
  database = await testDatabase()
  client = await connect(database.urls.owner, 'DATABASE_URL')
  await client.query(`CREATE TABLE copied (place int GENERATED ALWAYS AS IDENTITY, small int, large bigint,
    amount numeric(78,0), bytes bytea, at timestamptz(3), said text, json jsonb)`)
})
afterAll(async () => {
  await client?.end()
  await database?.drop()
})

test('what is copied is what is read, whatever the values', async () => {
  console.log(`copied rows: seed ${seed}`)
  const rows = fc.sample(anyRow, { numRuns: 300, seed })
  await append(client, { table: 'copied', columns }, copiedRows(columns, rows, write))
  const { rows: read } = await client.query(
    `SELECT small, large::text, amount::text, '0x' || encode(bytes, 'hex') AS bytes, at, said, json
     FROM copied ORDER BY place`,
  )
  const expected = rows.map((row) => {
    return { ...row, large: String(row.large), amount: String(row.amount), json: row.json ?? null }
  })
  expect(read).toEqual(expected)
})

test('a column given in binary is the column given as text', async () => {
  const rows = fc.sample(anyRow, { numRuns: 100, seed })
  const hex = rows.map(({ bytes }) => bytes ?? '0x')
  const large = rows.map((row) => BigInt(row.large))
  const small = rows.map((row) => row.small)
  const { rows: read } = await client.query(
    `SELECT '0x' || encode(b, 'hex') AS hex, l::text AS large, s AS small
     FROM unnest($1::bytea[], $2::int8[], $3::int4[]) AS c (b, l, s)`,
    [bytesColumn(hex), int8Column(large), int4Column(small)],
  )
  expect(read).toEqual(hex.map((one, index) => ({ hex: one, large: String(large[index]), small: small[index] })))
})

test('few rows stay rows, many are bytes at once, and none is lost where the one turns into the other', async () => {
  const grown = new Grown<number>(['small'], (out, row) => out.int4(row), 'few')
  for (let row = 0; row < 1_500; row += 1) grown.push(row)
  expect(grown.rows).toHaveLength(1_500)
  for (let row = 1_500; row < 20_000; row += 1) grown.push(row)
  expect(grown.rows).toBeUndefined()
  await client.query('TRUNCATE copied')
  await append(client, { table: 'copied', columns: ['small'] }, grown.bytes())
  const { rows } = await client.query('SELECT small FROM copied ORDER BY place')
  expect(rows.map(({ small }) => small)).toEqual(Array.from({ length: 20_000 }, (_, row) => row))
})
