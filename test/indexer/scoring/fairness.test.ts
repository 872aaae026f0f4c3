import { expect, test } from 'vitest'
import { type Foretold, fairnessReport } from '#indexer/scoring/fairness.ts'
import { streetFairness } from '#indexer/scoring/street-fairness.ts'
import { simulated } from './simulated-shop.ts'

/** So many members of a group of whom this was foretold and this came. */
const many = (group: string, count: number, foretold: number, came: number): Foretold[] =>
  Array.from({ length: count }, () => ({ group, foretold, came }))

test('groups that fare alike differ in nothing', () => {
  const side = (group: string) => [...many(group, 100, 1, 1), ...many(group, 50, 9, 9)]
  const report = fairnessReport([...side('one'), ...side('other')])
  expect(report).toMatchObject({ parityDifference: 0, parityRatio: 1, opportunityDifference: 0, small: [] })
  expect(report.groups).toMatchObject([
    { group: 'one', members: 150, favoured: 1 / 3, found: 1 },
    { group: 'other', members: 150, favoured: 1 / 3, found: 1 },
  ])
})

test('a group that is favoured less, though it comes as much, is found out by each figure', () => {
  const report = fairnessReport([
    ...many('seen', 100, 1, 1),
    ...many('seen', 100, 9, 9),
    ...many('missed', 100, 1, 1),
    ...many('missed', 50, 9, 9),
    ...many('missed', 50, 1, 9),
  ])
  expect(report.parityDifference).toBeCloseTo(0.25, 12)
  expect(report.parityRatio).toBeCloseTo(0.5, 12)
  expect(report.opportunityDifference).toBeCloseTo(0.5, 12)
  const [missed, seen] = report.groups
  expect([missed?.foretold, missed?.came]).toEqual([3, 5])
  expect([seen?.foretold, seen?.came]).toEqual([5, 5])
})

test('fewer than a hundred are not judged, and one group alone is compared with nobody', () => {
  const report = fairnessReport([...many('large', 100, 5, 5), ...many('small', 99, 1, 1)])
  expect(report.groups.map(({ group }) => group)).toEqual(['large'])
  expect(report.small).toEqual([{ group: 'small', members: 99 }])
  expect(report).toMatchObject({ parityDifference: null, parityRatio: null, opportunityDifference: null })
  expect(fairnessReport([])).toMatchObject({ groups: [], small: [] })
})

test('a street whose members live by the model is calibrated within groups that the model does not know', () => {
  const { known } = simulated(1_500, 20_261_203, { known: 270, ahead: 1 })
  const cards = streetFairness(known, 'mbg', 270)
  expect(cards?.map(({ by }) => by)).toEqual(['when they shop', 'since when'])
  for (const { groups } of cards ?? []) {
    expect(groups).toHaveLength(2)
    for (const { foretold, came } of groups) expect(Math.abs(foretold - came)).toBeLessThan(0.25 * came)
  }
  expect(streetFairness([], 'mbg', 270)).toBeNull()
})
