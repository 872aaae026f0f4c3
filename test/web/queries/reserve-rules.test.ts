import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  freeReserve,
  issuableDown,
  redeemableElsewhereDown,
  requiredRatioBpsUp,
  requiredReserveUp,
  shareCoveredDown,
} from '#web/queries/reserve-rules.ts'

const day = 86_400
const par = 100n
const seed = 20_260_103

describe('a newcomer keeps all of it, then ever less, without a cliff (N-9)', () => {
  test.each([
    { age: 0, bps: 10_000n },
    { age: 90 * day, bps: 10_000n },
    { age: 90 * day + 1, bps: 10_000n },
    { age: 225 * day, bps: 6_500n },
    { age: 360 * day - 1, bps: 3_001n },
    { age: 360 * day, bps: 3_000n },
    { age: 4000 * day, bps: 3_000n },
  ])('after $age seconds $bps of 10,000', ({ age, bps }) => {
    expect(requiredRatioBpsUp(5_000, { boardBps: 3_000, now: 5_000 + age })).toBe(bps)
  })
})

const positions = fc.record({
  net: fc.bigInt({ min: -1_000_000_000n, max: 10n ** 9n }),
  reserve: fc.bigInt({ min: 0n, max: 10n ** 10n }),
})
const ratios = fc.bigInt({ min: 2_000n, max: 10_000n })
const supplies = fc.bigInt({ min: 0n, max: 10n ** 8n })

test('what may be issued is exactly what leaves the reserve sufficient, and not a hundredth more', () => {
  fc.assert(
    fc.property(positions, ratios, supplies, (position, ratioBps, supply) => {
      const kept = (points: bigint) => freeReserveExact(position, requiredReserveUp((supply + points) * par, ratioBps))
      const points = issuableDown(position, { ratioBps, par, supply })
      if (points > 0n) expect(kept(points)).toBeGreaterThanOrEqual(0n)
      expect(kept(points + 1n)).toBeLessThan(0n)
    }),
    { seed, numRuns: 500 },
  )
})

const freeReserveExact = (position: { net: bigint; reserve: bigint }, required: bigint): bigint =>
  position.reserve + (position.net < 0n ? position.net : 0n) - required

test('what other shops may take is exactly what leaves the trigger’s share for the points that remain (N-13)', () => {
  fc.assert(
    fc.property(positions, ratios, supplies, (position, ratioBps, supply) => {
      const accepted = (points: bigint) => {
        const left = position.reserve + position.net - points * par
        return left >= 0n && left * 20_000n >= (supply - points) * par * ratioBps
      }
      const most = redeemableElsewhereDown(position, { ratioBps, par, supply, mode: 'open' })
      if (most > 0n) expect(accepted(most)).toBe(true)
      if (most < supply) expect(accepted(most + 1n)).toBe(false)
    }),
    { seed, numRuns: 500 },
  )
})

test('a shop that leaves must keep all that remains, and a defaulted one only what it has (N-13, N-17)', () => {
  fc.assert(
    fc.property(positions, supplies, (position, supply) => {
      const left = (points: bigint) => position.reserve + position.net - points * par
      const most = (mode: 'exiting' | 'defaulted') =>
        redeemableElsewhereDown(position, { ratioBps: 10_000n, par, supply, mode })
      const leaving = most('exiting')
      if (leaving > 0n) expect(left(leaving)).toBeGreaterThanOrEqual((supply - leaving) * par)
      if (leaving < supply) expect(left(leaving + 1n)).toBeLessThan((supply - leaving - 1n) * par)
      const lost = most('defaulted')
      if (lost > 0n) expect(left(lost)).toBeGreaterThanOrEqual(0n)
      if (lost < supply) expect(left(lost + 1n)).toBeLessThan(0n)
    }),
    { seed, numRuns: 500 },
  )
})

test('credit that is not settled yet cannot be withdrawn', () => {
  expect(freeReserve({ net: 500n, reserve: 1_000n }, 400n)).toBe(600n)
  expect(freeReserve({ net: -500n, reserve: 1_000n }, 400n)).toBe(100n)
  expect(freeReserve({ net: -900n, reserve: 1_000n }, 400n)).toBe(0n)
})

test('cover is never shown better than it is, and not at all where nothing is owed', () => {
  expect(shareCoveredDown(1n, 3n)).toBe(0.3333)
  expect(shareCoveredDown(-5n, 3n)).toBe(0)
  expect(shareCoveredDown(9n, 0n)).toBeNull()
})
