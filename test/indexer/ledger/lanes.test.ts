import fc from 'fast-check'
import { expect, test } from 'vitest'
import { aged, type Lanes, minus, oldestFirst, plus, totalOf, unpacked } from '#indexer/ledger/lanes.ts'

const lane = fc.bigInt(0n, 2n ** 48n - 1n)
const lanes: fc.Arbitrary<Lanes> = fc.tuple(lane, lane, lane, lane, lane)

test('ageing by quarters one after the other is ageing by all of them at once', () => {
  fc.assert(
    fc.property(lanes, fc.nat(7), fc.nat(7), (word, first, then) => {
      const stepwise = aged(aged(word, first).lanes, then)
      expect(stepwise.lanes).toEqual(aged(word, first + then).lanes)
      expect(aged(word, first).lapsed + stepwise.lapsed).toBe(aged(word, first + then).lapsed)
    }),
  )
})

test('points live exactly five quarters', () => {
  const word: Lanes = [100n, 0n, 0n, 0n, 0n]
  expect(totalOf(aged(word, 4).lanes)).toBe(100n)
  expect(aged(word, 5)).toEqual({ lanes: [0n, 0n, 0n, 0n, 0n], lapsed: 100n })
})

test('what is taken is exactly what was asked for, and no lane is younger than one that is left', () => {
  fc.assert(
    fc.property(lanes, fc.bigInt(0n, 2n ** 50n), (word, asked) => {
      const points = asked % (totalOf(word) + 1n)
      const taken = oldestFirst(word, points)
      expect(totalOf(taken)).toBe(points)
      const left = minus(word, taken)
      expect(left.every((amount) => amount >= 0n)).toBe(true)
      const youngestTaken = taken.findIndex((amount) => amount > 0n)
      if (youngestTaken >= 0) expect(left.slice(youngestTaken + 1).every((amount) => amount === 0n)).toBe(true)
      expect(plus(left, taken)).toEqual(word)
    }),
  )
})

test('more than there is cannot be taken', () => {
  expect(() => oldestFirst([1n, 2n, 0n, 0n, 0n], 4n)).toThrow('only 3 are')
})

test('a word is unpacked as the contracts pack it, whether its account owes points or not', () => {
  fc.assert(
    fc.property(lanes, fc.nat(2 ** 15 - 1), fc.boolean(), (word, stamp, owes) => {
      const packed = word.reduce((all, amount, age) => all | (amount << BigInt(48 * age)), BigInt(stamp) << 240n)
      expect(unpacked(owes ? packed | (1n << 255n) : packed)).toEqual({ lanes: word, stamp })
    }),
  )
})
