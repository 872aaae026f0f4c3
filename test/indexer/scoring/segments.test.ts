import { expect, test } from 'vitest'
import type { Score } from '#indexer/scoring/recency-frequency-value.ts'
import { type SegmentName, segmentMeaning, segmentNames, segmentOf } from '#indexer/scoring/segments.ts'

const scores: readonly Score[] = [1, 2, 3, 4, 5]

/** The design's own words, cell by cell: which recencies, which frequencies. */
const designed: readonly (readonly [SegmentName, readonly Score[], readonly Score[]])[] = [
  ['Champions', [5], [4, 5]],
  ['Loyal', [3, 4], [4, 5]],
  ['Potential Loyalist', [4, 5], [2, 3]],
  ['New', [5], [1]],
  ['Promising', [4], [1]],
  ['Need Attention', [3], [3]],
  ['About To Sleep', [3], [1, 2]],
  ['Can’t Lose', [1, 2], [5]],
  ['At Risk', [1, 2], [3, 4]],
  ['Hibernating', [2], [1, 2]],
  ['Hibernating', [1], [2]],
  ['Lost', [1], [1]],
]

test('each of the 25 cells has exactly one of eleven names, and it is the designed one', () => {
  let cells = 0
  for (const recency of scores) {
    for (const frequency of scores) {
      const named = designed.filter(([, rs, fs]) => rs.includes(recency) && fs.includes(frequency))
      expect([recency, frequency, named.length]).toEqual([recency, frequency, 1])
      expect([recency, frequency, segmentOf(recency, frequency)]).toEqual([recency, frequency, named[0]?.[0]])
      cells += 1
    }
  }
  expect(cells).toBe(25)
  expect(segmentNames).toHaveLength(11)
  expect(new Set(designed.map(([name]) => name))).toEqual(new Set(segmentNames))
})

test('every name says who they are and what to do', () => {
  for (const name of segmentNames) {
    expect(segmentMeaning[name].who).toMatch(/\.$/)
    expect(segmentMeaning[name].what).toMatch(/\.$/)
  }
})
