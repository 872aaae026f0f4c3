import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { shopPointsAbi } from '#contracts/generated.ts'
import { freshShop } from '#test/support/fresh-shop.ts'
import { type LivingStreet, openLivingStreet } from '#test/support/living-street.ts'
import { read, type TestShop } from '#test/support/network.ts'
import { secondsNow, signedPayment, type TillHand } from '#test/support/till-hand.ts'
import { signedRefund, signedReversal } from '#test/support/undoing-hand.ts'
import { chainTotals } from '#web/acts/chain-totals.ts'
import { intentState } from '#web/acts/intent-state.ts'
import { issue } from '#web/acts/issue.ts'
import { redeem } from '#web/acts/redeem.ts'
import { refund, refundable } from '#web/acts/refund.ts'
import { isRefusal } from '#web/acts/refusal.ts'
import { reverse, reversible } from '#web/acts/reverse.ts'

/** A purchase goes back, a payment comes back: what tills sign, as the API takes it and the chain does it. */

let street: LivingStreet
let bakery: TestShop
let cafe: TestShop
let till: TillHand

beforeAll(async () => {
  street = await openLivingStreet({ shops: 0, members: 2 })
})
afterAll(() => street.close())

beforeEach(async () => {
  ;({ shop: bakery, till } = await freshShop(street))
  ;({ shop: cafe } = await freshShop(street))
})

const member = () => street.member(0)
const left = () => read(street.network, shopPointsAbi, bakery.token, 'balanceOf', [member().address])
const code = (answer: object) => (isRefusal(answer) ? answer.refused : answer)
const sold = async () => {
  await street.sell(till, [500n])
  await street.settleDown()
}
const purchase = { till: 1, sequence: 1n }
const goesBack = { purchase, before: 0n, points: 200n, taken: 200n, debt: 0n }

async function paid(): Promise<void> {
  await sold()
  const payment = { member: member(), sequence: 7n, lines: [{ token: bakery.token, points: 300n }] }
  await redeem(await signedPayment(street.network, cafe, payment))
  await street.settleDown()
}
const payment = { till: 1, sequence: 7n }
const comesBack = { payment, before: [0n], points: [100n] }

describe('a purchase goes back', () => {
  test('the till asks first, signs, and its points are taken once, however often it sends that', async () => {
    await sold()
    expect(await reversible({ shop: bakery.shop, purchase: { till: 1, sequence: '1' } })).toMatchObject({
      before: 0n,
      left: 500n,
      takable: 500n,
    })
    const body = await signedReversal(street.network, bakery, goesBack)
    expect(await reverse(body)).toEqual({ state: 'pending' })
    expect(await reverse(body)).toEqual({ state: 'pending' })
    expect(await reversible({ shop: bakery.shop, purchase: { till: 1, sequence: '1' } })).toMatchObject({
      before: 200n,
      left: 300n,
      takable: 300n,
    })
    await street.settleDown()
    expect(await left()).toBe(300n)
    expect(await reverse(body)).toEqual({ state: 'final' })
    expect(await chainTotals()).toMatchObject({ differences: 0 })
  })

  test('in parts, each in its turn', async () => {
    await sold()
    await reverse(await signedReversal(street.network, bakery, goesBack))
    const again = { ...goesBack, before: 200n, points: 300n, taken: 300n }
    expect(await reverse(await signedReversal(street.network, bakery, again))).toEqual({ state: 'pending' })
    await street.settleDown()
    await street.settleDown()
    expect(await left()).toBe(0n)
    const more = { ...goesBack, before: 500n, points: 1n, taken: 0n }
    expect(code(await reverse(await signedReversal(street.network, bakery, more)))).toBe('tooMuchBack')
    expect(code(await reverse(await signedReversal(street.network, bakery, { ...goesBack, before: 100n })))).toBe(
      'outOfTurn',
    )
  })

  test('before it has reached the chain: it waits for that, and buying and giving back leaves nothing', async () => {
    await street.sell(till, [500n])
    const all = { ...goesBack, points: 500n, taken: 500n }
    expect(await reverse(await signedReversal(street.network, bakery, all))).toEqual({ state: 'pending' })
    await street.settleDown()
    await street.settleDown()
    expect(await left()).toBe(0n)
    expect(await intentState({ shop: bakery.shop, key: 'reversal:1:1:0' })).toEqual({ state: 'final' })
  })

  test('what the member has spent cannot be taken; the rest becomes a debt, or comes off the cash', async () => {
    await paid()
    const all = { ...goesBack, points: 500n, taken: 500n }
    expect(await reverse(await signedReversal(street.network, bakery, all))).toMatchObject({
      refused: 'notTakable',
      facts: { takable: 200n },
    })
    expect(await reversible({ shop: bakery.shop, purchase: { till: 1, sequence: '1' } })).toMatchObject({
      takable: 200n,
      short: 300n,
    })
    const owed = { ...all, taken: 200n, debt: 100n }
    expect(await reverse(await signedReversal(street.network, bakery, owed))).toEqual({ state: 'pending' })
    await street.settleDown()
    expect(await left()).toBe(0n)
    const debt = await read(street.network, shopPointsAbi, bakery.token, 'debtOf', [member().address])
    expect(debt).toBe(100n)
  })

  test('points that go back are spoken for: no payment is promised with them', async () => {
    await sold()
    await reverse(await signedReversal(street.network, bakery, { ...goesBack, points: 400n, taken: 400n }))
    const other = { member: member(), sequence: 8n, lines: [{ token: bakery.token, points: 101n }] }
    expect(code(await redeem(await signedPayment(street.network, cafe, other)))).toBe('balance')
    await street.settleDown()
  })

  test.each([
    { what: 'altered', change: { points: 201n }, refused: 'badTillSignature' },
    { what: 'of another shop’s till', signing: 'cafe', refused: 'badTillSignature' },
    { what: 'for another chain', chainId: 1, refused: 'badTillSignature' },
    { what: 'for another contract', elsewhere: true, refused: 'badTillSignature' },
    { what: 'that has expired', more: { deadline: secondsNow() - 1 }, refused: 'expired' },
    { what: 'of nobody’s purchase', more: { purchase: { till: 1, sequence: 99n } }, refused: 'unknownPurchase' },
    { what: 'that takes and owes too much', more: { debt: 1n }, refused: 'uneven' },
  ] as {
    what: string
    change?: object
    signing?: string
    chainId?: number
    elsewhere?: boolean
    more?: object
    refused: string
  }[])('an agreement $what is refused', async ({ change = {}, signing, chainId, elsewhere, more = {}, refused }) => {
    await sold()
    const by = {
      ...(signing === 'cafe' ? { key: cafe.till } : {}),
      ...(chainId === undefined ? {} : { chainId }),
      ...(elsewhere ? { issuance: street.network.contracts.redemptions } : {}),
    }
    const body = await signedReversal(street.network, bakery, { ...goesBack, ...more }, by)
    const sent = { ...body, ...Object.fromEntries(Object.entries(change).map(([name, value]) => [name, `${value}`])) }
    expect(code(await reverse(sent))).toBe(refused)
    expect(await left()).toBe(500n)
  })
})

