import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { consortiumAbi, shopPointsAbi } from '#contracts/generated.ts'
import { must } from '#test/support/account-people.ts'
import { type LivingStreet, openLivingStreet } from '#test/support/living-street.ts'
import { call, read, settled } from '#test/support/network.ts'
import { countersigned, type OwnedShop, ownedShop, revocation, switchOff } from '#test/support/owner-hand.ts'
import { chainTotals } from '#web/acts/chain-totals.ts'
import { countersign } from '#web/acts/countersign.ts'
import { intentState } from '#web/acts/intent-state.ts'
import { issue } from '#web/acts/issue.ts'
import { revocationDeadline, switchOffTill } from '#web/acts/switch-off-till.ts'
import { unconfirmedAt } from '#web/queries/unconfirmed-lists.ts'

/** Lists of a till that was switched off, turn by turn against a real chain: never without their owner's signature. */

let street: LivingStreet
let here: OwnedShop

beforeAll(async () => {
  street = await openLivingStreet({ shops: 0, members: 2 })
})
afterAll(() => street.close())
beforeEach(async () => {
  here = await ownedShop(street)
})

const stateOf = (sequence = 1) => intentState({ shop: here.shop.shop, key: `purchase:1:${sequence}` })
const supply = () => read(street.network, shopPointsAbi, here.shop.token, 'totalSupply', [])
const balance = (member: number) =>
  read(street.network, shopPointsAbi, here.shop.token, 'balanceOf', [street.member(member).address])
const waits = { state: 'pending', code: 'ownerMustConfirm' }

async function rung(...points: readonly bigint[]) {
  const body = await here.till.ring(
    ...points.map((one, index) => ({ member: street.member(index % 2).address, points: one })),
  )
  must(await issue(body))
  await street.closeLists()
  return body
}

async function blocks(count: number): Promise<void> {
  for (let block = 0; block < count; block += 1) {
    expect(await street.turn()).toBe(0)
    await street.chain.mine()
  }
}

describe('a till switched off after its promise', () => {
  test('waits for the owner, however late the mirror hears of it, and counts once under both signatures', async () => {
    const body = await rung(5n, 6n)
    await switchOff(street, here.shop, { mirrored: false })
    await blocks(5)
    expect(await stateOf()).toMatchObject({ state: 'pending' })
    await street.mirror()
    await blocks(2)
    expect(await stateOf()).toMatchObject(waits)
    street.forget()
    await blocks(2)
    expect(must(await countersign(await countersigned(street.network, body, here.owner)))).toEqual({
      state: 'confirmed',
    })
    expect(await street.turn()).toBe(1)
    await street.settleDown()
    street.forget()
    await street.settleDown()
    expect([await supply(), await balance(0), await balance(1)]).toEqual([11n, 5n, 6n])
    expect(await stateOf(2)).toEqual({ state: 'final' })
    expect(await chainTotals()).toMatchObject({ differences: 0 })
  })

  test('also where its list was already on the way and came back undone', async () => {
    const body = await rung(5n)
    expect(await street.turn()).toBe(1)
    // The revocation is mined before the list.
    const [sent] = await street.submissions()
    await street.chain.ask('anvil_dropAllTransactions')
    await switchOff(street, here.shop)
    await street.chain.ask('eth_sendRawTransaction', [`0x${sent?.raw.toString('hex')}`])
    await street.chain.mine()
    await street.settleDown()
    expect((await street.submissions())[0]?.state).toBe('reverted')
    expect(await stateOf()).toMatchObject(waits)
    expect(await unconfirmedAt(here.shop.shop)).toMatchObject([{ sales: 1, points: 5n }])
    await countersign(await countersigned(street.network, body, here.owner))
    await street.settleDown()
    expect(await supply()).toBe(5n)
  })

  test('and an owner who sells the shop meanwhile: their signature counts no more, and nothing is lost', async () => {
    const body = await rung(5n)
    await switchOff(street, here.shop)
    await countersign(await countersigned(street.network, body, here.owner))
    const heir = privateKeyToAccount(generatePrivateKey())
    const { consortium } = street.network.contracts
    const { shop } = here.shop
    await settled(street.chain, [
      call(consortiumAbi, consortium, here.owner.address, 'offerShop', [shop, heir.address]),
      call(consortiumAbi, consortium, heir.address, 'takeOver', [shop]),
    ])
    await blocks(3)
    await street.mirror()
    expect(await stateOf()).toMatchObject(waits)
    expect(await unconfirmedAt(shop)).toMatchObject([{ sales: 1, signedInVain: true }])
    expect(await countersign(await countersigned(street.network, body, here.owner))).toMatchObject({
      refused: 'badOwnerSignature',
    })
    expect(await countersign(await countersigned(street.network, body, heir))).toEqual({ state: 'confirmed' })
    await street.settleDown()
    expect(await supply()).toBe(5n)
  })

  test('other tills go on meanwhile', async () => {
    await rung(5n)
    await switchOff(street, here.shop)
    const other = await ownedShop(street)
    must(await street.sell(other.till, [7n]))
    await street.settleDown()
    expect(await read(street.network, shopPointsAbi, other.shop.token, 'totalSupply', [])).toBe(7n)
    expect(await supply()).toBe(0n)
  })
})

describe('the owner switches a till off', () => {
  const isRevoked = async () => {
    const { consortium } = street.network.contracts
    return (await read(street.network, consortiumAbi, consortium, 'tillOf', [here.shop.shop, 1])).revoked
  }

  test('by their signature, brought by the relayer before anything else, and once', async () => {
    must(await issue(await here.till.ring({ member: street.member(0).address, points: 5n })))
    const order = await revocation(street.network, here.shop, { by: here.owner, deadline: await revocationDeadline() })
    street.gather(60_000)
    const taken = must(await switchOffTill(order))
    expect(taken).toMatchObject({ state: 'pending' })
    expect(must(await switchOffTill(order))).toEqual(taken)
    expect(await street.turn()).toBe(1)
    street.gather(0)
    await street.settleDown()
    expect(await isRevoked()).toBe(true)
    expect(must(await switchOffTill(order))).toMatchObject({ state: 'final' })
    const again = await revocation(street.network, here.shop, {
      by: here.owner,
      deadline: (await revocationDeadline()) + 1,
    })
    expect(await switchOffTill(again)).toMatchObject({ refused: 'tillRevoked' })
    await street.closeLists()
    await blocks(1)
    expect(await stateOf()).toMatchObject(waits)
  })

  test('and nobody else does: not another owner, nor with an order for another till or of another day', async () => {
    const other = await ownedShop(street)
    const deadline = await revocationDeadline()
    const told = async (order: object) => {
      const answer = await switchOffTill(order)
      return 'refused' in answer ? answer.refused : answer.state
    }
    const order = await revocation(street.network, here.shop, { by: here.owner, deadline })
    for (const by of [other.owner, here.shop.till]) {
      expect(await told(await revocation(street.network, here.shop, { by, deadline }))).toBe('badOwnerSignature')
    }
    expect(await told({ ...order, shop: other.shop.shop })).toBe('badOwnerSignature')
    expect(await told({ ...order, deadline: `${deadline - 1}` })).toBe('badOwnerSignature')
    expect(await told({ ...order, till: 9 })).toBe('unknownTill')
    for (const days of [-1, 2]) {
      const late = { by: here.owner, deadline: deadline + days * 86_400 }
      expect(await told(await revocation(street.network, here.shop, late))).toBe('orderOutOfTime')
    }
    await street.settleDown()
    expect(await isRevoked()).toBe(false)
  })
})
