import { keccak256, parseTransaction } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { shopPointsAbi } from '#contracts/generated.ts'
import { freshShop } from '#test/support/fresh-shop.ts'
import { type LivingStreet, openLivingStreet } from '#test/support/living-street.ts'
import { read, type TestShop } from '#test/support/network.ts'
import type { TillHand } from '#test/support/till-hand.ts'
import { intentState } from '#web/acts/intent-state.ts'
import { deadLetters, retryDeadLetter } from '#web/relayer/dead-letters.ts'
import { type Node, NodeRefused } from '#web/relayer/node.ts'
import { ownWishFaults } from './own-wishes.ts'

/** What a chain, its node or a second hand on the key may do to a transaction: dropped, undone, outbid, overtaken. */

let street: LivingStreet
let shop: TestShop
let till: TillHand
const stranger = privateKeyToAccount(`0x${'99'.repeat(32)}`)

beforeAll(async () => {
  street = await openLivingStreet({ shops: 0, members: 4 })
})
afterAll(() => street.close())

beforeEach(async () => {
  ;({ shop, till } = await freshShop(street))
})

async function sell(...points: readonly bigint[]): Promise<void> {
  expect(await street.sell(till, points)).toHaveProperty('results')
}

const supply = (of: TestShop) => read(street.network, shopPointsAbi, of.token, 'totalSupply', [])
const stateOf = (key: string, at = shop) => intentState({ shop: at.shop, key })
const blocks = (count: number) => street.chain.mineEmpty(count)

describe('what a chain may do to a transaction', () => {
  test('dropped by the node: the same bytes are given to it again', async () => {
    await sell(5n)
    await street.turn()
    const signed = await street.submissions()
    await street.chain.ask('anvil_dropAllTransactions')
    await blocks(6)
    await street.turn()
    expect((await street.submissions()).map(({ hash }) => hash)).toEqual(signed.map(({ hash }) => hash))
    await street.settleDown()
    expect(await supply(shop)).toBe(5n)
  })

  test('its block vanishes: pending again, sent again, there once', async () => {
    await sell(5n)
    await street.turn()
    await street.chain.mine()
    await street.turn()
    await street.mirror()
    await street.chain.ask('anvil_reorg', [1, []])
    await street.chain.ask('anvil_dropAllTransactions')
    await street.mirror()
    expect(await stateOf('purchase:1:1')).toMatchObject({ state: 'pending' })
    await street.settleDown()
    expect(await stateOf('purchase:1:1')).toEqual({ state: 'final' })
    expect(await supply(shop)).toBe(5n)
  })

  test('too cheap to be mined: a better price under the same number, and the thing is done once', async () => {
    await sell(5n)
    await isStuckAndReplaced()
    expect(await supply(shop)).toBe(5n)
  })

  test('its number used by somebody with the same key: done under another number', async () => {
    await sell(5n)
    await street.turn()
    const [ours] = await street.submissions()
    await street.chain.ask('anvil_dropAllTransactions')
    const nonce = `0x${ours?.nonce.toString(16)}`
    const foreign = { from: street.relayerAddress, to: stranger.address, nonce, gas: '0x5208', gasPrice: '0x77359400' }
    await street.chain.ask('eth_sendTransaction', [foreign])
    await street.chain.mine()
    for (let block = 0; block < 14; block += 1) {
      await street.turn()
      await street.chain.mine()
    }
    await street.settleDown()
    expect(await supply(shop)).toBe(5n)
    expect(await stateOf('purchase:1:1')).toEqual({ state: 'final' })
  })

  test('what somebody else has brought to the chain is not brought again', async () => {
    await sell(5n)
    await street.turn()
    const [ours] = await street.submissions()
    const { to, data } = parseTransaction(`0x${ours?.raw.toString('hex')}`)
    await street.chain.ask('anvil_dropAllTransactions')
    await street.chain.ask('anvil_setBalance', [stranger.address, '0x56bc75e2d63100000'])
    await street.chain.ask('eth_sendTransaction', [{ from: stranger.address, to, data, gas: '0xf4240' }])
    await street.settleDown()
    expect(await supply(shop)).toBe(5n)
    expect(await stateOf('purchase:1:1')).toEqual({ state: 'final' })
  })
})

