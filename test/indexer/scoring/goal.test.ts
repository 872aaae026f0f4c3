import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { describe, expect, test } from 'vitest'
import { isHeldOut } from '#indexer/scoring/experiments.ts'
import { goalCard, segmentLifts } from '#indexer/scoring/goal.ts'
import { heldOutShare, holdoutSalt } from '#indexer/scoring/holdout.ts'
import { promoters } from '#indexer/scoring/survey.ts'
import type { Visits } from '#indexer/scoring/visits.ts'

const fromDay = 200
const goal = { percent: 15, fromDay, untilDay: fromDay + 181 }

/** Everybody comes more from the goal's day on (a spring); whoever may be addressed, by `more` on top. */
function street(members: number, more: number): Visits[] {
  const generator = xoroshiro128plus(28)
  const next = () => (generator.next() >>> 0) / 2 ** 32
  return Array.from({ length: members }, (_, place) => {
    const member = `0x${(place + 1).toString(16).padStart(40, '0')}`
    const often = 0.05 + next() / 5
    const treated = isHeldOut(member, holdoutSalt(1), heldOutShare) ? 1 : 1 + more
    const days = Array.from({ length: 380 }, (__, day) => day).filter((day) => {
      return day === 0 || next() < (day < fromDay ? often : often * 1.5 * treated)
    })
    return { member, days, spends: days.map(() => 500) }
  })
}

describe('S28: a goal against a holdout', () => {
  test('shows what was reached by addressing members, and not the spring', () => {
    const card = goalCard(1, street(2_500, 0.2), goal, fromDay + 170)
    expect(card).toMatchObject({ percent: 15, days: 171 })
    expect(card.lift?.percent).toBeGreaterThan(12)
    expect(card.lift?.percent).toBeLessThan(28)
    expect(card.lift?.lowPercent).toBeGreaterThan(0)
  })

  test('without any effect says so, though everybody comes half as often again', () => {
    const members = street(1_500, 0)
    const card = goalCard(1, members, goal, fromDay + 170)
    expect(card.lift?.lowPercent).toBeLessThan(0)
    expect(card.lift?.highPercent).toBeGreaterThan(0)
    const visits = (from: number, to: number) =>
      members.reduce((sum, { days }) => sum + days.filter((day) => day >= from && day < to).length, 0)
    expect(visits(200, 370) / visits(30, 200)).toBeGreaterThan(1.4)
  })

  test('ends on its last day, and before its first there is nothing to measure', () => {
    const members = street(300, 0.2)
    expect(goalCard(1, members, goal, goal.untilDay + 400)).toEqual(goalCard(1, members, goal, goal.untilDay))
    expect(goalCard(1, members, goal, fromDay - 1)).toEqual({ ...goal, days: 0, lift: null })
    expect(goalCard(1, [], goal, fromDay + 3).lift).toBeNull()
  })
})

describe('S29: by segment', () => {
  test('members count where they stood before, and only with enough on both sides', () => {
    const members = street(1_500, 0.3)
    const lifts = segmentLifts(1, members, 379, 91)
    expect(lifts.length).toBeGreaterThan(1)
    for (const { treated, heldOut, low, difference, high } of lifts) {
      expect(Math.min(treated.members, heldOut.members)).toBeGreaterThanOrEqual(10)
      expect(low).toBeLessThan(difference)
      expect(difference).toBeLessThan(high)
    }
    expect(segmentLifts(1, members.slice(0, 30), 379, 91)).toEqual([])
  })

  test('recommending is the share of nine and ten less that of nought to six, from five answers on', () => {
    expect(promoters({ answers: 4, promoting: 4, detracting: 0 })).toBeNull()
    expect(promoters({ answers: 6, promoting: 3, detracting: 1 })).toEqual({ answers: 6, score: 33 })
  })
})
