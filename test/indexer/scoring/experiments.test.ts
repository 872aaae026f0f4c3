import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { expect, test } from 'vitest'
import { compare, isHeldOut, type Outcome, sampleRatioProbability } from '#indexer/scoring/experiments.ts'
import { heldOutShare, holdoutCard, holdoutSalt } from '#indexer/scoring/holdout.ts'

const seed = 20_261_202
console.info(`seed of the simulated members: ${seed}`)
const account = (number: number) => `0x${number.toString(16).padStart(40, '0')}`

function chance(from: number) {
  const generator = xoroshiro128plus(from)
  return () => (generator.next() >>> 0) / 2 ** 32
}

/** About normal, by twelve uniform numbers. */
const bell = (next: () => number) => Array.from({ length: 12 }, next).reduce((sum, one) => sum + one, -6)

/** Members whose visits hang on what they did before, and on `effect` where they are addressed. */
function* members(from: number, effect: number): Generator<Outcome> {
  const next = chance(from)
  for (;;) {
    const before = 5 + 2 * bell(next)
    const heldOut = next() < 0.5
    yield { heldOut, before, after: 0.8 * before + bell(next) + (heldOut ? 0 : effect) }
  }
}

const take = (source: Iterator<Outcome>, count: number) =>
  Array.from({ length: count }, () => source.next().value as Outcome)

test('whom the lot leaves alone stays left alone, whatever the order, and another salt draws anew', () => {
  const all = Array.from({ length: 10_000 }, (_, number) => account(number))
  const drawn = (salt: string) => new Set(all.filter((member) => isHeldOut(member, salt, 0.1)))
  const [one, again, other] = [drawn('a'), drawn('a'), drawn('b')]
  expect(again).toEqual(one)
  expect(one.size).toBeGreaterThan(900)
  expect(one.size).toBeLessThan(1_100)
  expect([...other].filter((member) => one.has(member)).length).toBeLessThan(150)
  expect(all.filter((member) => isHeldOut(member, 'a', 0))).toEqual([])
  expect(all.every((member) => isHeldOut(member, 'a', 1))).toBe(true)
})

test('a split that chance would hardly make is found out', () => {
  // 400 in place of 500 of 1,000: chi-square (100^2 / 500) * 2 = 40.
  expect(sampleRatioProbability({ treated: 600, heldOut: 400 }, 0.5)).toBeLessThan(1e-9)
  expect(sampleRatioProbability({ treated: 500, heldOut: 500 }, 0.5)).toBe(1)
  // chi-square 3.841 is the 95 % point.
  const { sqrt } = Math
  const edge = 500 + sqrt((3.841458820694124 * 500) / 2)
  expect(sampleRatioProbability({ treated: edge, heldOut: 1_000 - edge }, 0.5)).toBeCloseTo(0.05, 9)
})

test('what members did before is taken out, the difference stays, and the order does not show', () => {
  const outcomes = take(members(seed, 1), 2_000)
  const found = compare(outcomes, 0.5)
  if (found === undefined) throw new Error('both sides have members')
  expect(found.difference).toBeCloseTo(1, 0)
  expect(found.low).toBeGreaterThan(0)
  // Var(0.8 before) / (Var(0.8 before) + 1), before having a variance of 4; the effect adds its own.
  expect(found.explained).toBeGreaterThan(0.6)
  expect(compare([...outcomes].reverse(), 0.5)).toEqual(found)
  const without = compare(
    outcomes.map((one) => ({ ...one, before: 0 })),
    0.5,
  )
  expect(without?.explained).toBe(0)
  expect((without?.high ?? 0) - (without?.low ?? 0)).toBeGreaterThan(1.5 * (found.high - found.low))
})

test('an interval stays true however often one looks: where there is nothing to find, nothing is found', () => {
  const [trials, looks] = [120, 12]
  let everWrong = 0
  for (let trial = 0; trial < trials; trial += 1) {
    const source = members(seed + 1 + trial, 0)
    const outcomes: Outcome[] = []
    let wrong = false
    for (let look = 0; look < looks && !wrong; look += 1) {
      outcomes.push(...take(source, 25))
      const found = compare(outcomes, 0.5)
      wrong = found !== undefined && (found.low > 0 || found.high < 0)
    }
    if (wrong) everWrong += 1
  }
  console.info(`${everWrong} of ${trials} were ever wrong in ${looks} looks`)
  expect(everWrong / trials).toBeLessThanOrEqual(0.05)
})

test('with hardly anybody on a side nothing is said', () => {
  expect(compare(take(members(seed, 0), 1), 0.5)).toBeUndefined()
  expect(holdoutCard(1, [{ member: account(1), days: [1], spends: [1] }], 100)).toBeNull()
  expect(holdoutCard(1, [], 100)).toBeNull()
})

test('S28: a shop’s members are held against those left alone over the same days, not against their own past', () => {
  const known = Array.from({ length: 300 }, (_, number) => {
    const heldOut = isHeldOut(account(number), holdoutSalt(4), heldOutShare)
    // All come weekly at first; whoever is addressed then comes twice a week.
    const early = Array.from({ length: 13 }, (_, week) => 7 * week)
    const late = Array.from({ length: heldOut ? 13 : 26 }, (_, visit) => 92 + Math.floor(visit * (heldOut ? 7 : 3.5)))
    const days = [...early, ...late]
    return { member: account(number), days, spends: days.map(() => 500) }
  })
  const card = holdoutCard(4, known, 182)
  expect(card).toMatchObject({ days: 91, share: 0.1, treated: { mean: 26 }, heldOut: { mean: 13 } })
  expect(card?.difference).toBeCloseTo(13, 9)
  expect((card?.treated.members ?? 0) + (card?.heldOut.members ?? 0)).toBe(300)
  expect(card?.low).toBeGreaterThan(0)
  expect(card?.spent).toMatchObject({ treated: 13_000, heldOut: 6_500 })
  expect(card?.spent?.difference).toBeCloseTo(6_500, 6)
  expect(card?.spent?.low).toBeGreaterThan(0)
})
