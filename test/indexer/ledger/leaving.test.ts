import type { Hex } from 'viem'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { clearingHouseAbi, consortiumAbi, shopPointsAbi, streetMoneyAbi } from '#contracts/generated.ts'
import { MirroredLife } from '#test/support/mirrored-life.ts'
import { call, keyOf, openShop, quarterSeconds, read, settled } from '#test/support/network.ts'

/** Shops that change hands, share what lapses, leave, default, are stressed: held against the chain at every block. */

const day = 86_400
const atDefaultPrice = 2 ** 31
const heir: Hex = '0x00000000000000000000000000000000000be121'

let life: MirroredLife

beforeAll(async () => {
  life = await MirroredLife.open({ shops: 3, members: 3 })
})
afterAll(() => life?.close())

const consortium = () => life.network.contracts.consortium
const house = () => life.network.contracts.clearingHouse

test('owners, limits and keys change, and issuing is paused', async () => {
  const [bakery, salon] = [life.shop(1), life.shop(2)]
  await life.live(
    'changed',
    call(consortiumAbi, consortium(), salon.owner, 'offerShop', [2, bakery.owner]),
    call(consortiumAbi, consortium(), salon.owner, 'offerShop', [2, `0x${'00'.repeat(20)}`]),
    call(consortiumAbi, consortium(), salon.owner, 'offerShop', [2, heir]),
    call(consortiumAbi, consortium(), heir, 'takeOver', [2]),
    call(consortiumAbi, consortium(), bakery.owner, 'addCampaign', [1, keyOf('till', 71).address, 5_000]),
    call(consortiumAbi, consortium(), bakery.owner, 'setTillAllowance', [1, 1, 1_000]),
    call(consortiumAbi, consortium(), bakery.owner, 'setShopAllowance', [1, 2_000]),
  )
  await life.live('over the allowance', life.buys(bakery, life.member(1), 3_001n))
  await life.live(
    'the till may again',
    call(consortiumAbi, consortium(), bakery.owner, 'setTillAllowance', [1, 1, 9_000]),
  )
  await life.live('over the shop’s', life.buys(bakery, life.member(1), 6_001n))
  expect(await life.question('SELECT reason FROM ledger.refusal ORDER BY block_number')).toEqual([
    { reason: 'OverTillAllowance' },
    { reason: 'OverShopAllowance' },
  ])
  await life.live(
    'paused',
    call(consortiumAbi, consortium(), bakery.owner, 'setShopAllowance', [1, 9_000_000]),
    call(consortiumAbi, consortium(), life.network.guardian, 'pauseIssuing', []),
    call(consortiumAbi, consortium(), life.network.guardian, 'resumeIssuing', []),
  )
})

test('a share of what lapses goes to the charity, for quarters that begin after the vote', async () => {
  const [bakery, anna] = [life.shop(1), life.member(1)]
  const charity = await openShop(life.network, 1_000n)
  await life.live('another charity', call(consortiumAbi, consortium(), charity.owner, 'applyToJoin', []))
  const number = charity.shop + 1
  await settled(life.chain, [call(consortiumAbi, consortium(), life.network.board, 'admit', [number, true])])
  const { points: token } = await read(life.network, consortiumAbi, consortium(), 'shopOf', [number])
  life.network.shops.push({ ...charity, shop: number, token })
  await life.live('voted', call(consortiumAbi, consortium(), life.network.board, 'setBreakageShare', [2_000, number]))
  for (let quarter = 0; quarter < 7; quarter += 1) {
    await life.live('bought', life.buys(bakery, anna, 5_000n), life.notice(bakery))
    await life.later(quarterSeconds + 1)
  }
  await life.live('lapsed', call(shopPointsAbi, bakery.token, bakery.owner, 'lapse', [[anna.address]]))
  await life.live('shared', call(clearingHouseAbi, house(), anna.address, 'shareBreakage', [1]))
  const shared = await life.question<{ value: string }>(
    `SELECT value FROM ledger.net_move WHERE kind = 'breakage' AND debtor = 1 AND creditor = ${number}`,
  )
  expect(shared.map(({ value }) => Number(value) > 0)).toEqual([true])
})