describe('a payment comes back', () => {
  test('in parts, each once, to the member, and what the shops owe one another with it', async () => {
    await paid()
    const asked = await refundable({ shop: cafe.shop, payment: { till: 1, sequence: '7' } })
    expect(asked).toMatchObject({ lines: [{ issuer: bakery.shop, points: 300n, before: 0n }] })
    const body = await signedRefund(street.network, cafe, comesBack)
    expect(await refund(body)).toEqual({ state: 'pending' })
    expect(await refund(body)).toEqual({ state: 'pending' })
    await street.settleDown()
    expect(await left()).toBe(300n)
    expect(await refund(body)).toEqual({ state: 'final' })
    const rest = { ...comesBack, before: [100n], points: [200n] }
    expect(await refund(await signedRefund(street.network, cafe, rest))).toEqual({ state: 'pending' })
    await street.settleDown()
    expect(await left()).toBe(500n)
    expect(await chainTotals()).toMatchObject({ differences: 0 })
  })

  test('not more than it was, not out of turn, not of other lines, not by another shop', async () => {
    await paid()
    const asked = async (more: object, by = {}) =>
      code(await refund(await signedRefund(street.network, cafe, { ...comesBack, ...more }, by)))
    expect(await asked({ points: [301n] })).toBe('tooMuchBack')
    expect(await asked({ points: [0n] })).toBe('tooMuchBack')
    expect(await asked({ before: [1n] })).toBe('outOfTurn')
    expect(await asked({ before: [0n, 0n], points: [1n, 1n] })).toBe('otherLines')
    expect(await asked({ payment: { till: 1, sequence: 8n } })).toBe('unknownPayment')
    expect(await asked({ deadline: secondsNow() - 1 })).toBe('expired')
    expect(await asked({}, { key: bakery.till })).toBe('badTillSignature')
    expect(await asked({}, { chainId: 5 })).toBe('badTillSignature')
    expect(await left()).toBe(200n)
  })

  test('of two agreements in one turn the first counts', async () => {
    await paid()
    const one = await signedRefund(street.network, cafe, comesBack)
    await refund(one)
    const other = await signedRefund(street.network, cafe, { ...comesBack, points: [50n] })
    expect(code(await refund(other))).toBe('receiptConflict')
    await street.settleDown()
    expect(await left()).toBe(300n)
  })
})

test('nothing that goes back is anybody’s before it has been sold', async () => {
  expect(code(await reversible({ shop: bakery.shop, purchase: { till: 1, sequence: '1' } }))).toBe('unknownPurchase')
  expect(code(await refundable({ shop: cafe.shop, payment: { till: 1, sequence: '7' } }))).toBe('unknownPayment')
  expect(code(await issue({}))).toBe('malformed')
})
