// Vouchers as a till and a phone sign for them with voucher-terms.ts; and what buying and using them costs, in gas.
import { type Address, hashStruct, zeroAddress } from 'viem'
import { beforeAll, describe, expect, test } from 'vitest'
import { issuanceAbi, rewardsAbi } from '#contracts/generated.ts'
import { acceptanceTypes, type Line } from '#contracts/terms.ts'
import {
  rewardId,
  rewardsDomain,
  type VoucherUse,
  voucherPurchaseMessage,
  voucherPurchaseTypes,
  voucherReturnTypes,
  voucherUseHash,
  voucherUseTypes,
} from '#contracts/voucher-terms.ts'
import { signedBatch } from './support/signing.ts'
import { chainId, keyOf, openStreet, type Street } from './support/street.ts'

const anybody: Address = '0x00000000000000000000000000000000000a4b0d'
const SHOPS = 16
const tour = rewardId(1, 1)
const measured: { what: string; gas: number; most: number }[] = []

let street: Street
let deadline: number
let nonce = 0n

const keep = (what: string, gas: bigint, each: number, most: number): void => {
  measured.push({ what, gas: Math.round(Number(gas) / each), most })
}

const domain = () => rewardsDomain(chainId, street.contracts.rewards)

async function purchaseOf(member: number, count: number, lines: Line[]) {
  nonce += 1n
  const purchase = { member: keyOf(member).address, reward: tour, count, nonce, deadline, lines }
  const message = voucherPurchaseMessage(purchase)
  const types = voucherPurchaseTypes
  const signature = await keyOf(member).signTypedData({
    domain: domain(),
    types,
    primaryType: 'VoucherPurchase',
    message,
  })
  return { ...message, signature }
}

const buy = (purchases: readonly Awaited<ReturnType<typeof purchaseOf>>[]) =>
  street.must(anybody, street.contracts.rewards, rewardsAbi, 'buy', [purchases])

async function use(members: readonly number[], firstSequence: bigint): Promise<bigint> {
  const uses = await Promise.all(
    members.map(async (member, index) => {
      const sequence = firstSequence + BigInt(index)
      const one: VoucherUse = {
        holder: keyOf(member).address,
        shop: 1,
        till: 1,
        reward: tour,
        count: 1,
        sequence,
        deadline,
      }
      const types = voucherUseTypes
      const signed = await keyOf(member).signTypedData({
        domain: domain(),
        types,
        primaryType: 'VoucherUse',
        message: one,
      })
      return { one, signature: signed }
    }),
  )
  const terms = uses.map(({ one }) => voucherUseHash(one))
  const acceptance = await keyOf(2_001).signTypedData({
    domain: domain(),
    types: acceptanceTypes,
    primaryType: 'Acceptance',
    message: { shop: 1, till: 1, terms },
  })
  const items = uses.map(({ one, signature }) => ({ ...one, signature }))
  return street.must(anybody, street.contracts.rewards, rewardsAbi, 'use', [1, 1, items, acceptance])
}

const heldBy = (member: number) =>
  street.read(street.contracts.rewards, rewardsAbi, 'balanceOf', [keyOf(member).address, tour])

beforeAll(async () => {
  street = await openStreet(SHOPS)
  await street.become(anybody)
  const time = await street.time.latest()
  deadline = time + 86_400 * 30
  for (const { shop } of street.shops) {
    const entries = Array.from({ length: 60 }, (_, index) => ({
      member: keyOf(index + 1).address,
      points: 10_000n,
      spend: 10_000n,
      soldAt: time,
    }))
    await street.must(
      anybody,
      street.contracts.issuance,
      issuanceAbi,
      'issue',
      await signedBatch(street, shop, 0n, entries),
    )
  }
  const offer = {
    shop: 1,
    price: 160,
    stock: 1_000,
    perMember: 0,
    opensAt: time,
    closesAt: time + 86_400 * 30,
    tier: 0,
    tierShop: 0,
    transferable: true,
  }
  const owner = street.shops[0]?.owner.address ?? zeroAddress
  await street.must(owner, street.contracts.rewards, rewardsAbi, 'offer', [offer, `0x${'c0'.repeat(32)}`])
}, 120_000)

const lineOf = (shop: number, points: bigint): Line => ({ token: street.shops[shop - 1]?.token ?? zeroAddress, points })

describe('what members and tills sign with voucher-terms.ts', () => {
  test('is the purchase, the use and the return that the contract takes', async () => {
    await buy([await purchaseOf(1, 2, [lineOf(2, 320n)])])
    expect(await heldBy(1)).toBe(2n)
    await use([1], 0n)
    expect(await heldBy(1)).toBe(1n)
    const back = { holder: keyOf(1).address, reward: tour, count: 1, nonce: 900n, deadline }
    const types = voucherReturnTypes
    const signature = await keyOf(1).signTypedData({
      domain: domain(),
      types,
      primaryType: 'VoucherReturn',
      message: back,
    })
    const args = [back.holder, tour, 1, 900n, deadline, signature]
    await street.must(anybody, street.contracts.rewards, rewardsAbi, 'giveBackBySignature', args)
    expect(await heldBy(1)).toBe(0n)
  })

  test('is hashed as EIP-712 says', () => {
    const one = { holder: anybody, shop: 1, till: 1, reward: tour, count: 1, sequence: 1n, deadline: 1 }
    expect(voucherUseHash(one)).toBe(hashStruct({ types: voucherUseTypes, primaryType: 'VoucherUse', data: one }))
  })
})

describe('what it costs', () => {
  test('stays within the limits of the hot paths', async () => {
    keep('buy with points of one other shop, alone', await buy([await purchaseOf(2, 1, [lineOf(2, 160n)])]), 1, 245_000)
    const others = Array.from({ length: 20 }, (_, index) => index + 10)
    const many = await Promise.all(others.map((member) => purchaseOf(member, 1, [lineOf(2, 160n)])))
    keep('buy with points of one other shop, each of 20', await buy(many), 20, 142_000)
    const lines = street.shops.map(({ shop }) => lineOf(shop, 10n))
    const sorted = lines.sort((a, b) => (BigInt(a.token) < BigInt(b.token) ? -1 : 1))
    keep('buy with points of sixteen shops', await buy([await purchaseOf(40, 1, sorted)]), 1, 830_000)
    expect(await heldBy(40)).toBe(1n)
    keep('use, alone', await use([2], 256n), 1, 136_000)
    keep('use, each of 20', await use(others, 512n), 20, 41_000)
    for (const { what, gas, most } of measured) console.log(`${what}: ${gas} gas, at most ${most}`)
    for (const { what, gas, most } of measured) expect(gas, what).toBeLessThanOrEqual(most)
  })
})
