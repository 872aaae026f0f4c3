import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestChain, testChain } from '#test/support/chain.ts'
import { followToHead, networkOf, openLedger } from '#test/support/mirror.ts'
import { deployNetwork } from '#test/support/network.ts'
import { type TestDatabase, testDatabase } from '#test/support/postgres.ts'
import { Traffic } from '#test/support/traffic.ts'
import { seeBooks, startReader } from '#test/support/watching-reader.ts'

/** The reader that looks on while the mirror is troubled sees what it is there to see. */

let chain: TestChain
let database: TestDatabase
let owner: pg.Client

beforeAll(async () => {
  chain = await testChain()
  const network = await deployNetwork(chain, { shops: 2, members: 4 })
  await new Traffic(network, 'watching').run(12)
  database = await testDatabase()
  const ledger = await openLedger(database.urls.indexer, networkOf(network))
  await followToHead(network, ledger)
  await ledger.close()
  owner = new pg.Client({ connectionString: database.urls.owner })
  await owner.connect()
})

afterAll(async () => {
  await owner?.end()
  await chain?.stop()
  await database?.drop()
})

test('in books that are whole there is nothing to say', async () => {
  const seen = await seeBooks(owner)
  expect(seen.broken).toEqual([])
  expect(seen.block).toBe((await chain.head()).number)
})

const newest = '(SELECT max(number) FROM ledger.block)'

test.each([
  ['the newest block is not the checkpoint’s', `DELETE FROM ledger.block WHERE number = ${newest}`],
  ['there are blocks without a checkpoint', 'DELETE FROM ledger.checkpoint'],
  ['a block is missing', `DELETE FROM ledger.block WHERE number = ${newest} - 3`],
  ['a block does not name the one before', `UPDATE ledger.block SET hash = '\\x00' WHERE number = ${newest} - 1`],
  ['a block is final that is not there', 'UPDATE ledger.checkpoint SET final_block = block + 1'],
  ['a statement does not add up to the balance', 'UPDATE ledger.balance SET lane0 = lane0 + 1'],
  ['a position is not the sum of its moves', 'UPDATE ledger.position SET net = net + 1'],
])('it sees that %s', async (what, sql) => {
  await owner.query(`BEGIN; SET LOCAL session_replication_role = replica; ${sql}`)
  expect((await seeBooks(owner)).broken).toContain(what)
  await owner.query('ROLLBACK')
})

test('it sees that the same block came with other rows', async () => {
  const reader = startReader(database.urls.web, 5)
  const oneMore = async () => {
    const { readings } = reader.watched
    while (reader.watched.readings < readings + 2) await new Promise((resolve) => setTimeout(resolve, 5))
  }
  await oneMore()
  expect(reader.watched.mixed).toEqual([])
  await owner.query('UPDATE ledger.purchase SET spend = spend + 1')
  await oneMore()
  expect((await reader.end()).mixed[0]).toMatch(/^at block \d+ \([0-9a-f]{64}\) the books were \w+, then \w+$/)
})
