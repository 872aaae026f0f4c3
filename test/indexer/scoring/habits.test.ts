import { expect, test } from 'vitest'
import { engagement, partOfDay, shopsTogether, usualTime } from '#indexer/scoring/habits.ts'

const hours = (given: Readonly<Record<number, number>>) => Array.from({ length: 24 }, (_, hour) => given[hour] ?? 0)

test('every hour belongs to a part of the day', () => {
  const parts = Array.from({ length: 24 }, (_, hour) => partOfDay(hour))
  expect(parts.filter((part) => part === 'morning')).toHaveLength(7)
  expect([3, 4, 10, 11, 13, 14, 17, 18, 23].map(partOfDay)).toEqual([
    'evening',
    'morning',
    'morning',
    'midday',
    'midday',
    'afternoon',
    'afternoon',
    'evening',
    'evening',
  ])
})

test('a habit is what more than half of the visits do, and two visits are none', () => {
  expect(usualTime(hours({ 8: 2 }), 0)).toEqual({ partOfDay: null, week: null })
  expect(usualTime(hours({ 8: 3, 9: 1, 19: 2 }), 4)).toEqual({ partOfDay: 'morning', week: 'weekends' })
  expect(usualTime(hours({ 8: 2, 19: 2 }), 1)).toEqual({ partOfDay: null, week: null })
  expect(usualTime(hours({ 12: 10 }), 1)).toEqual({ partOfDay: 'midday', week: 'weekdays' })
})

test('engagement goes from 0 to 100 by yardsticks that say the same in every shop', () => {
  expect(engagement({ visitsLastQuarter: 0, activeMonths: 0, payments: 0, otherShops: 0 })).toBe(0)
  expect(engagement({ visitsLastQuarter: 99, activeMonths: 6, payments: 9, otherShops: 9 })).toBe(100)
  expect(engagement({ visitsLastQuarter: 13, activeMonths: 3, payments: 0, otherShops: 0 })).toBe(55)
})

test('other shops are named only from five members on, with how much likelier they are', () => {
  const others = [
    { shop: 2, members: 20, shared: 10 },
    { shop: 3, members: 50, shared: 4 },
    { shop: 4, members: 40, shared: 10 },
    { shop: 5, members: 10, shared: 5 },
  ]
  expect(shopsTogether(20, 100, others)).toEqual([
    { shop: 2, members: 10, liftPercent: 250 },
    { shop: 4, members: 10, liftPercent: 125 },
    { shop: 5, members: 5, liftPercent: 250 },
  ])
})
