// terms.ts and the Solidity beside it hash the same things the same way; and what the hot paths cost, in gas.
import { type Address, concat, encodeAbiParameters, hashStruct, keccak256, parseAbiParameters, zeroAddress } from 'viem'
import { beforeAll, describe, expect, test } from 'vitest'
import { codeHashes, issuanceAbi, memberAccountsAbi, redemptionsAbi, shopPointsAbi } from '#contracts/generated.ts'
import { memberAddress } from '#contracts/passkey.ts'
import {
  entryBytes,
  type PurchaseEntry,
  receiptName,
  runningHashNext,
  runningHashStart,
  termsHash,
  termsMessage,
  termsTypes,
} from '#contracts/terms.ts'
import { acceptedPayments, passkeyAccount, passkeyTerms, signedBatch, signedTerms } from './support/signing.ts'
import { keyOf, openStreet, type Street } from './support/street.ts'

const MEMBERS = 500
const anybody: Address = '0x00000000000000000000000000000000000a4b0d'
const measured: { what: string; gas: number; most: number }[] = []

let street: Street
let tokens: Address[]
let issuedFresh = 0n

function purchases(count: number, time: number): PurchaseEntry[] {
  return Array.from({ length: count }, (_, index) => ({
    member: keyOf(index + 1).address,
    points: 1_000n + BigInt(index),
    spend: 10_000n,
    soldAt: time,
  }))
}

async function submit(shop: number, first: bigint, entries: PurchaseEntry[]): Promise<bigint> {
  const args = await signedBatch(street, shop, first, entries)
  return street.must(anybody, street.contracts.issuance, issuanceAbi, 'issue', args)
}

async function pay(
  shop: number,
  members: number[],
  firstSequence: bigint,
  issuer: number,
  sign: typeof signedTerms = signedTerms,
): Promise<bigint> {
  const deadline = (await street.time.latest()) + 86_400
  const lines = [{ token: tokens[issuer - 1] ?? zeroAddress, points: 100n }]
  const payments = await Promise.all(
    members.map((member, index) =>
      sign(street, { member, shop, sequence: firstSequence + BigInt(index), lines, deadline }),
    ),
  )
  const args = await acceptedPayments(street, shop, payments)
  return street.must(anybody, street.contracts.redemptions, redemptionsAbi, 'redeem', args)
}

async function holdersWithPasskeys(members: number[]): Promise<void> {
  const soldAt = await street.time.latest()
  const entries = members.map((member) => {
    const account = memberAddress(street.contracts.accounts, passkeyAccount(member))
    return { member: account, points: 1_000n, spend: 10_000n, soldAt }
  })
  await submit(1, 2_000n, entries)
}

/** The gas of all of them. */
async function deployAccounts(members: number[]): Promise<bigint> {
  let gas = 0n
  for (const { x, y, guardian, delay } of members.map(passkeyAccount)) {
    gas += await street.must(anybody, street.contracts.accounts, memberAccountsAbi, 'deploy', [x, y, guardian, delay])
  }
  return gas
}

function keep(what: string, gas: bigint | number, most: number): void {
  measured.push({ what, gas: Math.round(Number(gas)), most })
}

beforeAll(async () => {
  street = await openStreet(2)
  tokens = street.shops.map((shop) => shop.token)
  await street.become(anybody)
  issuedFresh = await submit(1, 0n, purchases(MEMBERS, await street.time.latest()))
})

