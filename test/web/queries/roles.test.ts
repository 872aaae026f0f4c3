import type pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { atOneMoment, pool, prisma } from '#web/queries/database.ts'
import { openStreet, type Street } from './street.ts'

const permissionDenied = '42501'
const readOnlyTransaction = '25006'
let street: Street
let tables: { schema: string; table: string; column: string }[]

beforeAll(async () => {
  street = await openStreet()
  const { rows } = await street.web.query<(typeof tables)[number]>(
    `SELECT n.nspname AS schema, c.relname AS table, a.attname AS column
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = 1
     WHERE c.relkind = 'r' AND n.nspname IN ('ledger', 'judged', 'portal') ORDER BY 1, 2`,
  )
  tables = rows
})
afterAll(() => street.close())

/** The code PostgreSQL answers with, null when it does as it is told. Nothing is kept. */
async function answerTo(client: pg.Pool, sql: string): Promise<string | null> {
  const connection = await client.connect()
  try {
    await connection.query('BEGIN')
    await connection.query(sql)
    return null
  } catch (error) {
    return (error as { code: string }).code
  } finally {
    await connection.query('ROLLBACK')
    connection.release()
  }
}

const writes = (schema: string, table: string, column: string): Readonly<Record<string, string>> => ({
  INSERT: `INSERT INTO ${schema}.${table} DEFAULT VALUES`,
  UPDATE: `UPDATE ${schema}.${table} SET ${column} = ${column}`,
  DELETE: `DELETE FROM ${schema}.${table}`,
  TRUNCATE: `TRUNCATE ${schema}.${table}`,
})

async function refusedTo(client: pg.Pool, schemas: readonly string[]): Promise<Map<string, string[]>> {
  const refused = new Map<string, string[]>()
  for (const { schema, table, column } of tables.filter((one) => schemas.includes(one.schema))) {
    const denied: string[] = []
    for (const [act, sql] of Object.entries(writes(schema, table, column))) {
      if ((await answerTo(client, sql)) === permissionDenied) denied.push(act)
    }
    refused.set(`${schema}.${table}`, denied)
  }
  return refused
}

describe('who may write what is the database’s own rule', () => {
  test('the portal can change nothing in the books of the chain, nor in what was judged from them', async () => {
    const refused = await refusedTo(street.web, ['ledger', 'judged'])
    expect(refused.size).toBeGreaterThan(12)
    for (const [table, acts] of refused) {
      expect([table, acts]).toEqual([table, ['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']])
    }
  })

  test('the indexer can change nothing of what people wished or said; it may only add a wish', async () => {
    const refused = await refusedTo(street.indexer, ['portal'])
    expect(refused.size).toBeGreaterThan(8)
    for (const [table, acts] of refused) {
      const all = ['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']
      expect([table, acts]).toEqual([table, table === 'portal.intent' ? all.slice(1) : all])
    }
  })

  test('the indexer sees who consented, but no name', async () => {
    expect(await answerTo(street.indexer, 'SELECT * FROM portal.consent')).toBeNull()
    expect(await answerTo(street.indexer, 'SELECT * FROM portal.member_profile')).toBe(permissionDenied)
  })

  test('neither can make or drop a table', async () => {
    for (const client of [street.web, street.indexer]) {
      for (const schema of ['ledger', 'judged', 'portal']) {
        expect(await answerTo(client, `CREATE TABLE ${schema}.of_my_own (id int)`)).toBe(permissionDenied)
      }
      expect(await answerTo(client, 'DROP TABLE ledger.event')).toBe(permissionDenied)
    }
  })
})

describe('the portal’s connections', () => {
  test('are one pool per process, and Prisma reads the same books', async () => {
    expect(pool()).toBe(pool())
    expect(prisma()).toBe(prisma())
    expect(await prisma().checkpoint.findMany()).toMatchObject([{ name: 'ledger', block: 1n }])
  })

  test('a question asked at one moment cannot write, and gives its connection back even when it fails', async () => {
    for (let time = 0; time < 25; time += 1) {
      const asked = atOneMoment((ask) => ask({ name: 'forbidden', text: 'DELETE FROM portal.intent' }))
      await expect(asked).rejects.toMatchObject({ code: readOnlyTransaction })
    }
    expect(pool().totalCount - pool().idleCount).toBe(0)
  })

  test('a block that arrives between two questions is not half seen', async () => {
    const count = { name: 'blocks', text: 'SELECT count(*)::int AS blocks FROM ledger.block' }
    const [before, after] = await atOneMoment(async (ask) => {
      const first = await ask<{ blocks: number }>(count)
      await street.block(99, 1_800_000_000)
      return [first, await ask<{ blocks: number }>(count)]
    })
    expect(after).toEqual(before)
  })
})
