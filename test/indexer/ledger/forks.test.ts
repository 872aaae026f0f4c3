import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ChainNode, NodeRefused, openNode } from '#indexer/chain/node.ts'
import type { Ledger } from '#indexer/ledger/ledger.ts'
import { type TestChain, testChain } from '#test/support/chain.ts'
import { testConfig } from '#test/support/config.ts'
import { ask, comparable, freshBooks, wholeBooks } from '#test/support/forks.ts'
import { followToHead, networkOf, openLedger } from '#test/support/mirror.ts'
import { deployNetwork, openShop, type TestNetwork } from '#test/support/network.ts'
import { type TestDatabase, testDatabase } from '#test/support/postgres.ts'
import { Chance, Traffic } from '#test/support/traffic.ts'

const { seed } = testConfig

let chain: TestChain
let network: TestNetwork
let database: TestDatabase
let ledger: Ledger
let traffic: Traffic
const chance = new Chance(`forks ${seed}`)

beforeAll(async () => {
  console.log(`forks: seed ${seed} (TEST_SEED asks for another)`)
  chain = await testChain()
  network = await deployNetwork(chain, { shops: 2, members: 5 })
  traffic = new Traffic(network, `forks ${seed}`)
  database = await testDatabase()
  ledger = await openLedger(database.urls.indexer, networkOf(network))
  await traffic.run(8)
  await followToHead(network, ledger)
})

afterAll(async () => {
  await ledger?.close()
  await chain?.stop()
  await database?.drop()
})

/** Blocks, some with doings, some empty, as they come. */
async function live(blocks: number): Promise<void> {
  for (let left = blocks; left > 0; ) {
    const some = Math.min(left, 1 + chance.below(8))
    if (chance.below(2) === 0) await traffic.run(some)
    else await chain.mineEmpty(some)
    left -= some
  }
}

/** The newest blocks vanish; others come in their place, with a life of their own. */
async function fork(depth: number, blocks: number): Promise<void> {
  await chain.ask('anvil_rollback', [depth])
  // Another block from the first on: empty ones of the same second would be the same.
  await traffic.run(1)
  await live(blocks - 1)
}

async function expectFreshBooks(when: string): Promise<void> {
  await expectFresh(database.urls.indexer, when)
}

async function expectFresh(url: string, when: string): Promise<void> {
  const [ours, theirs] = [await wholeBooks(url), await freshBooks(network)]
  const [books, fresh] = [comparable(ours, theirs), comparable(theirs, ours)]
  expect(Object.keys(books)).toEqual(Object.keys(fresh))
  for (const table of Object.keys(fresh)) expect(books[table], `${table} ${when}`).toEqual(fresh[table])
}

const depths = [1, 64, 2 + chance.below(8), 10 + chance.below(22), 33 + chance.below(31)]

test.each(depths)(
  `after a fork of depth %i into a branch with a life of its own, books are as fresh (seed ${seed})`,
  async (depth) => {
    await live(depth + chance.below(4))
    await followToHead(network, ledger)
    const before = await chain.head()
    await fork(depth, depth + chance.below(6))
    const heard = await followToHead(network, ledger)
    expect(heard.undone).toEqual([{ ancestor: before.number - depth, from: before.number, how: 'putBack' }])
    await expectFreshBooks(`after a fork of depth ${depth}`)
  },
)

test(`forks of forks, higher and lower than what they replace, leave books as fresh (seed ${seed})`, async () => {
  await live(40)
  await followToHead(network, ledger)
  for (let turn = 0; turn < 6; turn += 1) {
    const depth = 1 + chance.below(20)
    await fork(depth, 1 + chance.below(depth + 4))
    // Some forks are seen, some are forked again before anybody looked.
    if (chance.below(3) > 0) await followToHead(network, ledger)
  }
  await followToHead(network, ledger)
  await expectFreshBooks('after forks of forks')
})

test(`a fork that loses a shop's admission loses all of it, and its place is free again (seed ${seed})`, async () => {
  await live(3)
  const { number } = await chain.head()
  const lost = await openShop(network, 500_000_000n)
  await traffic.run(6)
  await followToHead(network, ledger)
  const known = `SELECT 1 FROM ledger.points_token WHERE shop = ${lost.shop}`
  expect(await ask(database.urls.indexer, known)).toHaveLength(1)

  network.shops.pop()
  await fork((await chain.head()).number - number, 5)
  await followToHead(network, ledger)
  expect(await ask(database.urls.indexer, known)).toEqual([])
  await expectFreshBooks('after a shop was lost')

  // Admitted in the new branch, and lost and admitted again within one fork: the same token, another history.
  await openShop(network, 700_000_000n)
  await traffic.run(5)
  await followToHead(network, ledger)
  await expectFreshBooks('after a shop came back')
  const { number: later } = await chain.head()
  network.shops.pop()
  await chain.ask('anvil_rollback', [later - number - 2])
  await openShop(network, 300_000_000n)
  await traffic.run(4)
  await followToHead(network, ledger)
  await expectFreshBooks('after a shop came back another way')
})

/** A node that bears few blocks at once, and before whose n-th answer of logs something happens. */
function busyNode(blocksAtOnce: number, moment: number, happens: () => Promise<void>): ChainNode {
  const node = openNode(chain.url)
  let answers = 0
  return {
    ...node,
    async ask(calls) {
      for (const { method, params } of calls) {
        const range = params[0] as { readonly fromBlock?: string; readonly toBlock?: string } | undefined
        if (method !== 'eth_getLogs' || range?.fromBlock === undefined) continue
        if (Number(range.toBlock) - Number(range.fromBlock) >= blocksAtOnce) {
          throw new NodeRefused(method, -32_005, 'too many blocks')
        }
        answers += 1
        if (answers === moment) await happens()
      }
      return await node.ask(calls)
    },
  }
}

test.each([3, 6, 9])(
  `a fork in the middle of backfill, at its answer %i, leaves books as fresh (seed ${seed})`,
  async (moment) => {
    await live(30)
    const other = await testDatabase()
    const filling = await openLedger(other.urls.indexer, networkOf(network))
    const node = busyNode(16, moment, () => fork(10 + chance.below(50), 5 + chance.below(60)))
    let { hash } = await chain.head()
    const arrived = () => {
      void chain.head().then((head) => {
        hash = head.hash
      })
      return filling.tip?.hash === hash
    }
    await followToHead(network, filling, { node, when: arrived })
    await followToHead(network, filling)
    await filling.close()
    await expectFresh(other.urls.indexer, 'after a fork in the middle of backfill')
    await other.drop()
    await followToHead(network, ledger)
    await expectFreshBooks('beside a backfill')
  },
)

test('a fork while the new branch is being read leaves books as fresh', async () => {
  await live(20)
  await followToHead(network, ledger)
  await fork(12, 30)
  await followToHead(network, ledger, {
    node: busyNode(8, 2, () => fork(20, 22)),
    when: (heard) => heard.undone.length > 0,
  })
  await followToHead(network, ledger)
  await expectFreshBooks('after a fork of the new branch')
})
