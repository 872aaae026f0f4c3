import { expect, test } from 'vitest'
import { type HeldTier, noTier, noticeDays, type Tier, tierAfter, tierFor, tierSteps } from '#indexer/scoring/tiers.ts'

test('S17: of a shop’s members few are Gold, some Silver, more Bronze, by value and never by place', () => {
  const values = Array.from({ length: 200 }, (_, index) => (index + 1) * 100)
  const steps = tierSteps(values)
  const count = (tier: Tier) => values.filter((value) => tierFor(value, steps) === tier).length
  expect([count(3), count(2), count(1), count(0)]).toEqual([10, 20, 50, 120])
  const equal = Array.from({ length: 50 }, () => 700)
  expect(tierFor(700, tierSteps(equal))).toBe(3)
})

test('nothing earns nothing, also where nobody is worth anything', () => {
  expect(tierFor(0, tierSteps([0, 0, 0]))).toBe(0)
  expect(tierFor(0, tierSteps([]))).toBe(0)
  expect(tierFor(5, tierSteps([5]))).toBe(3)
})

test('S20: a rise counts at once', () => {
  expect(tierAfter(noTier, 2, 100)).toEqual({ tier: 2, next: 2, untilDay: null })
  expect(tierAfter({ tier: 1, next: 1, untilDay: null }, 3, 100)).toEqual({ tier: 3, next: 3, untilDay: null })
})

test('S20: a fall is noticed first, and comes after 30 days at the earliest', () => {
  const gold: HeldTier = { tier: 3, next: 3, untilDay: null }
  const noticed = tierAfter(gold, 1, 100)
  expect(noticed).toEqual({ tier: 3, next: 1, untilDay: 100 + noticeDays })
  expect(tierAfter(noticed, 1, 129)).toEqual(noticed)
  expect(tierAfter(noticed, 1, 130)).toEqual({ tier: 1, next: 1, untilDay: null })
})

test('S20: whoever earns the tier again in time keeps it', () => {
  const noticed: HeldTier = { tier: 3, next: 1, untilDay: 130 }
  expect(tierAfter(noticed, 3, 120)).toEqual({ tier: 3, next: 3, untilDay: null })
  expect(tierAfter(noticed, 2, 120)).toEqual({ tier: 3, next: 2, untilDay: 130 })
})

test('a deeper fall than noticed has 30 days of its own', () => {
  expect(tierAfter({ tier: 3, next: 2, untilDay: 130 }, 0, 120)).toEqual({ tier: 3, next: 0, untilDay: 150 })
})

test('a notice that has run comes before what is earned next, which again needs notice', () => {
  expect(tierAfter({ tier: 3, next: 2, untilDay: 130 }, 0, 131)).toEqual({ tier: 2, next: 0, untilDay: 161 })
})
