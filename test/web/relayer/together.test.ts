import { decodeFunctionData, parseTransaction } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { consortiumAbi, courierAbi, shopPointsAbi } from '#contracts/generated.ts'
import { freshShop } from '#test/support/fresh-shop.ts'
import { type LivingStreet, openLivingStreet } from '#test/support/living-street.ts'
import { call, read, settled, type TestShop } from '#test/support/network.ts'
import { signedPayment, signedTransfer, type TillHand } from '#test/support/till-hand.ts'
import { chainTotals } from '#web/acts/chain-totals.ts'
import { intentState } from '#web/acts/intent-state.ts'
import { redeem } from '#web/acts/redeem.ts'
import { transfer } from '#web/acts/transfer.ts'
import { deadLetters, retryDeadLetter } from '#web/relayer/dead-letters.ts'

/** Several wishes in one transaction, over several keys: what is wrong with one of them is nobody else's affair. */

let street: LivingStreet
let bakery: TestShop
let cafe: TestShop
let till: TillHand
const secondKey = `0x${'5e'.repeat(32)}` as const

beforeAll(async () => {
  street = await openLivingStreet({ shops: 0, members: 4, moreKeys: [secondKey] })
})
afterAll(() => street.close())

beforeEach(async () => {
  street.gather(0)
  ;({ shop: bakery, till } = await freshShop(street))
  ;({ shop: cafe } = await freshShop(street))
  await street.sell(till, [9_000n])
  await street.settleDown()
})

async function pay(at: TestShop, sequence: bigint, points = 10n): Promise<void> {
  const payment = { member: street.member(0), sequence, lines: [{ token: bakery.token, points }] }
  expect(await redeem(await signedPayment(street.network, at, payment))).toEqual({ state: 'pending' })
}

const stateOf = (at: TestShop, key: string) => intentState({ shop: at.shop, key })
const left = () => read(street.network, shopPointsAbi, bakery.token, 'balanceOf', [street.member(0).address])
const revokeTill = (of: TestShop) =>
  call(consortiumAbi, street.network.contracts.consortium, of.owner, 'revokeTill', [of.shop, 1])

/** How many things each of the newest transactions carries, newest first. */
async function carried(newest: number): Promise<number[]> {
  const all = await street.submissions()
  return all.slice(0, newest).map(({ raw }) => {
    const { to, data } = parseTransaction(`0x${raw.toString('hex')}`)
    if (to?.toLowerCase() !== street.network.contracts.courier.toLowerCase()) return 1
    const [deliveries] = decodeFunctionData({ abi: courierAbi, data: data ?? '0x' }).args
    return deliveries.length
  })
}

describe('in one transaction', () => {
  test('payments at several shops, and gifts in another, each of them final', async () => {
    for (let sequence = 1n; sequence <= 4n; sequence += 1n) {
      await pay(bakery, sequence)
      await pay(cafe, sequence)
    }
    for (const nonce of [1, 2]) {
      const gift = {
        from: street.member(0),
        to: street.member(1).address,
        points: 1n,
        nonce: nonce + bakery.shop * 100,
      }
      await transfer(await signedTransfer(street.network, bakery, gift))
    }
    expect(await street.turn()).toBe(2)
    expect((await carried(2)).sort()).toEqual([2, 8])
    await street.settleDown()
    for (const shop of [bakery, cafe]) expect(await stateOf(shop, 'payment:1:4')).toEqual({ state: 'final' })
    expect(await left()).toBe(9_000n - 80n - 2n)
    expect(await chainTotals()).toMatchObject({ differences: 0 })
  })

  test('what the chain would refuse is left out by name, and told to whoever wished it', async () => {
    await pay(cafe, 1n)
    await pay(bakery, 2n)
    await pay(bakery, 3n)
    await settled(street.chain, [revokeTill(cafe)])
    expect(await street.turn()).toBe(1)
    expect(await carried(1)).toEqual([2])
    await street.settleDown()
    expect(await stateOf(bakery, 'payment:1:3')).toEqual({ state: 'final' })
    expect(await stateOf(cafe, 'payment:1:1')).toMatchObject({ state: 'refused', code: 'tillNotAccepting' })
    expect(await left()).toBe(9_000n - 20n)
  })

  test('undone because of one, the others go alone and come through', async () => {
    await pay(cafe, 1n)
    await pay(bakery, 2n)
    await pay(bakery, 3n)
    expect(await street.turn()).toBe(1)
    // The till is switched off before the block, and after the dry run.
    await street.chain.ask('anvil_dropAllTransactions')
    await settled(street.chain, [revokeTill(cafe)])
    await street.chain.mineEmpty(6)
    await street.turn()
    await street.chain.mine()
    await street.turn()
    expect((await street.submissions()).filter(({ state }) => state === 'reverted')).toHaveLength(1)
    await street.settleDown()
    expect(await stateOf(bakery, 'payment:1:2')).toEqual({ state: 'final' })
    expect(await stateOf(bakery, 'payment:1:3')).toEqual({ state: 'final' })
    expect(await stateOf(cafe, 'payment:1:1')).toMatchObject({ state: 'refused' })
    expect(await left()).toBe(9_000n - 20n)
  })

  test('a few wait for more, many do not', async () => {
    street.gather(3_600_000)
    await pay(cafe, 1n)
    expect(await street.turn()).toBe(0)
    for (let sequence = 2n; sequence <= 50n; sequence += 1n) await pay(cafe, sequence)
    expect(await street.turn()).toBeGreaterThan(0)
    street.gather(0)
    await street.settleDown()
    expect(await left()).toBe(9_000n - 500n)
  })
})

