import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { mostPercentOf, multiplierChange, multiplierFor } from '#indexer/scoring/multipliers.ts'
import { policy } from '#indexer/scoring/policy.ts'

const level = fc.constantFrom(1 as const, 2 as const, 3 as const)
const facts = fc.record({
  risk: level,
  worth: level,
  valueDecile: fc.integer({ min: 1, max: 10 }),
  engagement: fc.integer({ min: 0, max: 100 }),
})

describe('S18: multipliers by predicted value and activity', () => {
  test('members at risk get more, whatever else they are', () => {
    fc.assert(
      fc.property(facts, fc.integer({ min: 100, max: 300 }), (one, most) => {
        const by = ([1, 2, 3] as const).map((risk) => multiplierFor({ ...one, risk }, most).percent)
        expect(by).toEqual(by.toSorted((a, b) => a - b))
      }),
    )
    const worthKeeping = { worth: 3, valueDecile: 5, engagement: 10 } as const
    expect(multiplierFor({ ...worthKeeping, risk: 3 }, 200)).toEqual({ percent: 150, reason: 'likely to be lost' })
    expect(multiplierFor({ ...worthKeeping, risk: 1 }, 200)).toEqual({ percent: 100, reason: 'as everybody' })
  })

  test('higher value and more taking part never get less', () => {
    fc.assert(
      fc.property(facts, (one) => {
        const { percent } = multiplierFor(one, 200)
        expect(multiplierFor({ ...one, engagement: 100 }, 200).percent).toBeGreaterThanOrEqual(percent)
        expect(multiplierFor({ ...one, valueDecile: 10 }, 200).percent).toBeGreaterThanOrEqual(percent)
      }),
    )
  })

  test('nobody gets fewer points than anybody, nor more than the bounds, and a bound says that it held', () => {
    fc.assert(
      fc.property(facts, fc.integer({ min: 0, max: 500 }), (one, most) => {
        const { percent, reason } = multiplierFor(one, most)
        expect(percent).toBeGreaterThanOrEqual(policy.leastPercent)
        expect(percent).toBeLessThanOrEqual(Math.max(100, Math.min(most, policy.mostPercent)))
        expect(reason).not.toBe('')
      }),
    )
    const all = { risk: 3, worth: 3, valueDecile: 10, engagement: 90 } as const
    expect(multiplierFor(all, 125)).toMatchObject({ percent: 125, reason: expect.stringContaining('held to 125') })
  })

  test('the board’s limit for one receipt bounds it', () => {
    expect(mostPercentOf(1_000n, 100n)).toBe(200)
    expect(mostPercentOf(1_000n, 640n)).toBe(150)
    expect(mostPercentOf(1_000n, 2_000n)).toBe(100)
    expect(mostPercentOf(1_000n, 0n)).toBe(200)
  })
})

describe('a change', () => {
  const at = { day: 100, mostPercent: 200 }
  const asked = { percent: 200, reason: 'likely to be lost' }

  test('comes at most once in 28 days and by half at most, and says why', () => {
    expect(multiplierChange(undefined, asked, at)).toEqual({
      ...{ before: 100, percent: 150, reason: 'likely to be lost, on the way to 200' },
    })
    expect(multiplierChange({ percent: 150, sinceDay: 73 }, asked, at)).toBeUndefined()
    expect(multiplierChange({ percent: 150, sinceDay: 72 }, asked, at)).toEqual({
      ...{ before: 150, percent: 200, reason: 'likely to be lost' },
    })
    expect(multiplierChange({ percent: 200, sinceDay: 1 }, asked, at)).toBeUndefined()
    expect(multiplierChange(undefined, { percent: 100, reason: 'as everybody' }, at)).toBeUndefined()
  })

  test('that the board’s limit asks for comes at once', () => {
    expect(multiplierChange({ percent: 200, sinceDay: 99 }, asked, { day: 100, mostPercent: 125 })).toMatchObject({
      ...{ before: 200, percent: 125 },
    })
  })
})
