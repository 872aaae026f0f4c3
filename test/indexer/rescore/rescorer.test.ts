import pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Rescorer } from '#indexer/rescore/rescorer.ts'
import { type TestDatabase, testDatabase } from '#test/support/postgres.ts'

let database: TestDatabase
let owner: pg.Client
let rescorer: Rescorer
let blocks = 0

beforeEach(async () => {
  blocks = 0
  database = await testDatabase()
  owner = new pg.Client({ connectionString: database.urls.owner })
  await owner.connect()
  await owner.query(`INSERT INTO ledger.leader VALUES (1, 1, gen_random_uuid(), now(), now() + interval '1 hour')`)
  rescorer = new Rescorer({ url: database.urls.indexer, timeZone: 'Europe/Berlin', epoch: () => 1n })
})

afterEach(async () => {
  await rescorer.close()
  await owner.end()
  await database.drop()
})

const hex = (member: number) => member.toString(16).padStart(40, '0')

/** The mirror comes to a block of this time, with these purchases in it: [shop, member, sold at, spend]. */
async function mirrored(
  time: string,
  purchases: readonly (readonly [number, number, string, number])[],
): Promise<void> {
  blocks += 1
  const hash = blocks.toString(16).padStart(64, '0')
  await owner.query(
    `INSERT INTO ledger.block (number, hash, parent_hash, time, evidence)
     VALUES ($1, decode($2, 'hex'), decode($2, 'hex'), $3, 'receipts')`,
    [blocks, hash, time],
  )
  for (const [index, [shop, member, soldAt, spend]] of purchases.entries()) {
    await owner.query(
      `INSERT INTO ledger.purchase (shop, till, sequence, member, points, spend, sold_at, record, block_number,
         log_index, transaction_hash)
       VALUES ($1, 1, $2, decode($3, 'hex'), 0, $4, $5, 1, $6, $7, decode($8, 'hex'))`,
      [shop, blocks * 1000 + index, hex(member), spend, soldAt, blocks, index, hash],
    )
  }
  await owner.query(
    `INSERT INTO ledger.checkpoint VALUES ('ledger', $1::bigint, decode($2, 'hex'), $1::bigint - 1, $1::bigint, now())
     ON CONFLICT (name) DO UPDATE SET block = excluded.block, hash = excluded.hash`,
    [blocks, hash],
  )
}

interface ScoreRow {
  readonly recency_days: number
  readonly frequency: number
  readonly spend: string
}

async function scoreOf(shop: number, member: number): Promise<ScoreRow | undefined> {
  const { rows } = await owner.query<ScoreRow>(
    `SELECT * FROM judged.score WHERE shop = $1 AND member = decode($2, 'hex')`,
    [shop, hex(member)],
  )
  return rows[0]
}

async function decide(member: number, given: boolean): Promise<void> {
  await owner.query(
    `INSERT INTO portal.consent VALUES (decode($1, 'hex'), 'personalisation', $2, clock_timestamp())
     ON CONFLICT (member, purpose) DO UPDATE SET given = excluded.given, decided_at = excluded.decided_at`,
    [hex(member), given],
  )
}

test('an empty mirror is not scored', async () => {
  expect(await rescorer.run()).toBeUndefined()
})

test('each shop’s members are scored by when they last came, how often and what they spent', async () => {
  await mirrored('2026-03-10T12:00:00Z', [
    [1, 1, '2026-03-01T10:00:00Z', 500],
    [1, 1, '2026-03-01T16:00:00Z', 250],
    [1, 1, '2026-03-08T10:00:00Z', 100],
    [1, 2, '2026-03-10T10:00:00Z', 9_000],
    [2, 1, '2026-02-10T10:00:00Z', 40],
  ])
  expect(await rescorer.run()).toMatchObject({ block: 1, shops: 2, members: 3 })
  expect(await scoreOf(1, 1)).toMatchObject({
    recency_days: 2,
    frequency: 2,
    spend: '850',
    first_at: new Date('2026-03-01T10:00:00Z'),
    last_at: new Date('2026-03-08T10:00:00Z'),
    recency_score: 3,
    frequency_score: 3,
    value_score: 1,
  })
  expect(await scoreOf(1, 2)).toMatchObject({ recency_days: 0, frequency: 1, recency_score: 5, value_score: 3 })
  expect(await scoreOf(2, 1)).toMatchObject({ recency_days: 28, frequency: 1 })
})

test('a day begins at midnight in the shops’ time zone, also in the night the clocks change', async () => {
  // Berlin: 29 March 2026 has 23 hours. 22:30 UTC is 23:30 on the 28th, 22:30 UTC a day later is 00:30 on the 30th.
  await mirrored('2026-03-29T22:30:00Z', [
    [1, 1, '2026-03-28T22:30:00Z', 1],
    [1, 1, '2026-03-28T23:30:00Z', 1],
    [1, 2, '2026-03-28T23:30:00Z', 1],
    [1, 2, '2026-03-29T21:30:00Z', 1],
  ])
  await rescorer.run()
  expect(await scoreOf(1, 1)).toMatchObject({ recency_days: 1, frequency: 2 })
  expect(await scoreOf(1, 2)).toMatchObject({ recency_days: 1, frequency: 1 })
})

