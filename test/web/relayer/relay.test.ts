import { parseTransaction } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { clearingHouseAbi, consortiumAbi, shopPointsAbi, streetMoneyAbi } from '#contracts/generated.ts'
import { freshShop } from '#test/support/fresh-shop.ts'
import { type LivingStreet, openLivingStreet } from '#test/support/living-street.ts'
import { call, openShop, read, settled, type TestShop } from '#test/support/network.ts'
import { signedPayment, signedTransfer, TillHand } from '#test/support/till-hand.ts'
import { chainTotals } from '#web/acts/chain-totals.ts'
import { intentState } from '#web/acts/intent-state.ts'
import { issue } from '#web/acts/issue.ts'
import { redeem } from '#web/acts/redeem.ts'
import { settle } from '#web/acts/settle.ts'
import { transfer } from '#web/acts/transfer.ts'

/** The relayer, turn by turn, against a real chain and real books. */

let street: LivingStreet
let shop: TestShop
let other: TestShop
let till: TillHand
const stranger = privateKeyToAccount(`0x${'99'.repeat(32)}`)

beforeAll(async () => {
  street = await openLivingStreet({ shops: 0, members: 4 })
})
afterAll(() => street.close())

beforeEach(async () => {
  ;({ shop, till } = await freshShop(street))
  ;({ shop: other } = await freshShop(street))
})

const member = (index: number) => street.member(index)

async function sell(...points: readonly bigint[]): Promise<void> {
  expect(await street.sell(till, points)).toHaveProperty('results')
}

const supply = (of: TestShop) => read(street.network, shopPointsAbi, of.token, 'totalSupply', [])
const balance = (of: TestShop, account: `0x${string}`) =>
  read(street.network, shopPointsAbi, of.token, 'balanceOf', [account])
const stateOf = (key: string, at = shop) => intentState({ shop: at.shop, key })

describe('wishes reach the chain', () => {
  test('a list that is still open waits, a closed one goes, and nothing goes twice', async () => {
    await issue(await till.ring({ member: member(0).address, points: 5n }))
    expect(await street.turn()).toBe(0)
    await street.closeLists()
    expect(await street.turn()).toBe(1)
    expect(await street.turn()).toBe(0)
    street.forget()
    expect(await street.turn()).toBe(0)
    await street.settleDown()
    expect(await supply(shop)).toBe(5n)
    expect(await stateOf('purchase:1:1')).toEqual({ state: 'final' })
  })

  test('the next list closes the one before it', async () => {
    await issue(await till.ring({ member: member(0).address, points: 5n }))
    await issue(await till.startAt(2n).ring({ member: member(0).address, points: 6n }))
    expect(await street.turn()).toBe(1)
    await street.closeLists()
    await street.settleDown()
    expect(await supply(shop)).toBe(11n)
  })

  test('ten lists of five hundred stand in one block, none waiting for another', async () => {
    for (let list = 0; list < 10; list += 1) {
      const sales = Array.from({ length: 500 }, (_, index) => ({ member: member(index % 4).address, points: 1n }))
      await issue(await till.startAt(BigInt(list * 500 + 1)).ring(...sales))
    }
    expect(await street.turn()).toBe(10)
    await street.chain.mine()
    expect(await supply(shop)).toBe(5_000n)
    await street.settleDown()
  })

  test('a payment made while a long import runs waits behind no more than ten of its lists', async () => {
    await sell(1_000n)
    await street.settleDown()
    for (let list = 0; list < 24; list += 1) {
      const sales = Array.from({ length: 500 }, (_, index) => ({ member: member(index % 4).address, points: 1n }))
      await issue(await till.startAt(BigInt(list * 500 + 2)).ring(...sales))
    }
    expect(await street.turn()).toBe(10)
    expect(await street.turn()).toBe(0)
    const payment = { member: member(0), sequence: 1n, lines: [{ token: shop.token, points: 300n }] }
    expect(await redeem(await signedPayment(street.network, other, payment))).toEqual({ state: 'pending' })
    expect(await street.turn()).toBe(1)
    // The eleventh number waiting is the payment's: of 24 lists, 14 stand behind it.
    await street.chain.mine()
    await street.mirror()
    expect(await stateOf('payment:1:1', other)).toMatchObject({ state: 'pending' })
    expect(await street.turn()).toBe(10)
    await street.chain.mine()
    await street.mirror()
    expect(await stateOf('payment:1:1', other)).toEqual({ state: 'final' })
    await street.settleDown()
    expect(await supply(shop)).toBe(1_000n + 12_000n - 300n)
  })

  test('a payment, a gift and a settlement, and the totals agree', async () => {
    await sell(1_000n)
    await street.settleDown()
    const payment = { member: member(0), sequence: 1n, lines: [{ token: shop.token, points: 300n }] }
    expect(await redeem(await signedPayment(street.network, other, payment))).toEqual({ state: 'pending' })
    const gift = { from: member(0), to: stranger.address, points: 200n, nonce: 1 }
    expect(await transfer(await signedTransfer(street.network, shop, gift))).toEqual({ state: 'pending' })
    await street.settleDown()
    expect(await stateOf('payment:1:1', other)).toEqual({ state: 'final' })
    expect(await balance(shop, stranger.address)).toBe(200n)
    const settlement = await settle()
    if (!('key' in settlement)) throw new Error(`not settled: ${settlement.refused}`)
    expect(await settle()).toEqual(settlement)
    await street.settleDown()
    expect(await intentState({ shop: 0, key: settlement.key })).toEqual({ state: 'final' })
    const house = street.network.contracts.clearingHouse
    expect(await read(street.network, clearingHouseAbi, house, 'positionOf', [other.shop])).toEqual([
      0n,
      1_000_030_000n,
    ])
    expect(await settle()).toMatchObject({ refused: 'nothingToSettle' })
    expect(await chainTotals()).toMatchObject({ differences: 0 })
  })
})

