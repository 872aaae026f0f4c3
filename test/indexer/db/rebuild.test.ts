import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { databaseIn } from '#indexer/db/connection.ts'
import { rebuildLedger } from '#indexer/db/rebuild.ts'
import { type TestChain, testChain } from '#test/support/chain.ts'
import { deploymentFile, startIndexer } from '#test/support/indexer.ts'
import { followToHead, networkOf, openLedger } from '#test/support/mirror.ts'
import { deployNetwork, type TestNetwork } from '#test/support/network.ts'
import { type TestDatabase, testDatabase } from '#test/support/postgres.ts'
import { Traffic } from '#test/support/traffic.ts'

let chain: TestChain
let network: TestNetwork
let database: TestDatabase
let owner: pg.Client

beforeAll(async () => {
  chain = await testChain()
  network = await deployNetwork(chain, { shops: 3, members: 6 })
  await new Traffic(network, 'rebuild').run(20)
  database = await testDatabase()
  await fill(database.urls.indexer)
  owner = new pg.Client({ connectionString: database.urls.owner })
  await owner.connect()
  await owner.query(`INSERT INTO ledger.reorg (ancestor, old_head, noticed) VALUES (3, 5, '2026-01-01Z')`)
})

afterAll(async () => {
  await owner?.end()
  await chain?.stop()
  await database?.drop()
})

async function fill(url: string): Promise<void> {
  const ledger = await openLedger(url, networkOf(network))
  await followToHead(network, ledger)
  await ledger.close()
}

