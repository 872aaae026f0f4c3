import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type LivingStreet, openLivingStreet } from '#test/support/living-street.ts'
import { issue, settled, type TestShop } from '#test/support/network.ts'
import { secondsNow, signedPayment } from '#test/support/till-hand.ts'
import { acceptPayment } from '#web/acts/accept-payment.ts'
import { approvePayment } from '#web/acts/approve-payment.ts'
import { cancelPayment } from '#web/acts/cancel-payment.ts'
import { lookUpMember } from '#web/acts/look-up-member.ts'
import { nextReceipt } from '#web/acts/next-receipt.ts'
import { pointsForSpendDown, quote } from '#web/acts/quote.ts'
import { type Looking, readRequest } from '#web/acts/read-request.ts'
import { redeem } from '#web/acts/redeem.ts'
import { isRefusal } from '#web/acts/refusal.ts'
import { type RequestedPayment, requestPayment } from '#web/acts/request-payment.ts'
import type { Address } from '#web/queries/network.ts'

/** A till asks, a member approves on their phone, the till countersigns: three acts and what may go wrong between. */

let street: LivingStreet
let shop: TestShop
const [anna, ben] = [0, 1] as const

beforeAll(async () => {
  street = await openLivingStreet({ shops: 1, members: 2 })
  const [first] = street.network.shops
  if (!first) throw new Error('one shop was opened')
  shop = first
  for (const [index, points] of [10_000n, 19_900n].entries()) {
    const entry = { member: member(index).address, points, spend: 100n, soldAt: secondsNow() }
    await settled(street.chain, [await issue(street.network, shop, BigInt(1000 + index), [entry])])
  }
  await street.mirror()
  await street.web.query(
    `INSERT INTO portal.reward (shop, reward, title, detail, points, active) VALUES
      ($1, 1, 'Coffee', 'Any size', 10000, true), ($1, 2, 'Pastry', 'Of the day', 20000, true),
      ($1, 3, 'Gift card', 'Worth 25', 50000, true), ($1, 4, 'Old mug', 'Gone', 10, false),
      ($1 + 1, 9, 'Somebody else’s', '', 9000, true)`,
    [shop.shop],
  )
  await street.web.query(
    `INSERT INTO portal.shop_profile (shop, name, trade, street, hue, earn_rate, time_zone, is_charity)
      VALUES ($1, 'Bakery', 'bakery', 'Mill Lane', 20, 100, 'Europe/Berlin', false)`,
    [shop.shop],
  )
})
afterAll(() => street.close())

const member = (index: number) => street.member(index)

async function asked(points: bigint, purpose = 0): Promise<RequestedPayment> {
  const answer = await requestPayment({ shop: shop.shop, till: 1, points: `${points}`, purpose })
  if (isRefusal(answer)) throw new Error(`refused: ${answer.refused}`)
  return answer
}

async function consent(request: RequestedPayment, who: number, points: bigint, more = {}) {
  const lines = [{ token: shop.token, points }]
  const payment = { member: member(who), sequence: request.sequence, lines, ...more }
  const { item, acceptance } = await signedPayment(street.network, shop, payment)
  const { deadline, lines: wired, signature } = item
  return { approval: { member: item.member, deadline, lines: wired, signature }, acceptance }
}

const addressOf = (index: number) => member(index).address.toLowerCase() as Address
const nobody: Looking = { shop: null, member: null }
const theShop = (): Looking => ({ shop: shop.shop, member: null })
const words = (answer: object) => JSON.stringify(answer, (_, part) => (typeof part === 'bigint' ? `${part}` : part))

async function outcome(answer: Promise<object>): Promise<string> {
  const told = await answer
  if (isRefusal(told)) return told.refused
  return 'state' in told ? String(told.state) : 'given'
}

