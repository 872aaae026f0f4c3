import { afterAll, beforeAll, expect, test } from 'vitest'
import { shopPointsAbi } from '#contracts/generated.ts'
import { readHeader } from '#indexer/chain/header.ts'
import { openNodes } from '#indexer/chain/sources.ts'
import type { TestChain } from '#test/support/chain.ts'
import { type Hardhat, hardhatForks, openHardhat } from '#test/support/hardhat-chain.ts'
import { followToHead, ledgerContents, networkOf, openLedger } from '#test/support/mirror.ts'
import { deployNetwork, read, type TestNetwork } from '#test/support/network.ts'
import { type TestDatabase, testDatabase } from '#test/support/postgres.ts'
import { Traffic } from '#test/support/traffic.ts'

/** Hardhat's node gives no receipts of a block; a street runs on it where npm has no anvil. */

let hardhat: Hardhat
let chain: TestChain
let network: TestNetwork
let database: TestDatabase

beforeAll(async () => {
  hardhat = await openHardhat()
  chain = await hardhat.listen()
  network = await deployNetwork(chain, { shops: 2, members: 3 })
  await new Traffic(network, 'hardhat').run(4)
  database = await testDatabase()
})

afterAll(async () => {
  await chain?.stop()
  await database?.drop()
  hardhat?.close()
})

test.each(hardhatForks)('a header’s hash is worked out from its fields on a chain of %s', async (fork) => {
  const { ask } = await hardhat.connect(fork)
  const [from] = (await ask('eth_accounts')) as string[]
  await ask('eth_sendTransaction', [{ from, to: from, value: '0x1' }])
  for (const height of ['0x0', '0x1']) {
    const header = readHeader(await ask('eth_getBlockByNumber', [height, false]))
    expect(header, height).toMatchObject({ number: Number(height) })
  }
})

test('followed through a fork, the books are the chain’s, and say what stands behind them', async () => {
  const ledger = await openLedger(database.urls.indexer, networkOf(network))
  const one = openNodes([chain.url])
  await followToHead(network, ledger, { node: one })
  expect(await evidences()).toEqual(['bloom'])
  const before = await chain.ask('evm_snapshot')
  await new Traffic(network, 'gone').run(2)
  await followToHead(network, ledger, { node: one })
  await chain.ask('evm_revert', [before])
  await chain.mineEmpty(3)
  const { undone } = await followToHead(network, ledger, { node: openNodes([chain.url, chain.url]) })
  expect(undone).toHaveLength(1)
  expect(await evidences()).toEqual(['bloom', 'secondSource'])
  await ledger.close()
  let points = 0n
  for (const { shop, token } of network.shops) {
    for (const { address } of network.members) {
      const held = await read(network, shopPointsAbi, token, 'balanceOf', [address])
      expect(await inTheBooks(shop, address)).toBe(held)
      points += held
    }
  }
  expect(points).toBeGreaterThan(0n)
})

async function evidences(): Promise<string[]> {
  const { block = [] } = await ledgerContents(database.urls.indexer)
  return [...new Set(block.map((row) => (row as { evidence: string }).evidence))].sort()
}

async function inTheBooks(shop: number, address: string): Promise<bigint> {
  const { balance = [] } = await ledgerContents(database.urls.indexer)
  const rows = balance as { shop: number; member: string; [lane: string]: unknown }[]
  const row = rows.find((one) => one.shop === shop && one.member === `\\x${address.slice(2).toLowerCase()}`)
  return [0, 1, 2, 3, 4].reduce((sum, lane) => sum + BigInt(String(row?.[`lane${lane}`] ?? 0)), 0n)
}
