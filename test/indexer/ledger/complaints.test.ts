import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Call, ChainNode } from '#indexer/chain/node.ts'
import type { Ledger } from '#indexer/ledger/ledger.ts'
import { type TestChain, testChain } from '#test/support/chain.ts'
import { nodeThrough, nodeWithoutReceipts } from '#test/support/faulty-node.ts'
import { ask, type Contents, comparable, freshBooks, wholeBooks } from '#test/support/forks.ts'
import { followToHead, networkOf, openLedger } from '#test/support/mirror.ts'
import { deployNetwork, type TestNetwork } from '#test/support/network.ts'
import { type TestDatabase, testDatabase } from '#test/support/postgres.ts'
import { Traffic } from '#test/support/traffic.ts'

// What users of other indexers complained about, each as a promise of ours. On a public chain, four blocks deep.
const confirmations = 4

let chain: TestChain
let network: TestNetwork
let traffic: Traffic
let database: TestDatabase
let ledger: Ledger

beforeAll(async () => {
  chain = await testChain()
  network = await deployNetwork(chain, { shops: 2, members: 5 })
  traffic = new Traffic(network, 'complaints')
  await traffic.run(10)
})

beforeEach(async () => {
  database = await testDatabase()
  ledger = await openLedger(database.urls.indexer, networkOf(network, confirmations))
  await traffic.run(3)
  await followToHead(network, ledger, { embedded: false })
})

afterEach(async () => {
  await ledger.close()
  await database.drop()
})

afterAll(() => chain?.stop())

const books = (): Promise<Contents> => wholeBooks(database.urls.indexer)

async function expectFreshBooks(): Promise<void> {
  const [ours, theirs] = [await books(), await freshBooks(network)]
  expect(comparable(ours, theirs)).toEqual(comparable(theirs, ours))
}

interface Log {
  readonly blockNumber: string
  readonly logIndex: string
}

/** A node that stays at `height` as long as `lags`, whatever has happened since. */
function laggingNode(height: () => number, lags: () => boolean): ChainNode {
  const hex = (number: number) => `0x${number.toString(16)}`
  let lagging = false
  const clamp = (call: Call): Call => {
    const [first, ...rest] = call.params
    return call.method === 'eth_getBlockByNumber' && first === 'latest' && lagging
      ? { ...call, params: [hex(height()), ...rest] }
      : call
  }
  const node = nodeThrough(chain.url, (call, answer) => {
    if (!lagging || answer === null) return answer
    const beyond = (number: string) => Number(number) > height()
    if (call.method === 'eth_getBlockByNumber') return beyond((answer as { number: string }).number) ? null : answer
    return call.method === 'eth_getLogs' ? (answer as Log[]).filter((log) => !beyond(log.blockNumber)) : answer
  })
  return {
    ...node,
    ask(calls) {
      lagging = lags()
      return node.ask(calls.map(clamp))
    },
  }
}

/** Looks away after this many turns of the node. */
function turns(count: number): () => boolean {
  let left = count
  return () => {
    left -= 1
    return left >= 0
  }
}

test('a lagging node behind the same address is not taken for a deep fork', async () => {
  const before = await books()
  const { number } = await chain.head()
  const heard = await followToHead(network, ledger, {
    embedded: false,
    node: laggingNode(
      () => number - 9,
      () => true,
    ),
    when: ({ trouble }) => trouble.length > 0,
  })
  expect(heard.undone).toEqual([])
  expect(heard.belowFinal).toEqual([])
  expect(heard.trouble[0]).toBe(`the node's newest block is ${number - 9}, ours ${number}: waiting for it`)
  expect(await books()).toEqual(before)
})

test('answers from a node that lags and one that does not, in turns, end in whole books', async () => {
  const { number } = await chain.head()
  await traffic.run(5)
  const lags = turns(40)
  let calls = 0
  const node = laggingNode(
    () => number + 2,
    () => lags() && ++calls % 3 !== 0,
  )
  const heard = await followToHead(network, ledger, { embedded: false, node })
  expect(heard.undone).toEqual([])
  await expectFreshBooks()
})

test('a node restarted at its first block is waited for, and followed on when it has come back', async () => {
  const before = await books()
  let restarted = true
  const node = laggingNode(
    () => 0,
    () => restarted,
  )
  const heard = await followToHead(network, ledger, {
    embedded: false,
    node,
    when: ({ trouble }) => trouble.length > 0,
  })
  expect(heard.trouble[0]).toContain("the node's newest block is 0")
  expect(await books()).toEqual(before)
  restarted = false
  await traffic.run(2)
  await followToHead(network, ledger, { embedded: false, node })
  await expectFreshBooks()
})