describe('a payment from the till’s question to the final answer', () => {
  test('asked, proposed, approved, accepted, final', async () => {
    const request = await asked(100n)
    const shown = await readRequest(request.code.toLowerCase(), { shop: null, member: addressOf(anna) })
    const lines = [expect.objectContaining({ token: shop.token.toLowerCase(), points: 100n })]
    expect(shown).toMatchObject({ state: 'open', points: 100n, terms: null, proposal: { lines } })
    const { approval, acceptance } = await consent(request, anna, 100n)
    expect(await outcome(acceptPayment(request.code, { acceptance }))).toBe('requestNotApproved')
    expect(await outcome(approvePayment(request.code, approval))).toBe('approved')
    expect(await outcome(approvePayment(request.code, approval))).toBe('approved')
    const agreed = await readRequest(request.code, theShop())
    expect(agreed).toMatchObject({ state: 'approved', terms: { member: member(anna).address.toLowerCase() } })
    expect(agreed).not.toHaveProperty('memberSignature')
    expect(await outcome(acceptPayment(request.code, { acceptance }))).toBe('pending')
    expect(await outcome(acceptPayment(request.code, { acceptance }))).toBe('pending')
    expect(await outcome(cancelPayment(request.code))).toBe('requestAccepted')
    await street.settleDown()
    expect(await outcome(acceptPayment(request.code, { acceptance }))).toBe('final')
    expect(await readRequest(request.code, nobody)).toMatchObject({ state: 'accepted', payment: { state: 'final' } })
  })

  test('who agreed, and with whose points, only they and the shop that asked are told', async () => {
    const request = await asked(100n)
    const { approval } = await consent(request, anna, 100n)
    for (const looking of [nobody, theShop(), { shop: 2, member: null }]) {
      expect(words(await readRequest(request.code, looking))).not.toContain(shop.token.toLowerCase())
    }
    expect(await outcome(approvePayment(request.code, approval))).toBe('approved')
    for (const looking of [theShop(), { shop: null, member: addressOf(anna) }]) {
      expect(await readRequest(request.code, looking)).toMatchObject({ state: 'approved', member: addressOf(anna) })
    }
    for (const looking of [nobody, { shop: 2, member: null }, { shop: null, member: addressOf(ben) }]) {
      const shown = await readRequest(request.code, looking)
      expect(shown).toMatchObject({ state: 'approved', member: null, memberName: null, terms: null, proposal: null })
      expect(words(shown)).not.toContain(addressOf(anna).slice(2))
    }
    await cancelPayment(request.code)
  })

  test('numbers are never given twice, not even to twenty at once', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => asked(1n)))
    expect(new Set(answers.map(({ sequence }) => sequence)).size).toBe(20)
    const highest = answers.map(({ sequence }) => sequence).reduce((a, b) => (a > b ? a : b))
    expect(await nextReceipt({ shop: shop.shop, till: 1 })).toMatchObject({ payment: highest + 1n })
    for (const { code } of answers) await cancelPayment(code)
  })

  test('called off before, it cannot be approved or accepted', async () => {
    const request = await asked(100n)
    const { approval, acceptance } = await consent(request, anna, 100n)
    expect(await outcome(cancelPayment(request.code))).toBe('cancelled')
    expect(await outcome(approvePayment(request.code, approval))).toBe('requestCancelled')
    expect(await outcome(acceptPayment(request.code, { acceptance }))).toBe('requestCancelled')
  })

  test('too late, it is over', async () => {
    const request = await asked(100n)
    const { approval, acceptance } = await consent(request, anna, 100n)
    const later = { now: new Date(Date.now() + 601_000) }
    expect(await outcome(approvePayment(request.code, approval, later))).toBe('requestExpired')
    expect(await outcome(approvePayment(request.code, approval))).toBe('approved')
    expect(await outcome(acceptPayment(request.code, { acceptance }, later))).toBe('requestExpired')
  })

  test('approved by one, it is not another’s', async () => {
    const request = await asked(100n)
    expect(await outcome(approvePayment(request.code, (await consent(request, anna, 100n)).approval))).toBe('approved')
    expect(await outcome(approvePayment(request.code, (await consent(request, ben, 100n)).approval))).toBe(
      'requestTaken',
    )
  })

  test('another amount, another till’s signature, a code that is none', async () => {
    const request = await asked(100n)
    const dearer = await consent(request, anna, 101n)
    expect(await outcome(approvePayment(request.code, dearer.approval))).toBe('wrongAmount')
    const { approval } = await consent(request, anna, 100n)
    expect(await outcome(approvePayment(request.code, approval))).toBe('approved')
    expect(await outcome(acceptPayment(request.code, { acceptance: dearer.acceptance }))).toBe('badTillSignature')
    expect(await outcome(readRequest('no such', nobody))).toBe('unknownRequest')
    expect(await outcome(cancelPayment('ZZZZZZ'))).toBe('unknownRequest')
  })

  test('a till that asks without end is stopped', async () => {
    const codes: string[] = []
    for (;;) {
      const answer = await requestPayment({ shop: shop.shop, till: 1, points: '1', purpose: 0 })
      if (isRefusal(answer)) {
        expect(answer.refused).toBe('tooManyRequests')
        break
      }
      codes.push(answer.code)
    }
    expect(codes.length).toBeLessThanOrEqual(50)
    for (const code of codes) await cancelPayment(code)
  })
})

