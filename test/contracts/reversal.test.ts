// What a till or an owner signs with terms.ts to undo something is what the Solidity accepts, and nothing beside it.
import { type Address, zeroAddress } from 'viem'
import { beforeAll, describe, expect, test } from 'vitest'
import { consortiumAbi, issuanceAbi, shopPointsAbi } from '#contracts/generated.ts'
import {
  consortiumDomain,
  issuanceDomain,
  type PurchaseEntry,
  packEntries,
  type Reversal,
  receiptName,
  reversalMessage,
  reversalTypes,
  revocationTypes,
} from '#contracts/terms.ts'
import { signedBatch } from './support/signing.ts'
import { chainId, keyOf, openStreet, type Street } from './support/street.ts'

const anybody: Address = '0x00000000000000000000000000000000000a4b0d'
const member = keyOf(1).address
const firstSequence = 40n

let street: Street
let token: Address
let entries: PurchaseEntry[]

beforeAll(async () => {
  street = await openStreet(1)
  token = street.shops[0]?.token ?? zeroAddress
  await street.become(anybody)
  const soldAt = await street.time.latest()
  entries = [7n, 900n].map((points) => ({ member, points, spend: 10_000n, soldAt }))
  const args = await signedBatch(street, 1, firstSequence, entries)
  await street.must(anybody, street.contracts.issuance, issuanceAbi, 'issue', args)
})

/** Sends a reversal of the second purchase that the till has signed; `sent` may differ from what was signed. */
async function reverse(reversal: Reversal, sent: Reversal = reversal) {
  const signature = await keyOf(2_001).signTypedData({
    domain: issuanceDomain(chainId, street.contracts.issuance),
    types: reversalTypes,
    primaryType: 'Reversal',
    message: reversalMessage(reversal),
  })
  const chunk = { till: 1, firstSequence, issuedBits: 3n, quarter: 0, entries: packEntries(entries) }
  const agreed = { ...reversalMessage(sent), index: Number(sent.purchase - record), signature }
  return street.call(anybody, street.contracts.issuance, issuanceAbi, 'reverse', [1, record, chunk, agreed])
}

const record = receiptName({ shop: 1, till: 1, sequence: firstSequence })
const purchase = receiptName({ shop: 1, till: 1, sequence: firstSequence + 1n })

describe('what a till signs with terms.ts', () => {
  test('undoes a purchase in parts: taken, owed, and deducted from the cash', async () => {
    const deadline = (await street.time.latest()) + 3_600
    const first = { shop: 1, till: 1, purchase, before: 0n, points: 300n, taken: 300n, debt: 0n, deadline }
    expect(await reverse(first)).toMatchObject({ done: true })
    const rest = { ...first, before: 300n, points: 600n, taken: 500n, debt: 60n }
    for (const changed of [{ points: 599n }, { taken: 499n }, { debt: 61n }, { deadline: deadline + 1 }]) {
      expect(await reverse(rest, { ...rest, ...changed })).toMatchObject({ error: 'BadTillSignature' })
    }
    expect(await reverse(rest)).toMatchObject({ done: true })
    expect(await reverse(rest)).toMatchObject({ error: 'ReversalOutOfTurn' })
    expect(await street.read(token, shopPointsAbi, 'balanceOf', [member])).toBe(107n)
    expect(await street.read(token, shopPointsAbi, 'debtOf', [member])).toBe(60n)
    expect(await street.read(street.contracts.issuance, issuanceAbi, 'reversed', [purchase])).toBe(900)
  })
})

describe('what an owner signs with terms.ts', () => {
  test('revokes the till, whoever sends it, and no other till', async () => {
    const owner = street.shops[0]?.owner ?? keyOf(0)
    const deadline = (await street.time.latest()) + 3_600
    const signature = await owner.signTypedData({
      domain: consortiumDomain(chainId, street.contracts.consortium),
      types: revocationTypes,
      primaryType: 'Revocation',
      message: { shop: 1, till: 1, deadline },
    })
    const send = (till: number, until: number) =>
      street.call(anybody, street.contracts.consortium, consortiumAbi, 'revokeTillBySignature', [
        1,
        till,
        until,
        signature,
      ])
    expect(await send(2, deadline)).toMatchObject({ error: 'BadOwnerSignature' })
    expect(await send(1, deadline + 1)).toMatchObject({ error: 'BadOwnerSignature' })
    expect(await send(1, deadline)).toMatchObject({ done: true })
    const till = await street.read(street.contracts.consortium, consortiumAbi, 'tillOf', [1, 1])
    expect(till).toMatchObject({ revoked: true })
    expect(await send(1, deadline)).toMatchObject({ error: 'TillAlreadyRevoked' })
  })
})
