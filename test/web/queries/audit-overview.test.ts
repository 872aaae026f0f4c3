import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type AuditOverview, auditOverview } from '#web/queries/audit-overview.ts'
import { account, at, opening, openStreet, quarterLength, type Street, tokenOf } from './street.ts'

const ada = account(0xada)
const ben = account(0xbe)
let street: Street
let overview: AuditOverview

beforeAll(async () => {
  street = await openStreet()
  await street.shop(1, { supply: 480n, reserve: 47_000n, net: 1_000n })
  await street.shop(2, { supply: 25n, reserve: 2_500n, net: 1_500n })
  await street.purchase(1, 1, { member: ada, points: 400n, block: 1 })
  await street.purchase(1, 2, { member: ben, points: 100n, block: 1 })
  await street.purchase(2, 1, { member: ben, points: 30n, block: 1 })
  await street.payment(2, 1, { member: ada, block: 1, lines: { 1: 20n } })
  await street.payment(1, 3, { member: ben, block: 1, lines: { 2: 2n } })
  await street.event(1, 'PointsLapsed', { account: ben, points: '3' }, tokenOf(2))
  await street.balance(ada, 1, [300n, 0n, 0n, 0n, 80n])
  await street.balance(ben, 1, [100n])
  await street.balance(ben, 2, [25n])
  await street.event(1, 'Settled', { shop: 1, reserveChange: '-4000' })
  await street.event(1, 'Settled', { shop: 2, reserveChange: '1500' })
  await street.ledger('reorg', { ancestor: 5, old_head: 7, noticed: at(opening) })
  overview = await auditOverview()
})
afterAll(() => street.close())

describe('the books for an auditor', () => {
  test('what was issued, less what was redeemed and what lapsed, is the supply and the sum of all balances', () => {
    expect(overview.mirror).toMatchObject([
      { shop: 1, issued: 500n, redeemed: 20n, lapsed: 0n, supply: 480n, sumOfBalances: 480n },
      { shop: 2, issued: 30n, redeemed: 2n, lapsed: 3n, supply: 25n, sumOfBalances: 25n },
    ])
  })

  test('positions add up to the pool, and money to reserves and pool (N-14)', () => {
    const { sums } = overview
    expect(sums).toMatchObject({ net: 2_500n, pool: 2_500n, reserves: 49_500n, money: 52_000n, liability: 50_500n })
    expect(sums.net).toBe(sums.pool)
    expect(sums.money).toBe(sums.reserves + sums.pool)
  })

  test('tell what the mirror had to undo, and how far it is', () => {
    expect(overview.reorgs).toEqual([{ ancestor: 5n, oldHead: 7n, noticed: at(opening) }])
    expect(overview.checkpoint).toMatchObject({ block: 1n, lagBlocks: 0 })
  })

  test('supply and balances grow old at the same second', async () => {
    await street.indexer.query('UPDATE ledger.points_token SET lane0 = 400, lane4 = 80 WHERE shop = 1')
    await street.indexer.query('UPDATE ledger.points_token SET ends_at = $1 WHERE shop = 1', [
      at(opening + quarterLength),
    ])
    const readAt = async (seconds: number) => {
      await street.indexer.query('UPDATE ledger.block SET time = $1', [at(seconds)])
      const shop = (await auditOverview()).mirror[0]
      return [shop?.supply, shop?.sumOfBalances]
    }
    expect(await readAt(opening + quarterLength - 1)).toEqual([480n, 480n])
    expect(await readAt(opening + quarterLength)).toEqual([400n, 400n])
  })
})
