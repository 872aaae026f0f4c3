import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { clearingHouseAbi, consortiumAbi, shopPointsAbi } from '#contracts/generated.ts'
import { freshShop } from '#test/support/fresh-shop.ts'
import { type LivingStreet, openLivingStreet } from '#test/support/living-street.ts'
import { call, read, settled, type TestShop } from '#test/support/network.ts'
import { secondsNow, signedPayment, type TillHand } from '#test/support/till-hand.ts'
import { chunksOf, paymentsOf, refund, reverse } from '#test/support/undoing.ts'
import { intentState } from '#web/acts/intent-state.ts'
import { issue } from '#web/acts/issue.ts'
import { settleOwed, takeOwed } from '#web/acts/make-good.ts'
import { quote } from '#web/acts/quote.ts'
import { redeem } from '#web/acts/redeem.ts'
import { memberHome } from '#web/queries/member-home.ts'
import type { Address } from '#web/queries/network.ts'
import { unpaidAt } from '#web/queries/unpaid.ts'

/** What the chain would leave out, pause or refuse the portal says in the chain's own words, as early as it can. */

const day = 86_400
const atDefaultPrice = 2 ** 31
let street: LivingStreet
let shop: TestShop
let other: TestShop
let till: TillHand

beforeAll(async () => {
  street = await openLivingStreet({ shops: 0, members: 2 })
})
afterAll(() => street.close())

beforeEach(async () => {
  ;({ shop, till } = await freshShop(street))
  ;({ shop: other } = await freshShop(street))
})

const member = (index: number) => street.member(index)

const consortium = () => street.network.contracts.consortium
const house = () => street.network.contracts.clearingHouse
const stateOf = (key: string, at = shop) => intentState({ shop: at.shop, key })

async function happens(...transactions: Parameters<typeof settled>[1]): Promise<void> {
  await settled(street.chain, transactions)
  await street.mirror()
}

const sells = (...points: readonly bigint[]) => street.sell(till, points)

const balance = (of: TestShop, index = 0) =>
  read(street.network, shopPointsAbi, of.token, 'balanceOf', [member(index).address])

async function pays(at: TestShop, lines: readonly { readonly token: Address; readonly points: bigint }[], purpose = 0) {
  const { time } = await street.chain.head()
  const deadline = Math.max(time, secondsNow()) + day
  const body = await signedPayment(street.network, at, { member: member(0), sequence: 1n, lines, purpose, deadline })
  return await redeem(body)
}

describe('allowances (N-8)', () => {
  test('a receipt that no three days of the till’s allowance can ever give is refused at the counter', async () => {
    await happens(call(consortiumAbi, consortium(), shop.owner, 'setTillAllowance', [shop.shop, 1, 100]))
    expect(await sells(300n, 301n)).toMatchObject({
      results: [{ state: 'pending' }, { state: 'refused', code: 'overReceiptLimit', limit: 300n }],
    })
    await street.settleDown()
    expect(await balance(shop)).toBe(300n)
  })

  test('what is over an allowance waits, says so, and goes once there is room', async () => {
    await happens(call(consortiumAbi, consortium(), shop.owner, 'setTillAllowance', [shop.shop, 1, 100]))
    await sells(250n, 200n)
    await street.settleDown()
    expect(await stateOf('purchase:1:2')).toMatchObject({ state: 'pending', code: 'overTillAllowance' })
    await happens(
      call(consortiumAbi, consortium(), shop.owner, 'setTillAllowance', [shop.shop, 1, 1_000]),
      call(consortiumAbi, consortium(), shop.owner, 'setShopAllowance', [shop.shop, 100]),
    )
    street.forget()
    expect(await street.turn()).toBe(0)
    await happens(call(consortiumAbi, consortium(), shop.owner, 'setShopAllowance', [shop.shop, 1_000]))
    street.forget()
    await street.settleDown()
    expect(await stateOf('purchase:1:2')).toEqual({ state: 'final' })
    expect(await balance(shop)).toBe(450n)
  })
})

