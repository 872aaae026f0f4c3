import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { performance } from 'node:perf_hooks'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { type TestChain, testChain } from '#test/support/chain.ts'
import { deploymentFile, type RunningIndexer, startIndexer } from '#test/support/indexer.ts'
import { deployNetwork, type TestNetwork } from '#test/support/network.ts'
import { type TestDatabase, testDatabase, waitersFor } from '#test/support/postgres.ts'
import { proxyToPort } from '#test/support/tcp-proxy.ts'
import { Traffic } from '#test/support/traffic.ts'

/** It gives itself four seconds; the rest is for a machine with much else to do. Whoever hangs takes ten times that. */
const soonMs = 15_000

let chain: TestChain
let network: TestNetwork
let file: string
let database: TestDatabase
let owner: pg.Client
let indexer: RunningIndexer

beforeAll(async () => {
  chain = await testChain()
  network = await deployNetwork(chain, { shops: 2, members: 4 })
  await new Traffic(network, 'stopping').run(5)
  file = deploymentFile(network.deployment(true))
})

beforeEach(async () => {
  database = await testDatabase()
  owner = new pg.Client({ connectionString: database.urls.owner })
  await owner.connect()
})

afterEach(async () => {
  indexer.child.kill('SIGKILL')
  await indexer.ended
  await owner.end()
  await database.drop()
})

afterAll(() => chain?.stop())

function start(settings: Readonly<Record<string, string>> = {}): void {
  indexer = startIndexer(['follow'], {
    INDEXER_DATABASE_URL: database.urls.indexer,
    RPC_URL: chain.url,
    DEPLOYMENT_FILE: file,
    ...settings,
  })
}

/** Asks until the answer is there; the time limit is the test's. */
async function until(question: string): Promise<void> {
  while ((await owner.query(question)).rowCount === 0) await new Promise((resolve) => setTimeout(resolve, 10))
}

async function asked(signal: NodeJS.Signals): Promise<{ readonly code: number | null; readonly took: number }> {
  const since = performance.now()
  indexer.child.kill(signal)
  const { code } = await indexer.ended
  return { code, took: performance.now() - since }
}

const waitsForLock = waitersFor('checkpoint')
// PostgreSQL notices that a connection has gone a moment after the process at its other end has.
const noConnections = `SELECT 1 WHERE NOT EXISTS (
  SELECT FROM pg_stat_activity WHERE datname = current_database() AND usename LIKE '%indexer')`

/** The indexer in the middle of a batch that cannot end. */
async function inTheMiddle(): Promise<pg.Client> {
  const holder = new pg.Client({ connectionString: database.urls.owner })
  await holder.connect()
  await holder.query('BEGIN')
  await holder.query('LOCK TABLE ledger.checkpoint IN EXCLUSIVE MODE')
  start()
  await until(waitsForLock)
  return holder
}

/** A node that takes questions and answers none, from when it is told to. */
async function silentNode(): Promise<{ readonly url: string; readonly server: Server; silent: boolean }> {
  const server = createServer(async (request, response) => {
    const pieces: Buffer[] = []
    for await (const piece of request) pieces.push(piece as Buffer)
    if (node.silent) return
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(chain.url, { method: 'POST', headers, body: Buffer.concat(pieces) })
    response.writeHead(answer.status, headers).end(await answer.text())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const node = { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server, silent: false }
  return node
}

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s while it follows: it ends with 0 and leaves no connection',
  async (signal) => {
    start()
    await indexer.said('ready')
    const end = await asked(signal)
    expect(end.code).toBe(0)
    expect(end.took).toBeLessThan(soonMs)
    await until(noConnections)
    // The next one need not wait for the lease.
    expect((await owner.query('SELECT 1 FROM ledger.leader WHERE until > now()')).rows).toEqual([])
  },
)

test('whom it works for is killed while both wait for a node: it ends too, as if asked', async () => {
  const node = await silentNode()
  node.silent = true
  const questioned = new Promise((resolve) => node.server.once('request', resolve))
  const settings = { INDEXER_DATABASE_URL: database.urls.indexer, RPC_URL: node.url, DEPLOYMENT_FILE: file }
  indexer = startIndexer(['follow', '--until', '3', '--ledger-only'], settings, { channel: true })
  await questioned
  indexer.child.disconnect()
  expect((await indexer.ended).code).toBe(0)
  await until(noConnections)
  node.server.closeAllConnections()
  node.server.close()
})

test('asked in the middle of a batch that ends in time, it keeps the batch', async () => {
  const holder = await inTheMiddle()
  indexer.child.kill('SIGTERM')
  await indexer.said('asked to stop')
  await holder.query('ROLLBACK')
  expect((await indexer.ended).code).toBe(0)
  expect((await owner.query('SELECT 1 FROM ledger.checkpoint')).rowCount).toBe(1)
  await holder.end()
})

test('asked in the middle of a batch that does not end, it takes it back and ends with 0 in five seconds', async () => {
  const holder = await inTheMiddle()
  const end = await asked('SIGTERM')
  expect(end.code).toBe(0)
  expect(end.took).toBeLessThan(soonMs)
  await until(noConnections)
  await holder.query('ROLLBACK')
  expect((await owner.query('SELECT 1 FROM ledger.block')).rows).toEqual([])
  await holder.end()
})

test('asked while the node hangs, it ends with 0 in five seconds', async () => {
  const node = await silentNode()
  start({ RPC_URL: node.url })
  await indexer.said('ready')
  node.silent = true
  // The next question hangs by the time that this one was answered.
  await owner.query('SELECT pg_sleep(0.5)')
  const end = await asked('SIGTERM')
  expect(end.code).toBe(0)
  expect(end.took).toBeLessThan(soonMs)
  await until(noConnections)
  node.server.closeAllConnections()
  node.server.close()
})

test('asked while it waits for a node that hangs from the start, it ends with 0 in five seconds', async () => {
  const node = await silentNode()
  node.silent = true
  const questioned = new Promise((resolve) => node.server.once('request', resolve))
  start({ RPC_URL: node.url })
  await questioned
  const end = await asked('SIGTERM')
  expect(end.code).toBe(0)
  expect(end.took).toBeLessThan(soonMs)
  node.server.closeAllConnections()
  node.server.close()
})

test('asked while the database hangs, it ends with 0 in five seconds', async () => {
  const url = new URL(database.urls.indexer)
  const proxy = await proxyToPort(Number(url.port))
  url.port = String(proxy.port)
  start({ INDEXER_DATABASE_URL: url.href })
  await indexer.said('ready')
  proxy.fallSilent()
  const end = await asked('SIGTERM')
  expect(end.code).toBe(0)
  expect(end.took).toBeLessThan(soonMs)
  await proxy.stop()
})

test('asked twice, it ends at once', async () => {
  const holder = await inTheMiddle()
  indexer.child.kill('SIGTERM')
  await indexer.said('asked to stop')
  const end = await asked('SIGTERM')
  expect(end.code).toBe(143)
  expect(end.took).toBeLessThan(1_500)
  await holder.query('ROLLBACK')
  await until(noConnections)
  expect((await owner.query('SELECT 1 FROM ledger.block')).rows).toEqual([])
  await holder.end()
})
