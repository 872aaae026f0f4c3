import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { availablePoints } from '#web/queries/available.ts'
import { paymentProposal } from '#web/queries/payment-proposal.ts'
import { account, at, bytes, day, opening, openStreet, quarterLength, type Street, tokenOf } from './street.ts'

const ada = account(0xada)
const ben = account(0xbe)
let street: Street

beforeAll(async () => {
  street = await openStreet()
  // Shop 1 is well backed, shop 2 is at half, shop 3 has nothing behind its points.
  await street.shop(1, { supply: 10_000n, reserve: 1_000_000n })
  await street.shop(2, { supply: 10_000n, reserve: 500_000n })
  await street.shop(3, { supply: 10_000n, reserve: 0n })
  await street.shop(4, { supply: 0n, reserve: 0n })
})
afterAll(() => street.close())

beforeEach(async () => {
  await street.indexer.query('DELETE FROM ledger.balance')
  await street.indexer.query('DELETE FROM ledger.payment')
  await street.web.query('DELETE FROM portal.intent')
  await street.web.query('DELETE FROM portal.hold')
  await street.indexer.query(`UPDATE ledger.points_token SET quarter = 0, ends_at = NULL, started_at = $1`, [
    at(opening),
  ])
  await street.indexer.query(`UPDATE ledger.block SET time = $1 WHERE number = 1`, [at(opening)])
})

const lines = async (shop: number, points: bigint) => {
  const proposal = await paymentProposal(ada, shop, points)
  if ('refused' in proposal) return proposal
  return Object.fromEntries(proposal.lines.map((line) => [line.shop, line.points]))
}

/** Ada pays `points` of issuer 1 at `shop`; nobody has sent it yet. */
async function openPayment(sequence: number, points: bigint, more: { shop?: number; state?: string } = {}) {
  const [shop, key] = [more.shop ?? 2, `payment:1:${sequence}`]
  const refused = more.state === 'refused' ? 'balance' : null
  await street.intent(shop, key, { member: bytes(ada), points, state: more.state ?? 'open', refused })
  await street.portal('hold', { member: bytes(ada), issuer: 1, intent_shop: shop, intent_key: key, points })
}

describe('which points pay', () => {
  test('the shop’s own before others of the same date, then the best backed', async () => {
    for (const shop of [1, 2]) await street.balance(ada, shop, [100n])
    expect(await lines(2, 150n)).toEqual({ 2: 100n, 1: 50n })
    expect(await lines(4, 150n)).toEqual({ 1: 100n, 2: 50n })
  })

  test('the oldest lane of any issuer before a younger one', async () => {
    await street.balance(ada, 1, [100n, 0n, 0n, 0n, 0n])
    await street.balance(ada, 2, [50n, 0n, 0n, 40n, 0n])
    expect(await lines(1, 60n)).toEqual({ 1: 20n, 2: 40n })
  })

  test('a line names the token, and lines ascend by it', async () => {
    for (const shop of [2, 1]) await street.balance(ada, shop, [100n])
    const proposal = await paymentProposal(ada, 4, 200n)
    expect(proposal).toMatchObject({ lines: [{ token: tokenOf(1) }, { token: tokenOf(2) }], points: 200n })
  })

  test('points of an issuer below the trigger spend at their issuer only (N-13)', async () => {
    await street.balance(ada, 3, [100n])
    expect(await lines(3, 100n)).toEqual({ 3: 100n })
    expect(await lines(1, 100n)).toEqual({ refused: 'balance', available: 0n, onlyAtIssuer: 100n })
  })

  test('lapsed points pay nothing, and neither do those that lapse before the terms end (N-27)', async () => {
    await street.balance(ada, 1, [10n, 0n, 0n, 0n, 7n])
    const endsAt = opening + quarterLength
    await street.indexer.query('UPDATE ledger.points_token SET ends_at = $1', [at(endsAt)])
    const clock = (seconds: number) => street.indexer.query('UPDATE ledger.block SET time = $1', [at(seconds)])
    await clock(endsAt - 2 * day)
    expect(await lines(1, 17n)).toEqual({ 1: 17n })
    await clock(endsAt - day)
    expect(await lines(1, 17n)).toEqual({ refused: 'balance', available: 10n, onlyAtIssuer: 0n })
    await clock(endsAt)
    expect(await lines(1, 17n)).toEqual({ refused: 'balance', available: 10n, onlyAtIssuer: 0n })
  })
})