test('while issuing is paused purchases are promised and wait, and nothing is lost by it (N-23)', async () => {
  await happens(call(consortiumAbi, consortium(), street.network.guardian, 'pauseIssuing', []))
  expect(await sells(70n)).toMatchObject({ results: [{ state: 'pending', code: 'issuingPaused' }] })
  for (let round = 0; round < 6; round += 1) {
    expect(await street.turn()).toBe(0)
    await street.chain.mine()
    await street.mirror()
  }
  expect(await stateOf('purchase:1:1')).toMatchObject({ state: 'pending', code: 'issuingPaused' })
  await happens(call(consortiumAbi, consortium(), street.network.guardian, 'resumeIssuing', []))
  await street.settleDown()
  expect(await stateOf('purchase:1:1')).toEqual({ state: 'final' })
})

test('a shop that leaves gives no points and goes on taking them (N-17)', async () => {
  await sells(500n)
  await street.settleDown()
  await happens(call(consortiumAbi, consortium(), shop.owner, 'announceExit', [shop.shop]))
  expect(await sells(70n)).toMatchObject({ refused: 'shopNotActive', facts: { status: 'Exiting' } })
  expect(await quote({ shop: shop.shop, till: 1, spend: '1000' })).toMatchObject({ points: 0n })
  expect(await pays(shop, [{ token: shop.token, points: 200n }])).toEqual({ state: 'pending' })
  await street.settleDown()
  expect(await stateOf('payment:1:1')).toEqual({ state: 'final' })
})

test('a member’s page tells what was taken back, owed, kept for that, and refunded', async () => {
  const [buyer] = [member(1)]
  await issue(await till.ring({ member: buyer.address, points: 1_000n }))
  await street.closeLists()
  await street.settleDown()
  const { time } = await street.chain.head()
  const lines = [{ token: shop.token, points: 600n }]
  await redeem(await signedPayment(street.network, other, { member: buyer, sequence: 1n, lines, deadline: time + day }))
  await street.settleDown()
  const [chunk] = await chunksOf(street.network, shop)
  const [payment] = await paymentsOf(street.network, other)
  if (!chunk || !payment) throw new Error('nothing was bought or paid')
  await happens(await reverse(street.network, shop, chunk, { points: 900, taken: 400, debt: 500 }))
  await happens(await refund(street.network, other, payment, { points: [600] }))
  await issue(await till.ring({ member: buyer.address, points: 800n }))
  await street.closeLists()
  await street.settleDown()
  const { statement } = await memberHome(buyer.address.toLowerCase() as Address)
  const told = statement.filter((line) => line.shop === shop.shop || line.shop === other.shop)
  const lineOf = (kind: string) => told.find((line) => line.kind === kind)
  expect(lineOf('takenBack')).toMatchObject({ points: -400n, owed: 500n, shop: shop.shop, state: 'final' })
  expect(lineOf('refunded')).toMatchObject({ points: 600n, shop: other.shop, state: 'final' })
  expect(lineOf('debtPaid')).toMatchObject({ points: -500n, shop: shop.shop, state: 'final' })
  expect(told.reduce((sum, { points }) => sum + points, 0n)).toBe(await balance(shop, 1))
})

