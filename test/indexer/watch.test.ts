import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestChain, testChain } from '#test/support/chain.ts'
import { deploymentFile, type RunningIndexer, startIndexer } from '#test/support/indexer.ts'
import { deployNetwork, type TestNetwork } from '#test/support/network.ts'
import { type TestDatabase, testDatabase } from '#test/support/postgres.ts'
import { Traffic } from '#test/support/traffic.ts'

let chain: TestChain
let network: TestNetwork
let traffic: Traffic
let database: TestDatabase
let file: string
let node: Server
let nodeUrl: string
let isAway = false
const started: RunningIndexer[] = []

beforeAll(async () => {
  chain = await testChain()
  network = await deployNetwork(chain, { shops: 2, members: 4 })
  traffic = new Traffic(network, 'watch')
  await traffic.run(5)
  database = await testDatabase()
  file = deploymentFile(network.deployment(true))
  node = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    if (isAway) {
      response.writeHead(503).end()
      return
    }
    const answer = await fetch(chain.url, { method: 'POST', body: Buffer.concat(chunks), headers: jsonOnly })
    response.writeHead(answer.status, jsonOnly).end(Buffer.from(await answer.arrayBuffer()))
  })
  await new Promise<void>((resolve) => node.listen(0, '127.0.0.1', resolve))
  nodeUrl = `http://127.0.0.1:${(node.address() as AddressInfo).port}/`
})

afterAll(async () => {
  for (const { child, ended } of started) {
    child.kill('SIGKILL')
    await ended
  }
  node?.close()
  await chain?.stop()
  await database?.drop()
})

const jsonOnly = { 'content-type': 'application/json' }

async function startWatched(more: Readonly<Record<string, string>> = {}) {
  const indexer = startIndexer(['follow'], {
    INDEXER_DATABASE_URL: database.urls.indexer,
    RPC_URL: nodeUrl,
    DEPLOYMENT_FILE: file,
    METRICS_PORT: '0',
    READY_LAG_SECONDS: '2',
    ...more,
  })
  started.push(indexer)
  const { port } = await indexer.said('can be watched')
  const at = (path: string) => fetch(`http://127.0.0.1:${port}${path}`)
  return { indexer, port: Number(port), at, figures: async () => figuresIn(await (await at('/metrics')).text()) }
}

/** Every sample of a page, by its name with its labels; a line in no known form fails. */
function figuresIn(page: string): Map<string, number> {
  const samples = new Map<string, number>()
  const named = new Set<string>()
  for (const line of page.split('\n')) {
    if (line === '') continue
    const comment = /^# (HELP|TYPE) (\w+) .+$/.exec(line)
    if (comment !== null) {
      named.add(comment[2] ?? '')
      continue
    }
    const sample = /^([a-zA-Z_:]\w*)(\{\w+="[^"]*"(?:,\w+="[^"]*")*\})? (\S+)$/.exec(line)
    expect(sample, line).not.toBeNull()
    const base = sample?.[1] ?? ''
    expect(named.has(base) || named.has(base.replace(/_(bucket|sum|count)$/, '')), line).toBe(true)
    samples.set(`${base}${sample?.[2] ?? ''}`, Number(sample?.[3]))
  }
  return samples
}

