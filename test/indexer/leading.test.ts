import { performance } from 'node:perf_hooks'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { LeadershipLost } from '#indexer/ledger/leadership.ts'
import { Ledger } from '#indexer/ledger/ledger.ts'
import { type TestChain, testChain } from '#test/support/chain.ts'
import { freshBooks, wholeBooks } from '#test/support/forks.ts'
import { deploymentFile, type RunningIndexer, startIndexer } from '#test/support/indexer.ts'
import { followToHead, networkOf, openLedger } from '#test/support/mirror.ts'
import { deployNetwork, type TestNetwork } from '#test/support/network.ts'
import { type TestDatabase, testDatabase, waitersFor } from '#test/support/postgres.ts'
import { proxyToPort } from '#test/support/tcp-proxy.ts'
import { Traffic } from '#test/support/traffic.ts'

let chain: TestChain
let network: TestNetwork
let traffic: Traffic
let file: string
let database: TestDatabase
let owner: pg.Client
let started: RunningIndexer[] = []

beforeAll(async () => {
  chain = await testChain()
  network = await deployNetwork(chain, { shops: 2, members: 5 })
  traffic = new Traffic(network, 'leading')
  await traffic.run(8)
  file = deploymentFile(network.deployment(true))
})

beforeEach(async () => {
  database = await testDatabase()
  owner = new pg.Client({ connectionString: database.urls.owner })
  await owner.connect()
})

afterEach(async () => {
  for (const { child, ended } of started) {
    child.kill('SIGKILL')
    await ended
  }
  started = []
  await owner.end()
  await database.drop()
})

afterAll(() => chain?.stop())

function start(url = database.urls.indexer): RunningIndexer {
  const indexer = startIndexer(['follow'], {
    INDEXER_DATABASE_URL: url,
    RPC_URL: chain.url,
    DEPLOYMENT_FILE: file,
  })
  started.push(indexer)
  return indexer
}

const waits = 'another indexer writes to this database; waiting until it stops'
const within = 5_000

