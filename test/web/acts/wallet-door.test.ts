import { encodeFunctionData, hashMessage, type LocalAccount, zeroAddress } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { createSiweMessage } from 'viem/siwe'
import { serializeErc6492Signature } from 'viem/utils'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { consortiumAbi, memberAccountsAbi } from '#contracts/generated.ts'
import { type LivingStreet, openLivingStreet } from '#test/support/living-street.ts'
import { call, openShop, settled } from '#test/support/network.ts'
import { passkeyDevice } from '#test/support/passkey-device.ts'
import { newChallenge } from '#web/acts/challenge.ts'
import { lookUpMember } from '#web/acts/look-up-member.ts'
import { moveToShop } from '#web/acts/move-to-shop.ts'
import { isRefusal } from '#web/acts/refusal.ts'
import { sessionUnder } from '#web/acts/session.ts'
import { signInByWallet } from '#web/acts/sign-in-wallet.ts'
import type { Hex } from '#web/acts/wire.ts'
import { POST } from '#web/app/api/session/wallet/route.ts'
import { rolesOf } from '#web/queries/roles.ts'

/** Coming in by a wallet's signature under one sentence (EIP-4361); what somebody is here, the chain says. */

const device = 'Firefox on Linux'
const owner = privateKeyToAccount(`0x${'0a'.repeat(32)}`)
const stranger = privateKeyToAccount(`0x${'0b'.repeat(32)}`)

let street: LivingStreet
beforeAll(async () => {
  street = await openLivingStreet({ shops: 1, members: 1 })
  // The shop changes hands: to somebody whose key this test holds.
  const { contracts, shops } = street.network
  const handed = call(consortiumAbi, contracts.consortium, shops[0]?.owner ?? '0x', 'offerShop', [1, owner.address])
  await settled(street.chain, [handed])
  const taken = call(consortiumAbi, contracts.consortium, owner.address, 'takeOver', [1])
  await settled(street.chain, [taken])
  await street.mirror()
})
afterAll(() => street.close())

type Sentence = Parameters<typeof createSiweMessage>[0]

async function sentence(address: Hex, more: Partial<Sentence> = {}): Promise<string> {
  const given = await newChallenge({ purpose: 'wallet' })
  if (isRefusal(given)) throw new Error(given.refused)
  const issuedAt = new Date()
  return createSiweMessage({
    domain: 'localhost:3000',
    address,
    uri: 'http://localhost:3000',
    version: '1',
    chainId: street.network.chainId,
    nonce: given.challenge,
    issuedAt,
    expirationTime: new Date(issuedAt.getTime() + 300_000),
    ...more,
  })
}

async function enters(
  account: Pick<LocalAccount, 'address' | 'signMessage'>,
  { as = { role: 'member' }, ...more }: { as?: object } & Partial<Sentence> = {},
) {
  const message = await sentence(account.address, more)
  return await signInByWallet({ message, signature: await account.signMessage({ message }), as }, { device })
}

const codeOf = (answer: object): string => (isRefusal(answer) ? answer.refused : 'in')
const complaintOf = (answer: object) => (isRefusal(answer) ? answer.facts['complaint'] : null)