async function until<answer>(ask: () => Promise<answer | undefined | false>): Promise<answer> {
  for (;;) {
    const answer = await ask()
    if (answer !== undefined && answer !== false) return answer
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

const isReady = async ({ at }: Awaited<ReturnType<typeof startWatched>>) => (await at('/ready')).status === 200

test('through a life with a fork and an outage, what is watched is what happened', async () => {
  const watched = await startWatched()
  const { indexer, at, figures } = watched
  expect(await (await at('/health')).json()).toEqual({ ok: true })
  await indexer.said('ready')
  await until(() => isReady(watched))
  const { number } = await chain.head()
  expect(await (await at('/ready')).json()).toMatchObject({ ready: true, reasons: [], block: number, head: number })
  const first = await figures()
  expect(first.get('highstreet_events_total')).toBeGreaterThan(20)
  expect(first.get('highstreet_events_per_second')).toBeGreaterThan(0)
  expect(first.get('highstreet_batch_seconds_count')).toBeGreaterThan(0)
  expect(first.get('highstreet_lag_blocks')).toBe(0)
  expect(first.get('highstreet_leader')).toBe(1)
  expect(first.get('highstreet_reorg_depth_blocks_count')).toBe(0)
  expect(first.get('highstreet_block')).toBe(number)

  // A fork of depth 3, told by its depth.
  await chain.ask('anvil_reorg', [3, []])
  await indexer.said('the chain forked: went back')
  const forked = await until(async () => {
    const now = await figures()
    return now.get('highstreet_reorg_depth_blocks_count') === 1 && now
  })
  expect(forked.get('highstreet_reorg_depth_blocks_sum')).toBe(3)
  expect(forked.get('highstreet_reorg_depth_blocks_bucket{le="2"}')).toBe(0)
  expect(forked.get('highstreet_reorg_depth_blocks_bucket{le="3"}')).toBe(1)

  // The node goes away: the process lives on, says that it is not ready, and counts whose fault it is.
  await until(() => isReady(watched))
  isAway = true
  const answer = await until(async () => {
    const ready = await at('/ready')
    return ready.status === 503 && ready
  })
  expect(((await answer.json()) as { reasons: string[] }).reasons[0]).toMatch(/more than 2 seconds ago/)
  expect((await at('/health')).status).toBe(200)
  const away = await figures()
  expect(away.get('highstreet_rpc_errors_total{node="1",kind="away"}')).toBeGreaterThan(0)
  expect(away.get('highstreet_lag_seconds')).toBeGreaterThan(2)
  expect(away.get('highstreet_ready')).toBe(0)
  isAway = false
  const before = away.get('highstreet_events_total') ?? 0
  await traffic.run(3)
  // Ready may come before the new blocks do: the bound allows for two seconds.
  await until(async () => ((await figures()).get('highstreet_events_total') ?? 0) > before)
  await until(() => isReady(watched))
  indexer.child.kill('SIGTERM')
  expect((await indexer.ended).code).toBe(0)
})

test('who waits for another leader lives, but is not ready', async () => {
  const leader = await startWatched()
  await leader.indexer.said('ready')
  const second = await startWatched()
  await second.indexer.said('another indexer writes to this database; waiting until it stops')
  expect((await second.at('/health')).status).toBe(200)
  const answer = await second.at('/ready')
  expect(answer.status).toBe(503)
  expect(((await answer.json()) as { reasons: string[] }).reasons[0]).toMatch(/another indexer leads/)
  expect((await second.figures()).get('highstreet_leader')).toBe(0)
  leader.indexer.child.kill('SIGTERM')
  await until(() => isReady(second))
  expect((await second.figures()).get('highstreet_leader')).toBe(1)
  second.indexer.child.kill('SIGTERM')
  expect((await second.indexer.ended).code).toBe(0)
})

test('nothing else is answered, and a port that another has is said in one sentence', async () => {
  const watched = await startWatched()
  expect((await watched.at('/')).status).toBe(404)
  const posted = await fetch(`http://127.0.0.1:${watched.port}/metrics`, { method: 'POST', body: 'x' })
  expect(posted.status).toBe(405)
  const second = startIndexer(['follow'], {
    INDEXER_DATABASE_URL: database.urls.indexer,
    RPC_URL: nodeUrl,
    DEPLOYMENT_FILE: file,
    METRICS_PORT: String(watched.port),
  })
  started.push(second)
  const { code, complaint } = await second.ended
  expect(code).toBe(1)
  expect(complaint).toBe(
    `highstreet indexer: METRICS_PORT ${watched.port} at 127.0.0.1 cannot be listened on: another program has it.\n`,
  )
  watched.indexer.child.kill('SIGTERM')
  await watched.indexer.ended
})
