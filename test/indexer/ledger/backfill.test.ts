import pg from 'pg'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type TestChain, testChain } from '#test/support/chain.ts'
import { followToHead, ledgerContents, networkOf, openLedger } from '#test/support/mirror.ts'
import { deployNetwork, type TestNetwork } from '#test/support/network.ts'
import { type TestDatabase, testDatabase } from '#test/support/postgres.ts'
import { Traffic } from '#test/support/traffic.ts'

/** A history of many ranges, some of them written in one transaction. */

let chain: TestChain
let network: TestNetwork
let busy: TestDatabase

beforeAll(async () => {
  chain = await testChain()
  network = await deployNetwork(chain, { shops: 2, members: 5 })
  const traffic = new Traffic(network, 'backfill')
  busy = await testDatabase()
  const ledger = await openLedger(busy.urls.indexer, networkOf(network))
  // Followed as it happens: never far enough behind for a backfill.
  for (let turn = 0; turn < 4; turn += 1) {
    await traffic.run(4)
    await chain.mineEmpty(250)
    await followToHead(network, ledger)
  }
  await ledger.close()
})

afterAll(async () => {
  await chain?.stop()
  await busy?.drop()
})

test('a long history filled in one go gives the same books as one followed as it happened', async () => {
  const database = await testDatabase()
  const ledger = await openLedger(database.urls.indexer, networkOf(network))
  await followToHead(network, ledger)
  await ledger.close()
  expect(await ledgerContents(database.urls.indexer)).toEqual(await ledgerContents(busy.urls.indexer))
  await database.drop()
})

test('at the tip a block is one statement between the two ends of its transaction', async () => {
  const database = await testDatabase()
  const ledger = await openLedger(database.urls.indexer, networkOf(network))
  await followToHead(network, ledger)
  // Every row that the next block may touch is known by then.
  await new Traffic(network, 'at the tip').run(4)
  await followToHead(network, ledger)
  await new Traffic(network, 'at the tip').run(1)
  const asked = vi.spyOn(pg.Client.prototype, 'query')
  await followToHead(network, ledger)
  const texts = asked.mock.calls.map(([query]) => {
    const text: unknown = typeof query === 'object' && query !== null ? Reflect.get(query, 'text') : query
    return String(text).replaceAll(/\s+/g, ' ')
  })
  asked.mockRestore()
  await ledger.close()
  await database.drop()
  // The lead is renewed on another connection, and what was never touched before is asked for once.
  const written = texts.filter((text) => !/^(UPDATE ledger.leader|SELECT t\.)/.test(text))
  expect(written).toEqual([
    expect.stringMatching(/^BEGIN; SET LOCAL synchronous_commit = off;/),
    expect.stringMatching(/^WITH block_rows AS .*INSERT INTO ledger.checkpoint/),
    expect.stringMatching(/^SELECT ledger.require_leader\(\d+\); COMMIT$/),
  ])
})
