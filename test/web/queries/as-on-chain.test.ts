import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Hex } from 'viem'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { clearingHouseAbi, consortiumAbi, redemptionsAbi, rewardsAbi, shopPointsAbi } from '#contracts/generated.ts'
import { rewardId } from '#contracts/voucher-terms.ts'
import { type TestChain, testChain } from '#test/support/chain.ts'
import { followToHead, networkOf, openLedger } from '#test/support/mirror.ts'
import { call, deployNetwork, read, redeem, settled, type TestNetwork, type TestShop } from '#test/support/network.ts'
import { type TestDatabase, testDatabase } from '#test/support/postgres.ts'
import { Traffic } from '#test/support/traffic.ts'
import { chunksOf, paymentsOf, refund, reverse } from '#test/support/undoing.ts'
import { buyVouchers, offer } from '#test/support/vouchers.ts'
import { auditOverview } from '#web/queries/audit-overview.ts'
import { availablePoints } from '#web/queries/available.ts'
import { ask, atOneMoment, closeDatabase } from '#web/queries/database.ts'
import type { Address } from '#web/queries/network.ts'
import { paymentProposal } from '#web/queries/payment-proposal.ts'
import { valueDown } from '#web/queries/reserve-rules.ts'
import { shopDesk } from '#web/queries/shop-desk.ts'
import { standings } from '#web/queries/standings.ts'

/** A street that has lived through quarters, settlements and refusals, mirrored as in life and asked as a page asks. */

const seed = 'as on chain'
const par = 100n
let chain: TestChain
let network: TestNetwork
let database: TestDatabase
let folder: string

beforeAll(async () => {
  chain = await testChain()
  network = await deployNetwork(chain, { shops: 4, members: 6 })
  database = await testDatabase()
  folder = mkdtempSync(join(tmpdir(), 'highstreet-as-on-chain-'))
  const deploymentFile = join(folder, 'deployment.json')
  writeFileSync(deploymentFile, JSON.stringify(network.deployment(true)))
  vi.stubEnv('WEB_DATABASE_URL', database.urls.web)
  vi.stubEnv('RPC_URL', chain.url)
  vi.stubEnv('DEPLOYMENT_FILE', deploymentFile)
  vi.stubEnv('PUBLIC_ORIGIN', 'http://localhost:3000')
  vi.stubEnv('RP_ID', 'localhost')
  const traffic = new Traffic(network, seed)
  await traffic.run(40)
  for (let quarter = 0; quarter < 6; quarter += 1) {
    await traffic.nextQuarter()
    await traffic.run(12)
  }
  await undoSome()
  await sellVouchers()
  await lose(4)
  await settled(chain, [leaves(3)])
  await mirror()
})
afterAll(async () => {
  await closeDatabase()
  await chain.stop()
  rmSync(folder, { recursive: true, force: true })
  vi.unstubAllEnvs()
})

/** Of every shop's newest purchase a part is undone, and of what was paid in the last month. */
async function undoSome(): Promise<void> {
  const { time } = await chain.head()
  let undone = 0
  for (const shop of network.shops) {
    const chunk = (await chunksOf(network, shop)).at(-1)
    if (chunk === undefined) throw new Error(`shop ${shop.shop} has nothing to undo`)
    const index = [...chunk.chunk.issuedBits.toString(2)].reverse().indexOf('1')
    await settled(chain, [await reverse(network, shop, chunk, { index, points: 1, taken: 0, debt: 1 })])
    const payments = (await paymentsOf(network, shop)).filter(({ recordedAt }) => recordedAt > time - 29 * 86_400)
    for (const payment of payments) {
      await settled(chain, [await refund(network, shop, payment, { points: payment.lines.map(() => 1) })])
    }
    undone += payments.length
  }
  expect(undone).toBeGreaterThan(2)
}

/** Somebody buys vouchers for points of two shops, and gives one of them back. */
async function sellVouchers(): Promise<void> {
  const [shop, other] = network.shops
  if (shop === undefined || other === undefined) throw new Error('the street is empty')
  const points = async (of: TestShop, account: Hex) =>
    await read(network, shopPointsAbi, of.token, 'balanceOf', [account])
  for (const [index, member] of network.members.entries()) {
    if ((await points(shop, member.address)) < 300n || (await points(other, member.address)) < 100n) continue
    const reward = rewardId(shop.shop, 1)
    const lines = [
      { token: shop.token, points: 300n },
      { token: other.token, points: 100n },
    ]
    await settled(chain, [await offer(network, shop, { price: 200, lasts: 86_400 })])
    await settled(chain, [await buyVouchers(network, member, { reward, count: 2, nonce: BigInt(index), lines })])
    await settled(chain, [call(rewardsAbi, network.contracts.rewards, member.address, 'giveBack', [reward, 1])])
    return
  }
  throw new Error('nobody has the points for a voucher')
}

const leaves = (shop: number) => {
  const owner = network.shops[shop - 1]?.owner ?? '0x'
  return call(consortiumAbi, network.contracts.consortium, owner, 'announceExit', [shop])
}

/** The shop leaves without what its points are worth, and is declared in default. */
async function lose(shop: number): Promise<void> {
  const { clearingHouse } = network.contracts
  const owner = network.shops[shop - 1]?.owner ?? '0x'
  const { free } = await house(shop)
  await settled(chain, [call(clearingHouseAbi, clearingHouse, owner, 'withdraw', [shop, owner, free]), leaves(shop)])
  await chain.mine((await chain.head()).time + 31 * 86_400)
  await settled(chain, [call(clearingHouseAbi, clearingHouse, owner, 'declareDefault', [shop])])
}

