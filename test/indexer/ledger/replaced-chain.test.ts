import { createServer } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Call, type ChainNode, openNode } from '#indexer/chain/node.ts'
import { type Ledger, OtherChain } from '#indexer/ledger/ledger.ts'
import { type TestChain, testChain } from '#test/support/chain.ts'
import { nodeThrough } from '#test/support/faulty-node.ts'
import { wholeBooks } from '#test/support/forks.ts'
import { deploymentFile, startIndexer } from '#test/support/indexer.ts'
import { followToHead, networkOf, openLedger } from '#test/support/mirror.ts'
import { deployNetwork, type TestNetwork } from '#test/support/network.ts'
import { type TestDatabase, testDatabase } from '#test/support/postgres.ts'
import { Traffic } from '#test/support/traffic.ts'

let chain: TestChain
let network: TestNetwork
let database: TestDatabase
let ledger: Ledger
const others: TestChain[] = []

beforeAll(async () => {
  chain = await testChain()
  network = await deployNetwork(chain, { shops: 2, members: 4 })
  await new Traffic(network, 'replaced').run(10)
  database = await testDatabase()
  ledger = await openLedger(database.urls.indexer, networkOf(network, 3))
  await followToHead(network, ledger)
})

afterAll(async () => {
  await ledger?.close()
  for (const one of [chain, ...others]) await one?.stop()
  await database?.drop()
})

async function anotherChain(options: { readonly genesisTime?: number; readonly chainId?: number }, blocks: number) {
  const other = await testChain(options)
  others.push(other)
  await other.mineEmpty(blocks)
  return other
}

/** One chain's node, in whose place another's stands after some questions. */
function replacedBy(url: string, after: number): ChainNode {
  const [before, then] = [openNode(chain.url), openNode(url)]
  let asked = 0
  return {
    ...before,
    ask(calls: readonly Call[]) {
      asked += 1
      return asked <= after ? before.ask(calls) : then.ask(calls)
    },
  }
}

const never = () => false

test.each([
  ['with another genesis, higher than ours', { genesisTime: 1_700_000_000 }, 300],
  ['with another genesis, lower than ours', { genesisTime: 1_700_000_000 }, 5],
  ['with another chain id', { chainId: 31_338 }, 300],
])('a chain replaced by one %s stops the mirror with a sentence, and the books stay', async (_, options, blocks) => {
  const before = await wholeBooks(database.urls.indexer)
  const other = await anotherChain(options, blocks)
  for (const embedded of [false, true]) {
    for (const after of [0, 4]) {
      const node = replacedBy(other.url, after)
      const following = followToHead(network, ledger, { embedded, node, when: never })
      await expect(following).rejects.toThrow(OtherChain)
      await expect(following).rejects.toThrow(/^The node stands on another chain: chain \d+, genesis 0x/)
    }
  }
  expect(await wholeBooks(database.urls.indexer)).toEqual(before)
})

test('a chain that changes its id alone, block for block the same, stops the mirror too', async () => {
  const before = await wholeBooks(database.urls.indexer)
  const node = nodeThrough(chain.url, (call, answer) => (call.method === 'eth_chainId' ? '0x7a6a' : answer))
  await expect(followToHead(network, ledger, { embedded: false, node, when: never })).rejects.toThrow(OtherChain)
  expect(await wholeBooks(database.urls.indexer)).toEqual(before)
})

test('a public chain that was reset, and grows another way, raises the alarm, and the books stay', async () => {
  const before = await wholeBooks(database.urls.indexer)
  const reset = await anotherChain({}, 2)
  const lower = await followToHead(network, ledger, {
    embedded: false,
    node: openNode(reset.url),
    when: ({ trouble, belowFinal }) => trouble.length + belowFinal.length > 0,
  })
  expect(lower.undone).toEqual([])
  await reset.mineEmpty(500)
  const higher = await followToHead(network, ledger, {
    embedded: false,
    node: openNode(reset.url),
    when: ({ belowFinal }) => belowFinal.length > 0,
  })
  expect(higher.undone).toEqual([])
  expect(higher.belowFinal[0]).toEqual({ ancestor: network.startBlock - 1, finalBlock: ledger.finalBlock })
  expect(await wholeBooks(database.urls.indexer)).toEqual(before)
  await chain.mineEmpty(1)
  expect(await followToHead(network, ledger, { embedded: false })).toMatchObject({ undone: [], belowFinal: [] })
})

test('the process says one sentence and ends when its chain is replaced while it runs', async () => {
  const other = await testDatabase()
  const proxy = await openWay()
  const settings = { INDEXER_DATABASE_URL: other.urls.indexer, RPC_URL: proxy.url }
  const deployment = deploymentFile(network.deployment(false))
  const indexer = startIndexer(['follow'], { ...settings, DEPLOYMENT_FILE: deployment })
  await indexer.said('ready')
  const before = await wholeBooks(other.urls.indexer)
  proxy.target = (await anotherChain({ genesisTime: 1_700_000_000 }, 3)).url
  const end = await indexer.ended
  expect(end.code).toBe(1)
  expect(end.complaint).toMatch(/^highstreet indexer: The node stands on another chain: .+\n$/)
  expect(await wholeBooks(other.urls.indexer)).toEqual(before)
  proxy.close()
  await other.drop()
})

/** A way to a node that can be turned to another. */
async function openWay(): Promise<{ readonly url: string; target: string; close(): void }> {
  const server = createServer(async (request, response) => {
    const pieces: Buffer[] = []
    for await (const piece of request) pieces.push(piece as Buffer)
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(way.target, { method: 'POST', headers, body: Buffer.concat(pieces) })
    response.writeHead(answer.status, headers).end(await answer.text())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const way = { url: `http://127.0.0.1:${port}`, target: chain.url, close: () => void server.close() }
  return way
}
