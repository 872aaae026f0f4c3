// What a run leaves behind: scores in whole numbers, parameters to the bit, and a tree that the chain agrees with.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fixedScore, roundHalfEven } from '#indexer/scoring/fixed-point.ts'
import { hexFloat, parseHexFloat } from '#indexer/scoring/hex-float.ts'
import { type CommittedScore, Leaves, scoreLeaf, scoreTree } from '#indexer/scoring/score-tree.ts'
import { scoreLeaf as leafByViem, merkleTree } from '#test/contracts/support/merkle-tree.ts'

describe('fixed point', () => {
  test.each([
    [0.5, 0n],
    [1.5, 2n],
    [2.5, 2n],
    [2.500_000_1, 3n],
    [-0.5, 0n],
    [-1.5, -2n],
    [9_007_199_254_740_991, 9_007_199_254_740_991n],
  ])('%d is rounded to %d', (value, rounded) => {
    expect(roundHalfEven(value)).toBe(rounded)
  })

  test('a score is parts per million, millionths and minor units', () => {
    expect(fixedScore({ alive: 0.123_456_5, expected: 2.000_000_5, valueMinor: 1_234.5 })).toEqual({
      alivePpm: 123_456,
      purchasesMillionths: 2_000_000n,
      valueMinor: 1_234n,
    })
  })

  test('nobody is more than certain, and nothing below zero is promised', () => {
    expect(fixedScore({ alive: 1 + 1e-15, expected: -1e-18, valueMinor: -3 })).toEqual({
      alivePpm: 1_000_000,
      purchasesMillionths: 0n,
      valueMinor: 0n,
    })
    expect(() => fixedScore({ alive: Number.NaN, expected: 1, valueMinor: 1 })).toThrow('NaN')
  })
})

describe('hex floats', () => {
  test.each([
    [1, '0x1p+0'],
    [3.14, '0x1.91eb851eb851fp+1'],
    [-0.1, '-0x1.999999999999ap-4'],
    [0, '0x0p+0'],
    [5e-324, '0x0.0000000000001p-1022'],
    [Number.MAX_VALUE, '0x1.fffffffffffffp+1023'],
  ])('%d is %s', (value, text) => {
    expect(hexFloat(value)).toBe(text)
    expect(parseHexFloat(text)).toBe(value)
  })

  test('every double comes back as it was', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(Object.is(parseHexFloat(hexFloat(value)), value)).toBe(true)
      }),
    )
  })

  test('what is none is refused', () => {
    for (const text of ['', '1.5', '0x2p+0', '0x1.gp+0', '0x1p0']) expect(parseHexFloat(text)).toBeUndefined()
    expect(() => hexFloat(Number.POSITIVE_INFINITY)).toThrow('no parameter')
  })
})

describe('the tree of a run', () => {
  const scoreOf = (index: number): CommittedScore => ({
    shop: index % 3,
    member: `0x${(BigInt(index) * 0x9e3779b97f4a7c15n + 1n).toString(16).padStart(40, 'a').slice(-40)}`,
    tier: index % 4,
    badges: index % 5 === 0 ? 1n << 127n : BigInt(index),
    alivePpm: 1_000_000 - index,
    purchasesMillionths: (1n << 64n) - 1n - BigInt(index),
    valueMinor: BigInt(index) * 99n,
  })
  const hexOf = (bytes: Uint8Array) => `0x${Buffer.from(bytes).toString('hex')}`
  const byViem = (score: CommittedScore) => leafByViem({ ...score, member: score.member as `0x${string}` })

  test('hashes its leaves as the contract does', () => {
    for (let index = 0; index < 40; index += 1) expect(hexOf(scoreLeaf(scoreOf(index)))).toBe(byViem(scoreOf(index)))
  })

  test.each([1, 2, 3, 7, 64, 2_500])('of %d scores has the root and the proofs of OpenZeppelin’s', (count) => {
    const scores = Array.from({ length: count }, (_, index) => scoreOf(index))
    const known = merkleTree(scores.map(byViem))
    const tree = scoreTree(scores.toReversed())
    expect(tree?.root).toBe(known.root)
    for (const index of new Set([0, count >> 1, count - 1])) {
      expect(tree?.proofOf(scoreOf(index))).toEqual(known.proofOf(byViem(scoreOf(index))))
    }
    expect(tree?.proofOf({ ...scoreOf(0), tier: 3 - scoreOf(0).tier })).toBeUndefined()
  })

  test('puts leaves in order that differ in their last bytes alone', () => {
    const leaves = new Leaves()
    const leafOf = (last: number) => new Uint8Array(32).fill(200).fill(last, 6)
    for (const last of [3, 255, 0, 128, 3]) leaves.add(leafOf(last))
    expect(Array.from(leaves.ascending(), (leaf) => leaf[31])).toEqual([0, 3, 3, 128, 255])
  })

  test('of no scores there is none, and a value that does not fit its field is a bug', () => {
    expect(scoreTree([])).toBeUndefined()
    expect(() => scoreLeaf({ ...scoreOf(1), valueMinor: 1n << 64n })).toThrow('valueMinor')
    expect(() => scoreLeaf({ ...scoreOf(1), tier: 256 })).toThrow('tier')
    expect(() => scoreLeaf({ ...scoreOf(1), member: '0x12' })).toThrow('no account')
  })
})