test('logs asked for beyond a lagging node’s head come back empty, and no block is taken as empty', async () => {
  const { number } = await chain.head()
  await traffic.run(4)
  const empty = turns(3)
  const node = nodeWithoutReceipts(chain.url, (call, answer) => {
    const [filter] = call.params as [{ readonly blockHash?: string }]
    if (call.method !== 'eth_getLogs' || filter.blockHash !== undefined || !empty()) return answer
    return (answer as Log[]).filter((log) => Number(log.blockNumber) <= number)
  })
  await followToHead(network, ledger, { embedded: false, node })
  await expectFreshBooks()
})

test('a branch that is announced and cannot be fetched costs nothing: the old books stay', async () => {
  const before = await books()
  const { number } = await chain.head()
  await chain.ask('anvil_rollback', [3])
  await traffic.run(5)
  let pruned = true
  // Headers of the new branch come, but not all of its blocks are there any more.
  const node = nodeWithoutReceipts(chain.url, (call, answer) => {
    if (!pruned || call.method !== 'eth_getLogs') return answer
    return (answer as Log[]).map((log) => ({ ...log, blockHash: `0x${'0'.repeat(64)}` }))
  })
  const heard = await followToHead(network, ledger, {
    embedded: false,
    node,
    when: ({ trouble }) => trouble.length > 1,
  })
  expect(heard.undone).toEqual([])
  expect(await books()).toEqual(before)
  expect(await ask(database.urls.indexer, 'SELECT * FROM ledger.reorg')).toEqual([])

  pruned = false
  const again = await followToHead(network, ledger, { embedded: false, node })
  expect(again.undone).toEqual([{ ancestor: number - 3, from: number, how: 'putBack' }])
  await expectFreshBooks()
})

/** The node's logs as `spoilt` makes them are named and not written; once they are right, nothing is missing. */
async function expectRefused(spoilt: (logs: readonly Log[]) => readonly unknown[]): Promise<void> {
  const before = await books()
  await traffic.run(2)
  let spoils = true
  const node = nodeWithoutReceipts(chain.url, (call, answer) =>
    spoils && call.method === 'eth_getLogs' ? spoilt(answer as Log[]) : answer,
  )
  const heard = await followToHead(network, ledger, {
    embedded: false,
    node,
    when: ({ trouble }) => trouble.length > 0,
  })
  expect(heard.trouble[0]).toMatch(/^block \d+ not taken: /)
  expect(await books()).toEqual(before)
  spoils = false
  await followToHead(network, ledger, { embedded: false, node })
  await expectFreshBooks()
}

test('a log marked as removed is not written, is named when it stays, and does not stop us for ever', () =>
  expectRefused((logs) => logs.map((log, index) => (index === 0 ? { ...log, removed: true } : log))))

test('a log that comes twice is refused and named, not written', () =>
  expectRefused((logs) => [...logs, ...logs.slice(0, 1)]))

test('after an outage with forks in it no block is missing', async () => {
  await traffic.run(3)
  await chain.ask('anvil_rollback', [2])
  await traffic.run(6)
  await followToHead(network, ledger, { embedded: false })
  const [gaps] = await ask(
    database.urls.indexer,
    'SELECT max(number) - min(number) + 1 - count(*) AS missing FROM ledger.block',
  )
  expect(gaps?.['missing']).toBe('0')
  await expectFreshBooks()
})

test.each([2, 4, 9])('how deep a fork may be is a setting: with %i confirmations exactly that deep', async (depth) => {
  const other = await testDatabase()
  const careful = await openLedger(other.urls.indexer, networkOf(network, depth))
  await traffic.run(depth + 2)
  await followToHead(network, careful, { embedded: false })
  const { number } = await chain.head()
  await chain.ask('anvil_rollback', [depth])
  await traffic.run(depth + 1)
  const shallow = await followToHead(network, careful, { embedded: false })
  expect(shallow.undone).toEqual([{ ancestor: number - depth, from: number, how: 'putBack' }])

  const before = await wholeBooks(other.urls.indexer)
  const { number: later } = await chain.head()
  await chain.ask('anvil_rollback', [depth + 1])
  await traffic.run(depth + 2)
  const deep = await followToHead(network, careful, {
    embedded: false,
    when: ({ belowFinal }) => belowFinal.length > 0,
  })
  expect(deep.undone).toEqual([])
  expect(deep.belowFinal[0]).toEqual({ ancestor: later - depth - 1, finalBlock: later - depth })
  expect(await wholeBooks(other.urls.indexer)).toEqual(before)
  await careful.close()
  await other.drop()
})