test('who said no to personalisation is scored nowhere, and again once he says yes', async () => {
  await mirrored('2026-03-10T12:00:00Z', [
    [1, 1, '2026-03-01T10:00:00Z', 500],
    [1, 2, '2026-03-02T10:00:00Z', 700],
    [2, 1, '2026-03-03T10:00:00Z', 500],
  ])
  await decide(1, true)
  await rescorer.run()
  expect([await scoreOf(1, 1), await scoreOf(2, 1)]).not.toContain(undefined)

  await decide(1, false)
  expect(await rescorer.run()).toMatchObject({ shops: 2, members: 1 })
  expect([await scoreOf(1, 1), await scoreOf(2, 1)]).toEqual([undefined, undefined])
  expect(await scoreOf(1, 2)).toBeDefined()

  await decide(1, true)
  expect(await rescorer.run()).toMatchObject({ shops: 2, members: 3 })
  expect(await scoreOf(2, 1)).toBeDefined()

  await decide(1, false)
  await rescorer.run()
  await owner.query('DELETE FROM portal.consent')
  await rescorer.run()
  expect(await scoreOf(2, 1)).toBeDefined()
})

test('only shops that were touched are scored anew, and nothing when nothing happened', async () => {
  await mirrored('2026-03-10T12:00:00Z', [
    [1, 1, '2026-03-01T10:00:00Z', 500],
    [2, 1, '2026-03-01T10:00:00Z', 500],
  ])
  await rescorer.run()
  expect(await rescorer.run()).toBeUndefined()
  await mirrored('2026-03-10T12:00:05Z', [[2, 1, '2026-03-10T12:00:00Z', 300]])
  rescorer.touch([2])
  expect(await rescorer.run()).toMatchObject({ shops: 1, members: 1, block: 2 })
  expect(await scoreOf(2, 1)).toMatchObject({ recency_days: 0, frequency: 2, spend: '800' })
  expect(await rescorer.run()).toBeUndefined()
})

test('when a day has gone by, everybody’s silence is a day longer', async () => {
  await mirrored('2026-03-10T12:00:00Z', [[1, 1, '2026-03-10T10:00:00Z', 500]])
  await rescorer.run()
  await mirrored('2026-03-11T00:00:00Z', [])
  await rescorer.run()
  expect(await scoreOf(1, 1)).toMatchObject({ recency_days: 1 })
})

test('a mirror that lags does not look like silence', async () => {
  await mirrored('2026-03-10T12:00:00Z', [[1, 1, '2026-03-10T10:00:00Z', 500]])
  await rescorer.run()
  expect(await scoreOf(1, 1)).toMatchObject({ recency_days: 0 })
})

test('a purchase whose block vanished leaves no score', async () => {
  await mirrored('2026-03-10T12:00:00Z', [])
  await mirrored('2026-03-10T12:00:01Z', [[1, 1, '2026-03-10T10:00:00Z', 500]])
  await rescorer.run()
  await owner.query('DELETE FROM ledger.purchase WHERE block_number = 2')
  await owner.query('DELETE FROM ledger.block WHERE number = 2')
  await owner.query('UPDATE ledger.checkpoint SET block = 1')
  rescorer.touchAll()
  await rescorer.run()
  expect(await scoreOf(1, 1)).toBeUndefined()
})

test('two runs over the same inputs bear the same hash', async () => {
  await mirrored('2026-03-10T12:00:00Z', [[1, 1, '2026-03-10T10:00:00Z', 500]])
  await rescorer.run()
  rescorer.touchAll()
  await rescorer.run()
  await mirrored('2026-03-10T12:00:09Z', [[1, 1, '2026-03-10T10:00:00Z', 1]])
  rescorer.touch([1])
  await rescorer.run()
  const { rows } = await owner.query(
    'SELECT inputs_hash, count(*)::int AS runs FROM judged.run WHERE shop = 1 GROUP BY 1 ORDER BY 2',
  )
  expect(rows.map((row) => row.runs)).toEqual([1, 2])
})

test('what a failed run had to do is done by the next', async () => {
  await mirrored('2026-03-10T12:00:00Z', [[1, 1, '2026-03-10T10:00:00Z', 500]])
  await owner.query('ALTER TABLE judged.run ADD CONSTRAINT broken CHECK (members < 0)')
  await expect(rescorer.run()).rejects.toThrow('broken')
  await owner.query('ALTER TABLE judged.run DROP CONSTRAINT broken')
  expect(await scoreOf(1, 1)).toBeUndefined()
  expect(await rescorer.run()).toMatchObject({ members: 1 })
})

test('a purchase wholly undone is none, and one undone in part counts for what it kept', async () => {
  await mirrored('2026-06-10T12:00:00Z', [
    [70, 1, '2026-06-01T10:00:00Z', 1_001],
    [70, 1, '2026-06-05T10:00:00Z', 400],
    [70, 2, '2026-06-05T10:00:00Z', 300],
  ])
  await owner.query('UPDATE ledger.purchase SET points = 100 WHERE shop = 70')
  const undone = async (index: number, points: number) => {
    await owner.query(
      `INSERT INTO ledger.reversal (shop, till, sequence, member, by_till, points, taken, debt, block_number, log_index,
         transaction_hash)
       SELECT shop, till, sequence, member, 1, $2, $2, 0, block_number, 100 + (SELECT count(*) FROM ledger.reversal),
         transaction_hash FROM ledger.purchase WHERE shop = 70 AND log_index = $1`,
      [index, points],
    )
  }
  await undone(0, 20)
  await undone(0, 10)
  await undone(1, 100)
  await undone(2, 60)
  await undone(2, 40)
  await rescorer.run()
  // 30 of 100 points went back: of 10.01, 3.00 are not counted.
  expect(await scoreOf(70, 1)).toMatchObject({ frequency: 1, spend: '701', recency_days: 9 })
  expect(await scoreOf(70, 2)).toBeUndefined()
})