describe('whoever holds the account comes in', () => {
  test('a key of its own', async () => {
    const entered = await enters(stranger)
    if (isRefusal(entered)) throw new Error(entered.refused)
    const member = stranger.address.toLowerCase()
    expect(await sessionUnder(entered.session.token)).toMatchObject({
      person: { role: 'member', member },
      way: 'wallet',
    })
    expect(await lookUpMember(member)).toMatchObject({
      member,
      displayName: null,
      code: expect.stringMatching(/^.{7}$/),
    })
  })

  test('anew each time: what the browser brought along before opens nothing any more', async () => {
    const before = await enters(stranger)
    if (isRefusal(before)) throw new Error(before.refused)
    const message = await sentence(owner.address)
    const body = { message, signature: await owner.signMessage({ message }), as: { role: 'member' } }
    const answer = await POST(
      new Request('http://localhost:3000/api/session/wallet', {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          origin: 'http://localhost:3000',
          cookie: `session=${before.session.token}`,
        },
        body: JSON.stringify(body),
      }),
    )
    const given = /^session=([\w-]{70}); Path=\/; Max-Age=\d+; HttpOnly; SameSite=Lax$/
    const token = given.exec(answer.headers.get('set-cookie') ?? '')?.[1]
    expect(JSON.stringify(await answer.json())).not.toContain(token)
    expect(await sessionUnder(token)).toMatchObject({ account: owner.address.toLowerCase() })
    expect(await sessionUnder(before.session.token)).toBeNull()
  })

  test('a contract by its own answer, before it is deployed (ERC-6492) and after (ERC-1271)', async () => {
    const phone = passkeyDevice(70)
    const { accounts } = street.network.contracts
    const account = phone.account(accounts, { guardian: zeroAddress, delay: 0 })
    const given = [phone.key.x, phone.key.y, zeroAddress, 0] as const
    const signs = async (message: string) => await (account.sign?.({ hash: hashMessage(message) }) ?? '0x')
    const first = await sentence(account.address)
    const early = serializeErc6492Signature({
      address: accounts,
      data: encodeFunctionData({ abi: memberAccountsAbi, functionName: 'deploy', args: given }),
      signature: await signs(first),
    })
    const as = { role: 'member' }
    expect(codeOf(await signInByWallet({ message: first, signature: early, as }, { device }))).toBe('in')
    await settled(street.chain, [call(memberAccountsAbi, accounts, stranger.address, 'deploy', given)])
    const later = await sentence(account.address)
    expect(codeOf(await signInByWallet({ message: later, signature: await signs(later), as }, { device }))).toBe('in')
    const other = await sentence(account.address)
    const wrong = await signInByWallet({ message: other, signature: await signs(later), as }, { device })
    expect(codeOf(wrong)).toBe('badEntry')
  })

  test('the owner of a shop as its owner, and nobody else', async () => {
    const as = { role: 'owner', shop: 1 }
    expect(await rolesOf(owner.address.toLowerCase() as Hex)).toEqual({ shops: [{ shop: 1, board: true }], tills: [] })
    expect(codeOf(await enters(owner, { as }))).toBe('in')
    expect(await enters(owner, { as: { role: 'owner' } })).toMatchObject({ person: { role: 'owner', shop: 1 } })
    expect(codeOf(await enters(stranger, { as }))).toBe('ownsNoShop')
    expect(codeOf(await enters(stranger, { as: { role: 'owner' } }))).toBe('ownsNoShop')
    expect(codeOf(await enters(owner, { as: { role: 'owner', shop: 2 } }))).toBe('notYourPlace')
    expect(codeOf(await enters(owner, { as: { role: 'till', shop: 1, till: 1 } }))).toBe('noTillYet')
  })

  test('a till as that till; the auditor’s and the board’s places are nobody’s to claim', async () => {
    const till = street.network.shops[0]?.till
    if (!till) throw new Error('one shop was opened')
    expect(codeOf(await enters(till, { as: { role: 'till', shop: 1, till: 1 } }))).toBe('in')
    expect(await enters(till, { as: { role: 'till' } })).toMatchObject({ person: { role: 'till', shop: 1, till: 1 } })
    expect(codeOf(await enters(till, { as: { role: 'till', shop: 1, till: 2 } }))).toBe('notYourPlace')
    for (const role of ['auditor', 'board', 'admin'])
      expect(codeOf(await enters(till, { as: { role } }))).toBe('malformed')
  })
})