describe('what a shop bears before it is certain (N-27)', () => {
  test('up to its own limit a payment is pending; beyond it the till waits until it is final', async () => {
    const { shop: cafe } = await freshShop(street)
    await street.web.query(
      `INSERT INTO portal.shop_profile (shop, name, trade, street, hue, earn_rate, time_zone, is_charity, pending_limit)
        VALUES ($1, 'Cafe', 'cafe', 'Mill Lane', 1, 100, 'Europe/Berlin', false, 30)`,
      [cafe.shop],
    )
    const { shop: bakery, till } = await freshShop(street)
    await street.sell(till, [500n])
    await street.settleDown()
    const pay = async (sequence: bigint, points: bigint) => {
      const payment = { member: member(0), sequence, lines: [{ token: bakery.token, points }] }
      return await redeem(await signedPayment(street.network, cafe, payment))
    }
    expect(await pay(1n, 20n)).toEqual({ state: 'pending' })
    expect(await pay(2n, 10n)).toEqual({ state: 'pending' })
    const beyond = await pay(3n, 1n)
    expect(beyond).toMatchObject({ state: 'pending', code: 'waitForFinal' })
    expect(await intentState({ shop: cafe.shop, key: 'payment:1:3' })).toEqual(beyond)
    await street.settleDown()
    expect(await intentState({ shop: cafe.shop, key: 'payment:1:3' })).toEqual({ state: 'final' })
    expect(await pay(4n, 30n)).toEqual({ state: 'pending' })
    await street.settleDown()
  })

  test('after a promise that came to nothing a member is final only at that shop, until it is made good', async () => {
    const { shop: bakery, till } = await freshShop(street)
    const { shop: cafe } = await freshShop(street)
    await street.sell(till, [500n])
    await street.settleDown()
    const lost = (sequence: number, payload = '{}') =>
      street.web.query(
        `INSERT INTO portal.intent (shop, key, kind, till, sequence, member, points, content_hash, payload, state,
            refused, attempts, created_at)
          VALUES ($1, 'payment:1:' || $2::bigint, 'payment', 1, $2::bigint, $3, 5, '', $4, 'refused', 'balance', 0,
            now())`,
        [cafe.shop, sequence, Buffer.from(member(0).address.slice(2), 'hex'), payload],
      )
    const pays = async (sequence: bigint) => {
      const payment = { member: member(0), sequence, lines: [{ token: bakery.token, points: 1n }] }
      const answer = await redeem(await signedPayment(street.network, cafe, payment))
      await street.settleDown()
      return answer
    }
    const owed = (sequence: number) => ({ shop: cafe.shop, till: 1, payment: { till: 1, sequence: `${sequence}` } })
    // The till had been told to wait: nothing was handed over for this one.
    await lost(1, '{"waits":"FinalOnly"}')
    expect(await pays(2n)).toEqual({ state: 'pending' })
    await lost(3)
    await lost(4)
    expect(await pays(5n)).toMatchObject({ state: 'pending', code: 'waitForFinal' })
    expect((await unpaidAt(cafe.shop)).map(({ sequence, points, code }) => [sequence, points, code])).toEqual([
      [4n, 5n, 'balance'],
      [3n, 5n, 'balance'],
    ])
    const paid = await takeOwed(owed(3), { cashier: 7 })
    expect(paid).toMatchObject({ how: 'paid' })
    expect(await takeOwed(owed(3), { cashier: 8, now: new Date(Date.now() + 60_000) })).toEqual(paid)
    expect(await pays(6n)).toMatchObject({ code: 'waitForFinal' })
    expect(await settleOwed({ ...owed(4), how: 'waived' })).toMatchObject({ how: 'waived' })
    expect(await pays(7n)).toEqual({ state: 'pending' })
    expect(await unpaidAt(cafe.shop)).toEqual([])
    const { rows } = await street.web.query('SELECT key, how, till, cashier FROM portal.made_good ORDER BY key')
    expect(rows).toEqual([
      { key: 'payment:1:3', how: 'paid', till: 1, cashier: 7 },
      { key: 'payment:1:4', how: 'waived', till: null, cashier: null },
    ])
    // What was paid, what was never promised, and what another shop is owed are nobody's to make good here.
    for (const wrong of [owed(1), owed(2), owed(99), { ...owed(3), shop: bakery.shop }]) {
      expect(await takeOwed(wrong, { cashier: 7 })).toMatchObject({ refused: 'nothingOwed' })
    }
  })
})

// Last, since it takes the chain a month ahead of the machine.
test('points of a defaulted shop pay only where member and till agree to their price (N-17)', async () => {
  await sells(100_000n)
  await street.settleDown()
  await street.chain.mine((await street.chain.head()).time + 200 * day)
  const free = await read(street.network, clearingHouseAbi, house(), 'freeReserveOf', [shop.shop])
  await happens(
    call(clearingHouseAbi, house(), shop.owner, 'withdraw', [shop.shop, shop.owner, free]),
    call(consortiumAbi, consortium(), shop.owner, 'announceExit', [shop.shop]),
  )
  await street.chain.mine((await street.chain.head()).time + 31 * day)
  await happens(call(clearingHouseAbi, house(), other.owner, 'declareDefault', [shop.shop]))
  const lines = [{ token: shop.token, points: 5_000n }]
  expect(await pays(other, lines)).toMatchObject({ refused: 'issuerDefaulted', facts: { issuer: shop.shop } })
  expect(await pays(other, lines, atDefaultPrice)).toEqual({ state: 'pending' })
  await street.settleDown()
  expect(await stateOf('payment:1:1', other)).toEqual({ state: 'final' })
  expect(await balance(shop)).toBe(95_000n)
})
