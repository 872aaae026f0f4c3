import pg from 'pg'
import type { Hex } from 'viem'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { clearingHouseAbi, consortiumAbi, issuanceAbi, redemptionsAbi, shopPointsAbi } from '#contracts/generated.ts'
import type { Ledger } from '#indexer/ledger/ledger.ts'
import { type TestChain, testChain } from '#test/support/chain.ts'
import { followToHead, ledgerContents, networkOf, openLedger } from '#test/support/mirror.ts'
import { call, deployNetwork, issue, keyOf, openShop, read, settled, type TestNetwork } from '#test/support/network.ts'
import { type TestDatabase, testDatabase } from '#test/support/postgres.ts'
import { Traffic } from '#test/support/traffic.ts'

let chain: TestChain
let network: TestNetwork
let database: TestDatabase
let ledger: Ledger
let books: pg.Client

beforeAll(async () => {
  chain = await testChain()
  network = await deployNetwork(chain, { shops: 3, members: 9 })
  const traffic = new Traffic(network, 'mirror')
  database = await testDatabase()
  ledger = await openLedger(database.urls.indexer, networkOf(network))
  // Seven quarters: long enough for points to lapse at every age.
  for (let quarter = 0; quarter < 7; quarter += 1) {
    await traffic.run(12)
    if (quarter === 3) await openShop(network, 500_000_000n)
    if (quarter % 2 === 0) await followToHead(network, ledger)
    await traffic.nextQuarter()
  }
  await manageShops()
  await traffic.run(5)
  await followToHead(network, ledger)
  books = new pg.Client({ connectionString: database.urls.indexer })
  await books.connect()
})

afterAll(async () => {
  await books?.end()
  await ledger?.close()
  await chain?.stop()
  await database?.drop()
})

/** What owners and the board do now and then: tills come and go, a past is brought along, a shop rests. */
async function manageShops(): Promise<void> {
  const { consortium } = network.contracts
  const [first, second] = network.shops
  if (first === undefined || second === undefined) throw new Error('the street is empty')
  await settled(chain, [
    call(consortiumAbi, consortium, first.owner, 'addTill', [first.shop, keyOf('till', 81).address]),
    call(consortiumAbi, consortium, first.owner, 'askImport', [first.shop, keyOf('till', 82).address, 12_345]),
    call(consortiumAbi, consortium, network.board, 'approveImport', [first.shop, keyOf('till', 82).address, 12_345]),
    call(consortiumAbi, consortium, second.owner, 'addTill', [second.shop, keyOf('till', 83).address]),
  ])
  await settled(chain, [
    call(consortiumAbi, consortium, first.owner, 'revokeTill', [first.shop, 2]),
    call(consortiumAbi, consortium, network.board, 'suspend', [second.shop]),
    call(consortiumAbi, consortium, second.owner, 'applyToJoin', []),
  ])
}

const bytes = (hex: Hex) => Buffer.from(hex.slice(2), 'hex')

interface LaneRow {
  readonly stamp: number
  readonly lane0: string
  readonly lane1: string
  readonly lane2: string
  readonly lane3: string
  readonly lane4: string
}

/** A row's lanes as they read in `quarter`. */
function lanesIn(row: LaneRow | undefined, quarter: number): number[] {
  const stored = row === undefined ? [] : [row.lane0, row.lane1, row.lane2, row.lane3, row.lane4].map(Number)
  const age = row === undefined ? 0 : quarter - row.stamp
  return [0, 1, 2, 3, 4].map((lane) => stored[lane - age] ?? 0)
}

test('every member’s points stand in the books lane by lane as on the chain', async () => {
  let holders = 0
  for (const shop of network.shops) {
    for (const member of network.members) {
      const [lanes, quarter] = await read(network, shopPointsAbi, shop.token, 'lanesOf', [member.address])
      const { rows } = await books.query<LaneRow>('SELECT * FROM ledger.balance WHERE member = $1 AND shop = $2', [
        bytes(member.address),
        shop.shop,
      ])
      expect(lanesIn(rows[0], quarter), `${member.address} at shop ${shop.shop}`).toEqual([...lanes])
      if (lanes.some((lane) => lane > 0)) holders += 1
    }
  }
  expect(holders).toBeGreaterThan(5)
})

test('every shop’s supply stands in the books lane by lane, and its clock as the chain stored it', async () => {
  for (const shop of network.shops) {
    const [lanes, quarter] = await read(network, shopPointsAbi, shop.token, 'supplyLanes', [])
    const { rows } = await books.query<LaneRow & { quarter: number }>(
      'SELECT * FROM ledger.points_token WHERE shop = $1',
      [shop.shop],
    )
    expect(lanesIn(rows[0], quarter), `shop ${shop.shop}`).toEqual([...lanes])
    expect([quarter, quarter - 1]).toContain(rows[0]?.quarter)
  }
})

test('what each shop has and owes stands in the books, and adds up to the pool', async () => {
  let owed = 0n
  for (const shop of network.shops) {
    const at = network.contracts.clearingHouse
    const [net, reserve] = await read(network, clearingHouseAbi, at, 'positionOf', [shop.shop])
    const { rows } = await books.query('SELECT * FROM ledger.position WHERE shop = $1', [shop.shop])
    expect({ net: BigInt(rows[0].net), reserve: BigInt(rows[0].reserve) }).toEqual({ net, reserve })
    owed += BigInt(rows[0].net)
  }
  expect(owed).toBe(await read(network, clearingHouseAbi, network.contracts.clearingHouse, 'pool', []))
})