describe('what tills and members sign with terms.ts', () => {
  test('is the batch that the contract issues, and its records can be recomputed', async () => {
    const entries = purchases(MEMBERS, 1)
    expect(await street.read(tokens[0] ?? zeroAddress, shopPointsAbi, 'balanceOf', [keyOf(7).address])).toBe(1_006n)
    const spent = await street.read(street.contracts.issuance, issuanceAbi, 'receiptSpent', [1, 1, 499n])
    expect(spent).toBe(true)
    const args = await signedBatch(street, 2, 40n, entries)
    const changed = [...args.slice(0, 2), 41n, ...args.slice(3)]
    const refused = await street.call(anybody, street.contracts.issuance, issuanceAbi, 'issue', changed)
    expect(refused.error).toBe('BadTillSignature')
  })

  test('is a running hash that anyone can follow entry by entry', () => {
    const [first, second] = purchases(2, 1_800_000_000) as [PurchaseEntry, PurchaseEntry]
    const start = runningHashStart({ shop: 3, till: 4, firstSequence: 5n })
    expect(start).toBe(keccak256(encodeAbiParameters(parseAbiParameters('uint32, uint32, uint64'), [3, 4, 5n])))
    expect((entryBytes(first).length - 2) / 2).toBe(36)
    const one = keccak256(concat([start, entryBytes(first)]))
    expect(runningHashNext(runningHashNext(start, first), second)).toBe(keccak256(concat([one, entryBytes(second)])))
  })

  test('are terms with the EIP-712 struct hash, and the record of the payment names its first receipt', async () => {
    const deadline = (await street.time.latest()) + 86_400
    const lines = tokens
      .map((token) => ({ token, points: 5n }))
      .sort((a, b) => (BigInt(a.token) < BigInt(b.token) ? -1 : 1))
    const { terms } = await signedTerms(street, { member: 1, shop: 2, sequence: 9n, lines, deadline })
    expect(termsHash(terms)).toBe(hashStruct({ types: termsTypes, primaryType: 'Terms', data: termsMessage(terms) }))
    await pay(2, [1, 2], 700n, 1)
    const record = receiptName({ shop: 2, till: 1, sequence: 700n })
    const hash = await street.read(street.contracts.redemptions, redemptionsAbi, 'recordHash', [record])
    expect(hash).not.toBe(`0x${'00'.repeat(32)}`)
    for (const sequence of [700n, 701n]) {
      expect(await street.read(street.contracts.redemptions, redemptionsAbi, 'paymentSpent', [2, 1, sequence])).toBe(
        true,
      )
    }
  })
})

describe('what it costs', () => {
  test('stays within the limits of the hot paths', async () => {
    const time = await street.time.latest()
    keep('issue to 500 who held nothing, whole batch', issuedFresh, 16_777_216)
    keep(
      'issue to 500 holders, each receipt',
      Number(await submit(1, 1_000n, purchases(MEMBERS, time))) / MEMBERS,
      9_500,
    )
    await pay(2, [3], 1_024n, 1)
    keep('redeem elsewhere, alone', await pay(2, [3], 1_025n, 1), 131_000)
    const fifty = Array.from({ length: 50 }, (_, index) => index + 10)
    keep('redeem elsewhere, each of 50', Number(await pay(2, fifty, 1_280n, 1)) / 50, 45_000)
    await holdersWithPasskeys([3, ...fifty])
    keep('redeem elsewhere by passkey, alone', await pay(2, [3], 1_026n, 1, passkeyTerms), 147_000)
    keep('redeem elsewhere by passkey, each of 50', Number(await pay(2, fifty, 1_536n, 1, passkeyTerms)) / 50, 58_000)
    keep("deploying a member's account", Number(await deployAccounts(fifty)) / 50, 95_000)
    const deployed = Number(await pay(2, fifty, 1_792n, 1, passkeyTerms)) / 50
    keep('the same once their accounts are deployed', deployed, 59_500)
    const [from, to] = [keyOf(1).address, keyOf(2).address]
    await street.become(from)
    keep(
      'transfer to a holder',
      await street.must(from, tokens[0] ?? zeroAddress, shopPointsAbi, 'transfer', [to, 5n]),
      39_000,
    )
    for (const [name, { bytes }] of Object.entries(codeHashes)) keep(`bytes of ${name}`, bytes, 24_576)
    console.table(measured)
    for (const { what, gas, most } of measured) expect.soft(gas, what).toBeLessThanOrEqual(most)
  })
})