test('a shop rests, leaves, defaults at a price that later money raises, and its points spend at it', async () => {
  const [bakery, gym, anna, bert] = [life.shop(1), life.shop(3), life.member(1), life.member(2)]
  await life.live('bought', life.buys(gym, anna, 400_000n), life.buys(gym, bert, 1n))
  await life.live(
    'rested',
    call(consortiumAbi, consortium(), life.network.board, 'suspend', [3]),
    call(consortiumAbi, consortium(), life.network.board, 'reinstate', [3]),
    call(consortiumAbi, consortium(), life.network.board, 'suspend', [3]),
  )
  const free = await read(life.network, clearingHouseAbi, house(), 'freeReserveOf', [3])
  expect(free).toBeGreaterThan(0n)
  await life.live('took out', call(clearingHouseAbi, house(), gym.owner, 'withdraw', [3, gym.owner, free]))
  await life.live('leaves', life.notice(gym), call(consortiumAbi, consortium(), gym.owner, 'announceExit', [3]))
  await life.later(20 * day)
  await life.live('taken over', call(clearingHouseAbi, house(), anna.address, 'settle', [[0, 1, 2, 3]]))
  await life.later(10 * day)
  await life.live('defaulted', call(clearingHouseAbi, house(), anna.address, 'declareDefault', [3]))
  const [token] = await life.question('SELECT stopped, notice_at, ends_at FROM ledger.points_token WHERE shop = 3')
  expect(token).toEqual({ stopped: true, notice_at: null, ends_at: null })

  await life.live('at its price', life.pays(bakery, anna, [{ issuer: gym, points: 1_001n }], atDefaultPrice))
  await life.live('unwilling', life.pays(bakery, bert, [{ issuer: gym, points: 1n }]))
  expect(await life.question(`SELECT reason FROM ledger.refusal WHERE kind = 'payment'`)).toEqual([
    { reason: 'IssuerDefaulted' },
  ])
  await life.live(
    'raised',
    call(clearingHouseAbi, house(), gym.owner, 'deposit', [3, 1_000_000n]),
    call(clearingHouseAbi, house(), bert.address, 'raisePrice', [3]),
  )
  const [price] = await life.question<{ worth: number }>(
    'SELECT (price_money / price_liability)::float8 AS worth FROM ledger.shop WHERE shop = 3',
  )
  expect(price?.worth).toBeGreaterThan(0.3)
  expect(price?.worth).toBeLessThan(1)
  await life.live('at the better price', life.pays(bakery, anna, [{ issuer: gym, points: 333n }], atDefaultPrice))
})

test('a shop below what it must keep is stressed, and relieved by money', async () => {
  const [salon, bert] = [life.shop(2), life.member(2)]
  await life.later(365 * day)
  await life.live('bought', life.buys(salon, bert, 50_000n))
  const free = await read(life.network, clearingHouseAbi, house(), 'freeReserveOf', [2])
  await life.live('took out', call(clearingHouseAbi, house(), heir, 'withdraw', [2, salon.owner, free]))
  await life.live('stricter', call(consortiumAbi, consortium(), life.network.board, 'setRequiredRatio', [10_000]))
  await life.live('stressed', call(clearingHouseAbi, house(), bert.address, 'markStressed', [2]))
  await life.live(
    'relieved',
    call(streetMoneyAbi, life.network.contracts.money, salon.owner, 'approve', [house(), 10_000_000n]),
    call(clearingHouseAbi, house(), salon.owner, 'deposit', [2, 10_000_000n]),
  )
  const said = await life.question(`SELECT name FROM ledger.event WHERE name IN ('Stressed', 'Relieved')
    ORDER BY block_number`)
  expect(said).toEqual([{ name: 'Stressed' }, { name: 'Relieved' }])
})

test('every statement adds up to what is held', () => life.expectStatementsAddUp())

test('books filled in one go are the same, to the byte', () => life.expectRebuildsTheSame())

test.each([1, 2, 5, 12, 25, 50])('a fork of depth %i over all this leaves the books as fresh ones', (depth) =>
  life.expectSurvivesFork(depth),
)
