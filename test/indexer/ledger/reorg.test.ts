import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { shopPointsAbi } from '#contracts/generated.ts'
import type { Ledger } from '#indexer/ledger/ledger.ts'
import { type TestChain, testChain } from '#test/support/chain.ts'
import { nodeOnAnotherBranch } from '#test/support/faulty-node.ts'
import { followToHead, ledgerContents, networkOf, openLedger } from '#test/support/mirror.ts'
import { deployNetwork, issue, read, type TestNetwork } from '#test/support/network.ts'
import { type TestDatabase, testDatabase } from '#test/support/postgres.ts'
import { Traffic } from '#test/support/traffic.ts'

let chain: TestChain
let network: TestNetwork
let database: TestDatabase
let ledger: Ledger
let traffic: Traffic

beforeAll(async () => {
  chain = await testChain()
  network = await deployNetwork(chain, { shops: 3, members: 6 })
  traffic = new Traffic(network, 'reorg')
  database = await testDatabase()
  ledger = await openLedger(database.urls.indexer, networkOf(network))
  await traffic.run(20)
  await followToHead(network, ledger)
})

afterAll(async () => {
  await ledger?.close()
  await chain?.stop()
  await database?.drop()
})

/** What books look like that never saw the fork. */
async function freshContents(): Promise<Record<string, unknown[]>> {
  const fresh = await testDatabase()
  const filled = await openLedger(fresh.urls.indexer, networkOf(network))
  await followToHead(network, filled)
  await filled.close()
  const contents = await ledgerContents(fresh.urls.indexer)
  await fresh.drop()
  return contents
}

async function question<row extends object>(sql: string): Promise<row[]> {
  const client = new pg.Client({ connectionString: database.urls.indexer })
  await client.connect()
  const { rows } = await client.query<row>(sql)
  await client.end()
  return rows
}

/** Final never falls while books go back, so fresh ones may be more careful by that much. */
function withoutFinal(contents: Record<string, unknown[]>): Record<string, unknown[]> {
  const checkpoint = contents['checkpoint']?.map((row) => ({ ...(row as object), final_block: undefined }))
  return { ...contents, checkpoint: checkpoint ?? [] }
}

test.each([1, 2, 5, 17, 40])('after a fork of depth %i the books equal fresh books', async (depth) => {
  await traffic.run(depth + 3)
  await followToHead(network, ledger)
  const before = await chain.head()
  await chain.ask('anvil_reorg', [depth, []])
  await traffic.run(2)
  const heard = await followToHead(network, ledger)
  expect(heard.undone).toEqual([{ ancestor: before.number - depth, from: before.number, how: 'putBack' }])
  expect(withoutFinal(await ledgerContents(database.urls.indexer))).toEqual(withoutFinal(await freshContents()))
})

test('points from a block that vanished are not counted', async () => {
  const [shop] = network.shops
  const [member] = network.members
  if (shop === undefined || member === undefined) throw new Error('the street is empty')
  const held = async () => {
    const rows = await question<{ points: string }>(
      `SELECT lane0 + lane1 + lane2 + lane3 + lane4 AS points FROM ledger.balance
       WHERE shop = ${shop.shop} AND member = '\\x${member.address.slice(2)}'`,
    )
    return BigInt(rows[0]?.points ?? 0)
  }
  const before = await held()
  const { time } = await chain.head()
  const entry = { member: member.address, points: 777n, spend: 100n, soldAt: time }
  await chain.send(await issue(network, shop, 5_000_000n, [entry]))
  await chain.mine()
  await followToHead(network, ledger)
  expect(await held()).toBe(before + 777n)

  await chain.ask('anvil_reorg', [1, []])
  await followToHead(network, ledger)
  expect(await held()).toBe(before)
  expect(await read(network, shopPointsAbi, shop.token, 'balanceOf', [member.address])).toBe(before)
  expect(await question('SELECT 1 FROM ledger.purchase WHERE sequence = 5000000')).toEqual([])
})

test('a fork while quarters begin and points lapse leaves the books equal to fresh ones', async () => {
  for (let quarter = 0; quarter < 6; quarter += 1) {
    await traffic.run(2)
    await traffic.nextQuarter()
  }
  await followToHead(network, ledger)
  await chain.ask('anvil_reorg', [14, []])
  await traffic.run(4)
  const heard = await followToHead(network, ledger)
  expect(heard.undone.map((undone) => undone.how)).toEqual(['putBack'])
  expect(withoutFinal(await ledgerContents(database.urls.indexer))).toEqual(withoutFinal(await freshContents()))
})

test('an embedded chain that lost its end is followed back at once', async () => {
  await traffic.run(6)
  await followToHead(network, ledger)
  await chain.ask('anvil_rollback', [4])
  const heard = await followToHead(network, ledger)
  expect(heard.undone.map((undone) => undone.how)).toEqual(['putBack'])
  expect(withoutFinal(await ledgerContents(database.urls.indexer))).toEqual(withoutFinal(await freshContents()))
})

test('a fork deeper than the kept images fills the books again from the chain', async () => {
  await traffic.run(3)
  await chain.mineEmpty(75)
  await followToHead(network, ledger)
  await chain.ask('anvil_reorg', [70, []])
  await traffic.run(2)
  const heard = await followToHead(network, ledger)
  expect(heard.undone.map((undone) => undone.how)).toEqual(['emptied'])
  expect(await ledgerContents(database.urls.indexer)).toEqual(await freshContents())
})

test('every fork is noted: what was left, what was gone over to, and how long it took', async () => {
  const noted = await question<{ depth: number }>('SELECT (old_head - ancestor)::int AS depth FROM ledger.reorg')
  expect(noted.map((row) => row.depth)).toEqual(expect.arrayContaining([1, 2, 5, 17, 40, 14, 4, 70]))

  const left = await chain.head()
  await chain.ask('anvil_rollback', [3])
  await traffic.run(4)
  const reached = await chain.head()
  const heard = await followToHead(network, ledger)
  const [row] = await question<Record<string, unknown>>('SELECT * FROM ledger.reorg ORDER BY noticed DESC LIMIT 1')
  expect(row).toEqual({
    ancestor: String(left.number - 3),
    old_head: String(left.number),
    old_hash: Buffer.from(left.hash.slice(2), 'hex'),
    new_head: String(reached.number),
    new_hash: Buffer.from(reached.hash.slice(2), 'hex'),
    took_ms: heard.replaced[0]?.tookMs,
    noticed: expect.any(Date),
  })
})

test('a public chain that forks below finality stops the mirror until it comes back', async () => {
  const other = await testDatabase()
  const careful = await openLedger(other.urls.indexer, networkOf(network, 3))
  await traffic.run(6)
  await followToHead(network, careful, { embedded: false })
  const contents = await ledgerContents(other.urls.indexer)
  const { number } = await chain.head()

  const heard = await followToHead(network, careful, {
    embedded: false,
    node: nodeOnAnotherBranch(chain.url, number - 5),
    when: ({ belowFinal }) => belowFinal.length > 0,
  })
  expect(heard.belowFinal[0]).toEqual({ ancestor: number - 5, finalBlock: number - 3 })
  expect(await ledgerContents(other.urls.indexer)).toEqual(contents)

  await chain.mineEmpty(1)
  const again = await followToHead(network, careful, { embedded: false })
  expect(again).toMatchObject({ undone: [], belowFinal: [] })
  await careful.close()
  await other.drop()
})