describe('rewards at 100, 200 and 500 points (S04)', () => {
  test('with 199 points the coffee is in reach, the pastry lacks one, and says so plainly', async () => {
    const answer = await quote({ shop: shop.shop, till: 1, spend: '0', member: member(ben).address })
    if (isRefusal(answer)) throw new Error(answer.refused)
    expect(answer.payable).toBe(19_900n)
    expect(answer.rewards.map(({ title, missing }) => [title, missing])).toEqual([
      ['Coffee', 0n],
      ['Pastry', 100n],
      ['Gift card', 30_100n],
    ])
    const request = await asked(20_000n, 2)
    const { approval } = await consent(request, ben, 20_000n, { purpose: 2 })
    expect(await outcome(approvePayment(request.code, approval))).toBe('balance')
    const coffee = await asked(10_000n, 1)
    const agreed = await consent(coffee, ben, 10_000n, { purpose: 1 })
    expect(await outcome(approvePayment(coffee.code, agreed.approval))).toBe('approved')
    expect(await outcome(acceptPayment(coffee.code, agreed))).toBe('pending')
  })

  const wrong = [
    { what: '99 points for a coffee of 100', purpose: 1, points: 9_900n, told: 'wrongPrice' },
    { what: '199 points for a pastry of 200', purpose: 2, points: 19_900n, told: 'wrongPrice' },
    { what: '499 points for a gift card of 500', purpose: 3, points: 49_900n, told: 'wrongPrice' },
    { what: 'a hundredth too many', purpose: 1, points: 10_001n, told: 'wrongPrice' },
    { what: 'a reward that is gone', purpose: 4, points: 10n, told: 'unknownReward' },
    { what: 'a reward nobody offers', purpose: 77, points: 10n, told: 'unknownReward' },
    { what: 'a reward of another shop', purpose: 9, points: 9_000n, told: 'unknownReward' },
  ] as const

  test.each(wrong)('asked: $what: $told', async ({ purpose, points, told }) => {
    const body = { shop: shop.shop, till: 1, points: `${points}`, purpose }
    expect(await outcome(requestPayment(body))).toBe(told)
  })

  test.each(wrong)('signed by both and posted at once: $what: $told', async ({ purpose, points, told }) => {
    const lines = [{ token: shop.token, points }]
    const payment = { member: member(ben), sequence: 900n + BigInt(purpose), lines, purpose }
    expect(await outcome(redeem(await signedPayment(street.network, shop, payment)))).toBe(told)
  })

  test('a price that rises after the answer changes no answer', async () => {
    const payment = { member: member(anna), sequence: 950n, lines: [{ token: shop.token, points: 50n }], purpose: 5 }
    await street.web.query(
      `INSERT INTO portal.reward (shop, reward, title, detail, points, active) VALUES ($1, 5, 'Bun', '', 50, true)`,
      [shop.shop],
    )
    const posted = await signedPayment(street.network, shop, payment)
    expect(await outcome(redeem(posted))).toBe('pending')
    await street.web.query('UPDATE portal.reward SET points = 60 WHERE shop = $1 AND reward = 5', [shop.shop])
    expect(await outcome(redeem(posted))).toBe('pending')
    await street.settleDown()
    expect(await outcome(redeem(posted))).toBe('final')
  })
})

describe('spending 1 gives 1 point, and a part of a hundredth is not given (S03)', () => {
  test.each([
    { cents: 100n, rate: 100, points: 100n },
    { cents: 99n, rate: 100, points: 99n },
    { cents: 0n, rate: 100, points: 0n },
    { cents: 199n, rate: 150, points: 298n },
    { cents: 1n, rate: 50, points: 0n },
    { cents: 2n ** 48n - 1n, rate: 100, points: 2n ** 48n - 1n },
  ])('$cents cents at $rate', ({ cents, rate, points }) => {
    expect(pointsForSpendDown(cents, rate)).toBe(points)
  })

  test.each([{ spend: '4.995' }, { spend: 4.5 }, { spend: -1 }, { spend: '-1' }, { spend: `${2n ** 48n}` }])(
    '$spend is no amount of cents',
    async ({ spend }) => {
      expect(await outcome(quote({ shop: shop.shop, till: 1, spend }))).toBe('malformed')
    },
  )

  test('more points than one receipt may give are not quoted', async () => {
    expect(await outcome(quote({ shop: shop.shop, till: 1, spend: '100000000' }))).toBe('overReceiptLimit')
  })
})

describe('looking somebody up', () => {
  test('by code or account; by name only where they agreed to be greeted', async () => {
    const address = member(ben).address.toLowerCase()
    await street.web.query(
      `INSERT INTO portal.member_profile (member, display_name, code, created_at)
        VALUES ($1, 'Ben', '7QK4MX2P', now())`,
      [Buffer.from(address.slice(2), 'hex')],
    )
    expect(await lookUpMember('7qk4-mx2p')).toMatchObject({ member: address, displayName: null, code: '7QK4MX2P' })
    await street.web.query(
      `INSERT INTO portal.consent (member, purpose, given, decided_at) VALUES ($1, 'greeting', true, now())`,
      [Buffer.from(address.slice(2), 'hex')],
    )
    expect(await lookUpMember(member(ben).address)).toMatchObject({ displayName: 'Ben' })
    const unknown = `0x${'ab'.repeat(20)}`
    expect(await lookUpMember(unknown)).toMatchObject({ member: unknown, balance: 0n, code: null })
    expect(await outcome(lookUpMember('nobody'))).toBe('unknownMember')
    expect(await outcome(lookUpMember(`0x${'00'.repeat(20)}`))).toBe('unknownMember')
    expect(await outcome(lookUpMember('x'.repeat(65)))).toBe('malformed')
  })
})
