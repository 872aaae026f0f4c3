import { expect, test } from 'vitest'
import {
  type Basket,
  countTogether,
  leastSupport,
  liftOf,
  strongestPairs,
  suggest,
} from '#indexer/scoring/going-together.ts'

const basket = (rewards: readonly number[], ...habits: string[]): Basket => ({ rewards, habits })
const times = (count: number, one: Basket): Basket[] => Array.from({ length: count }, () => one)

/** 20 took coffee (1), 9 of them a pastry (2) too; 60 took nothing, 4 of them come in the morning and took soup (3). */
const shop = [
  ...times(11, basket([1])),
  ...times(9, basket([1, 2])),
  ...times(56, basket([])),
  ...times(4, basket([3], 'morning')),
]

test('a suggestion names the numbers it rests on', () => {
  const [first, ...others] = suggest(basket([1]), countTogether(shop), [2, 3])
  expect(first).toEqual({
    reward: 2,
    likely: (9 + (10 * 9) / 80) / (20 + 10),
    because: { from: { reward: 1 }, to: 2, both: 9, of: 20, anyway: 9, all: 80 },
  })
  expect(liftOf(first?.because as never)).toBe(4)
  expect(others).toEqual([{ reward: 3, likely: 4 / 80, because: undefined }])
})

test('fewer than five members suggest nothing, however strong it looks', () => {
  expect(leastSupport).toBe(5)
  const [first] = suggest(basket([], 'morning'), countTogether(shop), [3])
  expect(first?.because).toBeUndefined()
  const [more] = suggest(basket([], 'morning'), countTogether([...shop, basket([3], 'morning')]), [3])
  expect(more?.because).toMatchObject({ from: { habit: 'morning' }, both: 5, of: 5 })
})

test('a reward that everybody takes is suggested by that, and not by what it happens to go with', () => {
  const everybody = times(50, basket([1, 2]))
  expect(suggest(basket([1]), countTogether(everybody), [2])).toEqual([{ reward: 2, likely: 1, because: undefined }])
})

test('members in another order suggest the same, and equal ones go by number', () => {
  const counted = countTogether(shop.toReversed())
  expect(suggest(basket([1]), counted, [3, 2])).toEqual(suggest(basket([1]), countTogether(shop), [2, 3]))
  expect(suggest(basket([]), counted, [9, 8]).map(({ reward }) => reward)).toEqual([8, 9])
})

test('the strongest pairs are those of most members beyond chance', () => {
  expect(strongestPairs(countTogether(shop), 5)).toEqual([
    { from: { reward: 2 }, to: 1, both: 9, of: 9, anyway: 20, all: 80 },
    { from: { reward: 1 }, to: 2, both: 9, of: 20, anyway: 9, all: 80 },
  ])
})
