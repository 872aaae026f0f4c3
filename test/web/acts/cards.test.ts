import { generatePrivateKey, type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { cardStatement, keyInSealed, sealedLink } from '#contracts/till-api/cards.ts'
import { freshShop } from '#test/support/fresh-shop.ts'
import { type LivingStreet, openLivingStreet } from '#test/support/living-street.ts'
import type { TestShop } from '#test/support/network.ts'
import { signedPayment, signedTransfer, type TillHand } from '#test/support/till-hand.ts'
import { makeCards } from '#web/acts/cards.ts'
import { claimCard } from '#web/acts/claim-card.ts'
import { issue } from '#web/acts/issue.ts'
import { lookAtCard } from '#web/acts/look-at-card.ts'
import { lookUpMember } from '#web/acts/look-up-member.ts'
import { memberBalance } from '#web/acts/member-balance.ts'
import { redeem } from '#web/acts/redeem.ts'
import { isRefusal } from '#web/acts/refusal.ts'
import { transfer } from '#web/acts/transfer.ts'
import type { Hex } from '#web/acts/wire.ts'

/** Cards: what a shopper without a phone collects on, until a phone claims it. */

let street: LivingStreet
let shop: TestShop
let till: TillHand
let nonce = 1_000

beforeAll(async () => {
  street = await openLivingStreet({ shops: 0, members: 3 })
})
afterAll(() => street.close())

beforeEach(async () => {
  ;({ shop, till } = await freshShop(street))
})

const lower = (address: string) => address.toLowerCase() as Hex
const member = (index: number) => lower(street.member(index).address)

async function newCard(of = shop): Promise<PrivateKeyAccount & { readonly code: string }> {
  const account = privateKeyToAccount(generatePrivateKey())
  const signature = await account.signMessage({ message: cardStatement(of.shop) })
  const made = await makeCards({ shop: of.shop, cards: [{ member: account.address, signature }] })
  if (isRefusal(made)) throw new Error(made.refused)
  return { ...account, code: made.cards[0]?.code ?? '' }
}

const sold = async (card: { address: Hex }, points: bigint, at = till) =>
  codeOf(await issue(await at.ring({ member: card.address, points })))
function codeOf(answer: object): string {
  if (isRefusal(answer)) return answer.refused
  if ('results' in answer) return (answer.results as { state: string }[]).map(({ state }) => state).join(',')
  return 'state' in answer ? String(answer.state) : 'nothing'
}

async function arrived(): Promise<void> {
  await street.closeLists()
  await street.settleDown()
}

/** What the phone makes of an opened card: one signed transfer for each issuer. */
async function claimOf(card: PrivateKeyAccount, to: Hex, parts: readonly (readonly [TestShop, bigint])[]) {
  const transfers = await Promise.all(
    parts.map(([issuer, points]) => {
      nonce += 1
      return signedTransfer(street.network, issuer, { from: card, to, points, nonce })
    }),
  )
  return { card: card.address, transfers }
}

describe('a card', () => {
  test('collects at any shop, by the code on its outside, up to what a card may hold', async () => {
    const card = await newCard()
    const { shop: other, till: its } = await freshShop(street)
    expect(await lookUpMember(`${card.code.slice(0, 3)} ${card.code.slice(3)}`)).toMatchObject({
      ...{ member: lower(card.address), calledName: `Card ${card.code.slice(-4)}`, cardTakes: 200_000n },
    })
    expect(await sold(card, 150_000n)).toBe('pending')
    expect(await sold(card, 50_001n, its)).toBe('cardFull')
    expect(await sold(card, 50_000n, its.startAt(9n))).toBe('pending')
    expect(await sold(card, 1n)).toBe('cardFull')
    await arrived()
    expect((await memberBalance(lower(card.address))).balance).toBe(200_000n)
    expect(await lookUpMember(card.code)).toMatchObject({ cardTakes: 0n, balance: 200_000n })
    expect(other.shop).not.toBe(shop.shop)
  })

  test('credited by two tills at once holds no more than one may', async () => {
    const card = await newCard()
    const { till: its } = await freshShop(street)
    const told = await Promise.all([sold(card, 150_000n), sold(card, 150_000n, its)])
    expect(told.sort()).toEqual(['cardFull', 'pending'])
  })

  test('credited by three tills in one moment holds no more than one may', async () => {
    const card = await newCard()
    const tills = [till, (await freshShop(street)).till, (await freshShop(street)).till]
    const told = await Promise.all(tills.map((one) => sold(card, 150_000n, one)))
    expect(told.sort()).toEqual(['cardFull', 'cardFull', 'pending'])
  })

  test('filled above its measure by sales made offline keeps them, takes no more, and a claim takes all', async () => {
    const card = await newCard()
    const { till: its } = await freshShop(street)
    const soldAt = Math.floor(Date.now() / 1000) - 3_600
    const one = { member: card.address, points: 150_000n, soldAt }
    const [first, second] = [await till.ring(one, one), await its.ring(one)]
    const over = (holds: bigint) => [{ member: lower(card.address), limit: 200_000n, holds }]
    expect(await issue(first)).toMatchObject({
      results: [{ state: 'pending' }, { state: 'pending' }],
      overfullCards: over(300_000n),
    })
    // One sale that waited by itself was promised as well.
    expect(await issue(second)).toMatchObject({ results: [{ state: 'pending' }], overfullCards: over(450_000n) })
    expect(await issue(first)).toMatchObject({ overfullCards: over(450_000n) })
    expect(await sold(card, 1n, its)).toBe('cardFull')
    expect(await lookUpMember(card.code)).toMatchObject({ cardTakes: 0n })
    await arrived()
    expect(await sold(card, 1n, its.startAt(40n))).toBe('cardFull')
    const looked = await lookAtCard(card.address)
    const lines = 'lines' in looked ? looked.lines : []
    expect(lines.reduce((sum, { points }) => sum + points, 0n)).toBe(450_000n)
  })

  test('that nobody claims pays like any account, and a till takes another number after a refusal', async () => {
    const card = await newCard()
    expect(await sold(card, 500n)).toBe('pending')
    await arrived()
    const lines = [{ token: shop.token, points: 200n }]
    const paid = await redeem(await signedPayment(street.network, shop, { member: card, sequence: 1n, lines }))
    expect(codeOf(paid)).toBe('pending')
    expect(await sold(card, 200_000n)).toBe('cardFull')
    expect(await sold({ address: street.member(0).address }, 5n, till.startAt(50n))).toBe('pending')
    await arrived()
    expect((await memberBalance(lower(card.address))).balance).toBe(300n)
  })

  test('is none by somebody else’s account, without its key’s word, or at a second shop', async () => {
    const card = await newCard()
    const { shop: other } = await freshShop(street)
    const victim = street.member(1)
    const forged = await card.signMessage({ message: cardStatement(shop.shop) })
    const cards = [{ member: victim.address, signature: forged }]
    expect(codeOf(await makeCards({ shop: shop.shop, cards }))).toBe('badSignature')
    const elsewhere = [{ member: card.address, signature: forged }]
    expect(codeOf(await makeCards({ shop: other.shop, cards: elsewhere }))).toBe('badSignature')
    const again = await makeCards({ shop: shop.shop, cards: elsewhere })
    expect(again).toEqual({ cards: [{ member: lower(card.address), code: card.code }] })
  })
})

describe('a claim', () => {
  test('takes all of a card, after which tills refuse it; the same claim again is answered alike', async () => {
    const card = await newCard()
    const { shop: other, till: its } = await freshShop(street)
    const first = await till.ring({ member: card.address, points: 700n })
    expect(codeOf(await issue(first))).toBe('pending')
    expect(await sold(card, 30n, its)).toBe('pending')
    await arrived()
    const before = (await memberBalance(member(0))).balance
    expect(await lookAtCard(card.address)).toMatchObject({
      claimedBy: null,
      lines: [{ points: 700n }, { points: 30n }],
    })
    const part = await claimOf(card, member(0), [[shop, 700n]])
    expect(codeOf(await claimCard(member(0), part))).toBe('cardHasMore')
    const claim = await claimOf(card, member(0), [
      [shop, 700n],
      [other, 30n],
    ])
    expect(await claimCard(member(0), claim)).toEqual({ state: 'pending', points: 730n })
    expect(await claimCard(member(0), claim)).toEqual({ state: 'pending', points: 730n })
    expect(await sold(card, 5n)).toBe('cardClaimed')
    expect(codeOf(await lookUpMember(card.code))).toBe('cardClaimed')
    const lines = [{ token: shop.token, points: 1n }]
    const paying = await signedPayment(street.network, shop, { member: card, sequence: 7n, lines })
    expect(codeOf(await redeem(paying))).toBe('cardClaimed')
    await arrived()
    expect((await memberBalance(member(0))).balance - before).toBe(730n)
    expect((await memberBalance(lower(card.address))).balance).toBe(0n)
    expect(await claimCard(member(0), claim)).toEqual({ state: 'final' })
    expect(codeOf(await issue(first))).toBe('final')
  })

  test('raced by two phones is one phone’s, and the other is told so', async () => {
    const card = await newCard()
    await sold(card, 40n)
    await arrived()
    const claims = await Promise.all([0, 1].map((index) => claimOf(card, member(index), [[shop, 40n]])))
    const told = await Promise.all(claims.map((claim, index) => claimCard(member(index), claim)))
    expect(told.map(codeOf).sort()).toEqual(['cardClaimed', 'pending'])
    await arrived()
    expect((await memberBalance(lower(card.address))).balance).toBe(0n)
    // What was sold before the claim and arrives after it is the claimer's alone.
    const winner = codeOf(told[0] ?? {}) === 'pending' ? 0 : 1
    await street.web.query('UPDATE portal.card SET claimed_by = NULL WHERE member = $1', [bytes(card.address)])
    await sold(card, 9n, till.startAt(60n))
    await street.web.query('UPDATE portal.card SET claimed_by = $2 WHERE member = $1', [
      ...[bytes(card.address), bytes(member(winner))],
    ])
    await arrived()
    const late = await Promise.all([0, 1].map((index) => claimOf(card, member(index), [[shop, 9n]])))
    expect(codeOf(await claimCard(member(1 - winner), late[1 - winner]))).toBe('cardClaimed')
    expect(codeOf(await claimCard(member(winner), late[winner]))).toBe('pending')
  })

  test('needs the card’s own key: a photograph of its outside gives nothing, nor does a way around', async () => {
    const card = await newCard()
    await sold(card, 40n)
    await arrived()
    const thief = { address: card.address, signTypedData: street.member(1).signTypedData }
    const stolen = await claimOf(thief as unknown as PrivateKeyAccount, member(1), [[shop, 40n]])
    expect(codeOf(await claimCard(member(1), stolen))).toBe('badSignature')
    const forAnna = await claimOf(card, member(0), [[shop, 40n]])
    expect(codeOf(await claimCard(member(1), forAnna))).toBe('badSignature')
    const [around] = (await claimOf(card, member(1), [[shop, 40n]])).transfers
    expect(codeOf(await transfer(around))).toBe('claimTheCard')
    const nobodys = privateKeyToAccount(generatePrivateKey())
    expect(codeOf(await claimCard(member(1), await claimOf(nobodys, member(1), [[shop, 40n]])))).toBe('unknownCard')
    expect((await memberBalance(lower(card.address))).spendable).toBe(40n)
  })
})

test('a sealed code keeps the key behind the sign that no browser sends', () => {
  const key = generatePrivateKey()
  const link = new URL(sealedLink('https://street.example', key))
  expect(link.pathname + link.search).toBe('/card')
  expect(keyInSealed(link.href)).toBe(key)
  expect(keyInSealed('https://street.example/card')).toBeNull()
})

const bytes = (address: string) => Buffer.from(address.slice(2), 'hex')
