import pg from 'pg'
import type { Hex } from 'viem'
import { expect } from 'vitest'
import { clearingHouseAbi, consortiumAbi, shopPointsAbi } from '#contracts/generated.ts'
import { expectAccountsAsOnChain } from './account-agreement.ts'
import { read, type TestNetwork, type TestShop } from './network.ts'

interface LaneRow {
  readonly stamp: number
  readonly lane0: string
  readonly lane1: string
  readonly lane2: string
  readonly lane3: string
  readonly lane4: string
}

const bytes = (hex: Hex) => Buffer.from(hex.slice(2), 'hex')
const seconds = (time: Date | null): number => (time === null ? 0 : time.getTime() / 1000)

/** A row's lanes as they read in `quarter`. */
function lanesIn(row: LaneRow | undefined, quarter: number): number[] {
  const stored = row === undefined ? [] : [row.lane0, row.lane1, row.lane2, row.lane3, row.lane4].map(Number)
  const age = row === undefined ? 0 : quarter - row.stamp
  return [0, 1, 2, 3, 4].map((lane) => stored[lane - age] ?? 0)
}

/** Holds all that the books say about members, shops, tills and money against the chain's newest block. */
export async function expectBooksAsOnChain(network: TestNetwork, url: string, when: string): Promise<void> {
  const books = new pg.Client({ connectionString: url })
  await books.connect()
  try {
    for (const shop of network.shops) {
      // After a fork a shop that the test has opened may not be there any more.
      const { points } = await read(network, consortiumAbi, network.contracts.consortium, 'shopOf', [shop.shop])
      if (BigInt(points) === 0n) continue
      await expectPoints(network, books, { shop, when })
      await expectShop(network, books, { shop, when })
    }
    await expectTills(network, books, when)
    await expectMoney(network, books, when)
    await expectAccountsAsOnChain(network, books, when)
  } finally {
    await books.end()
  }
}

interface Looked {
  readonly shop: TestShop
  readonly when: string
}

async function expectPoints(network: TestNetwork, books: pg.Client, { shop, when }: Looked): Promise<void> {
  const { rows } = await books.query<LaneRow & { member: Buffer; debt: string }>(
    'SELECT * FROM ledger.balance WHERE shop = $1',
    [shop.shop],
  )
  const held = new Map(rows.map((row) => [row.member.toString('hex'), row]))
  for (const { address } of network.members) {
    const row = held.get(address.slice(2).toLowerCase())
    const [lanes, quarter] = await read(network, shopPointsAbi, shop.token, 'lanesOf', [address])
    expect(lanesIn(row, quarter), `${when}: ${address} at shop ${shop.shop}`).toEqual([...lanes])
    const debt = await read(network, shopPointsAbi, shop.token, 'debtOf', [address])
    expect(BigInt(row?.debt ?? 0), `${when}: debt of ${address} at shop ${shop.shop}`).toBe(debt)
  }
  const [lanes, quarter] = await read(network, shopPointsAbi, shop.token, 'supplyLanes', [])
  const tokens = await books.query<LaneRow & { notice_at: Date | null; stopped: boolean; quarter: number }>(
    'SELECT * FROM ledger.points_token WHERE shop = $1',
    [shop.shop],
  )
  const [token] = tokens.rows
  expect(lanesIn(token, quarter), `${when}: supply of shop ${shop.shop}`).toEqual([...lanes])
  const [, , noticeAt] = await read(network, shopPointsAbi, shop.token, 'clock', [])
  if (token?.quarter === quarter) expect(seconds(token.notice_at), `${when}: notice`).toBe(noticeAt)
}

async function expectShop(network: TestNetwork, books: pg.Client, { shop, when }: Looked): Promise<void> {
  const { consortium, clearingHouse } = network.contracts
  const said = await read(network, consortiumAbi, consortium, 'shopOf', [shop.shop])
  const leaving = await read(network, consortiumAbi, consortium, 'leavingOf', [shop.shop])
  const offered = await read(network, consortiumAbi, consortium, 'offeredTo', [shop.shop])
  const stressedAt = await read(network, clearingHouseAbi, clearingHouse, 'stressedAt', [shop.shop])
  const [money, liability] = await read(network, clearingHouseAbi, clearingHouse, 'priceOf', [shop.shop])
  const { rows } = await books.query('SELECT * FROM ledger.shop WHERE shop = $1', [shop.shop])
  const [row] = rows
  expect(row, `${when}: shop ${shop.shop}`).toMatchObject({
    owner: bytes(said.owner),
    points: bytes(said.points),
    status: said.status,
    redeems_only: said.redeemsOnly,
    joined_at: new Date(said.joinedAt * 1000),
    receipt_limit: String(said.receiptLimit),
    daily_points: String(await read(network, consortiumAbi, consortium, 'shopAllowance', [shop.shop])),
    offered_to: BigInt(offered) === 0n ? null : bytes(offered),
    price_money: liability === 0n ? null : String(money),
    price_liability: liability === 0n ? null : String(liability),
  })
  const day = 86_400
  expect({
    suspendedAt: seconds(row.suspended_at),
    exitAnnouncedAt: row.full_reserve_by === null ? 0 : seconds(row.full_reserve_by) - 30 * day,
    stressedAt: row.default_from === null ? 0 : seconds(row.default_from) - 7 * day,
  }).toEqual({ suspendedAt: leaving.suspendedAt, exitAnnouncedAt: leaving.exitAnnouncedAt, stressedAt })
}

async function expectTills(network: TestNetwork, books: pg.Client, when: string): Promise<void> {
  const { rows } = await books.query('SELECT * FROM ledger.till ORDER BY shop, till')
  for (const row of rows) {
    const said = await read(network, consortiumAbi, network.contracts.consortium, 'tillOf', [row.shop, row.till])
    expect(row, `${when}: till ${row.till} of shop ${row.shop}`).toMatchObject({
      key: bytes(said.key),
      kind: said.kind,
      revoked: said.revoked,
      budget: String(said.budget),
      daily_points: String(said.dailyPoints),
    })
  }
}

/** Every position, the house's among them; together they are the pool, and each is the sum of its moves. */
async function expectMoney(network: TestNetwork, books: pg.Client, when: string): Promise<void> {
  const at = network.contracts.clearingHouse
  let owed = 0n
  for (const shop of [0, ...network.shops.map((one) => one.shop)]) {
    const [net, reserve] = await read(network, clearingHouseAbi, at, 'positionOf', [shop])
    const { rows } = await books.query(
      `SELECT coalesce(sum(p.net), 0) AS net, coalesce(sum(p.reserve), 0) AS reserve,
        coalesce((SELECT sum(CASE WHEN m.creditor = $1 THEN m.value ELSE -m.value END) FROM ledger.net_move m
          WHERE $1 IN (m.debtor, m.creditor)), 0)
        - coalesce((SELECT sum((e.args->>'reserveChange')::numeric) FROM ledger.event e
          WHERE e.name = 'Settled' AND e.args->>'shop' = $1::text), 0) AS moved
      FROM ledger.position p WHERE p.shop = $1`,
      [shop],
    )
    const row = { net: BigInt(rows[0].net), reserve: BigInt(rows[0].reserve), moved: BigInt(rows[0].moved) }
    expect(row, `${when}: position of shop ${shop}`).toEqual({ net, reserve, moved: net })
    owed += row.net
  }
  expect(owed, when).toBe(await read(network, clearingHouseAbi, at, 'pool', []))
}
