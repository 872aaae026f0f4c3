import fc from 'fast-check'
import { type Hex, hashTypedData } from 'viem'
import { describe, expect, test } from 'vitest'
import {
  acceptanceDigest,
  batchDigest,
  bytesOfEntry,
  hashOfTerms,
  nextOfList,
  startOfList,
  termsDigest,
} from '#contracts/digests.ts'
import {
  acceptanceTypes,
  batchTypes,
  entryBytes,
  issuanceDomain,
  redemptionsDomain,
  runningHashNext,
  runningHashStart,
  termsHash,
  termsMessage,
  termsTypes,
} from '#contracts/terms.ts'

/** What is put together by hand is, to the bit, what the general encoder makes of the definitions. */

const hex = (bytes: number) =>
  fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((all): Hex => `0x${Buffer.from(all).toString('hex')}`)
const uint = (bits: number) => fc.bigInt({ min: 0n, max: 2n ** BigInt(bits) - 1n })
const small = (bits: number) => uint(bits).map(Number)
const address = hex(20)
const entry = fc.record({ member: address, points: uint(48), spend: uint(48), soldAt: small(32) })
const terms = fc.record({
  member: address,
  shop: small(32),
  till: small(32),
  sequence: uint(64),
  purpose: small(32),
  deadline: small(48),
  lines: fc.array(fc.record({ token: address, points: uint(48) }), { maxLength: 4 }),
})
const place = fc.record({ chainId: small(48), contract: address })

describe('digests put together by hand', () => {
  test('of a till’s list', () => {
    const batch = fc.record({ shop: small(32), till: small(32), first: uint(64), count: small(32), head: hex(32) })
    fc.assert(
      fc.property(batch, place, (list, where) => {
        const { first: firstSequence, ...rest } = list
        const domain = issuanceDomain(where.chainId, where.contract)
        const message = { ...rest, firstSequence }
        expect(batchDigest(list, where)).toBe(
          hashTypedData({ domain, types: batchTypes, primaryType: 'Batch', message }),
        )
        expect(startOfList(list)).toBe(runningHashStart({ ...rest, firstSequence }))
      }),
    )
  })

  test('of the entries and the running hash over them', () => {
    fc.assert(
      fc.property(hex(32), entry, (head, one) => {
        expect(bytesOfEntry(one)).toBe(entryBytes(one))
        expect(nextOfList(head, one)).toBe(runningHashNext(head, one))
      }),
    )
  })

  test('of a member’s terms, and of a till’s acceptance of them', () => {
    fc.assert(
      fc.property(fc.array(terms, { minLength: 1, maxLength: 3 }), place, (several, where) => {
        const domain = redemptionsDomain(where.chainId, where.contract)
        const hashes = several.map(hashOfTerms)
        expect(hashes).toEqual(several.map(termsHash))
        const [first] = several
        if (!first) throw new Error('at least one')
        const message = termsMessage(first)
        expect(termsDigest(hashOfTerms(first), where)).toBe(
          hashTypedData({ domain, types: termsTypes, primaryType: 'Terms', message }),
        )
        const { shop, till } = first
        expect(acceptanceDigest({ shop, till, terms: hashes }, where)).toBe(
          hashTypedData({
            domain,
            types: acceptanceTypes,
            primaryType: 'Acceptance',
            message: { shop, till, terms: hashes },
          }),
        )
      }),
    )
  })

  test('a value that does not fit is an error, never another value', () => {
    const good = { member: `0x${'11'.repeat(20)}`, points: 1n, spend: 1n, soldAt: 1 } as const
    expect(() => bytesOfEntry({ ...good, points: 2n ** 48n })).toThrow(/does not fit/)
    expect(() => bytesOfEntry({ ...good, points: -1n })).toThrow(/does not fit/)
    expect(() => bytesOfEntry({ ...good, soldAt: 2 ** 32 })).toThrow(/does not fit/)
    expect(() => bytesOfEntry({ ...good, member: '0x11' })).toThrow(/not 20 bytes/)
    expect(() => nextOfList('0x11', good)).toThrow(/not 32 bytes/)
  })
})
