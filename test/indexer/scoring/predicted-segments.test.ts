import { expect, test } from 'vitest'
import {
  careFor,
  careNames,
  churnRisk,
  evenCuts,
  isOverdue,
  type Level,
  partOf,
  usualGapDays,
  worthIfKept,
} from '#indexer/scoring/predicted-segments.ts'

test('a hundred different values make ten tenths of ten', () => {
  const values = Array.from({ length: 100 }, (_, index) => index * 7)
  const cuts = evenCuts(values, 10)
  const sizes = new Map<number, number>()
  for (const value of values) sizes.set(partOf(value, cuts), (sizes.get(partOf(value, cuts)) ?? 0) + 1)
  expect([...sizes.values()]).toEqual(Array.from({ length: 10 }, () => 10))
})

test('equal members are in the same tenth, in whatever order they come', () => {
  const values = [5, 1, 1, 1, 1, 1, 1, 9, 1, 7]
  const cuts = evenCuts(values, 10)
  expect(evenCuts([...values].reverse(), 10)).toEqual(cuts)
  expect(partOf(1, cuts)).toBe(1)
  expect(partOf(9, cuts)).toBe(10)
  expect(partOf(7, cuts)).toBe(9)
  expect(evenCuts([], 10)).toEqual([])
  expect(partOf(3, evenCuts([3], 10))).toBe(1)
})

test('a risk is one whoever else there is, to the part per million', () => {
  expect([1_000_000, 750_000, 749_999, 400_000, 399_999, 0].map(churnRisk)).toEqual([1, 1, 2, 2, 3, 3])
})

test('whom it would hurt most to lose is still worth something when missed', () => {
  expect(worthIfKept(1_000, 100_000)).toBe(10_000)
  expect(worthIfKept(0, 0)).toBe(0)
})

test('each of the nine cells asks for one of four things', () => {
  const levels: readonly Level[] = [1, 2, 3]
  const cells = levels.flatMap((worth) => levels.map((risk) => careFor(worth, risk)))
  expect(new Set(cells)).toEqual(new Set(careNames))
  expect(careFor(3, 3)).toBe('protect')
  expect(careFor(3, 1)).toBe('reward')
  expect(careFor(1, 3)).toBe('let go')
  expect(careFor(2, 2)).toBe('nurture')
})

test('nine gaps speak for themselves: the ninth of nine, the tenth of ten', () => {
  expect(usualGapDays([7, 7, 7, 7, 8, 7, 7, 7, 7], undefined)).toBe(8)
  expect(usualGapDays([1, 2, 3, 4, 5, 6, 7, 8, 9, 30], undefined)).toBe(30)
  const twenty = Array.from({ length: 20 }, (_, index) => index + 1)
  expect(usualGapDays(twenty, undefined)).toBe(19)
})

test('fewer gaps borrow from the shop: the 90 % point of the next gap, by the Pareto it follows', () => {
  const rates = { r: 1, alpha: 20 }
  const gap = usualGapDays([10, 12], rates) as number
  // P(gap > g) = ((alpha + t) / (alpha + t + g))^(r + x)
  const beyond = (days: number) => (42 / (42 + days)) ** 3
  expect(beyond(gap)).toBeLessThanOrEqual(0.1)
  expect(beyond(gap - 1)).toBeGreaterThan(0.1)
  expect(usualGapDays([10, 12], undefined)).toBeUndefined()
  expect(usualGapDays([], { r: 0.01, alpha: 1 })).toBeUndefined()
})

test('overdue is silent for longer than usual, and nobody is whose usual gap is not known', () => {
  expect(isOverdue(9, 8)).toBe(true)
  expect(isOverdue(8, 8)).toBe(false)
  expect(isOverdue(900, undefined)).toBe(false)
})
