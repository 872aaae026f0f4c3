import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  cutValues,
  historiesOf,
  type PurchaseDay,
  type PurchaseHistory,
  scoreShop,
} from '#indexer/scoring/recency-frequency-value.ts'

const member = (number: number) => `0x${number.toString(16).padStart(40, '0')}`

function history(number: number, lastDay: number, frequency: number, spend: bigint): PurchaseHistory {
  return { shop: 1, member: member(number), firstDay: 0, lastDay, frequency, spend }
}

const anyHistory = fc
  .record({
    lastDay: fc.integer({ min: 0, max: 400 }),
    frequency: fc.integer({ min: 1, max: 60 }),
    spend: fc.bigInt(0n, 5_000n),
  })
  .map(({ lastDay, frequency, spend }) => history(0, lastDay, frequency, spend))

test('two purchases on one day are one visit, and both count as money spent', () => {
  const days: PurchaseDay[] = [
    { shop: 1, member: member(1), day: 10, spend: 300n },
    { shop: 1, member: member(1), day: 10, spend: 200n },
    { shop: 1, member: member(1), day: 12, spend: 50n },
  ]
  expect(historiesOf(days)).toEqual([
    { shop: 1, member: member(1), firstDay: 10, lastDay: 12, frequency: 2, spend: 550n },
  ])
})

test('a member’s histories at two shops stay apart', () => {
  const days: PurchaseDay[] = [
    { shop: 1, member: member(1), day: 10, spend: 300n },
    { shop: 2, member: member(1), day: 11, spend: 200n },
  ]
  expect(historiesOf(days).map(({ shop, spend }) => [shop, spend])).toEqual([
    [1, 300n],
    [2, 200n],
  ])
})

test('five distinct values get the five scores, however many members share the lowest', () => {
  const once = Array.from({ length: 95 }, (_, index) => history(index, 100, 1, 100n))
  const regulars = [2, 3, 4, 5].map((frequency) => history(100 + frequency, 100, frequency, 100n))
  const scored = scoreShop([...once, ...regulars], 100)
  expect(scored.map((member) => member.frequencyScore)).toEqual([...once.map(() => 1), 2, 3, 4, 5])
})

test('nobody is called lost where everybody came today', () => {
  const scored = scoreShop([history(1, 50, 1, 1n), history(2, 50, 1, 1n)], 50)
  expect(scored.map(({ recencyDays, recencyScore }) => [recencyDays, recencyScore])).toEqual([
    [0, 5],
    [0, 5],
  ])
})

test('a shop’s only member came last, once, and is compared with nobody', () => {
  const [only] = scoreShop([history(1, 40, 9, 900n)], 50)
  expect(only).toMatchObject({ recencyDays: 10, recencyScore: 5, frequencyScore: 1, valueScore: 1 })
})

test('a sale that the till’s clock dates after the mirrored day is not in the future', () => {
  const [early] = scoreShop([history(1, 51, 1, 1n)], 50)
  expect(early?.recencyDays).toBe(0)
})

test('a shop without members has no scores', () => {
  expect(cutValues([])).toEqual([])
  expect(scoreShop([], 50)).toEqual([])
})

test('equal histories score equal, whatever their order', () => {
  fc.assert(
    fc.property(fc.array(anyHistory, { maxLength: 60 }), fc.nat(), (histories, turn) => {
      const twice = [...histories, ...histories]
      const turned = [...twice.slice(turn % (twice.length + 1)), ...twice.slice(0, turn % (twice.length + 1))]
      const byHistory = new Map<string, string>()
      for (const scored of scoreShop(turned, 400)) {
        const name = `${scored.lastDay} ${scored.frequency} ${scored.spend}`
        const scores = `${scored.recencyScore} ${scored.frequencyScore} ${scored.valueScore}`
        expect(byHistory.get(name) ?? scores).toBe(scores)
        byHistory.set(name, scores)
      }
    }),
  )
})

test('who came later, more often or spent more never scores less', () => {
  fc.assert(
    fc.property(fc.array(anyHistory, { minLength: 2, maxLength: 40 }), (histories) => {
      const scored = scoreShop(histories, 400)
      for (const one of scored) {
        for (const other of scored) {
          if (one.lastDay > other.lastDay) expect(one.recencyScore).toBeGreaterThanOrEqual(other.recencyScore)
          if (one.frequency > other.frequency) expect(one.frequencyScore).toBeGreaterThanOrEqual(other.frequencyScore)
          if (one.spend > other.spend) expect(one.valueScore).toBeGreaterThanOrEqual(other.valueScore)
        }
      }
      expect(scored.every((member) => member.recencyScore >= 1 && member.frequencyScore >= 1)).toBe(true)
    }),
  )
})