describe('what was shown stays shown, and no more than that', () => {
  const inside = async (role: 'member' | 'owner') => {
    const entered = await enters(owner, { as: { role } })
    if (isRefusal(entered)) throw new Error(entered.refused)
    return entered.session.token
  }
  const held = async (token: string) => {
    const session = await sessionUnder(token)
    if (!session) throw new Error('nobody is inside')
    return session
  }

  test('a stolen cookie of a shopper who owns a shop does not make its thief the owner', async () => {
    const token = await inside('member')
    expect(codeOf(await moveToShop(await held(token), { shop: 1 }))).toBe('notTheOwner')
    expect(await sessionUnder(token)).toMatchObject({ person: { role: 'member' } })
  })

  test('an owner of several shops goes from one to another of theirs, within the same hours', async () => {
    const next = await openShop(street.network, 1_000_000_000n)
    const { consortium } = street.network.contracts
    await settled(street.chain, [call(consortiumAbi, consortium, next.owner, 'offerShop', [next.shop, owner.address])])
    await settled(street.chain, [call(consortiumAbi, consortium, owner.address, 'takeOver', [next.shop])])
    await street.mirror()
    const token = await inside('owner')
    expect(await sessionUnder(token)).toMatchObject({ person: { shop: 1 } })
    expect(await moveToShop(await held(token), { shop: next.shop })).toEqual({ role: 'owner', shop: next.shop })
    expect(await sessionUnder(token)).toMatchObject({ person: { role: 'owner', shop: next.shop } })
    expect(codeOf(await moveToShop(await held(token), { shop: 99 }))).toBe('notYourPlace')
    const tomorrow = new Date(Date.now() + 13 * 3_600_000)
    expect(await sessionUnder(token, { now: tomorrow })).toBeNull()
  })

  // Last of these, since it takes the shop away.
  test('who loses the shop on the chain is no owner at the next request', async () => {
    const token = await inside('owner')
    const { consortium } = street.network.contracts
    await settled(street.chain, [call(consortiumAbi, consortium, owner.address, 'offerShop', [1, stranger.address])])
    await street.mirror()
    expect(await sessionUnder(token)).toMatchObject({ person: { role: 'owner', shop: 1 } })
    await settled(street.chain, [call(consortiumAbi, consortium, stranger.address, 'takeOver', [1])])
    await street.mirror()
    expect(await sessionUnder(token)).toBeNull()
    expect(await enters(stranger, { as: { role: 'owner' } })).toMatchObject({ person: { role: 'owner', shop: 1 } })
  })
})

describe('a sentence that this portal’s page did not write lets nobody in', () => {
  const past = new Date(Date.now() - 1_000)
  const ages = new Date(Date.now() + 86_400_000)
  test.each<[string, Partial<Sentence>]>([
    ['it is meant for another site', { domain: 'highstreet.example' }],
    ['it is meant for another site', { domain: 'localhost:3001' }],
    ['it is meant for another site', { scheme: 'https' }],
    ['it is meant for another address', { uri: 'https://highstreet.example' }],
    ['it is meant for another chain', { chainId: 1 }],
    ['its number is none of this portal’s', { nonce: 'abcdefgh12345678' }],
    ['it has run out', { issuedAt: new Date(past.getTime() - 1000), expirationTime: past }],
    ['it lasts too long', { expirationTime: ages }],
    ['it is not valid yet', { notBefore: ages }],
    ['it is not valid yet', { issuedAt: ages, expirationTime: new Date(ages.getTime() + 1000) }],
  ])('%s', async (complaint, more) => {
    const answer = await enters(stranger, more)
    expect(codeOf(answer)).toBe('badEntry')
    expect(complaintOf(answer)).toBe(complaint)
  })

  test('a number that was never given, and one that was used', async () => {
    expect(codeOf(await enters(stranger, { nonce: '7'.repeat(64) }))).toBe('challengeSpent')
    const message = await sentence(stranger.address)
    const request = { message, signature: await stranger.signMessage({ message }), as: { role: 'member' } }
    expect(codeOf(await signInByWallet(request, { device }))).toBe('in')
    expect(codeOf(await signInByWallet(request, { device }))).toBe('challengeSpent')
  })

  test('somebody else’s signature, a changed sentence, and no sentence at all', async () => {
    const message = await sentence(owner.address)
    const signature = await stranger.signMessage({ message })
    const as = { role: 'member' }
    expect(codeOf(await signInByWallet({ message, signature, as }, { device }))).toBe('badEntry')
    const own = await sentence(stranger.address)
    const changed = own.replace('Version: 1', 'Version: 1 ')
    const signed = await stranger.signMessage({ message: own })
    expect(codeOf(await signInByWallet({ message: changed, signature: signed, as }, { device }))).toBe('badEntry')
    for (const words of ['', 'Let me in.', '\u0000', 'x'.repeat(3_000)]) {
      expect(['badEntry', 'malformed']).toContain(
        codeOf(await signInByWallet({ message: words, signature, as }, { device })),
      )
    }
  })
})
