import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Hex } from 'viem'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { clearingHouseAbi, redemptionsAbi, shopPointsAbi } from '#contracts/generated.ts'
import { type TestChain, testChain } from '#test/support/chain.ts'
import { followToHead, networkOf, openLedger } from '#test/support/mirror.ts'
import { deployNetwork, read, redeem, settled, type TestNetwork, type TestShop } from '#test/support/network.ts'
import { type TestDatabase, testDatabase } from '#test/support/postgres.ts'
import { Traffic } from '#test/support/traffic.ts'
import { auditOverview } from '#web/queries/audit-overview.ts'
import { availablePoints } from '#web/queries/available.ts'
import { atOneMoment, closeDatabase } from '#web/queries/database.ts'
import type { Address } from '#web/queries/network.ts'
import { paymentProposal } from '#web/queries/payment-proposal.ts'
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
  network = await deployNetwork(chain, { shops: 3, members: 6 })
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
  await mirror()
})
afterAll(async () => {
  await closeDatabase()
  await chain.stop()
  rmSync(folder, { recursive: true, force: true })
  vi.unstubAllEnvs()
})

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
      expect(shop.issued - shop.redeemed - shop.lapsed).toBeGreaterThanOrEqual(shop.supply)
    }
  })
})

test('the chain takes every payment the portal proposes', async () => {
  let sequence = 900_001n
  for (const shop of network.shops) {
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