/** Every row of every table of the ledger, byte for byte as Postgres writes it. */
async function everything(): Promise<Record<string, string[]>> {
  const { rows: tables } = await owner.query<{ name: string }>(
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'ledger' ORDER BY 1`,
  )
  const all: Record<string, string[]> = {}
  for (const { name } of tables) {
    const { rows } = await owner.query<{ row: string }>(`SELECT t::text AS row FROM ledger.${name} t ORDER BY 1`)
    all[name] = rows.map(({ row }) => row)
  }
  return all
}

/** What the catalogue says about shape and rights, without the numbers that change with every table made. */
async function shape(): Promise<unknown[]> {
  const { rows } = await owner.query(
    `SELECT c.relname, c.relkind, c.relacl::text, c.reloptions, array_agg((a.attname, a.atttypid, a.attnotnull)::text
       ORDER BY a.attnum) AS columns, pg_get_indexdef(c.oid) AS index
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
     WHERE n.nspname = 'ledger' AND c.relkind IN ('r', 'i') GROUP BY c.oid ORDER BY 1`,
  )
  return rows
}

async function leftovers(): Promise<unknown[]> {
  const name = databaseIn(new URL(database.urls.owner))
  const { rows } = await owner.query(
    `SELECT datname AS name FROM pg_database WHERE datname LIKE $1
     UNION SELECT nspname FROM pg_namespace WHERE nspname ~ '^(ledger|judged|portal)_'`,
    [`${name}_%`],
  )
  return rows
}

test('dropped and rebuilt, every table of the ledger is the same, byte for byte, in shape and rights too', async () => {
  const [before, shapeBefore] = [await everything(), await shape()]
  const numbers = async () =>
    (await owner.query(`SELECT 'ledger.event'::regclass::oid AS event, 'ledger.balance'::regclass::oid AS balance`))
      .rows
  const madeBefore = await numbers()
  const { block, rows, corrected } = await rebuildLedger({ urls: database.urls, fill })
  expect(block).toBe((await chain.head()).number)
  expect(rows).toBeGreaterThan(100)
  expect(corrected).toEqual([])
  expect(await everything()).toEqual(before)
  expect(await shape()).toEqual(shapeBefore)
  expect(await leftovers()).toEqual([])
  // They are other tables.
  const [was] = madeBefore
  const [is] = await numbers()
  expect(is.event).not.toBe(was.event)
  expect(is.balance).not.toBe(was.balance)
})

test('who reads meanwhile sees the old books or the new, never half of either', async () => {
  const right = await everything()
  // Wrong books, so that old and new can be told apart in every table that is looked at.
  await owner.query(`UPDATE ledger.balance SET debt = debt + 7; UPDATE ledger.position SET deposited = deposited + 7;
    UPDATE ledger.till SET budget = budget + 7; UPDATE ledger.block SET parent_hash = '\\x07'`)
  const seen: string[] = []
  let over = false
  const reading = [0, 1, 2].map(async (which) => {
    const reader = new pg.Client({ connectionString: database.urls.web })
    await reader.connect()
    // Names as the portal uses them: kept plans must find the new tables too.
    const ask = async (name: string, text: string) => (await reader.query({ name, text })).rows[0]?.is as string
    for (let look = 0; !over || look === 0; look += 1) {
      await reader.query('BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY')
      // Some take their moment before they come to the ledger.
      if (which === 0) await reader.query('SELECT 1 FROM portal.intent LIMIT 1')
      const parts = [
        await ask('balance', 'SELECT md5(string_agg(t::text, $$ $$ ORDER BY t::text)) AS is FROM ledger.balance t'),
        await ask('position', 'SELECT md5(string_agg(t::text, $$ $$ ORDER BY t::text)) AS is FROM ledger.position t'),
        await ask('till', 'SELECT md5(string_agg(t::text, $$ $$ ORDER BY t::text)) AS is FROM ledger.till t'),
        await ask('block', 'SELECT md5(string_agg(t::text, $$ $$ ORDER BY t::text)) AS is FROM ledger.block t'),
        await ask('event', 'SELECT count(*)::text AS is FROM ledger.event'),
        await ask('checkpoint', 'SELECT c::text AS is FROM ledger.checkpoint c'),
      ]
      await reader.query('COMMIT')
      seen.push(JSON.stringify(parts))
    }
    await reader.end()
  })
  const { corrected } = await rebuildLedger({ urls: database.urls, fill })
  over = true
  await Promise.all(reading)
  expect(corrected).toEqual(['block', 'balance', 'position', 'till'])
  expect([...new Set(seen)]).toHaveLength(2)
  expect(seen.length).toBeGreaterThan(6)
  expect(await everything()).toEqual(right)
})

test('a rebuild that fails leaves the old books as they were, and nothing beside them', async () => {
  const before = await everything()
  const failing = rebuildLedger({ urls: database.urls, fill: () => Promise.reject(new Error('the node is away')) })
  await expect(failing).rejects.toThrow('the node is away')
  expect(await everything()).toEqual(before)
  expect(await leftovers()).toEqual([])
})

test('two rebuilds at once: the second says so', async () => {
  let second: Promise<unknown> = Promise.resolve()
  await rebuildLedger({
    urls: database.urls,
    fill: async (url) => {
      second = rebuildLedger({ urls: database.urls, fill })
      await expect(second).rejects.toThrow('Another rebuild of these books is at work')
      await fill(url)
    },
  })
})

test('an indexer that leads meanwhile pauses, notices nothing more, and writes on in the new tables', async () => {
  const indexer = startIndexer(['follow'], {
    INDEXER_DATABASE_URL: database.urls.indexer,
    RPC_URL: chain.url,
    DEPLOYMENT_FILE: deploymentFile(network.deployment(true)),
  })
  await indexer.said('ready')
  const { number } = await chain.head()
  const traffic = new Traffic(network, 'rebuild meanwhile')
  let over = false
  const trading = (async () => {
    while (!over) await traffic.run(1)
  })()
  const until = async (url: string, block: number) => {
    const filling = startIndexer(['follow', '--ledger-only', '--until', String(block)], {
      INDEXER_DATABASE_URL: url,
      RPC_URL: chain.url,
      DEPLOYMENT_FILE: deploymentFile(network.deployment(true)),
    })
    expect(await filling.ended).toMatchObject({ code: 0, complaint: '' })
  }
  const { block, corrected } = await rebuildLedger({ urls: database.urls, fill: until })
  over = true
  await trading
  expect(block).toBeGreaterThanOrEqual(number)
  expect(corrected).toEqual([])
  const { number: last } = await chain.head()
  for (;;) {
    const { rows } = await owner.query('SELECT 1 FROM ledger.checkpoint WHERE block = $1', [last])
    if (rows.length === 1) break
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  const { rows } = await owner.query('SELECT count(*)::int AS reorgs FROM ledger.reorg')
  expect(rows).toEqual([{ reorgs: 1 }])
  indexer.child.kill('SIGTERM')
  const { output } = await indexer.ended
  expect(output).not.toContain('"level":50')
})
