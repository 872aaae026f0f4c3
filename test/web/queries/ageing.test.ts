import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  clockAt,
  type Lanes,
  type LaneWord,
  lapsesOf,
  liveLanes,
  noPoints,
  sumOfLanes,
  withoutOldest,
} from '#web/queries/ageing.ts'

const day = 86_400
const length = 91 * day
const seed = 20_260_101

describe('a quarter ends only by a notice, and one at a time', () => {
  const noticed = { quarter: 3, startedAt: 1000, endsAt: 1000 + length }
  test.each([
    { what: 'no notice, long after its length', clock: { ...noticed, endsAt: null }, at: 9e9, quarter: 3 },
    { what: 'a second before its end', clock: noticed, at: 999 + length, quarter: 3 },
    { what: 'at its end', clock: noticed, at: 1000 + length, quarter: 4 },
    { what: 'years after its end', clock: noticed, at: 9e9, quarter: 4 },
  ])('$what it is quarter $quarter', ({ clock, at, quarter }) => {
    expect(clockAt(clock, at).quarter).toBe(quarter)
  })

  test('the next quarter starts when the last ended, and has no notice yet', () => {
    expect(clockAt(noticed, 9e9)).toEqual({ quarter: 4, startedAt: 1000 + length, endsAt: null })
  })
})

describe('points grow old by a lane with every quarter', () => {
  const word: LaneWord = { stamp: 7, lanes: [1n, 20n, 300n, 4000n, 50_000n] }
  test.each<{ quarter: number; lanes: Lanes }>([
    { quarter: 7, lanes: [1n, 20n, 300n, 4000n, 50_000n] },
    { quarter: 8, lanes: [0n, 1n, 20n, 300n, 4000n] },
    { quarter: 11, lanes: [0n, 0n, 0n, 0n, 1n] },
    { quarter: 12, lanes: noPoints },
    { quarter: 32_767, lanes: noPoints },
  ])('read in quarter $quarter', ({ quarter, lanes }) => {
    expect(liveLanes(word, quarter)).toEqual(lanes)
  })

  test('a word from the future is a bug, not a balance', () => {
    expect(() => liveLanes(word, 6)).toThrow(/earlier quarter/)
  })

  test.each<{ points: bigint; left: Lanes }>([
    { points: 0n, left: [1n, 20n, 300n, 4000n, 50_000n] },
    { points: 50_000n, left: [1n, 20n, 300n, 4000n, 0n] },
    { points: 54_001n, left: [1n, 20n, 299n, 0n, 0n] },
    { points: 99_999n, left: noPoints },
  ])('what is spoken for comes off the oldest: $points', ({ points, left }) => {
    expect(withoutOldest(word.lanes, points)).toEqual(left)
  })
})

/** The plainest book there is: points with the quarter they were issued in. */
interface Lot {
  readonly quarter: number
  points: bigint
}

type Step =
  | { readonly kind: 'issue'; readonly points: bigint }
  | { readonly kind: 'spend'; readonly share: number }
  | { readonly kind: 'quarters'; readonly begin: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('issue' as const), points: fc.bigInt({ min: 1n, max: 1_000_000n }) }),
  fc.record({ kind: fc.constant('spend' as const), share: fc.integer({ min: 0, max: 100 }) }),
  fc.record({ kind: fc.constant('quarters' as const), begin: fc.integer({ min: 1, max: 6 }) }),
)

function spendLots(lots: Lot[], points: bigint): void {
  let left = points
  for (const lot of lots) {
    const taken = left < lot.points ? left : lot.points
    lot.points -= taken
    left -= taken
  }
}

test('words of lanes and a plain list of lots tell the same balance, whatever happens in whatever order', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      let quarter = 0
      let lots: Lot[] = []
      let word: LaneWord = { stamp: 0, lanes: noPoints }
      for (const next of steps) {
        const live = liveLanes(word, quarter)
        if (next.kind === 'quarters') {
          quarter += next.begin
          lots = lots.filter((lot) => lot.quarter + 5 > quarter)
        } else if (next.kind === 'issue') {
          lots.push({ quarter, points: next.points })
          word = { stamp: quarter, lanes: [live[0] + next.points, live[1], live[2], live[3], live[4]] }
        } else {
          const points = (sumOfLanes(live) * BigInt(next.share)) / 100n
          spendLots(lots, points)
          word = { stamp: quarter, lanes: withoutOldest(live, points) }
        }
        const byAge = (age: number): bigint =>
          lots.reduce((sum, lot) => (lot.quarter === quarter - age ? sum + lot.points : sum), 0n)
        expect(liveLanes(word, quarter)).toEqual([0, 1, 2, 3, 4].map(byAge))
      }
    }),
    { seed, numRuns: 300 },
  )
})

describe('when points lapse', () => {
  const lanes: Lanes = [5n, 0n, 3n, 0n, 1n]
  const start = 1_000_000
  const running = { quarter: 9, startedAt: start, endsAt: null }

  test('without a notice every date is the earliest possible, none is certain', () => {
    expect(lapsesOf(lanes, { clock: running, now: start, quarterLength: length })).toEqual([
      { points: 1n, at: start + length, certain: false },
      { points: 3n, at: start + 3 * length, certain: false },
      { points: 5n, at: start + 5 * length, certain: false },
    ])
  })

  test('a notice makes the oldest lane’s date certain, and only that', () => {
    const noticed = { ...running, endsAt: start + length + 7 * day }
    expect(lapsesOf(lanes, { clock: noticed, now: start + length, quarterLength: length })).toEqual([
      { points: 1n, at: start + length + 7 * day, certain: true },
      { points: 3n, at: start + 3 * length + 7 * day, certain: false },
      { points: 5n, at: start + 5 * length + 7 * day, certain: false },
    ])
  })

  test('a quarter whose notice is overdue cannot end sooner than a notice posted now allows', () => {
    const now = start + length + 10 * day
    expect(lapsesOf([0n, 0n, 0n, 0n, 1n], { clock: running, now, quarterLength: length })).toEqual([
      { points: 1n, at: now + 30 * day, certain: false },
    ])
  })

  test('no promise is broken: points never lapse before the date that was shown', () => {
    const notices = fc.array(fc.integer({ min: 0, max: 200 * day }), { minLength: 5, maxLength: 5 })
    fc.assert(
      fc.property(
        notices,
        fc.integer({ min: 0, max: 4 }),
        fc.integer({ min: 0, max: 90 * day }),
        (waits, age, wait) => {
          const shownAt = start + wait
          const one: Lanes = [
            age === 0 ? 1n : 0n,
            age === 1 ? 1n : 0n,
            age === 2 ? 1n : 0n,
            age === 3 ? 1n : 0n,
            age === 4 ? 1n : 0n,
          ]
          const [shown] = lapsesOf(one, { clock: running, now: shownAt, quarterLength: length })
          let began = start
          for (const late of waits.slice(0, 5 - age)) {
            const noticeAt = Math.max(began + length - 60 * day + late, shownAt)
            began = Math.max(began + length, noticeAt + 30 * day)
          }
          expect(shown?.at).toBeLessThanOrEqual(began)
        },
      ),
      { seed, numRuns: 300 },
    )
  })
})
