import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { urlTo } from '#indexer/db/connection.ts'
import { type TestChain, testChain } from '#test/support/chain.ts'
import { deploymentFile, type RunningIndexer, startIndexer } from '#test/support/indexer.ts'
import { followToHead, ledgerContents, networkOf, openLedger } from '#test/support/mirror.ts'
import { deployNetwork, issue, type TestNetwork } from '#test/support/network.ts'
import { type TestDatabase, testDatabase, testServer, waitersFor } from '#test/support/postgres.ts'
import { Traffic } from '#test/support/traffic.ts'

let chain: TestChain
let network: TestNetwork
let traffic: Traffic
let file: string
const started: RunningIndexer[] = []
const databases: TestDatabase[] = []

beforeAll(async () => {
  chain = await testChain()
  network = await deployNetwork(chain, { shops: 2, members: 5 })
  traffic = new Traffic(network, 'main')
  await traffic.run(10)
  file = deploymentFile(network.deployment(true))
})

afterAll(async () => {
  for (const { child, ended } of started) {
    child.kill('SIGKILL')
    await ended
  }
  await chain?.stop()
  for (const database of databases) await database.drop()
})

async function ownDatabase(): Promise<TestDatabase> {
  const database = await testDatabase()
  databases.push(database)
  return database
}

function start(database: TestDatabase, args: readonly string[], more: Record<string, string> = {}): RunningIndexer {
  const settings = { INDEXER_DATABASE_URL: database.urls.indexer, RPC_URL: chain.url, DEPLOYMENT_FILE: file, ...more }
  const indexer = startIndexer(args, settings)
  started.push(indexer)
  return indexer
}

async function booksOf(database: TestDatabase): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: database.urls.owner })
  await client.connect()
  return client
}