test('shops stand in the books as in the register', async () => {
  for (const shop of network.shops) {
    const said = await read(network, consortiumAbi, network.contracts.consortium, 'shopOf', [shop.shop])
    const { rows } = await books.query('SELECT * FROM ledger.shop WHERE shop = $1', [shop.shop])
    expect(rows[0]).toMatchObject({
      owner: bytes(said.owner),
      points: bytes(said.points),
      status: said.status,
      redeems_only: said.redeemsOnly,
      joined_at: new Date(said.joinedAt * 1000),
      receipt_limit: String(said.receiptLimit),
    })
  }
})

test('tills stand in the books as in the register, revoked ones and import keys too', async () => {
  const { rows } = await books.query('SELECT * FROM ledger.till ORDER BY shop, till')
  expect(rows.map((row) => row.revoked)).toContain(true)
  expect(rows.map((row) => row.budget)).toContain('12345')
  for (const row of rows) {
    const said = await read(network, consortiumAbi, network.contracts.consortium, 'tillOf', [row.shop, row.till])
    expect(row).toMatchObject({
      key: bytes(said.key),
      kind: said.kind,
      revoked: said.revoked,
      budget: String(said.budget),
    })
  }
  let onChain = 0
  for (const { shop } of network.shops) {
    onChain += await read(network, consortiumAbi, network.contracts.consortium, 'tillCount', [shop])
  }
  expect(rows).toHaveLength(onChain)
})

test('a shop that only asked to join stands in the books without points', async () => {
  const { rows } = await books.query('SELECT * FROM ledger.shop WHERE points IS NULL')
  expect(rows).toEqual([expect.objectContaining({ status: 1, joined_at: null, receipt_limit: '1000000' })])
})

test('a receipt is spent on the chain exactly where the books hold its purchase or payment', async () => {
  const { issuance, redemptions } = network.contracts
  const purchases = await books.query('SELECT shop, till, sequence FROM ledger.purchase')
  const payments = await books.query('SELECT shop, till, sequence FROM ledger.payment')
  expect(purchases.rows.length).toBeGreaterThan(100)
  expect(payments.rows.length).toBeGreaterThan(5)
  for (const row of purchases.rows.slice(0, 200)) {
    const receipt = [row.shop, row.till, BigInt(row.sequence)] as const
    expect(await read(network, issuanceAbi, issuance, 'receiptSpent', receipt)).toBe(true)
  }
  for (const row of payments.rows) {
    const receipt = [row.shop, row.till, BigInt(row.sequence)] as const
    expect(await read(network, redemptionsAbi, redemptions, 'paymentSpent', receipt)).toBe(true)
  }
  const leftOut = await books.query(
    `SELECT r.shop, r.till, r.sequence FROM ledger.refusal r WHERE kind = 'purchase' AND reason <> 'ReceiptSpent'`,
  )
  expect(leftOut.rows.length).toBeGreaterThan(0)
  for (const row of leftOut.rows) {
    const receipt = [row.shop, row.till, BigInt(row.sequence)] as const
    expect(await read(network, issuanceAbi, issuance, 'receiptSpent', receipt)).toBe(false)
  }
})

test('a till that signs a number beyond what a bigint holds does not stop the mirror', async () => {
  const [shop] = network.shops
  const [member] = network.members
  if (shop === undefined || member === undefined) throw new Error('the street is empty')
  const { time } = await chain.head()
  const entry = { member: member.address, points: 1n, spend: 1n, soldAt: time }
  await settled(chain, [await issue(network, shop, 2n ** 63n + 7n, [entry])])
  await followToHead(network, ledger)
  const { rows } = await books.query('SELECT sequence FROM ledger.purchase WHERE sequence < 0')
  expect(rows.map((row) => BigInt.asUintN(64, BigInt(row.sequence)))).toEqual([2n ** 63n + 7n])
})

test('a member’s statement adds up to what the books say he holds', async () => {
  const { rows } = await books.query(`
    SELECT m.member, m.shop, sum(m.points)::bigint AS moved,
      (SELECT lane0 + lane1 + lane2 + lane3 + lane4 FROM ledger.balance b
       WHERE b.member = m.member AND b.shop = m.shop) AS stored
    FROM ledger.movement m GROUP BY m.member, m.shop`)
  expect(rows.length).toBeGreaterThan(10)
  for (const row of rows) expect(row.moved).toBe(row.stored)
  const kinds = await books.query('SELECT DISTINCT kind FROM ledger.movement ORDER BY kind')
  expect(kinds.rows.map((row) => row.kind)).toEqual(['issued', 'lapsed', 'paid', 'received', 'sent'])
})

test('books filled in one go equal books filled while the street was busy', async () => {
  const other = await testDatabase()
  const refilled = await openLedger(other.urls.indexer, networkOf(network))
  await followToHead(network, refilled)
  await refilled.close()
  expect(await ledgerContents(other.urls.indexer)).toEqual(await ledgerContents(database.urls.indexer))
  await other.drop()
})

test('books emptied on purpose fill again to the very same', async () => {
  const before = await ledgerContents(database.urls.indexer)
  await ledger.empty()
  await followToHead(network, ledger)
  expect(await ledgerContents(database.urls.indexer)).toEqual(before)
})