describe('what the chain does not take', () => {
  test('a no that holds for one block only refuses nothing', async () => {
    await sell(5n)
    const { consortium } = street.network.contracts
    const { board } = street.network
    await settled(street.chain, [call(consortiumAbi, consortium, board, 'suspend', [shop.shop])])
    expect(await street.turn()).toBe(0)
    await settled(street.chain, [call(consortiumAbi, consortium, board, 'reinstate', [shop.shop])])
    await street.settleDown()
    expect(await stateOf('purchase:1:1')).toEqual({ state: 'final' })
  })

  test('points gone by another way: the payment is refused, and the hold is gone', async () => {
    await sell(100n)
    await street.settleDown()
    const payment = { member: member(0), sequence: 1n, lines: [{ token: shop.token, points: 100n }] }
    await redeem(await signedPayment(street.network, other, payment))
    await settled(street.chain, [
      call(shopPointsAbi, shop.token, member(0).address, 'transfer', [stranger.address, 1n]),
    ])
    await street.settleDown()
    expect(await stateOf('payment:1:1', other)).toMatchObject({ state: 'refused', code: 'balance' })
    const holds = await street.web.query('SELECT FROM portal.hold')
    expect(holds.rowCount).toBe(0)
  })

  test('purchases without funds wait, and go when the shop has put money in', async () => {
    const poor = await openShop(street.network, 1_000n)
    await street.mirror()
    const hand = new TillHand(street.network, poor)
    const sales = [7n, 9n, 2n].map((points) => ({ member: member(0).address, points }))
    await issue(await hand.ring(...sales))
    await street.closeLists()
    await street.settleDown()
    // 1,000 of money back ten hundredths: the first fits, the second does not, the third does.
    expect(await supply(poor)).toBe(9n)
    expect(await stateOf('purchase:1:2', poor)).toMatchObject({ state: 'pending', code: 'notFunded' })
    street.forget()
    expect(await street.turn()).toBe(0)
    const { money, clearingHouse } = street.network.contracts
    await settled(street.chain, [
      call(streetMoneyAbi, money, poor.owner, 'approve', [clearingHouse, 1_000n]),
      call(clearingHouseAbi, clearingHouse, poor.owner, 'deposit', [poor.shop, 1_000n]),
    ])
    street.forget()
    expect(await street.turn()).toBe(1)
    await street.settleDown()
    expect(await stateOf('purchase:1:2', poor)).toEqual({ state: 'final' })
    expect(await supply(poor)).toBe(18n)
  })

  test('what was kept and cannot be read is refused, and stops nothing else', async () => {
    await street.web.query(
      `INSERT INTO portal.intent (shop, key, kind, till, sequence, member, points, content_hash, payload, state,
        attempts, created_at) VALUES ($1, 'payment:1:9', 'payment', 1, 9, $2, 5, '', '{"lines": 7}', 'open', 0, now())`,
      [shop.shop, Buffer.alloc(20, 1)],
    )
    await sell(5n)
    await street.settleDown()
    expect(await stateOf('payment:1:9')).toMatchObject({ state: 'refused', code: 'chainRefused' })
    expect(await stateOf('purchase:1:1')).toEqual({ state: 'final' })
  })

  test('a transaction undone for lack of gas is made again', async () => {
    await sell(5n)
    expect(await street.turn()).toBe(1)
    await swapForOneThatFails()
    await street.chain.mine()
    await street.turn()
    expect((await street.submissions())[0]?.state).toBe('reverted')
    await street.settleDown()
    expect(await stateOf('purchase:1:1')).toEqual({ state: 'final' })
    expect(await supply(shop)).toBe(5n)
  })
})

/** As if the newest transaction had been signed with too little gas. */
async function swapForOneThatFails(): Promise<void> {
  const [newest] = await street.submissions()
  if (!newest) throw new Error('nothing was submitted')
  const was = parseTransaction(`0x${newest.raw.toString('hex')}`)
  await street.chain.ask('anvil_dropAllTransactions')
  const gas = '0x15f90'
  const from = street.relayerAddress
  const request = { from, to: was.to, data: was.data, gas, nonce: `0x${newest.nonce.toString(16)}`, gasPrice: '0x0' }
  const hash = await street.chain.ask<`0x${string}`>('eth_sendTransaction', [request])
  await street.web.query('UPDATE portal.submission SET hash = $1 WHERE nonce = $2', [
    Buffer.from(hash.slice(2), 'hex'),
    newest.nonce,
  ])
}
