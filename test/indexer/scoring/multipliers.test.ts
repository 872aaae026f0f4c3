import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { foundingPolicy } from '#indexer/scoring/board-policy.ts'
import {
  type MultiplierBounds,
  multiplierBounds,
  multiplierChange,
  multiplierFor,
} from '#indexer/scoring/multipliers.ts'

const level = fc.constantFrom(1 as const, 2 as const, 3 as const)
const facts = fc.record({
  risk: level,
  worth: level,
  valueDecile: fc.integer({ min: 1, max: 10 }),
  engagement: fc.integer({ min: 0, max: 100 }),
})

const held = 'the board’s policy 1 of 2026-12-01'
const upTo = (mostPercent: number): MultiplierBounds => ({ policy: foundingPolicy, mostPercent, heldBy: held })

describe('S18: multipliers by predicted value and activity', () => {
  test('members at risk get more, whatever else they are', () => {
    fc.assert(
      fc.property(facts, fc.integer({ min: 100, max: 300 }), (one, most) => {
        const by = ([1, 2, 3] as const).map((risk) => multiplierFor({ ...one, risk }, upTo(most)).percent)
        expect(by).toEqual(by.toSorted((a, b) => a - b))
      }),
    )
    const worthKeeping = { worth: 3, valueDecile: 5, engagement: 10 } as const
    expect(multiplierFor({ ...worthKeeping, risk: 3 }, upTo(200))).toEqual({
      percent: 150,
      reason: 'likely to be lost',
    })
    expect(multiplierFor({ ...worthKeeping, risk: 1 }, upTo(200))).toEqual({ percent: 100, reason: 'as everybody' })
  })

  test('higher value and more taking part never get less', () => {
    fc.assert(
      fc.property(facts, (one) => {
        const { percent } = multiplierFor(one, upTo(200))
        expect(multiplierFor({ ...one, engagement: 100 }, upTo(200)).percent).toBeGreaterThanOrEqual(percent)
        expect(multiplierFor({ ...one, valueDecile: 10 }, upTo(200)).percent).toBeGreaterThanOrEqual(percent)
      }),
    )
  })

  test('nobody gets fewer points than anybody, nor more than the bounds, and a bound says that it held', () => {
    fc.assert(
      fc.property(facts, fc.integer({ min: 100, max: 500 }), (one, most) => {
        const { percent, reason } = multiplierFor(one, upTo(most))
        expect(percent).toBeGreaterThanOrEqual(100)
        expect(percent).toBeLessThanOrEqual(most)
        expect(reason).not.toBe('')
      }),
    )
    const all = { risk: 3, worth: 3, valueDecile: 10, engagement: 90 } as const
    expect(multiplierFor(all, upTo(125))).toMatchObject({
      ...{ percent: 125, reason: expect.stringContaining(`held to 125 by ${held}`) },
    })
  })

  test('the board’s policy bounds it, and its limit for one receipt where that leaves less', () => {
    const receipt = (limit: bigint, usual: bigint) => multiplierBounds(foundingPolicy, { limit, usual })
    expect(receipt(1_000n, 100n)).toEqual({ policy: foundingPolicy, mostPercent: 200, heldBy: held })
    expect(receipt(1_000n, 640n)).toMatchObject({ mostPercent: 150, heldBy: 'the board’s limit for one receipt' })
    expect(receipt(1_000n, 2_000n).mostPercent).toBe(100)
    expect(receipt(1_000n, 0n).mostPercent).toBe(200)
    expect(multiplierBounds(foundingPolicy, undefined).mostPercent).toBe(100)
    const tighter = { ...foundingPolicy, version: 2, date: '2027-02-01' }
    const bounds = multiplierBounds(
      { ...tighter, multiplier: { ...foundingPolicy.multiplier, mostPercent: 130 } },
      { limit: 1_000n, usual: 100n },
    )
    expect(bounds).toMatchObject({ mostPercent: 130, heldBy: 'the board’s policy 2 of 2027-02-01' })
  })
})

describe('a change', () => {
  const at = { day: 100, bounds: upTo(200) }
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

  test('that a lowered bound asks for comes at once', () => {
    const change = multiplierChange({ percent: 200, sinceDay: 99 }, asked, { day: 100, bounds: upTo(125) })
    expect(change).toEqual({ before: 200, percent: 125, reason: `held to 125 by ${held}` })
  })

  test('comes as often and goes as far as the board’s policy says', () => {
    const policy = { ...foundingPolicy, multiplier: { mostPercent: 300, changeDays: 7, mostChange: 100 } }
    const bounds = { ...upTo(300), policy }
    expect(multiplierChange(undefined, { percent: 300, reason: 'why' }, { day: 100, bounds })?.percent).toBe(200)
    const later = (day: number) => multiplierChange({ percent: 200, sinceDay: 100 }, asked300, { day, bounds })
    expect(later(106)).toBeUndefined()
    expect(later(107)?.percent).toBe(300)
  })
})

const asked300 = { percent: 300, reason: 'why' }