describe('over several keys', () => {
  test('a key that cannot pay for gas holds up nothing that comes after', async () => {
    const [first, second] = senders()
    await street.chain.ask('anvil_setBalance', [first, '0x0'])
    await street.chain.ask('anvil_setBalance', [second, '0x56bc75e2d63100000'])
    const dearBlock = async () => {
      await street.chain.ask('anvil_setNextBlockBaseFeePerGas', ['0x3b9aca00'])
      await street.chain.mine()
    }
    await dearBlock()
    await pay(cafe, 1n)
    await street.turn()
    for (let block = 0; block < 5; block += 1) {
      await dearBlock()
      await street.turn()
    }
    await pay(cafe, 2n)
    for (let block = 0; block < 2; block += 1) {
      await street.turn()
      await dearBlock()
    }
    await street.mirror()
    expect(await stateOf(cafe, 'payment:1:1')).toMatchObject({ state: 'pending' })
    expect(await stateOf(cafe, 'payment:1:2')).toEqual({ state: 'final' })
    await street.chain.ask('anvil_setNextBlockBaseFeePerGas', ['0x0'])
    await street.chain.ask('anvil_setBalance', [first, '0x56bc75e2d63100000'])
    await street.settleDown()
    expect(await stateOf(cafe, 'payment:1:1')).toEqual({ state: 'final' })
    expect(await left()).toBe(9_000n - 20n)
  })
})

/** Whoever signs next, and the other. */
function senders(): readonly [string, string] {
  return [street.relayerAddress, privateKeyToAccount(secondKey).address]
}

describe('what was given up', () => {
  test('is listed, and tried again when somebody says so, its points spoken for', async () => {
    await pay(cafe, 1n)
    await street.web.query(
      `UPDATE portal.intent SET state = 'refused', refused = 'chainRefused', attempts = 5,
      payload = payload || '{"facts": {"reason": "out of gas"}}' WHERE shop = $1 AND key = 'payment:1:1'`,
      [cafe.shop],
    )
    await street.web.query('DELETE FROM portal.hold')
    const client = await street.web.connect()
    const wish = { shop: cafe.shop, key: 'payment:1:1' }
    try {
      expect(await deadLetters(client)).toMatchObject([{ ...wish, attempts: 5, reason: 'out of gas', points: 10n }])
      expect(await retryDeadLetter(client, wish)).toBe(true)
      expect(await retryDeadLetter(client, wish)).toBe(false)
      expect(await deadLetters(client)).toEqual([])
    } finally {
      client.release()
    }
    const { rows } = await street.web.query('SELECT points FROM portal.hold')
    expect(rows).toEqual([{ points: 10n }])
    await street.settleDown()
    expect(await stateOf(cafe, 'payment:1:1')).toEqual({ state: 'final' })
    expect(await left()).toBe(9_000n - 10n)
  })
})