describe('points that are spoken for are not promised twice', () => {
  beforeEach(() => street.balance(ada, 1, [100n]))

  test('an open payment holds its points', async () => {
    await openPayment(1, 80n)
    expect(await lines(2, 21n)).toEqual({ refused: 'balance', available: 20n, onlyAtIssuer: 0n })
    expect(await lines(2, 20n)).toEqual({ 1: 20n })
  })

  test('a payment in the mirror holds nothing any more, final or not: the balance is smaller already', async () => {
    await openPayment(2, 80n, { state: 'sent' })
    await street.indexer.query('UPDATE ledger.balance SET lane0 = 20')
    await street.payment(2, 2, { member: ada, block: 1, lines: { 1: 80n } })
    expect(await lines(2, 20n)).toEqual({ 1: 20n })
  })

  test('when its block vanishes, balance and hold come back together', async () => {
    await openPayment(3, 80n, { state: 'sent' })
    expect(await lines(2, 21n)).toMatchObject({ refused: 'balance', available: 20n })
  })

  test('a refused payment lets go of its points', async () => {
    await openPayment(4, 80n, { state: 'refused' })
    expect(await lines(2, 100n)).toEqual({ 1: 100n })
  })

  test('somebody else’s receipt under the same number does not free them', async () => {
    await openPayment(5, 80n, { state: 'sent' })
    await street.payment(2, 5, { member: ben, block: 1, lines: { 1: 80n } })
    const [holding] = await availablePoints(ada, { at: opening })
    expect(holding).toMatchObject({ held: 80n, freePoints: 20n })
  })

  test('a transfer holds its points until its authorization is used', async () => {
    const key = `transfer:${ada}:0x${'5a'.repeat(32)}`
    await street.intent(1, key, { member: bytes(ada), points: 30n, state: 'sent' })
    await street.portal('hold', { member: bytes(ada), issuer: 1, intent_shop: 1, intent_key: key, points: 30n })
    expect((await availablePoints(ada, { at: opening }))[0]?.freePoints).toBe(70n)
    // A number is used once per token: the same one at another token is another transfer.
    await street.event(1, 'AuthorizationUsed', { authorizer: ada, nonce: `0x${'5a'.repeat(32)}` }, tokenOf(2))
    expect((await availablePoints(ada, { at: opening }))[0]?.freePoints).toBe(70n)
    await street.event(1, 'AuthorizationUsed', { authorizer: ada, nonce: `0x${'5a'.repeat(32)}` }, tokenOf(1))
    expect((await availablePoints(ada, { at: opening }))[0]?.freePoints).toBe(100n)
  })

  test('other members’ open payments use up what an issuer’s reserve still carries elsewhere', async () => {
    await street.balance(ada, 3, [5_000n])
    // With 200,000 behind 10,000 points, 588 may leave: (200,000 * 2 - 300,000) / (2 - 0.3) in money.
    await street.indexer.query('UPDATE ledger.position SET reserve = 200000 WHERE shop = 3')
    expect(await lines(4, 700n)).toMatchObject({ refused: 'balance', available: 688n })
    await street.intent(4, 'payment:1:9', { member: bytes(ben), points: 500n })
    await street.portal('hold', {
      member: bytes(ben),
      issuer: 3,
      intent_shop: 4,
      intent_key: 'payment:1:9',
      points: 500n,
    })
    expect(await lines(4, 700n)).toMatchObject({ refused: 'balance', available: 188n, onlyAtIssuer: 4_912n })
    // At the issuer itself no money moves, so such a payment uses up nothing.
    await street.intent(3, 'payment:1:9', { member: bytes(ben), points: 50n })
    await street.portal('hold', {
      member: bytes(ben),
      issuer: 3,
      intent_shop: 3,
      intent_key: 'payment:1:9',
      points: 50n,
    })
    expect(await lines(4, 700n)).toMatchObject({ refused: 'balance', available: 188n })
  })
})
