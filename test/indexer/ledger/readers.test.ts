import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Ledger } from '#indexer/ledger/ledger.ts'
import { type TestChain, testChain } from '#test/support/chain.ts'
import { followToHead, networkOf, openLedger } from '#test/support/mirror.ts'
import { deployNetwork, type TestNetwork } from '#test/support/network.ts'
import { type TestDatabase, testDatabase, waitersFor } from '#test/support/postgres.ts'
import { Traffic } from '#test/support/traffic.ts'

let chain: TestChain
let network: TestNetwork
let database: TestDatabase
let ledger: Ledger
let traffic: Traffic
let owner: pg.Client

beforeAll(async () => {
  chain = await testChain()
  network = await deployNetwork(chain, { shops: 3, members: 8 })
  traffic = new Traffic(network, 'readers')
  database = await testDatabase()
  ledger = await openLedger(database.urls.indexer, networkOf(network))
  owner = await connected(database.urls.owner)
  await traffic.run(10)
  await followToHead(network, ledger)
})

afterAll(async () => {
  await owner?.end()
  await ledger?.close()
  await chain?.stop()
  await database?.drop()
})

async function connected(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  return client
}

const digests = {
  block: `SELECT md5(string_agg(b::text, ' ' ORDER BY number)) AS digest FROM ledger.block b`,
  event: `SELECT md5(string_agg(e::text, ' ' ORDER BY block_number, log_index)) AS digest FROM ledger.event e`,
  movement: `SELECT md5(string_agg(m::text, ' ' ORDER BY member, block_number, log_index)) AS digest
    FROM ledger.movement m`,
  purchase: `SELECT md5(string_agg(p::text, ' ' ORDER BY shop, till, sequence)) AS digest FROM ledger.purchase p`,
  balance: `SELECT md5(string_agg(b::text, ' ' ORDER BY member, shop)) AS digest FROM ledger.balance b`,
  position: `SELECT md5(string_agg(p::text, ' ' ORDER BY shop)) AS digest FROM ledger.position p`,
  points_token: `SELECT md5(string_agg(t::text, ' ' ORDER BY shop)) AS digest FROM ledger.points_token t`,
  checkpoint: `SELECT block || ' ' || hash || ' ' || final_block AS digest FROM ledger.checkpoint`,
} as const

/** Everything in one statement, as one text. */
const everything = `SELECT ${Object.values(digests)
  .map((question) => `(${question})`)
  .join(` || ' ' || `)} AS state`

async function inOneStatement(client: pg.Client): Promise<string> {
  return (await client.query<{ state: string }>(everything)).rows[0]?.state ?? ''
}

/** Table by table, as a report does it that takes its time; `between` is when others work. */
async function tableByTable(client: pg.Client, between: () => Promise<void> = async () => undefined): Promise<string> {
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
  const parts: string[] = []
  for (const question of Object.values(digests)) {
    parts.push((await client.query<{ digest: string }>(question)).rows[0]?.digest ?? '')
    if (parts.length === 1) await between()
  }
  await client.query('COMMIT')
  return parts.join(' ')
}

/** Reads again and again until told to end; what was read. */
function reading(url: string, read: (client: pg.Client) => Promise<string>) {
  const states: string[] = []
  let over = false
  let first: () => void = () => undefined
  const begun = new Promise<void>((resolve) => {
    first = resolve
  })
  const done = (async () => {
    const client = await connected(url)
    while (!over) {
      states.push(await read(client))
      first()
    }
    states.push(await read(client))
    await client.end()
    return states
  })()
  return {
    begun,
    end: () => {
      over = true
      return done
    },
  }
}

async function fork(depth: number): Promise<void> {
  await chain.ask('anvil_rollback', [depth])
  await traffic.run(4)
  await chain.mineEmpty(depth - 3)
}

test('whoever reads during a fork of depth 64 sees the books before it or after it, and nothing else', async () => {
  await traffic.run(64)
  await followToHead(network, ledger)
  const before = await inOneStatement(owner)
  await fork(64)
  const readers = [
    reading(database.urls.web, inOneStatement),
    reading(database.urls.web, (client) => tableByTable(client)),
    reading(database.urls.indexer, inOneStatement),
  ]
  await Promise.all(readers.map(({ begun }) => begun))
  const heard = await followToHead(network, ledger)
  const seen = await Promise.all(readers.map((reader) => reader.end()))
  const after = await inOneStatement(owner)
  expect(after).not.toBe(before)
  expect(heard.undone.map(({ ancestor, from }) => from - ancestor)).toEqual([64])
  console.log(`depth 64: ${heard.replaced[0]?.tookMs} ms, with ${seen.flat().length} readings beside it`)
  for (const states of seen) {
    expect(states[0]).toBe(before)
    expect(states.at(-1)).toBe(after)
    expect(new Set(states)).toEqual(new Set([before, after]))
  }
})

// The lock stops the writer where it is; readers ask for no lock that it hinders.
test.each([
  ['the old branch is gone and nothing has come', 'checkpoint'],
  ['the new branch is written and not yet committed', 'reorg'],
])('while %s, readers see the books before the fork', async (_, table) => {
  await traffic.run(5)
  await followToHead(network, ledger)
  const before = await inOneStatement(owner)
  await fork(4)
  const holder = await connected(database.urls.owner)
  await holder.query('BEGIN')
  await holder.query(`LOCK TABLE ledger.${table} IN EXCLUSIVE MODE`)
  const following = followToHead(network, ledger)
  const waits = waitersFor(table)
  while ((await owner.query(waits)).rowCount === 0);
  const reader = await connected(database.urls.web)
  expect(await inOneStatement(reader)).toBe(before)
  expect(await tableByTable(reader)).toBe(before)
  await holder.query('ROLLBACK')
  await following
  expect(await inOneStatement(reader)).not.toBe(before)
  await Promise.all([holder.end(), reader.end()])
})

test.each([
  ['that is undone', 6],
  ['so deep that the books are filled again', 70],
])('a report that began before a fork %s ends with the books as they were', async (_, depth) => {
  if (depth > 64) await chain.mineEmpty(75)
  else await traffic.run(depth)
  await followToHead(network, ledger)
  const before = await inOneStatement(owner)
  const reader = await connected(database.urls.web)
  const report = await tableByTable(reader, async () => {
    await fork(depth)
    await followToHead(network, ledger)
  })
  expect(report).toBe(before)
  expect(await tableByTable(reader)).not.toBe(before)
  await reader.end()
})