async function mirror(): Promise<void> {
  const ledger = await openLedger(database.urls.indexer, networkOf(network))
  await followToHead(network, ledger)
  await ledger.close()
}

/** A shop as the clearing house reckons it. */
async function house(shop: number) {
  const at = network.contracts.clearingHouse
  return {
    liabilityMoney: await read(network, clearingHouseAbi, at, 'liabilityOf', [shop]),
    required: await read(network, clearingHouseAbi, at, 'requiredReserveOf', [shop]),
    free: await read(network, clearingHouseAbi, at, 'freeReserveOf', [shop]),
    issuablePoints: await read(network, clearingHouseAbi, at, 'issuableOf', [shop]),
    position: await read(network, clearingHouseAbi, at, 'positionOf', [shop]),
  }
}

const spendsElsewhere = (shop: number, points: bigint) =>
  read(network, clearingHouseAbi, network.contracts.clearingHouse, 'canRedeemElsewhere', [shop, points * par])

const lanesOf = (shop: TestShop, account: Hex) => read(network, shopPointsAbi, shop.token, 'lanesOf', [account])

describe('what the portal reckons is what the contracts reckon', () => {
  test('for every shop’s liability, required and free reserve, and points it may still issue', async () => {
    for (const { shop } of network.shops) {
      const desk = await shopDesk(shop)
      const { position, ...reckoned } = await house(shop)
      expect(desk).toMatchObject(reckoned)
      expect([desk?.net, desk?.reserve]).toEqual(position)
      expect(desk?.net).toBe((desk?.carriedOver ?? 0n) + (desk?.debts ?? []).reduce((sum, debt) => sum + debt.net, 0n))
    }
  })

  test('for every token’s clock and supply by lane', async () => {
    const { shops } = await atOneMoment(standings)
    for (const { shop, token } of network.shops) {
      const [lanes, quarter] = await read(network, shopPointsAbi, token, 'supplyLanes', [])
      expect(shops.get(shop)?.supplyLanes).toEqual(lanes.map(BigInt))
      expect(shops.get(shop)?.clock?.quarter).toBe(quarter)
    }
  })

  test('for what leaving and defaulting make of a shop', async () => {
    const { shops } = await atOneMoment(standings)
    expect([3, 4].map((shop) => shops.get(shop)?.status)).toEqual(['Exiting', 'Defaulted'])
    for (const { shop } of network.shops) {
      const ratio = await read(network, consortiumAbi, network.contracts.consortium, 'requiredRatioOf', [shop])
      expect(shops.get(shop)?.requiredRatioBps).toBe(BigInt(ratio))
      const mode = await read(network, consortiumAbi, network.contracts.consortium, 'modeOf', [shop])
      const { clearingHouse } = network.contracts
      const value = await read(network, clearingHouseAbi, clearingHouse, 'valueOf', [shop, mode, 12_345n])
      expect(valueDown(12_345n, { par, price: shops.get(shop)?.price ?? null })).toBe(value)
    }
  })

  test('for how many points other shops may still take, to the last hundredth (N-13)', async () => {
    const { shops } = await atOneMoment(standings)
    for (const { shop } of network.shops) {
      const standing = shops.get(shop)
      const most = standing?.redeemableElsewhere ?? 0n
      expect(await spendsElsewhere(shop, most)).toBe(true)
      if (most < (standing?.supply ?? 0n)) expect(await spendsElsewhere(shop, most + 1n)).toBe(false)
    }
  })

  test('for every member’s points by lane, touched lately or long ago', async () => {
    const { now } = await atOneMoment(standings)
    for (const { address } of network.members) {
      const holdings = await availablePoints(address.toLowerCase() as Address, { at: now })
      for (const shop of network.shops) {
        const holding = holdings.find((one) => one.issuer === shop.shop)
        const [lanes] = await lanesOf(shop, address)
        expect(holding?.live ?? [0n, 0n, 0n, 0n, 0n]).toEqual(lanes.map(BigInt))
      }
    }
  })

  test('for the sums an auditor adds up', async () => {
    const { mirror: books, sums } = await auditOverview()
    expect(sums.pool).toBe(await read(network, clearingHouseAbi, network.contracts.clearingHouse, 'pool', []))
    expect(sums.net).toBe(sums.pool)
    expect(sums.money).toBe(sums.reserves + sums.pool)
    for (const shop of books) {
      expect(shop.sumOfBalances).toBe(shop.supply)
      expect(shop.issued > 0n && shop.redeemed > 0n && shop.lapsed > 0n).toBe(true)
      // What lapsed but was never touched since has no event yet; the supply already does without it.
      const [row] = await ask<{ stored: bigint }>(
        {
          name: 'stored',
          text: 'SELECT sum(lane0 + lane1 + lane2 + lane3 + lane4)::int8 AS stored FROM ledger.balance WHERE shop = $1',
        },
        [shop.shop],
      )
      expect(shop.issued - shop.redeemed - shop.lapsed).toBe(row?.stored)
    }
  })
})

test('the chain takes every payment the portal proposes', async () => {
  let sequence = 900_001n
  for (const shop of network.shops.slice(0, 3)) {
    for (const member of network.members) {
      const points = 700n
      const proposal = await paymentProposal(member.address.toLowerCase() as Address, shop.shop, points)
      if ('refused' in proposal) continue
      const { time } = await chain.head()
      const { lines } = proposal
      await settled(chain, [await redeem(network, shop, [{ member, sequence, deadline: time + 86_400, lines }])])
      const spent = await read(network, redemptionsAbi, network.contracts.redemptions, 'paymentSpent', [
        shop.shop,
        1,
        sequence,
      ])
      expect(spent).toBe(true)
      sequence += 1n
      await mirror()
    }
  }
  expect(sequence).toBeGreaterThan(900_004n)
})
