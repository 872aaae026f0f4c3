import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { shopPointsAbi } from '#contracts/generated.ts'
import { freshShop } from '#test/support/fresh-shop.ts'
import { type LivingStreet, openLivingStreet } from '#test/support/living-street.ts'
import { read, type TestShop } from '#test/support/network.ts'
import { deviceOf, placeOf, Way, windowOf } from '#test/support/till-device.ts'
import { signedPayment } from '#test/support/till-hand.ts'
import { Chance } from '#test/support/traffic.ts'
import { createKey } from '#web/acts/api-keys.ts'
import { approvePayment } from '#web/acts/approve-payment.ts'
import { dismissCashier, hireCashier } from '#web/acts/cashiers.ts'
import { isRefusal } from '#web/acts/refusal.ts'
import { givePoints } from '#web/app/till/give.ts'
import { sendSales, sendWaiting } from '#web/app/till/send.ts'
import { beginShift } from '#web/app/till/shift.ts'
import { askPayment, paymentStage, takingHere } from '#web/app/till/take.ts'
import { readBook, waitingLists } from '#web/app/till/till-book.ts'
import type { TillGround } from '#web/app/till/till-ground.ts'
import {
  agreeToUndo,
  askUndoable,
  sendUndoing,
  type UndoneReceipt,
  undoingHere,
  undoingStanding,
} from '#web/app/till/undo.ts'
import { owedAndOnCards } from './owed-and-on-cards.ts'

/** A till without a network, by the till's own code, against the doors, the books and the chain of a street (M11). */

const seed = 'three days without a network'
const hour = 3_600_000

let street: LivingStreet
let shop: TestShop
const way = new Way()

beforeAll(async () => {
  street = await openLivingStreet({ shops: 0, members: 3 })
  vi.stubGlobal('fetch', way.fetch)
})
afterAll(async () => {
  vi.unstubAllGlobals()
  await street.close()
})
beforeEach(async () => {
  way.state = 'open'
  way.key = null
  ;({ shop } = await freshShop(street))
})
afterEach(() => vi.useRealTimers())

const sale = (points: bigint, member = 0) => ({
  member: street.member(member).address,
  memberName: `Member ${member}`,
  points,
  spendCents: points * 3n,
})
const bookOf = ({ shelf, place }: TillGround) => readBook(shelf, place)
const issued = (of: TestShop) => read(street.network, shopPointsAbi, of.token, 'totalSupply', [])
const purchasesOf = async (of: TestShop) => {
  const { rows } = await street.web.query('SELECT sequence FROM ledger.purchase WHERE shop = $1', [of.shop])
  return rows.length
}

describe('72 hours without a network', () => {
  test('two windows, a second device and two wrong clocks: five shuffled resends, each sale once', async () => {
    const chance = new Chance(seed)
    const { shop: cafe } = await freshShop(street)
    const began = Date.now() - 72 * hour
    let time = began
    const clocks = { right: () => time, ahead: () => time + hour, behind: () => time - hour }
    const [here, there] = [placeOf(street.network, shop), placeOf(street.network, cafe)]
    const [first, second, other] = [deviceOf(shop), deviceOf(shop), deviceOf(cafe)]
    const windows = [
      { of: shop, ground: windowOf(here, first, clocks.right) },
      { of: shop, ground: windowOf(here, first, clocks.right) },
      // Somebody put the same till on another device, whose clock is an hour behind: the numbers collide.
      { of: shop, ground: windowOf(here, second, clocks.behind) },
      { of: cafe, ground: windowOf(there, other, clocks.ahead) },
    ]
    way.state = 'cut'
    const given = new Map<TestShop, { points: bigint; sales: number }>()
    for (let rung = 0; rung < 48; rung += 1) {
      time += 1.5 * hour
      const window = windows[rung < 4 || rung === 47 ? rung % 4 : chance.below(4)]
      if (!window) throw new Error('there are four windows')
      const { of, ground } = window
      const points = BigInt(1 + chance.below(500))
      expect(await givePoints(ground, sale(points, chance.below(3)))).toMatchObject({ is: 'kept', points })
      const so = given.get(of) ?? { points: 0n, sales: 0 }
      given.set(of, { points: so.points + points, sales: so.sales + 1 })
    }
    expect(way.arrived).toBe(0)
    const tills = [windows[0], windows[2], windows[3]].flatMap((one) => (one ? [one.ground] : []))

    // Five times in any order; four times the answers are lost on the way back.
    for (const state of [...Array<Way['state']>(4).fill('loses answers'), 'open'] as const) {
      way.state = state
      for (const ground of shuffled(tills, chance)) {
        const lists = waitingLists((await bookOf(ground)).waiting)
        for (const list of shuffled(lists, chance)) await sendSales(ground, list)
      }
    }
    // What had to take another number goes by itself; what a clock put into the future waits for its time.
    for (const ground of [...tills, ...tills]) await sendWaiting(ground)
    expect((await bookOf(tills[0] as TillGround)).waiting).toEqual([])
    expect((await bookOf(tills[1] as TillGround)).waiting).toEqual([])
    const early = (await bookOf(tills[2] as TillGround)).waiting
    expect([...new Set(early.map(({ held }) => held?.code))]).toEqual(['clockAhead'])
    await street.closeLists()
    await street.settleDown()

    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + hour })
    time = Date.now()
    await street.chain.mine(Math.floor(Date.now() / 1000))
    await street.mirror()
    for (const ground of tills) await sendWaiting(ground)
    for (const ground of tills) expect(await bookOf(ground)).toMatchObject({ waiting: [], refused: [] })
    await street.closeLists()
    await street.settleDown()
    for (const [of, { points, sales }] of given) {
      expect([await issued(of), await purchasesOf(of)]).toEqual([points, sales])
    }
  })
})

