import { afterAll, beforeAll, expect, test } from 'vitest'
import { clearingHouseAbi, rewardsAbi } from '#contracts/generated.ts'
import { rewardId } from '#contracts/voucher-terms.ts'
import { MirroredLife } from '#test/support/mirrored-life.ts'
import { call, quarterSeconds } from '#test/support/network.ts'
import { buyVouchers, offer, useVouchers } from '#test/support/vouchers.ts'

/** Vouchers themselves are not in these books yet, but what they do to points and money is, to the last hundredth. */

const day = 86_400
let life: MirroredLife

beforeAll(async () => {
  life = await MirroredLife.open({ shops: 2, members: 2 })
})
afterAll(() => life?.close())

const house = () => life.question<{ net: string }>('SELECT net FROM ledger.position WHERE shop = 0')

test('the value of a voucher stands at the house until it is used, lapses or goes back', async () => {
  const { network } = life
  const [bakery, salon, anna, bert] = [life.shop(1), life.shop(2), life.member(1), life.member(2)]
  const { rewards, clearingHouse } = network.contracts
  const settles = () => call(clearingHouseAbi, clearingHouse, anna.address, 'settle', [[1, 2, 0]])
  const [first, second] = [rewardId(salon.shop, 1), rewardId(salon.shop, 2)]
  const lines = [
    { token: bakery.token, points: 700n },
    { token: salon.token, points: 300n },
  ]
  await life.live(
    'earned',
    life.buys(bakery, anna, 9_000n),
    life.buys(salon, anna, 9_000n),
    life.buys(salon, bert, 900n),
  )
  await life.live('offered', offer(network, salon, { price: 500, lasts: 200 * day }))
  await life.live('offered again', offer(network, salon, { price: 250, lasts: 40 * day }))
  await life.live('bought', buyVouchers(network, anna, { reward: first, count: 2, nonce: 1n, lines }))
  expect(await house()).toEqual([{ net: '100000' }])
  await life.live('bought again', buyVouchers(network, anna, { reward: second, count: 4, nonce: 2n, lines }))
  await life.live('refused', buyVouchers(network, bert, { reward: second, count: 4, nonce: 1n, lines }))
  expect(await house()).toEqual([{ net: '200000' }])
  await life.live('used', useVouchers(network, salon, anna, { reward: first, count: 1, sequence: 1n }))
  await life.live('settled', settles())
  // Two quarters pass, so that what goes back has grown older.
  for (let quarter = 0; quarter < 2; quarter += 1) {
    await life.live('noticed', life.notice(salon), life.notice(bakery))
    await life.later(quarterSeconds + 1)
  }
  await life.live('given back', call(rewardsAbi, rewards, anna.address, 'giveBack', [first, 1]))
  await life.later(11 * day)
  await life.live('lapsed', call(rewardsAbi, rewards, bert.address, 'lapseUnused', [second]))
  await life.live('settled again', settles())
  expect(await house()).toEqual([{ net: '0' }])

  const moves = await life.question(`SELECT kind, debtor, creditor, value FROM ledger.net_move
    ORDER BY block_number, log_index`)
  const voucher = (debtor: number, creditor: number, value: string) => ({ kind: 'voucher', debtor, creditor, value })
  expect(moves.slice(-3)).toEqual([voucher(0, 2, '50000'), voucher(0, 2, '50000'), voucher(0, 2, '100000')])
  expect(moves).toHaveLength(7)
  const back = await life.question(`SELECT points FROM ledger.movement WHERE kind = 'restored'`)
  expect(back).toEqual([{ points: '500' }])
})

test('a shop that cancels gives all vouchers back, and they come as its own points', async () => {
  const { network } = life
  const [bakery, salon, anna] = [life.shop(1), life.shop(2), life.member(1)]
  const third = rewardId(salon.shop, 3)
  const lines = [{ token: bakery.token, points: 600n }]
  await life.live('offered', offer(network, salon, { price: 200, lasts: 30 * day }))
  await life.live('bought', buyVouchers(network, anna, { reward: third, count: 3, nonce: 3n, lines }))
  await life.live(
    'cancelled',
    call(rewardsAbi, network.contracts.rewards, salon.owner, 'cancelOffer', [third]),
    call(rewardsAbi, network.contracts.rewards, bakery.owner, 'giveBackAll', [third, [anna.address]]),
  )
})

test('every statement adds up to what is held', () => life.expectStatementsAddUp())

test('books filled in one go are the same, to the byte', () => life.expectRebuildsTheSame())

test.each([1, 4, 9, 16])('a fork of depth %i over all this leaves the books as fresh ones', (depth) =>
  life.expectSurvivesFork(depth),
)
