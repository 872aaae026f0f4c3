import { privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { clearingHouseAbi, redemptionsAbi, shopPointsAbi } from '#contracts/generated.ts'
import { Rescorer } from '#indexer/rescore/rescorer.ts'
import { type LivingStreet, openLivingStreet } from '#test/support/living-street.ts'
import { openShop, read, type TestShop } from '#test/support/network.ts'
import { secondsNow, signedPayment, signedTransfer, TillHand } from '#test/support/till-hand.ts'
import { acceptPayment } from '#web/acts/accept-payment.ts'
import { approvePayment } from '#web/acts/approve-payment.ts'
import { chainTotals } from '#web/acts/chain-totals.ts'
import { decideConsent } from '#web/acts/decide-consent.ts'
import { issue } from '#web/acts/issue.ts'
import { quote } from '#web/acts/quote.ts'
import { isRefusal } from '#web/acts/refusal.ts'
import { requestPayment } from '#web/acts/request-payment.ts'
import { transfer } from '#web/acts/transfer.ts'
import { beginningOf, freshGift, isGift, numberOfLine } from '#web/app/member/send/gift-number.ts'
import { giftSent } from '#web/queries/gift-sent.ts'
import { knownOfMember } from '#web/queries/known-of-member.ts'
import { memberHome } from '#web/queries/member-home.ts'
import { shopDesk } from '#web/queries/shop-desk.ts'
import { shopMembers } from '#web/queries/shop-members.ts'

/** The acceptance scenarios by their numbers, on a real chain with real books. */

let street: LivingStreet
let cafe: TestShop
let bakery: TestShop
let foodBank: TestShop
let people = 0

beforeAll(async () => {
  street = await openLivingStreet({ shops: 0, members: 0 })
  cafe = await openShop(street.network, 1_000_000_000n)
  bakery = await openShop(street.network, 1_000_000_000n)
  foodBank = await openShop(street.network, 1_000_000_000n)
  await street.mirror()
  for (const [shop, name, charity] of [
    [cafe, 'Cafe', false],
    [bakery, 'Bakery', false],
    [foodBank, 'Riverside Food Bank', true],
  ] as const) {
    await street.web.query(
      `INSERT INTO portal.shop_profile (shop, name, trade, street, hue, earn_rate, time_zone, is_charity)
        VALUES ($1, $2, '', '', 20, 100, 'Europe/Berlin', $3)`,
      [shop.shop, name, charity],
    )
  }
  await street.web.query(
    `INSERT INTO portal.reward (shop, reward, title, detail, points, active) VALUES
      ($1, 1, 'A coffee', '', 10000, true), ($1, 2, 'A pastry', '', 20000, true),
      ($1, 3, 'A gift card', 'Worth 25', 50000, true), ($2, 1, '10 off', 'On anything', 10000, true)`,
    [cafe.shop, bakery.shop],
  )
})
afterAll(() => street.close())

let member: ReturnType<typeof privateKeyToAccount>
beforeEach(() => {
  people += 1
  member = privateKeyToAccount(`0x${'5c'.repeat(28)}${people.toString(16).padStart(8, '0')}`)
})

let receipts = 0n

/** Spends so many cents at a shop's till and gets what its quote says. */
async function buy(shop: TestShop, spend: bigint, till = 1): Promise<bigint> {
  const quoted = await quote({ shop: shop.shop, till, spend: `${spend}` })
  if (isRefusal(quoted)) throw new Error(quoted.refused)
  receipts += 1n
  const hand = new TillHand(street.network, shop, { till }).startAt(receipts)
  const answer = await issue(await hand.ring({ member: member.address, points: quoted.points, spend }))
  if (isRefusal(answer)) throw new Error(answer.refused)
  await street.closeLists()
  await street.settleDown()
  return quoted.points
}

/** From the till's question to the final receipt; answers the last state or the first refusal's code. */
async function pay(at: TestShop, points: bigint, purpose = 0, from: TestShop = at): Promise<string> {
  const asked = await requestPayment({ shop: at.shop, till: 1, points: `${points}`, purpose })
  if (isRefusal(asked)) return asked.refused
  const payment = { member, sequence: asked.sequence, purpose, lines: [{ token: from.token, points }] }
  const { item, acceptance } = await signedPayment(street.network, at, payment)
  const { deadline, lines, signature } = item
  const approved = await approvePayment(asked.code, { member: item.member, deadline, lines, signature })
  if (isRefusal(approved)) return approved.refused
  const accepted = await acceptPayment(asked.code, { acceptance })
  if (isRefusal(accepted)) return accepted.refused
  await street.settleDown()
  const after = await acceptPayment(asked.code, { acceptance })
  return isRefusal(after) ? after.refused : after.state
}

const home = () => memberHome(member.address.toLowerCase() as `0x${string}`)
/** The newest payment on the member's statement. */
const paid = async () => (await home()).statement.find((line) => line.kind === 'paid')
const balance = async () => (await home()).balancePoints

describe('S03 spending 1 gives 1 point', () => {
  test.each([
    { cents: 100n, points: 100n, why: '1.00 gives 1 point' },
    { cents: 99n, points: 99n, why: '0.99 gives 0.99 of a point' },
    { cents: 499n, points: 499n, why: '4.995 is no sum of cents; a till that cuts it to 4.99 gives 4.99 points' },
    { cents: 0n, points: 0n, why: 'nothing gives nothing' },
  ])('$why, in the books and on the chain', async ({ cents, points }) => {
    expect(await buy(cafe, cents)).toBe(points)
    expect(await balance()).toBe(points)
    expect(await read(street.network, shopPointsAbi, cafe.token, 'balanceOf', [member.address])).toBe(points)
  })

  test('4.995 itself is refused: money has two digits, and rounding it is nobody’s guess', async () => {
    const refused = { refused: 'malformed', facts: { field: 'spend' } }
    for (const spend of ['4.995', 4.995, 499.5]) {
      expect(await quote({ shop: cafe.shop, till: 1, spend })).toMatchObject(refused)
    }
  })

  test('at a rate that does not divide, a part of a hundredth is not given', async () => {
    await street.web.query('UPDATE portal.shop_profile SET earn_rate = 33 WHERE shop = $1', [bakery.shop])
    // 0.99 at 0.33 a point per 1.00 are 0.3267 points: 0.32 are given.
    expect(await buy(bakery, 99n)).toBe(32n)
    expect(await balance()).toBe(32n)
    await street.web.query('UPDATE portal.shop_profile SET earn_rate = 100 WHERE shop = $1', [bakery.shop])
  })
})

describe('S04 rewards at 100, 200 and 500 points', () => {
  test.each([
    { purpose: 1, price: 10_000n, title: 'A coffee' },
    { purpose: 2, price: 20_000n, title: 'A pastry' },
    { purpose: 3, price: 50_000n, title: 'A gift card' },
  ])('$title: a hundredth short is refused, the price takes it', async ({ purpose, price, title }) => {
    await buy(cafe, price - 100n)
    expect(await pay(cafe, price - 100n, purpose)).toBe('wrongPrice')
    expect(await pay(cafe, price, purpose)).toBe('balance')
    expect(await balance()).toBe(price - 100n)
    await buy(cafe, 100n)
    expect(await pay(cafe, price, purpose)).toBe('final')
    expect(await balance()).toBe(0n)
    expect(await paid()).toMatchObject({ reward: title, points: -price, state: 'final' })
  })
})

test('S05 a hundred points are 10 off because the shop says so, and its owner sees what that costs', async () => {
  await buy(bakery, 10_000n)
  const before = (await shopDesk(bakery.shop))?.rewards[0]
  expect(await pay(bakery, 10_000n, 1)).toBe('final')
  const after = (await shopDesk(bakery.shop))?.rewards[0]
  expect(before).toMatchObject({ title: '10 off', timesTaken: 0, costPer100Down: 0n })
  // 1.00 of points in 100.99 of sales.
  expect(after).toMatchObject({ timesTaken: 1, costPer100Down: 990_197n })
})

test('S16 points given to the food bank are burned, its net position rises, and the receipt proves it', async () => {
  await buy(cafe, 500n)
  const { clearingHouse, redemptions } = street.network.contracts
  const net = async (of: TestShop) =>
    (await read(street.network, clearingHouseAbi, clearingHouse, 'positionOf', [of.shop]))[0]
  const supply = () => read(street.network, shopPointsAbi, cafe.token, 'totalSupply', [])
  const [bankBefore, cafeBefore, supplyBefore] = [await net(foodBank), await net(cafe), await supply()]
  expect(await pay(foodBank, 200n, 0, cafe)).toBe('final')
  expect(await supply()).toBe(supplyBefore - 200n)
  expect((await net(foodBank)) - bankBefore).toBe(200n * 100n)
  expect((await net(cafe)) - cafeBefore).toBe(-200n * 100n)
  const line = await paid()
  expect(line).toMatchObject({ shopName: 'Riverside Food Bank', toCharity: true, points: -200n })
  const [shop, , , sequence] = (line?.key ?? '').split(':')
  expect(
    await read(street.network, redemptionsAbi, redemptions, 'paymentSpent', [Number(shop), 1, BigInt(sequence ?? 0)]),
  ).toBe(true)
  expect(await chainTotals()).toMatchObject({ differences: 0 })
})

test('a gift opened again by its address is the same gift: sent once, and shown as it stands', async () => {
  await buy(cafe, 500n)
  const gift = freshGift()
  expect(isGift(gift)).toBe(true)
  const to = foodBank.owner.toLowerCase() as `0x${string}`
  const look = () => giftSent({ from: member.address.toLowerCase() as `0x${string}`, to, beginning: beginningOf(gift) })
  expect(await look()).toBeNull()
  const terms = { from: member, to, points: 200n, nonce: BigInt(numberOfLine(gift, cafe.shop)) }
  const signed = await signedTransfer(street.network, cafe, terms)
  expect(await transfer(signed)).toEqual({ state: 'pending' })
  expect(await look()).toEqual({ points: 200n, state: 'pending' })
  const later = await signedTransfer(street.network, cafe, { ...terms, validBefore: secondsNow() + 90_000 })
  expect(await transfer(later)).toMatchObject({ refused: 'authorizationUsed' })
  await street.settleDown()
  expect(await look()).toEqual({ points: 200n, state: 'final' })
  expect(await balance()).toBe(300n)
})

test('S25 earned in several places, one balance, redeemable in each', async () => {
  const earned = (await buy(cafe, 700n)) + (await buy(bakery, 300n))
  expect(await balance()).toBe(earned)
  expect((await home()).balanceMoney).toBe(earned * 100n)
  expect(await pay(cafe, 100n, 0, bakery)).toBe('final')
  expect(await pay(bakery, 100n, 0, cafe)).toBe('final')
  expect(await pay(foodBank, 100n, 0, cafe)).toBe('final')
  expect(await balance()).toBe(earned - 300n)
})

test('S30 who does not want to be known earns and redeems in full, and is scored nowhere', async () => {
  const { rows: leading } = await street.web.query<{ epoch: string }>('SELECT epoch FROM ledger.leader')
  const epoch = () => BigInt(leading[0]?.epoch ?? 0)
  const rescorer = new Rescorer({ url: street.database.urls.indexer, timeZone: 'Europe/Berlin', epoch })
  const account = member.address.toLowerCase() as `0x${string}`
  try {
    await buy(cafe, 12_345n)
    await rescorer.run()
    expect((await knownOfMember(account)).scores).toMatchObject([{ shop: cafe.shop, visits: 1, spend: 12_345n }])
    expect(await decideConsent(account, { purpose: 'personalisation', given: false })).toMatchObject({ given: false })
    rescorer.touchAll()
    await rescorer.run()
    expect(await buy(cafe, 10_000n)).toBe(10_000n)
    expect(await pay(cafe, 10_000n, 1)).toBe('final')
    expect(await pay(bakery, 345n, 0, cafe)).toBe('final')
    expect(await balance()).toBe(12_345n - 345n)
    rescorer.touchAll()
    await rescorer.run()
    expect((await knownOfMember(account)).scores).toEqual([])
    for (const { shop } of [cafe, bakery, foodBank]) {
      const { rows } = await shopMembers(shop, { order: 'spend', page: 1 })
      expect(rows.map((row) => row.member)).not.toContain(account)
    }
  } finally {
    await rescorer.close()
  }
})
