import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Address } from '#web/queries/network.ts'
import { linesInOrder, mostLines, mostPayable, type Source } from '#web/queries/published-order.ts'

const day = 86_400
const token = (issuer: number): Address => `0x${issuer.toString(16).padStart(40, '0')}`

type Lots = readonly (readonly [points: bigint, day: number])[]

function source(issuer: number, given: { lots: Lots; most?: bigint; backing?: number }): Source {
  const lots = given.lots.map(([points, days]) => ({ points, at: days * day, certain: false }))
  return { issuer, token: token(issuer), most: given.most ?? 1_000_000n, backing: given.backing ?? 0.5, lots }
}

const pointsByIssuer = (lines: ReturnType<typeof linesInOrder>) =>
  Object.fromEntries((lines ?? []).map((line) => [line.issuer, line.points]))

describe('the published order (N-12)', () => {
  test('what could lapse first goes first, whoever issued it', () => {
    const sources = [source(1, { lots: [[100n, 50]] }), source(2, { lots: [[100n, 10]] })]
    expect(pointsByIssuer(linesInOrder(sources, { shop: 1, points: 120n }))).toEqual({ 1: 20n, 2: 100n })
  })

  test('an issuer’s young points wait for another’s old ones', () => {
    const sources = [
      source(1, {
        lots: [
          [30n, 10],
          [100n, 90],
        ],
      }),
      source(2, { lots: [[50n, 40]] }),
    ]
    expect(pointsByIssuer(linesInOrder(sources, { shop: 9, points: 90n }))).toEqual({ 1: 40n, 2: 50n })
  })

  test('on the same day the redeeming shop’s own go first', () => {
    const sources = [source(1, { lots: [[100n, 10]], backing: 2 }), source(2, { lots: [[100n, 10]], backing: 0.1 })]
    expect(pointsByIssuer(linesInOrder(sources, { shop: 2, points: 100n }))).toEqual({ 2: 100n })
  })

  test('then those of the issuer that is backed best', () => {
    const sources = [source(1, { lots: [[100n, 10]], backing: 0.4 }), source(2, { lots: [[100n, 10]], backing: 0.9 })]
    expect(pointsByIssuer(linesInOrder(sources, { shop: 3, points: 100n }))).toEqual({ 2: 100n })
  })

  test('a few seconds between two shops’ clocks do not count as a date', () => {
    const early = {
      ...source(1, { lots: [], backing: 0.1 }),
      lots: [{ points: 100n, at: 10 * day + 1, certain: false }],
    }
    const late = {
      ...source(2, { lots: [], backing: 0.9 }),
      lots: [{ points: 100n, at: 10 * day + 9, certain: false }],
    }
    expect(pointsByIssuer(linesInOrder([early, late], { shop: 3, points: 100n }))).toEqual({ 2: 100n })
  })

  test('no more is taken from an issuer than its reserve carries elsewhere', () => {
    const sources = [source(1, { lots: [[100n, 10]], most: 30n }), source(2, { lots: [[100n, 20]] })]
    expect(pointsByIssuer(linesInOrder(sources, { shop: 3, points: 100n }))).toEqual({ 1: 30n, 2: 70n })
    expect(linesInOrder(sources, { shop: 3, points: 131n })).toBeNull()
  })

  test('terms name at most 16 issuers: of many small ones the largest are kept', () => {
    const many = Array.from({ length: 20 }, (_, at) => source(at + 1, { lots: [[BigInt(at + 1), at]] }))
    const lines = linesInOrder(many, { shop: 99, points: 190n })
    expect(lines).toHaveLength(mostLines)
    expect(lines?.reduce((sum, line) => sum + line.points, 0n)).toBe(190n)
    expect(linesInOrder(many, { shop: 99, points: 201n })).toBeNull()
    expect(mostPayable(many)).toBe(200n)
  })
})

test('lines give exactly what was asked, ascending by token, within each source, or nothing at all', () => {
  const lot = fc.record({
    points: fc.bigInt({ min: 1n, max: 500n }),
    at: fc.integer({ min: 0, max: 400 * day }),
    certain: fc.boolean(),
  })
  const anySource = fc.record({
    lots: fc.array(lot, { maxLength: 5 }),
    most: fc.bigInt({ min: 0n, max: 1500n }),
    backing: fc.option(fc.double({ min: 0, max: 3, noNaN: true })),
  })
  fc.assert(
    fc.property(fc.array(anySource, { maxLength: 25 }), fc.bigInt({ min: 1n, max: 6000n }), (drawn, points) => {
      const sources = drawn.map((one, at) => ({ ...one, issuer: at + 1, token: token(at + 1) }))
      const lines = linesInOrder(sources, { shop: 1, points })
      expect(lines === null).toBe(mostPayable(sources) < points)
      if (lines === null) return
      expect(lines.reduce((sum, line) => sum + line.points, 0n)).toBe(points)
      expect(lines.length).toBeLessThanOrEqual(mostLines)
      for (const [at, line] of lines.entries()) {
        const from = sources[line.issuer - 1]
        const held = from?.lots.reduce((sum, each) => sum + each.points, 0n) ?? 0n
        expect(line.points > 0n && line.points <= held && line.points <= (from?.most ?? 0n)).toBe(true)
        const before = lines[at - 1]
        expect(before === undefined || before.token < line.token).toBe(true)
      }
    }),
    { seed: 20_260_102, numRuns: 300 },
  )
})