describe('a till', () => {
  test('changes hands without losing a sale: each goes in the name of who rang it up', async () => {
    for (const [cashier, name] of [
      [1, 'Ana'],
      [2, 'Bo'],
    ] as const) {
      await hireCashier({ shop: shop.shop, cashier, name, pin: `111${cashier}` })
    }
    const till = windowOf(placeOf(street.network, shop), deviceOf(shop), Date.now)
    const made = await createKey({ shop: shop.shop, label: 'the counter' })
    way.key = isRefusal(made) ? null : made.key
    await givePoints(till, sale(10n))
    expect((await bookOf(till)).waiting.map(({ held }) => held?.code)).toEqual(['shiftNeeded'])
    expect(await beginShift(till, { cashier: 1, pin: '1111' })).toMatchObject({ is: 'given' })
    await sendWaiting(till)
    way.state = 'cut'
    await givePoints(till, sale(20n))
    way.state = 'open'
    expect(await beginShift(till, { cashier: 2, pin: '1112' })).toMatchObject({ is: 'given' })
    way.state = 'cut'
    await givePoints(till, sale(30n))
    way.state = 'open'
    await sendWaiting(till)
    expect((await bookOf(till)).waiting).toEqual([])
    const { rows } = await street.web.query(
      `SELECT points, cashier FROM portal.intent WHERE shop = $1 ORDER BY sequence`,
      [shop.shop],
    )
    expect(rows).toEqual([
      { points: 10n, cashier: 1 },
      { points: 20n, cashier: 1 },
      { points: 30n, cashier: 2 },
    ])
    await dismissCashier(shop.shop, 2)
  })

  test('whose clock is out puts it right by the street’s, and what it can never give it keeps to show', async () => {
    const till = windowOf(placeOf(street.network, shop), deviceOf(shop), () => Date.now() + hour)
    expect(await givePoints(till, sale(5n))).toMatchObject({ is: 'given' })
    const { rows } = await street.web.query<{ late: number }>(
      `SELECT extract(epoch FROM sold_at - now())::float AS late FROM portal.intent WHERE shop = $1`,
      [shop.shop],
    )
    expect(Math.abs(rows[0]?.late ?? hour)).toBeLessThan(30)
    const long = { ...till, now: () => Date.now() - 8 * 24 * hour + hour }
    way.state = 'cut'
    await givePoints(long, sale(6n))
    way.state = 'open'
    await sendWaiting(till)
    expect(await bookOf(till)).toMatchObject({ waiting: [], refused: [{ code: 'timeOfSale', entry: { points: '6' } }] })
  })
})

/** A member pays at the shop's till with points of the shop; answers how the till looks at it. */
async function pays(till: TillGround, points: bigint) {
  const taking = { points, purpose: 0, reward: null }
  const asked = await askPayment(till, taking)
  if (asked.is !== 'given') throw new Error(JSON.stringify(asked))
  const { code, sequence } = asked.value
  const lines = [{ token: shop.token, points }]
  const payment = { member: street.member(0), sequence: BigInt(sequence), lines }
  const { item } = await signedPayment(street.network, shop, payment)
  const { member, deadline, signature } = item
  expect(await paymentStage(till, { ...asked.value, ...taking })).toBeNull()
  await approvePayment(code, { member, deadline, signature, lines: item.lines })
  const look = () => paymentStage(till, { ...asked.value, ...taking })
  return { look, sequence: BigInt(sequence) }
}

