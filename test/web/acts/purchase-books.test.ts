import type pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openPool } from '#indexer/db/client.ts'
import { type TestDatabase, testDatabase } from '#test/support/postgres.ts'
import { type NewList, storeLists } from '#web/acts/purchase-books.ts'
import { markBatches } from '#web/relayer/submit.ts'

/** Counter and relayer write to the same lists, several at once: in two orders they would wait for each other. */

let database: TestDatabase
let pool: pg.Pool

beforeAll(async () => {
  database = await testDatabase()
  pool = openPool(database.urls.web, { connections: 4 })
  await inTransaction((client) => storeLists(client, [list(1, 1), list(2, 1)]))
})
afterAll(async () => {
  await pool.end()
  await database.drop()
})

const list = (shop: number, count: number): NewList => ({
  ...{ shop, till: 1, batch: 1n, at: new Date(), cashier: null, purchases: [] },
  signed: { count, head: `0x${'11'.repeat(32)}`, signature: `0x${'22'.repeat(65)}` },
})

async function inTransaction<Answer>(work: (client: pg.PoolClient) => Promise<Answer>): Promise<Answer> {
  const client = await pool.connect()
  try {
    await client.query('BEGIN')
    const answer = await work(client)
    await client.query('COMMIT')
    return answer
  } finally {
    client.release()
  }
}

/** Somebody has the first list; whoever wants both must not have taken the second when they begin to wait. */
async function waitsWithoutTheSecond(taking: (client: pg.PoolClient) => Promise<unknown>): Promise<void> {
  let waiting: Promise<unknown> = Promise.resolve()
  await inTransaction(async (first) => {
    await first.query('SELECT FROM portal.till_batch WHERE shop = 1 FOR UPDATE')
    let tell: (pid: number) => void = () => undefined
    const theirs = new Promise<number>((resolve) => {
      tell = resolve
    })
    waiting = inTransaction(async (client) => {
      const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
      tell(rows[0]?.pid ?? 0)
      await taking(client)
    })
    const pid = await theirs
    await untilBlocked(pid)
    const second = await pool.query('SELECT FROM portal.till_batch WHERE shop = 2 FOR UPDATE NOWAIT')
    expect(second.rowCount).toBe(1)
  })
  await waiting
}

async function untilBlocked(pid: number): Promise<void> {
  for (;;) {
    const { rows } = await pool.query<{ by: number[] }>('SELECT pg_blocking_pids($1) AS by', [pid])
    if ((rows[0]?.by.length ?? 0) > 0) return
  }
}

test('the counter takes lists in the order of their names', async () => {
  await waitsWithoutTheSecond((client) => storeLists(client, [list(2, 3), list(1, 3)]))
  const { rows } = await pool.query('SELECT shop, count FROM portal.till_batch ORDER BY shop')
  expect(rows).toEqual([
    { shop: 1, count: 3 },
    { shop: 2, count: 3 },
  ])
})

test('so does the relayer', async () => {
  const sent = [2, 1].map((shop) => ({ shop, till: 1, first: 1n, count: 3, countersigned: false }))
  await waitsWithoutTheSecond((client) => client.query(markBatches(sent)))
  const { rows } = await pool.query('SELECT shop, submitted_count AS sent FROM portal.till_batch ORDER BY shop')
  expect(rows).toEqual([
    { shop: 1, sent: 3 },
    { shop: 2, sent: 3 },
  ])
})