/** What was wished last is too cheap for eighteen blocks, is offered at a better price under its number, and mined. */
async function isStuckAndReplaced(): Promise<void> {
  await street.chain.ask('anvil_setBalance', [street.relayerAddress, '0x56bc75e2d63100000'])
  await street.turn()
  const before = (await street.submissions())[0]
  for (let block = 0; block < 18; block += 1) {
    await street.chain.ask('anvil_setNextBlockBaseFeePerGas', ['0x3b9aca00'])
    await street.chain.mine()
    await street.turn()
  }
  const after = (await street.submissions())[0]
  expect(after?.nonce).toBe(before?.nonce)
  expect(after?.raw.equals(before?.raw ?? Buffer.alloc(0))).toBe(false)
  expect(callOf(after?.raw)).toEqual(callOf(before?.raw))
  await street.chain.ask('anvil_setNextBlockBaseFeePerGas', ['0x0'])
  await street.settleDown()
}

describe('a wish that the node will not even try', () => {
  afterEach(() => street.through((node) => node))

  const untried = async () => {
    const { rows } = await street.web.query('SELECT name FROM portal.untried WHERE shop = $1', [shop.shop])
    return rows
  }

  const unwilling = (node: Node): Node => ({
    ...node,
    call: () => Promise.reject(new NodeRefused('eth_call: too large')),
    estimateGas: () => Promise.reject(new NodeRefused('eth_estimateGas: too large')),
  })

  test('stops nothing, waits, and after its time is given up for the operator to see and try again', async () => {
    street.through(unwilling)
    await sell(5n)
    for (let block = 0; block < 3; block += 1) {
      expect(await street.turn()).toBe(0)
      await street.chain.mine()
    }
    expect(await stateOf('purchase:1:1')).toMatchObject({ state: 'pending' })
    // Nearly all of its hour is over, and the relayer is started again meanwhile: the hour goes on.
    const passes = (minutes: number) =>
      street.web.query(`UPDATE portal.untried SET since = since - $1 * interval '1 minute'`, [minutes])
    for (const minutes of [59, 2]) {
      expect(await stateOf('purchase:1:1')).toMatchObject({ state: 'pending' })
      await passes(minutes)
      street.forget()
      await street.turn()
    }
    expect(await stateOf('purchase:1:1')).toMatchObject({ state: 'refused', code: 'chainRefused' })
    expect(await untried()).toEqual([])
    const client = await street.web.connect()
    const letters = await deadLetters(client, 1_000)
    const letter = letters.find((one) => one.shop === shop.shop)
    expect(letter?.reason).toBe('the node will not try it: eth_call: too large')
    street.through((node) => node)
    expect(await retryDeadLetter(client, { shop: shop.shop, key: 'purchase:1:1' })).toBe(true)
    client.release()
    await street.settleDown()
    expect(await supply(shop)).toBe(5n)
    expect(await stateOf('purchase:1:1')).toEqual({ state: 'final' })
  })

  test('that it then tries after all begins anew where it refuses again', async () => {
    street.through(unwilling)
    await sell(5n)
    await street.turn()
    expect(await untried()).toEqual([{ name: 'batch:1:1' }])
    street.forget()
    street.through((node) => node)
    await street.settleDown()
    expect(await untried()).toEqual([])
    expect(await stateOf('purchase:1:1')).toEqual({ state: 'final' })
  })

  test('among several: each goes alone from then on, and the others arrive', async () => {
    street.through((node) => ({
      ...node,
      call: (call, at) =>
        call.data.length > 2 + 2 * 2_500 ? Promise.reject(new NodeRefused('too large')) : node.call(call, at),
    }))
    const { shop: second, till: its } = await freshShop(street)
    await street.sell(its, [7n])
    await street.sell(
      till,
      Array.from({ length: 70 }, () => 1n),
    )
    await street.turn()
    await street.chain.mine()
    await street.turn()
    street.through((node) => node)
    await street.settleDown()
    expect(await supply(second)).toBe(7n)
    expect(await supply(shop)).toBe(70n)
  })
})

ownWishFaults({ street: () => street, shop: () => shop, isStuckAndReplaced })

function callOf(raw: Buffer | undefined) {
  const { to, data, nonce } = parseTransaction(`0x${raw?.toString('hex')}`)
  return { to, data: keccak256(data ?? '0x'), nonce }
}
