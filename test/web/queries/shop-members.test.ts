import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { memberByCodeOrAddress, members } from '#web/queries/members.ts'
import { membersPerPage, shopMembers } from '#web/queries/shop-members.ts'
import { account, at, bytes, day, opening, openStreet, type Street } from './street.ts'

const run = '00000000-0000-4000-8000-000000000001'
const many = 2 * membersPerPage + 3
const lastRun = {
  shop: 1,
  id: run,
  model: 'rfm',
  block: 1,
  watermark: at(opening + 100 * day),
  inputs_hash: Buffer.alloc(32),
  members: many,
  finished_at: at(opening + 100 * day),
  kind: 'follow',
  block_hash: Buffer.alloc(32),
}
const memberAt = (number: number) => account(0x1000 + number)
let street: Street

beforeAll(async () => {
  street = await openStreet()
  await street.shop(1, { supply: 100n })
  await street.shop(2)
  await street.judged('run', lastRun)
  for (let number = 1; number <= many; number += 1) await judge(1, number)
  await judge(2, 1)
  await street.balance(memberAt(1), 1, [7n, 0n, 0n, 0n, 100n])
  await street.balance(memberAt(2), 1, [50n])
  await street.person(memberAt(1), 'Ada Ember', { code: 'ADA-777', greeting: true })
  await street.person(memberAt(2), 'Ben Birch', { code: 'BEN-777', greeting: false })
  await street.person(memberAt(3), 'Cleo 100%', { code: 'CLE-777' })
})
afterAll(() => street.close())

/** Member n: last seen n days ago, bought n times, spent n euros. */
async function judge(shop: number, number: number): Promise<void> {
  await street.judged('score', {
    shop,
    member: bytes(memberAt(number)),
    run,
    first_at: at(opening),
    last_at: at(opening + (100 - number) * day),
    recency_days: number,
    frequency: number,
    spend: number * 100,
    recency_score: 5,
    frequency_score: 1,
    value_score: 3,
    overdue: false,
    reason: '[]',
    tier_by_spend: 0,
    engagement: 50,
  })
}

describe('a shop’s members', () => {
  test('come in pages that together name everybody once', async () => {
    const seen: string[] = []
    const { pages, totals } = await shopMembers(1, { order: 'spend', page: 1 })
    for (let page = 1; page <= pages; page += 1) {
      seen.push(...(await shopMembers(1, { order: 'spend', page })).rows.map((row) => row.member))
    }
    expect(pages).toBe(3)
    expect(seen).toEqual(Array.from({ length: many }, (_, index) => memberAt(many - index)))
    expect(totals).toEqual({ members: many, spend: BigInt((many * (many + 1)) / 2) * 100n, points: 157n, greeted: 1 })
  })

  test('a page that is not there is the nearest that is', async () => {
    expect(await shopMembers(1, { order: 'spend', page: 99 })).toMatchObject({ page: 3 })
    expect(await shopMembers(1, { order: 'spend', page: -4 })).toMatchObject({ page: 1 })
  })

  test.each([
    { order: 'recency', first: 1 },
    { order: 'frequency', first: many },
    { order: 'points', first: 1 },
    { order: 'lastAt', first: 1 },
  ] as const)('ordered by $order begin with the right one', async ({ order, first }) => {
    const { rows } = await shopMembers(1, { order, page: 1 })
    expect(rows[0]?.member).toBe(memberAt(first))
  })

  test('hold what is live, not what lapsed', async () => {
    await street.indexer.query('UPDATE ledger.points_token SET ends_at = $1 WHERE shop = 1', [at(opening)])
    const { rows } = await shopMembers(1, { order: 'points', page: 1 })
    expect(rows.slice(0, 2).map(({ points }) => points)).toEqual([50n, 7n])
    await street.indexer.query('UPDATE ledger.points_token SET ends_at = NULL')
  })

  test('are named only where they agreed to be greeted', async () => {
    const { rows } = await shopMembers(1, { order: 'recency', page: 1 })
    expect(rows.slice(0, 3).map(({ displayName, calledName }) => [displayName, calledName])).toEqual([
      ['Ada Ember', 'Ada Ember'],
      [null, 'Member 1002'],
      [null, 'Member 1003'],
    ])
  })

  test('are shown with the last judgement of that very shop', async () => {
    await street.judged('run', { ...lastRun, shop: 2, finished_at: at(opening + 101 * day) })
    const { judged } = await shopMembers(1, { order: 'spend', page: 1 })
    expect(judged).toEqual({ watermark: lastRun.watermark, finishedAt: lastRun.finished_at, model: 'rfm' })
  })

  test('of a shop without any are one empty page, which nobody has judged', async () => {
    const empty = await shopMembers(9, { order: 'spend', page: 1 })
    expect(empty).toMatchObject({ rows: [], page: 1, pages: 1, totals: { members: 0 }, judged: null })
  })
})

describe('looking somebody up', () => {
  test('finds by part of a name, but only those who agreed to it', async () => {
    expect(await members('emb')).toMatchObject([{ member: memberAt(1), displayName: 'Ada Ember', code: 'ADA-777' }])
    expect(await members('birch')).toEqual([])
    expect(await members()).toHaveLength(1)
  })

  test('finds anybody by their whole code or account, without giving a name away', async () => {
    const ben = { member: memberAt(2), displayName: null, calledName: 'Member 1002', code: 'BEN-777' }
    expect(await members('ben 777')).toEqual([ben])
    expect(await memberByCodeOrAddress('ben777')).toEqual(ben)
    expect(await memberByCodeOrAddress(memberAt(2))).toEqual(ben)
    expect(await members('BEN')).toEqual([])
    expect(await memberByCodeOrAddress('BEN')).toBeNull()
  })

  test('takes a percent sign for what it is', async () => {
    expect(await members('%')).toEqual([])
  })
})
