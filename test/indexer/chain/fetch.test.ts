import type { Hex } from 'viem'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fetchHead, fetchIdentity, fetchStretch } from '#indexer/chain/fetch.ts'
import type { RawLog } from '#indexer/chain/logs.ts'
import { type Call, type ChainNode, NodeLied, NodeRefused, NodeUnreachable, openNode } from '#indexer/chain/node.ts'
import { Sources } from '#indexer/chain/sources.ts'
import type { Directory, Stretch } from '#indexer/chain/stretch.ts'
import { type TestChain, testChain } from '#test/support/chain.ts'
import { nodeThrough, nodeWithoutReceipts } from '#test/support/faulty-node.ts'
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
  await chain.mineEmpty(2)
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

const withoutReceipts = (change?: (call: Call, answer: unknown) => unknown): ChainNode =>
  nodeWithoutReceipts(chain.url, change)

/** The same, with the logs of ranges changed. */
function withLogs(change: (logs: readonly RawLog[]) => readonly RawLog[]): ChainNode {
  return withoutReceipts((call, answer) => (isRange(call) ? change(answer as RawLog[]) : answer))
}

const evidenceOf = (stretch: Stretch) => [...new Set(stretch.blocks.map(({ evidence }) => evidence))]

describe('from a node that gives receipts', () => {
  test('every block is proven by them, empty ones too', () => {
    expect(truth.blocks).toHaveLength(asked.to - asked.from + 1)
    expect(evidenceOf(truth)).toEqual(['receipts'])
  })

  test('tokens of shops admitted within a stretch are read in the same stretch', () => {
    expect([...truth.newcomers]).toEqual(network.shops.map((shop) => [lower(shop.token), 'points']))
    expect(truth.events.filter((event) => event.name === 'QuarterBegan')).toHaveLength(2)
    expect(truth.events.some((event) => event.name === 'Transfer')).toBe(true)
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

  test('a block that bears another number than asked for is a lie', async () => {
    const node = nodeThrough(chain.url, (call, answer) => {
      return call.method === 'eth_getBlockByNumber' && Number(call.params[0]) === asked.from + 1 ? first : answer
    })
    const [first] = await openNode(chain.url).ask([{ method: 'eth_getBlockByNumber', params: ['0x1', false] }])
    expect(await fetchStretch(node, directory, asked)).toMatchObject({ refused: 'lied', at: asked.from + 1 })
  })

  test('a newest block whose hash is not its own is a lie, and nothing is decided on it', async () => {
    const node = nodeThrough(chain.url, (call, answer) => {
      if (call.method !== 'eth_getBlockByNumber') return answer
      return { ...(answer as object), hash: `0x${'4'.repeat(64)}` }
    })
    await expect(fetchHead(node, undefined)).rejects.toBeInstanceOf(NodeLied)
  })
})

describe('from a node that gives no receipts', () => {
  test('and refuses the whole request for them, what is in it besides is asked for alone', async () => {
    const node = openNode(chain.url)
    const refusing: ChainNode = {
      ask: async (calls) => {
        const [first] = calls
        if (calls.some(({ method }) => method === 'eth_getBlockReceipts')) {
          throw new NodeRefused(first?.method ?? '', -32_601, 'the method is not supported')
        }
        return await node.ask(calls)
      },
    }
    const stretch = taken(await fetchStretch(refusing, directory, asked))
    expect(stretch.events).toEqual(truth.events)
    expect(evidenceOf(stretch)).toEqual(['bloom'])
  })

  test('the same events come, and say that a filter is all there is behind them', async () => {
    const stretch = taken(await fetchStretch(withoutReceipts(), directory, asked))
    expect(stretch.events).toEqual(truth.events)
    expect(stretch.newcomers).toEqual(truth.newcomers)
    expect(evidenceOf(stretch)).toEqual(['bloom'])
  })

  test('with another one that does, the other’s receipts prove them', async () => {
    const nodes = new Sources([withoutReceipts(), openNode(chain.url)])
    expect(taken(await fetchStretch(nodes, directory, asked))).toEqual(truth)
  })

  test('with another one that gives none either, two say the same', async () => {
    const nodes = new Sources([withoutReceipts(), withoutReceipts()])
    const stretch = taken(await fetchStretch(nodes, directory, asked))
    expect(stretch.events).toEqual(truth.events)
    expect(evidenceOf(stretch)).toEqual(['secondSource'])
  })

  const amountAt = (logs: readonly RawLog[]) => logs.findIndex(({ data }) => data.length > 2)
  const otherAmount = (data: Hex): Hex => `${data.slice(0, -1)}${data.endsWith('e') ? 'd' : 'e'}` as Hex
  const changesAmount = (logs: readonly RawLog[]) =>
    logs.map((log, index) => (index === amountAt(logs) ? { ...log, data: otherAmount(log.data) } : log))

  test('two that contradict each other are both not believed', async () => {
    const left: unknown[] = []
    const nodes = new Sources([withoutReceipts(), withLogs(changesAmount)], {
      news: { left: (news) => left.push(news) },
    })
    // However often it is asked: who is left first is not who is wrong.
    for (let times = 0; times < 12; times += 1) {
      expect(await fetchStretch(nodes, directory, asked)).toMatchObject({ refused: 'unconfirmed' })
    }
    expect(left).toEqual([])
  })

  test('a third decides between them, and the liar is left', async () => {
    const left: number[] = []
    const news = { left: ({ place }: { place: number }) => void left.push(place) }
    const nodes = new Sources([withLogs(changesAmount), withoutReceipts(), withoutReceipts()], { news })
    expect(await fetchStretch(nodes, directory, asked)).toMatchObject({
      refused: 'lied',
      detail: expect.stringContaining('Node 1 of 3 lied'),
    })
    expect(left).toEqual([1])
    expect(taken(await fetchStretch(nodes, directory, asked)).events).toEqual(truth.events)
  })

  test('events come in the chain’s order whatever the node’s order', async () => {
    const shuffled = withLogs((logs) => [...logs].reverse())
    expect(taken(await fetchStretch(shuffled, directory, asked)).events).toEqual(truth.events)
  })

  test('a node that answers a range with silence is asked again block by block', async () => {
    const silent = withLogs(() => [])
    expect(taken(await fetchStretch(silent, directory, asked)).events).toEqual(truth.events)
  })

  test('a node that leaves out one contract’s logs of a block is asked again for that block', async () => {
    const partial = withLogs((logs) => logs.filter((log) => log.address !== lower(network.contracts.issuance)))
    expect(taken(await fetchStretch(partial, directory, asked)).events).toEqual(truth.events)
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

  test.each([
    ['from outside the range', (log: RawLog) => ({ ...log, blockNumber: '0xffffff' as Hex })],
    ['of somebody nobody asked for', (log: RawLog) => ({ ...log, address: `0x${'3'.repeat(40)}` as Hex })],
    ['that its block’s filter does not know', (log: RawLog) => ({ ...log, topics: [`0x${'7'.repeat(64)}` as Hex] })],
  ])('a log %s is a lie', async (_, change) => {
    const liar = withLogs((logs) => logs.map((log, index) => (index === 2 ? change(log) : log)))
    expect(await fetchStretch(liar, directory, asked)).toMatchObject({ refused: 'lied' })
  })
})

test('a node that is not there is an outage, a question it does not understand a refusal', async () => {
  await expect(fetchIdentity(openNode('http://127.0.0.1:9'))).rejects.toBeInstanceOf(NodeUnreachable)
  const unknown = openNode(chain.url).ask([{ method: 'eth_nonsense', params: [] }])
  await expect(unknown).rejects.toBeInstanceOf(NodeRefused)
})
