import { expect, test } from 'vitest'
import { reasonParts, shapleyShares, type ValueTerms, wholeShares } from '#indexer/scoring/reasons.ts'

const before: ValueTerms = { frequency: 2, silence: 30, age: 90, spend: 500 }
const after: ValueTerms = { frequency: 5, silence: 2, age: 120, spend: 800 }

/** All 24 orders in which the four can change, each term's effect averaged: what a Shapley share is by definition. */
function byOrders(value: (terms: ValueTerms) => number): Record<string, number> {
  const terms = ['frequency', 'silence', 'age', 'spend'] as const
  const orders = (left: readonly string[]): string[][] =>
    left.length === 0
      ? [[]]
      : left.flatMap((one) => orders(left.filter((x) => x !== one)).map((rest) => [one, ...rest]))
  const sums: Record<string, number> = { frequency: 0, silence: 0, age: 0, spend: 0 }
  for (const order of orders(terms)) {
    let state = { ...before }
    for (const term of order) {
      const next = { ...state, [term]: after[term as keyof ValueTerms] }
      sums[term] = (sums[term] ?? 0) + (value(next) - value(state)) / 24
      state = next
    }
  }
  return sums
}

const value = (terms: ValueTerms) =>
  (terms.spend * (1 + terms.frequency) ** 1.3) / (10 + terms.age) / (1 + terms.silence / (5 + terms.frequency))

test('the shares are the mean effects over all 24 orders, and add up to the change', () => {
  const shares = shapleyShares(value, before, after)
  const plain = byOrders(value)
  for (const [term, share] of Object.entries(shares)) expect(share).toBeCloseTo(plain[term] as number, 10)
  const sum = Object.values(shares).reduce((total, share) => total + share, 0)
  expect(sum).toBeCloseTo(value(after) - value(before), 10)
})

test('what did not change has no share', () => {
  const shares = shapleyShares(value, before, { ...before, spend: 700 })
  expect(shares).toMatchObject({ frequency: 0, silence: 0, age: 0 })
  expect(shapleyShares(value, before, before)).toEqual({ frequency: 0, silence: 0, age: 0, spend: 0 })
})

test('a value that is a sum gives each term its own part', () => {
  const shares = shapleyShares(
    ({ frequency, silence, age, spend }) => frequency - silence + 2 * age + 3 * spend,
    before,
    after,
  )
  expect(shares).toEqual({ frequency: 3, silence: 28, age: 60, spend: 900 })
})

test('whole minor units add up to the whole change', () => {
  const whole = wholeShares({ frequency: 0.4, silence: 0.4, age: 0.4, spend: -0.2 }, 1)
  expect(Object.values(whole).reduce((sum, share) => sum + share, 0)).toBe(1)
  expect(wholeShares({ frequency: 10, silence: -3, age: 0, spend: 0 }, 7)).toEqual({
    frequency: 10,
    silence: -3,
    age: 0,
    spend: 0,
  })
})

test('the words say what happened, the weightiest first, and leave out what hardly matters', () => {
  const parts = reasonParts({ frequency: 900, silence: 410, age: -40, spend: 1_200 }, before, after)
  expect(parts).toEqual([
    { words: 'spends more each time', minor: 1_200 },
    { words: 'came 3 more times', minor: 900 },
    { words: 'was here again', minor: 410 },
  ])
  const silent = { ...before, silence: 31, age: 91 }
  expect(reasonParts({ frequency: 0, silence: -50, age: -10, spend: 0 }, before, silent)).toEqual([
    { words: 'silent for a day longer', minor: -50 },
    { words: 'a day went by', minor: -10 },
  ])
  expect(reasonParts({ frequency: 0, silence: 0, age: 0, spend: 0 }, before, before)).toEqual([])
})
