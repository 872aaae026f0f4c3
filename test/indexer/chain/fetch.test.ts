import type { Hex } from 'viem'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Directory, fetchIdentity, fetchStretch, type Stretch } from '#indexer/chain/fetch.ts'
import type { RawLog } from '#indexer/chain/logs.ts'
import { type Call, type ChainNode, NodeRefused, NodeUnreachable, openNode } from '#indexer/chain/node.ts'
import { type TestChain, testChain } from '#test/support/chain.ts'
import { nodeThrough } from '#test/support/faulty-node.ts'
import { deployNetwork, type TestNetwork } from '#test/support/network.ts'
import { Traffic } from '#test/support/traffic.ts'

let chain: TestChain
let network: TestNetwork
let directory: Directory
let asked: { from: number; to: number; after: Hex | undefined }
let truth: Stretch

beforeAll(async () => {
  chain = await testChain()
  network = await deployNetwork(chain, { shops: 2, members: 4 })
  await new Traffic(network, 'fetch').run(8)
  const { consortium, issuance, redemptions, clearingHouse } = network.contracts
  directory = new Map([
    [lower(consortium), 'consortium'],
    [lower(issuance), 'issuance'],
    [lower(redemptions), 'redemptions'],
    [lower(clearingHouse), 'clearingHouse'],
  ])
  asked = { from: network.startBlock, to: (await chain.head()).number, after: undefined }
  truth = taken(await fetchStretch(openNode(chain.url), directory, asked))
})

afterAll(() => chain?.stop())

const lower = (hex: Hex) => hex.toLowerCase() as Hex

function taken(stretch: Awaited<ReturnType<typeof fetchStretch>>): Stretch {
  if ('refused' in stretch) throw new Error(`${stretch.refused}: ${stretch.detail}`)
  return stretch
}

const isRange = (call: Call) => call.method === 'eth_getLogs' && 'fromBlock' in (call.params[0] as object)

/** The node, but with the logs of ranges changed. */
function withLogs(change: (logs: readonly RawLog[]) => readonly RawLog[]): ChainNode {
  return nodeThrough(chain.url, (call, answer) => (isRange(call) ? change(answer as RawLog[]) : answer))
}

test('tokens of shops admitted within a stretch are read in the same stretch', () => {
  expect(truth.newTokens).toEqual(network.shops.map((shop) => lower(shop.token)))
  expect(truth.events.filter((event) => event.name === 'QuarterBegan')).toHaveLength(2)
  expect(truth.events.some((event) => event.name === 'Transfer')).toBe(true)
})

test('events come in the chain’s order whatever the node’s order', async () => {
  const shuffled = withLogs((logs) => [...logs].reverse())
  expect(taken(await fetchStretch(shuffled, directory, asked)).events).toEqual(truth.events)
})

test('a node that answers a range with silence is asked again block by block', async () => {
  const silent = withLogs(() => [])
  expect(taken(await fetchStretch(silent, directory, asked)).events).toEqual(truth.events)
})

test('a log of another block than the header’s is not taken', async () => {
  const forked = withLogs((logs) =>
    logs.map((log, index) => (index === 3 ? { ...log, blockHash: `0x${'1'.repeat(64)}` } : log)),
  )
  expect(await fetchStretch(forked, directory, asked)).toMatchObject({ refused: 'moved' })
})

test('a log marked as removed is not taken', async () => {
  const removed = withLogs((logs) => logs.map((log) => ({ ...log, removed: true })))
  expect(await fetchStretch(removed, directory, asked)).toMatchObject({ refused: 'moved' })
})

test('a log that comes twice is not counted twice: the stretch is refused', async () => {
  const doubled = withLogs((logs) => logs.flatMap((log) => [log, log]))
  expect(await fetchStretch(doubled, directory, asked)).toMatchObject({ refused: 'inconsistent' })
})

test('a log from outside the range is refused', async () => {
  const beyond = withLogs((logs) => logs.map((log) => ({ ...log, blockNumber: '0xffffff' as Hex })))
  expect(await fetchStretch(beyond, directory, asked)).toMatchObject({ refused: 'inconsistent' })
})

test('a stretch that does not stand on our block is refused', async () => {
  const elsewhere = { ...asked, after: `0x${'2'.repeat(64)}` as const }
  expect(await fetchStretch(openNode(chain.url), directory, elsewhere)).toMatchObject({
    refused: 'moved',
    at: asked.from,
  })
})

test('a node that does not have the last blocks yet is behind, not empty', async () => {
  const beyond = { ...asked, to: asked.to + 2 }
  expect(await fetchStretch(openNode(chain.url), directory, beyond)).toMatchObject({
    refused: 'behind',
    at: asked.to + 1,
  })
})

test('a node that is not there is an outage, a question it does not understand a refusal', async () => {
  await expect(fetchIdentity(openNode('http://127.0.0.1:9'))).rejects.toBeInstanceOf(NodeUnreachable)
  const unknown = openNode(chain.url).ask([{ method: 'eth_nonsense', params: [] }])
  await expect(unknown).rejects.toBeInstanceOf(NodeRefused)
})