/** Asks until the answer is there; the time limit is the test's. */
async function until<answer>(question: () => Promise<answer | undefined>): Promise<answer> {
  for (;;) {
    const answer = await question()
    if (answer !== undefined) return answer
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

const epoch = async (): Promise<bigint> =>
  BigInt((await owner.query<{ epoch: string }>('SELECT epoch FROM ledger.leader')).rows[0]?.epoch ?? 0)

/** How long after `since` another epoch leads. */
async function takenOver(from: bigint, since: number): Promise<number> {
  await until(async () => ((await epoch()) > from ? true : undefined))
  return performance.now() - since
}

async function mirrored(): Promise<void> {
  const { hash } = await chain.head()
  await until(async () => {
    const { rows } = await owner.query(`SELECT 1 FROM ledger.checkpoint WHERE hash = decode($1, 'hex')`, [
      hash.slice(2),
    ])
    return rows[0]
  })
}

test('a leader that is killed is followed by another within five seconds', async () => {
  const first = start()
  await first.said('ready')
  const second = start()
  await second.said(waits)
  const led = await epoch()
  first.child.kill('SIGKILL')
  const took = await takenOver(led, performance.now())
  console.log(`killed: another leads after ${Math.round(took)} ms`)
  expect(took).toBeLessThan(within)
  await traffic.run(2)
  await second.said('ready')
  await mirrored()
  expect(await wholeBooks(database.urls.indexer)).toEqual(await freshBooks(network))
})

test('a leader frozen in the middle of a batch is replaced, and writes nothing when it thaws', async () => {
  // Whoever holds this lock stops the indexer after it wrote its rows and before it commits them.
  const holder = new pg.Client({ connectionString: database.urls.owner })
  await holder.connect()
  await holder.query('BEGIN')
  await holder.query('LOCK TABLE ledger.checkpoint IN EXCLUSIVE MODE')
  const first = start()
  await until(async () => {
    const held = waitersFor('checkpoint')
    return (await owner.query(held)).rows[0]
  })
  const led = await epoch()
  const second = start()
  await second.said(waits)
  first.child.kill('SIGSTOP')
  const frozenAt = performance.now()
  await holder.query('ROLLBACK')
  await holder.end()
  const took = await takenOver(led, frozenAt)
  console.log(`frozen in a batch: another leads after ${Math.round(took)} ms`)
  expect(took).toBeLessThan(within)
  await second.said('ready')
  await mirrored()
  const books = await wholeBooks(database.urls.indexer)
  const { rows: before } = await owner.query('SELECT xmin::text, * FROM ledger.checkpoint')

  first.child.kill('SIGCONT')
  await first.said('the connection to the database is lost; opening another')
  await first.said(waits)
  expect((await owner.query('SELECT xmin::text, * FROM ledger.checkpoint')).rows).toEqual(before)
  expect(await wholeBooks(database.urls.indexer)).toEqual(books)
  expect(books).toEqual(await freshBooks(network))
})

test('a leader that no longer reaches the database is replaced, and lines up behind when it does again', async () => {
  const url = new URL(database.urls.indexer)
  const proxy = await proxyToPort(Number(url.port))
  url.port = String(proxy.port)
  const first = start(url.href)
  await first.said('ready')
  const second = start()
  await second.said(waits)
  const led = await epoch()
  proxy.fallSilent()
  const took = await takenOver(led, performance.now())
  console.log(`silence: another leads after ${Math.round(took)} ms`)
  expect(took).toBeLessThan(within)
  await second.said('ready')
  await first.said('the connection to the database is lost; opening another')
  proxy.heal()
  await first.said(waits)
  await traffic.run(2)
  await mirrored()
  expect(await wholeBooks(database.urls.indexer)).toEqual(await freshBooks(network))
  await proxy.stop()
})

test('whoever lost the lead writes nothing, however alive it is', async () => {
  const stale = await Ledger.open(database.urls.indexer, networkOf(network), {
    waiting: () => undefined,
    signal: AbortSignal.timeout(60_000),
    leaseMs: 60_000,
  })
  await followToHead(network, stale)
  // The lease runs out by the database's clock, without the leader's knowing.
  await owner.query(`UPDATE ledger.leader SET until = now() - interval '1 second'`)
  const next = await openLedger(database.urls.indexer, networkOf(network))
  expect(next.epoch).toBeGreaterThan(stale.epoch)
  await traffic.run(2)
  await expect(followToHead(network, stale)).rejects.toThrow(LeadershipLost)
  await expect(stale.empty()).rejects.toThrow(LeadershipLost)
  await followToHead(network, next)
  await stale.close()
  await next.close()
  expect(await wholeBooks(database.urls.indexer)).toEqual(await freshBooks(network))
})

test('an epoch never comes twice, not even where the table is made anew', async () => {
  const epochs: bigint[] = []
  for (let turn = 0; turn < 3; turn += 1) {
    const ledger = await openLedger(database.urls.indexer, networkOf(network))
    epochs.push(ledger.epoch)
    await ledger.close()
    if (turn === 1) await owner.query('DELETE FROM ledger.leader')
  }
  expect([...epochs].sort((one, other) => (one < other ? -1 : 1))).toEqual(epochs)
  expect(new Set(epochs).size).toBe(3)
})

test('no right to write hangs on a session, so that a proxy may hand out connections by the transaction', async () => {
  const ledger = await openLedger(database.urls.indexer, networkOf(network))
  await followToHead(network, ledger)
  const locks = await owner.query(
    `SELECT * FROM pg_locks JOIN pg_database d ON d.oid = database
     WHERE locktype = 'advisory' AND d.datname = current_database()`,
  )
  expect(locks.rows).toEqual([])
  await ledger.close()
})