async function tillWithPoints(points: bigint): Promise<TillGround> {
  const till = windowOf(placeOf(street.network, shop), deviceOf(shop), Date.now)
  const made = await createKey({ shop: shop.shop, label: 'the counter' })
  way.key = isRefusal(made) ? null : made.key
  await givePoints(till, sale(points))
  await street.closeLists()
  await street.settleDown()
  return till
}

async function goesBack(till: TillGround, receipt: UndoneReceipt, points: bigint, missing: 'deducted' | 'waived') {
  const of = await askUndoable(till, receipt)
  if (of.is !== 'given') throw new Error(JSON.stringify(of))
  const undoing = await agreeToUndo(till, { receipt, of: of.value, points, missing, title: '', note: '' })
  if (!undoing) throw new Error('the till holds its key')
  return undoing
}

describe('what goes back', () => {
  test('a purchase, in parts and however often it is sent; what is spent is waived as a debt', async () => {
    const till = await tillWithPoints(500n)
    const { look } = await pays(till, 450n)
    expect(await look()).toEqual({ at: 'paid' })
    await street.settleDown()
    const receipt = { kind: 'purchase', sequence: 1n } as const
    expect(await askUndoable(till, receipt)).toMatchObject({ value: { left: 500n, takable: 50n } })
    const part = await goesBack(till, receipt, 200n, 'waived')
    expect(await undoingHere(till)).toEqual(part)
    for (const _ of [1, 2]) expect(await sendUndoing(till, part)).toMatchObject({ value: { state: 'pending' } })
    await street.settleDown()
    expect(await undoingStanding(till, part)).toMatchObject({ value: { state: 'final' } })
    expect(await askUndoable(till, receipt)).toMatchObject({ value: { before: 200n, left: 300n, takable: 0n } })
    expect(await read(street.network, shopPointsAbi, shop.token, 'debtOf', [street.member(0).address])).toBe(150n)
  })

  test('a payment, and the points are the member’s again', async () => {
    const till = await tillWithPoints(500n)
    const { look, sequence } = await pays(till, 450n)
    await look()
    await street.settleDown()
    const undoing = await goesBack(till, { kind: 'payment', sequence }, 150n, 'deducted')
    await sendUndoing(till, undoing)
    await street.settleDown()
    expect(await undoingStanding(till, undoing)).toMatchObject({ value: { state: 'final' } })
    expect(await issued(shop)).toBe(200n)
  })

  test('a purchase that is still on its way takes its points back with it', async () => {
    const till = await tillWithPoints(1n)
    await givePoints(till, sale(80n))
    const undoing = await goesBack(till, { kind: 'purchase', sequence: 2n }, 80n, 'deducted')
    expect(await sendUndoing(till, undoing)).toMatchObject({ value: { state: 'pending' } })
    await street.closeLists()
    await street.settleDown()
    await street.settleDown()
    expect(await undoingStanding(till, undoing)).toMatchObject({ value: { state: 'final' } })
    expect(await issued(shop)).toBe(1n)
  })
})

owedAndOnCards({ street: () => street, shop: () => shop, way, sale, pays, tillWithPoints })

test('above what the shop bears the till waits until a payment is final, after a reload as well', async () => {
  await street.owner.query(
    `INSERT INTO portal.shop_profile (shop, name, trade, street, hue, earn_rate, time_zone, is_charity, pending_limit)
      VALUES ($1, 'Bakery', 'bread', 'High Street 1', 40, 300, 'Europe/Berlin', false, 100)`,
    [shop.shop],
  )
  const till = await tillWithPoints(500n)
  const { look } = await pays(till, 450n)
  expect(await look()).toEqual({ at: 'certain' })
  const reloaded = { ...till, page: 'another' }
  const kept = await takingHere(reloaded)
  expect(kept).toMatchObject({ untilFinal: true, taking: { points: 450n } })
  // Not while it only stands in a block that might still go.
  expect(await look()).toBeNull()
  await street.settleDown()
  expect(await look()).toEqual({ at: 'paid' })
})

function shuffled<Item>(items: readonly Item[], chance: Chance): readonly Item[] {
  const left = [...items]
  return items.map(() => left.splice(chance.below(left.length), 1)[0] as Item)
}
