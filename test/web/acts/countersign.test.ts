import { privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { shopPointsAbi } from '#contracts/generated.ts'
import { codeOf, joins, must } from '#test/support/account-people.ts'
import { type LivingStreet, openLivingStreet } from '#test/support/living-street.ts'
import { openShop, read, type TestShop } from '#test/support/network.ts'
import {
  countersigned,
  listOf,
  listShown,
  type OwnedShop,
  ownedShop,
  type RungList,
  switchOff,
} from '#test/support/owner-hand.ts'
import { deviceOf, placeOf, Way, windowOf } from '#test/support/till-device.ts'
import { TillHand } from '#test/support/till-hand.ts'
import { signedReversal } from '#test/support/undoing-hand.ts'
import { countersign, declineSales } from '#web/acts/countersign.ts'
import { intentState } from '#web/acts/intent-state.ts'
import { issue } from '#web/acts/issue.ts'
import { nextReceipt } from '#web/acts/next-receipt.ts'
import { reverse } from '#web/acts/reverse.ts'
import { givePoints } from '#web/app/till/give.ts'
import { lookAtOwnersSales } from '#web/app/till/owners-sales.ts'
import { putAwayRead, sendWaiting } from '#web/app/till/send.ts'
import { readBook } from '#web/app/till/till-book.ts'
import { shopDesk } from '#web/queries/shop-desk.ts'
import { unconfirmedAt } from '#web/queries/unconfirmed-lists.ts'

/** Sales of a till that was switched off: kept for the owner, who confirms or declines them, for good (N-7). */

let street: LivingStreet
let shop: TestShop
let till: TillHand
let owner: OwnedShop['owner']
const way = new Way()
const stranger = privateKeyToAccount(`0x${'99'.repeat(32)}`)

beforeAll(async () => {
  street = await openLivingStreet({ shops: 0, members: 3 })
  vi.stubGlobal('fetch', way.fetch)
})
afterAll(async () => {
  vi.unstubAllGlobals()
  await street.close()
})

beforeEach(async () => {
  ;({ shop, till, owner } = await ownedShop(street))
})

const sale = (points: bigint, member = 0) => ({ member: street.member(member).address, points })
const given = async (body: unknown) =>
  must(await issue(body)).results.map((one) => ('code' in one ? one.code : one.state))
const confirmed = async (list: RungList, by: Parameters<typeof countersigned>[2] = owner) =>
  await countersign(await countersigned(street.network, list, by))
const supply = (of = shop) => read(street.network, shopPointsAbi, of.token, 'totalSupply', [])
const stateOf = async (sequence: number) => await intentState({ shop: shop.shop, key: `purchase:1:${sequence}` })
const waiting = async () => (await unconfirmedAt(shop.shop)).map(({ sales, points }) => [sales, points])

/** Two sales that the till signed before it was switched off, and sent afterwards. */
async function heldList() {
  const body = await till.ring(sale(40n), sale(50n, 1))
  await switchOff(street, shop)
  expect(await given(body)).toEqual(['ownerMustConfirm', 'ownerMustConfirm'])
  return body
}

describe('sales of a till that was switched off', () => {
  test('are kept and go nowhere until the owner has signed; then they count, once', async () => {
    const body = await heldList()
    await street.closeLists()
    await street.settleDown()
    expect(await supply()).toBe(0n)
    expect(await given(body)).toEqual(['ownerMustConfirm', 'ownerMustConfirm'])
    expect(await stateOf(1)).toMatchObject({ state: 'pending', code: 'ownerMustConfirm' })
    expect(await unconfirmedAt(shop.shop)).toMatchObject([
      { till: 1, firstSequence: 1n, count: 2, head: body.batch.head, sales: 2, points: 90n, partlyDeclined: false },
    ])
    expect((await shopDesk(shop.shop))?.waiting).toMatchObject({ points: 90n, unconfirmedPoints: 90n })

    expect(await confirmed(body)).toEqual({ state: 'confirmed' })
    expect(await given(body)).toEqual(['pending', 'pending'])
    expect(await unconfirmedAt(shop.shop)).toEqual([])
    await street.settleDown()
    expect(await supply()).toBe(90n)
    expect(await given(body)).toEqual(['final', 'final'])
    expect(await confirmed(body)).toEqual({ state: 'confirmed' })
    expect(codeOf(await declineSales(listOf(body)))).toBe('alreadyConfirmed')
    await street.settleDown()
    expect(await supply()).toBe(90n)
  })

  test('are looked at as any till’s: its own key, its limits, its hash, its numbers', async () => {
    await switchOff(street, shop)
    const forged = await new TillHand(street.network, shop, { key: stranger }).ring(sale(5n))
    expect(codeOf(await issue(forged))).toBe('badTillSignature')
    const body = await till.ring(sale(10n), sale(2n ** 47n), { ...sale(5n), soldAt: 1_000 })
    expect(await given(body)).toEqual(['ownerMustConfirm', 'overReceiptLimit', 'timeOfSale'])
    const other = await new TillHand(street.network, shop).ring(sale(11n), sale(1n), sale(1n))
    expect(codeOf(await issue(other))).toBe('batchForked')
    expect(await waiting()).toEqual([[1, 10n]])
    expect(await nextReceipt({ shop: shop.shop, till: 1 })).toMatchObject({ purchase: 4n })
  })

  test('that grow are another list: what was confirmed goes, the rest waits again', async () => {
    const first = await till.ring(sale(40n))
    await switchOff(street, shop)
    await issue(first)
    const more = await till.ring(sale(7n))
    const word = await countersigned(street.network, first, owner)
    expect(await given(more)).toEqual(['ownerMustConfirm'])
    expect(codeOf(await countersign(word))).toBe('listChanged')
    expect(codeOf(await declineSales(listOf(first)))).toBe('listChanged')
    expect(await confirmed(more)).toEqual({ state: 'confirmed' })
    const last = await till.ring(sale(3n))
    expect(await given(last)).toEqual(['ownerMustConfirm'])
    await street.settleDown()
    expect(await supply()).toBe(47n)
    expect(await waiting()).toEqual([[1, 3n]])
    await declineSales(listOf(last))
    await street.settleDown()
    expect([await supply(), (await stateOf(2)) as object]).toEqual([47n, { state: 'final' }])
    expect(await stateOf(3)).toMatchObject({ state: 'refused', code: 'ownerDeclined' })
  })
})

describe('only the owner may confirm, and only what they looked at', () => {
  test('another’s key, the till’s, another list’s signature, an altered list', async () => {
    const body = await heldList()
    const next = await till.startAt(3n).ring(sale(5n))
    await issue(next)
    const neighbour = await ownedShop(street)
    for (const by of [stranger, shop.till, neighbour.owner]) {
      expect(codeOf(await confirmed(body, by))).toBe('badOwnerSignature')
    }
    const word = await countersigned(street.network, body, owner)
    expect(codeOf(await countersign({ ...word, batch: listOf(next).batch }))).toBe('badOwnerSignature')
    expect(codeOf(await countersign({ ...word, shop: neighbour.shop.shop }))).toBe('badOwnerSignature')
    const altered = { ...body, batch: { ...body.batch, head: `0x${'11'.repeat(32)}` as const } }
    expect(codeOf(await confirmed(altered))).toBe('listChanged')
    const elsewhere = { ...street.network, chainId: 1 }
    expect(codeOf(await countersign(await countersigned(elsewhere, body, owner)))).toBe('badOwnerSignature')
    expect(codeOf(await confirmed({ ...body, batch: { ...body.batch, firstSequence: '9' } }))).toBe('nothingToConfirm')
    await street.settleDown()
    expect(await supply()).toBe(0n)
    expect(await waiting()).toEqual([
      [2, 90n],
      [1, 5n],
    ])
  })

  test('a till that is open needs nobody beside it', async () => {
    const body = await till.ring(sale(5n))
    await issue(body)
    expect(codeOf(await confirmed(body))).toBe('nothingToConfirm')
    expect(codeOf(await declineSales(listOf(body)))).toBe('nothingToConfirm')
    await street.closeLists()
    await street.settleDown()
    expect(await supply()).toBe(5n)
  })

  test('an owner whose account is a passkey’s, deployed or not', async () => {
    const member = await joins(street, shop, { points: 0n })
    const theirs = await openShop(street.network, 1_000_000_000n, member.account)
    await street.mirror()
    const body = await new TillHand(street.network, theirs).ring(sale(12n))
    await switchOff(street, theirs)
    expect(await given(body)).toEqual(['ownerMustConfirm'])
    expect(codeOf(await confirmed(body))).toBe('badOwnerSignature')
    expect(await confirmed(body, await member.signing())).toEqual({ state: 'confirmed' })
    await street.settleDown()
    expect(await supply(theirs)).toBe(12n)
  })
})

describe('what the owner declines', () => {
  test('is refused for good and kept, and nothing can bring it along later', async () => {
    const body = await heldList()
    expect(await declineSales(listOf(body))).toEqual({ state: 'declined' })
    expect(await declineSales(listOf(body))).toEqual({ state: 'declined' })
    expect(await given(body)).toEqual(['ownerDeclined', 'ownerDeclined'])
    expect(codeOf(await confirmed(body))).toBe('alreadyDeclined')
    // Neither the same list with more, nor another that holds a declined sale.
    expect(codeOf(await issue(await till.ring(sale(3n))))).toBe('tillRevoked')
    const declined = { ...sale(40n), soldAt: body.entries[0]?.soldAt ?? 0 }
    const across = await new TillHand(street.network, shop).startAt(0n).ring(sale(1n), declined)
    expect(codeOf(await issue(across))).toBe('tillRevoked')
    await street.settleDown()
    expect(await supply()).toBe(0n)
    const { rows } = await street.web.query('SELECT sum(points) AS points FROM portal.intent WHERE shop = $1', [
      shop.shop,
    ])
    expect(rows).toEqual([{ points: 90n }])
  })

  test('takes along what was to undo it; and the till itself undoes nothing any more', async () => {
    const body = await till.ring(sale(40n))
    await issue(body)
    const all = { purchase: { till: 1, sequence: 1n }, before: 0n, points: 40n, taken: 40n, debt: 0n }
    const undoing = await signedReversal(street.network, shop, all)
    expect(await reverse(undoing)).toEqual({ state: 'pending' })
    await switchOff(street, shop)
    expect(codeOf(await reverse(await signedReversal(street.network, shop, { ...all, before: 40n })))).toBe(
      'tillRevoked',
    )
    await street.closeLists()
    await declineSales(listOf(body))
    expect(await intentState({ shop: shop.shop, key: 'reversal:1:1:0' })).toMatchObject({ code: 'unknownPurchase' })
    await street.settleDown()
    expect(await supply()).toBe(0n)
  })

  test('or confirms at the same moment: one of the two, whole', async () => {
    const body = await heldList()
    const answers = await Promise.all([confirmed(body), declineSales(listOf(body)), confirmed(body)])
    const states = answers.map((answer) => ('state' in answer ? answer.state : answer.refused))
    await street.settleDown()
    const yes = states[0] === 'confirmed'
    expect(states).toEqual(
      yes ? ['confirmed', 'alreadyConfirmed', 'confirmed'] : ['alreadyDeclined', 'declined', 'alreadyDeclined'],
    )
    expect(await supply()).toBe(yes ? 90n : 0n)
  })
})

describe('a stolen key that was revoked', () => {
  test('fills no list for ever: so many sales, then no more, and declining makes no room', async () => {
    await switchOff(street, shop)
    const full = Array.from({ length: 500 }, () => sale(1n))
    const lists = []
    for (let list = 0; list < 4; list += 1) lists.push(await till.startAt(BigInt(list * 500 + 1)).ring(...full))
    for (const list of lists) await given(list)
    const more = await till.startAt(2_001n).ring(sale(1n))
    expect(codeOf(await issue(more))).toBe('tillRevoked')
    expect(await given(lists[0])).toHaveLength(500)
    const [one, two] = lists
    if (!one || !two) throw new Error('four lists were rung up')
    await declineSales(listOf(one))
    expect(codeOf(await issue(more))).toBe('tillRevoked')
    await confirmed(two)
    expect(await given(more)).toEqual(['ownerMustConfirm'])
    await street.settleDown()
    expect(await supply()).toBe(500n)
  })

  test('nor with a hundred short lists', async () => {
    await switchOff(street, shop)
    const body = await till.startAt(1_000n).ring(sale(1n))
    await street.owner.query(
      `INSERT INTO portal.till_batch (shop, till, first_sequence, count, head, signature, opened_at, submitted_count)
        SELECT $1, 1, n, 1, '', '', now(), 0 FROM generate_series(1, 100) n`,
      [shop.shop],
    )
    expect(codeOf(await issue(body))).toBe('tillRevoked')
    await street.owner.query('DELETE FROM portal.till_batch WHERE shop = $1 AND first_sequence = 100', [shop.shop])
    expect(await given(body)).toEqual(['ownerMustConfirm'])
    await street.owner.query('DELETE FROM portal.till_batch WHERE shop = $1', [shop.shop])
  })
})

describe('a till that was off the network when it was switched off', () => {
  test('leaves its sales with the street when it comes back, and hears what the owner said', async () => {
    const device = windowOf(placeOf(street.network, shop), deviceOf(shop), Date.now)
    const bookOf = () => readBook(device.shelf, device.place)
    const rung = (points: bigint) => ({ ...sale(points), memberName: 'Anna', spendCents: points * 3n })
    way.state = 'cut'
    await givePoints(device, rung(40n))
    await givePoints(device, rung(50n))
    await switchOff(street, shop)
    way.state = 'open'
    await sendWaiting(device)
    expect(await givePoints(device, rung(60n))).toMatchObject({
      is: 'given',
      waitsForOwner: expect.stringMatching(/owner/),
    })
    const waits = async () => (await bookOf()).withOwner.map(({ entry, confirmed }) => [entry.points, confirmed])
    await lookAtOwnersSales(device)
    expect(await waits()).toEqual(['40', '50', '60'].map((points) => [points, false]))
    expect(await bookOf()).toMatchObject({ waiting: [], refused: [] })

    const [mine, another] = (await unconfirmedAt(shop.shop)).map((one) => listShown(shop, one))
    if (!mine || !another) throw new Error('two lists wait')
    await countersign(await countersigned(street.network, mine, owner))
    await declineSales(another)
    await lookAtOwnersSales(device)
    expect(await waits()).toEqual(['40', '50'].map((points) => [points, true]))
    expect(await bookOf()).toMatchObject({ refused: [{ code: 'ownerDeclined', entry: { points: '60' } }] })
    await putAwayRead(device)
    expect(await bookOf()).toMatchObject({ waiting: [], refused: [], withOwner: [] })
    await street.settleDown()
    expect(await supply()).toBe(90n)
  })
})
