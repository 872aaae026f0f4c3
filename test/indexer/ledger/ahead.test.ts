import { setTimeout as sleep } from 'node:timers/promises'
import type { Hex } from 'viem'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ChainNode, NodeRefused, NodeUnreachable, openNode } from '#indexer/chain/node.ts'
import { Sources } from '#indexer/chain/sources.ts'
import type { Directory, Stretch } from '#indexer/chain/stretch.ts'
import { Ahead } from '#indexer/ledger/ahead.ts'
import { Span } from '#indexer/ledger/span.ts'
import { type TestChain, testChain } from '#test/support/chain.ts'
import { deployNetwork, openShop, type TestNetwork } from '#test/support/network.ts'
import { Chance, Traffic } from '#test/support/traffic.ts'

let chain: TestChain
let network: TestNetwork
let directory: Directory
let head: number
let truth: readonly string[]

beforeAll(async () => {
  chain = await testChain()
  network = await deployNetwork(chain, { shops: 2, members: 5 })
  const traffic = new Traffic(network, 'ahead')
  for (let shops = 2; shops < 5; shops += 1) {
    await traffic.run(8)
    await openShop(network, 500_000_000n)
  }
  await traffic.run(8)
  const { consortium, issuance, redemptions, clearingHouse } = network.contracts
  const contracts = { consortium, issuance, redemptions, clearingHouse }
  directory = new Map(
    Object.entries(contracts).map(([kind, address]) => [address.toLowerCase() as Hex, kind as 'consortium']),
  )
  head = (await chain.head()).number
  truth = namesOf(await all(openNode(chain.url), Object.assign(new Span(), { blocks: 1_000 })))
})
afterAll(() => chain?.stop())

const never = new AbortController().signal

/** Every stretch from the network's first block to the chain's newest. */
async function all(node: ChainNode, span: Span): Promise<Stretch[]> {
  const asked = { node, directory, span, from: network.startBlock, to: head, after: undefined, signal: never }
  const ahead = new Ahead(asked)
  const stretches: Stretch[] = []
  for (let stretch = await ahead.next(); stretch !== undefined; stretch = await ahead.next()) {
    if ('refused' in stretch) throw new Error(`refused: ${stretch.detail}`)
    stretches.push(stretch)
  }
  return stretches
}

const namesOf = (stretches: readonly Stretch[]): string[] => [
  ...stretches.flatMap(({ blocks }) => blocks.map(({ number, hash }) => `${number} ${hash}`)),
  ...stretches.flatMap(({ events }) => events.map((event) => `${event.blockNumber} ${event.logIndex} ${event.name}`)),
]

test('what is fetched out of order comes in order, and nothing of a shop admitted meanwhile is missing', async () => {
  const chance = new Chance('out of order')
  const node = openNode(chain.url)
  const slow: ChainNode = {
    ...node,
    async ask(calls) {
      await sleep(chance.below(25))
      return await node.ask(calls)
    },
  }
  for (const blocks of [1, 2, 3, 7]) {
    const span = Object.assign(new Span(), { learn: () => undefined, blocks })
    const stretches = await all(slow, span)
    expect(stretches.length).toBeGreaterThanOrEqual(Math.ceil((head - network.startBlock + 1) / blocks))
    expect(namesOf(stretches), `${blocks} blocks at once`).toEqual(truth)
  }
})

test('a node that bears only a few blocks at once is asked for a few', async () => {
  const node = openNode(chain.url)
  const asked: number[] = []
  const weak: ChainNode = {
    ...node,
    async ask(calls) {
      const headers = calls.filter(({ method }) => method === 'eth_getBlockByNumber').length
      asked.push(headers)
      if (headers > 3) throw new NodeRefused('eth_getLogs', -32005, 'query returned more than 10000 results')
      return await node.ask(calls)
    },
  }
  expect(namesOf(await all(weak, new Span()))).toEqual(truth)
  // It learns: beyond the first few it is not asked for too much again and again.
  expect(asked.slice(asked.length / 2).filter((headers) => headers > 6)).toEqual([])
})

test('a connection that breaks now and then is tried again, and one that stays broken is an outage', async () => {
  const node = openNode(chain.url)
  const begun = new Set<string>()
  const shaky: ChainNode = {
    ...node,
    async ask(calls) {
      const range = JSON.stringify(calls[0]?.params)
      // The first question after any block number gets no answer.
      if (!begun.has(range)) {
        begun.add(range)
        throw new NodeUnreachable('The node does not answer: ECONNRESET.')
      }
      return await node.ask(calls)
    },
  }
  const patient = new Sources([shaky], { firstPauseMs: 1 })
  expect(namesOf(await all(patient, Object.assign(new Span(), { blocks: 4 })))).toEqual(truth)
  expect(begun.size).toBeGreaterThan(3)
  const gone: ChainNode = { ...node, ask: () => Promise.reject(new NodeUnreachable('The node does not answer.')) }
  await expect(all(gone, new Span())).rejects.toBeInstanceOf(NodeUnreachable)
})

test('a span halves at once where a node could not bear it, and grows slowly from there', () => {
  const span = new Span()
  span.halve(32)
  expect(span.blocks).toBe(16)
  const sizes: number[] = []
  for (let turn = 0; turn < 60; turn += 1) {
    span.learn({ blocks: span.blocks, events: 10, bytes: 10_000 })
    sizes.push(span.blocks)
  }
  expect(sizes[0]).toBeLessThanOrEqual(17)
  expect(sizes.at(-1)).toBeGreaterThan(100)
  span.learn({ blocks: 20, events: 4_000, bytes: 10_000 })
  expect(span.blocks).toBe(20)
  span.learn({ blocks: 20, events: 10, bytes: 2 << 20 })
  expect(span.blocks).toBe(10)
})