/** Asks until the answer is there; the time limit is the test's. */
async function until<answer>(ask: () => Promise<answer | undefined>): Promise<answer> {
  for (;;) {
    const answer = await ask()
    if (answer !== undefined) return answer
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

test('killed in the middle of a batch it loses nothing and doubles nothing', async () => {
  const database = await ownDatabase()
  const books = await booksOf(database)
  // Whoever holds this lock stops the indexer after it wrote its rows and before it commits them.
  await books.query('BEGIN')
  await books.query('LOCK TABLE ledger.checkpoint IN EXCLUSIVE MODE')
  const first = start(database, ['follow'])
  await until(async () => {
    const { rows } = await books.query(waitersFor('checkpoint'))
    return rows[0]
  })
  first.child.kill('SIGKILL')
  expect((await first.ended).code).toBeNull()
  await books.query('ROLLBACK')
  expect((await books.query('SELECT count(*)::int AS blocks FROM ledger.block')).rows).toEqual([{ blocks: 0 }])

  const { number } = await chain.head()
  const second = start(database, ['follow', '--until', String(number)])
  expect(await second.ended).toMatchObject({ code: 0, complaint: '' })
  const fresh = await ownDatabase()
  const ledger = await openLedger(fresh.urls.indexer, networkOf(network))
  await followToHead(network, ledger)
  await ledger.close()
  expect(await ledgerContents(database.urls.indexer)).toEqual(await ledgerContents(fresh.urls.indexer))
  await books.end()
})

test('it follows as blocks come, scores a purchase, and stops when asked', async () => {
  const database = await ownDatabase()
  const books = await booksOf(database)
  const indexer = start(database, ['follow'])
  await indexer.said('ready')
  const [shop] = network.shops
  const [member] = network.members
  if (shop === undefined || member === undefined) throw new Error('the street is empty')
  const { time } = await chain.head()
  const entry = { member: member.address, points: 10n, spend: 123_456_789n, soldAt: time }
  await chain.send(await issue(network, shop, 9_000_000n, [entry]))
  await chain.mine()
  const score = await until(async () => {
    const { rows } = await books.query('SELECT * FROM judged.score WHERE shop = $1 AND spend > 123456788', [shop.shop])
    return rows[0]
  })
  expect(score).toMatchObject({ recency_days: 0, recency_score: 5, value_score: expect.any(Number) })
  indexer.child.kill('SIGTERM')
  expect(await indexer.ended).toMatchObject({ code: 0, complaint: '' })
  await books.end()
})

test('a second indexer on the same database waits until the first has stopped', async () => {
  const database = await ownDatabase()
  const first = start(database, ['follow'])
  await first.said('ready')
  const second = start(database, ['follow'])
  await second.said('another indexer writes to this database; waiting until it stops')
  first.child.kill('SIGINT')
  expect((await first.ended).code).toBe(0)
  await second.said('ready')
  second.child.kill('SIGTERM')
  expect((await second.ended).code).toBe(0)
})

test('a waiting indexer, too, stops when asked', async () => {
  const database = await ownDatabase()
  const ledger = await openLedger(database.urls.indexer, networkOf(network))
  const waiting = start(database, ['follow'])
  await waiting.said('another indexer writes to this database; waiting until it stops')
  waiting.child.kill('SIGTERM')
  expect(await waiting.ended).toMatchObject({ code: 0, complaint: '' })
  await ledger.close()
})

test('a database of another chain is refused in one sentence', async () => {
  const database = await ownDatabase()
  const ledger = await openLedger(database.urls.indexer, { ...networkOf(network), genesisHash: `0x${'7'.repeat(64)}` })
  await ledger.close()
  const end = await start(database, ['follow']).ended
  expect(end.code).toBe(1)
  expect(end.complaint).toMatch(/^highstreet indexer: This database mirrors another chain: .+\n$/)
})

test('a node of another chain is refused in one sentence, and nothing is written', async () => {
  const database = await ownDatabase()
  const other = await testChain({ genesisTime: 1_700_000_000 })
  const end = await start(database, ['follow'], { RPC_URL: other.url }).ended
  await other.stop()
  expect(end.code).toBe(1)
  expect(end.complaint).toMatch(/^highstreet indexer: The node stands on another chain: .+\n$/)
  const books = await booksOf(database)
  expect((await books.query('SELECT * FROM ledger.chain')).rows).toEqual([])
  await books.end()
})

test('a node that goes away is waited for, and followed on when it is back', async () => {
  const database = await ownDatabase()
  let away = true
  const proxy = await proxyTo(chain.url, () => away)
  const indexer = start(database, ['follow'], { RPC_URL: proxy.url })
  await indexer.said('waiting for the node')
  away = false
  await indexer.said('ready')
  away = true
  await indexer.said('trying again')
  await traffic.run(2)
  away = false
  const { number } = await chain.head()
  const books = await booksOf(database)
  await until(async () => {
    const { rows } = await books.query('SELECT 1 FROM ledger.checkpoint WHERE block = $1', [number])
    return rows[0]
  })
  indexer.child.kill('SIGTERM')
  expect((await indexer.ended).code).toBe(0)
  await books.end()
  proxy.server.close()
})

test('a connection to the database that is cut is opened again', async () => {
  const database = await ownDatabase()
  const books = await booksOf(database)
  const indexer = start(database, ['follow'])
  await indexer.said('ready')
  await books.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid()`,
  )
  await traffic.run(2)
  await indexer.said('the connection to the database is lost; opening another')
  const { number } = await chain.head()
  await until(async () => {
    const { rows } = await books.query('SELECT 1 FROM ledger.checkpoint WHERE block = $1', [number])
    return rows[0]
  })
  indexer.child.kill('SIGTERM')
  expect((await indexer.ended).code).toBe(0)
  await books.end()
})

test('started on a chain that lost its last seconds it goes back to the common block first', async () => {
  const database = await ownDatabase()
  await traffic.run(4)
  const { number } = await chain.head()
  expect((await start(database, ['follow', '--until', String(number)]).ended).code).toBe(0)
  await chain.ask('anvil_rollback', [3])
  const again = start(database, ['follow'])
  expect(await again.said('the chain forked: went back')).toMatchObject({
    ancestor: number - 3,
    from: number,
    to: number - 3,
  })
  await again.said('ready')
  again.child.kill('SIGTERM')
  expect((await again.ended).code).toBe(0)
  const fresh = await ownDatabase()
  const ledger = await openLedger(fresh.urls.indexer, networkOf(network))
  await followToHead(network, ledger)
  await ledger.close()
  const [gone, never] = [await ledgerContents(database.urls.indexer), await ledgerContents(fresh.urls.indexer)]
  // What was final once is still called so, though a block less lies on it now.
  expect({ ...gone, checkpoint: [] }).toEqual({ ...never, checkpoint: [] })
})

test('rebuild empties the books and fills them again to the very same', async () => {
  const database = await ownDatabase()
  const { number } = await chain.head()
  expect((await start(database, ['follow', '--until', String(number)]).ended).code).toBe(0)
  const before = await ledgerContents(database.urls.indexer)
  expect(await start(database, ['rebuild']).ended).toMatchObject({ code: 0, complaint: '' })
  expect(await ledgerContents(database.urls.indexer)).toEqual(before)
})

test.each([
  [['follow'], { RPC_URL: 'not an address' }, 'RPC_URL'],
  [['follow', '--until', 'soon'], {}, '--until'],
  [['follow'], { INDEXER_DATABASE_URL: 'postgresql://nobody:x@127.0.0.1:9/none' }, 'INDEXER_DATABASE_URL'],
])('asked for %j with %j it says in one line what is wrong', async (args, settings, named) => {
  const database = { urls: { owner: '', indexer: 'postgresql://a:b@127.0.0.1:9/c', web: '' }, drop: async () => {} }
  const end = await start(database, args, settings).ended
  expect(end.code).toBe(1)
  expect(end.complaint.trim().split('\n')).toHaveLength(1)
  expect(end.complaint).toContain(named)
})

test('a database that was never set up is named in one sentence', async () => {
  const server = await testServer()
  const database = { urls: { ...server, indexer: urlTo(server.indexer, 'postgres') }, drop: async () => {} }
  const end = await start(database, ['follow']).ended
  expect(end.code).toBe(1)
  expect(end.complaint).toMatch(/^highstreet indexer: The database .+ is not set up for the indexer .+\n$/)
})

test('--help says what it can do', async () => {
  const end = await startIndexer(['--help'], {}).ended
  expect(end).toMatchObject({ code: 0, complaint: '' })
  expect(end.output).toContain('rebuild')
})

/** A way to the node that can be shut. */
async function proxyTo(url: string, away: () => boolean): Promise<{ readonly url: string; readonly server: Server }> {
  const server = createServer(async (request, response) => {
    if (away()) {
      request.socket.destroy()
      return
    }
    const pieces: Buffer[] = []
    for await (const piece of request) pieces.push(piece as Buffer)
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(url, { method: 'POST', headers, body: Buffer.concat(pieces) })
    response.writeHead(answer.status, headers).end(await answer.text())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server }
}
