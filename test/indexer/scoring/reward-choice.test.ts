import { expect, test } from 'vitest'
import { drawOf } from '#indexer/scoring/draw.ts'
import { policy } from '#indexer/scoring/policy.ts'
import { type Arm, beliefsOf, chancesToBeBest, chooseReward, propensitiesOf } from '#indexer/scoring/reward-choice.ts'

const arm = (reward: number, proposed: number, taken: number): Arm => ({ reward, proposed, taken })
const beliefs = (arms: readonly Arm[]) => beliefsOf(arms, () => 0.2)

test('a named draw is the same for everybody, between 0 and 1, and evenly spread', () => {
  expect(drawOf('a name')).toBe(drawOf('a name'))
  const draws = Array.from({ length: 4_000 }, (_, place) => drawOf(`draw ${place}`))
  const mean = draws.reduce((sum, one) => sum + one, 0) / draws.length
  expect(Math.abs(mean - 0.5)).toBeLessThan(0.02)
  expect(Math.max(...draws)).toBeLessThan(1)
})

test('the chance to be best is what a closed form says of two', () => {
  // P(X > Y) of two betas with whole b of X (Evan Miller 2015): a sum of betas.
  const [x, y] = [
    { reward: 1, proposed: 0, taken: 0, mean: 0, a: 3, b: 5 },
    { reward: 2, proposed: 0, taken: 0, mean: 0, a: 2, b: 6 },
  ]
  const factorial = (n: number): number => (n <= 1 ? 1 : n * factorial(n - 1))
  const beta = (a: number, b: number) => (factorial(a - 1) * factorial(b - 1)) / factorial(a + b - 1)
  let exact = 0
  for (let i = 0; i < x.a; i += 1) exact += beta(y.a + i, x.b + y.b) / ((x.b + i) * beta(1 + i, x.b) * beta(y.a, y.b))
  expect(chancesToBeBest([x, y])[0]).toBeCloseTo(exact, 4)
})

test('what was taken up more is drawn more, and what is sure is nearly always', () => {
  const [good, bad] = propensitiesOf(beliefs([arm(1, 200, 100), arm(2, 200, 10)]))
  expect(good).toBeGreaterThan(0.94)
  expect(bad).toBeCloseTo(policy.explorationFloor / 2, 5)
})

test('none is drawn less than its share of the floor, and they sum to one', () => {
  for (const arms of [
    [arm(1, 0, 0)],
    [arm(1, 999, 990), arm(2, 999, 1), arm(3, 999, 0)],
    [arm(4, 0, 0), arm(9, 1, 0)],
  ]) {
    const propensities = propensitiesOf(beliefs(arms))
    expect(propensities.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 12)
    for (const one of propensities) expect(one).toBeGreaterThanOrEqual(policy.explorationFloor / arms.length - 1e-12)
  }
})

test('draws happen as often as their propensities say, and the same name draws the same', () => {
  const known = beliefs([arm(1, 40, 12), arm(2, 40, 8), arm(3, 5, 1)])
  const propensities = propensitiesOf(known)
  const counts = new Map<number, number>()
  for (let member = 0; member < 3_000; member += 1) {
    const choice = chooseReward(known, propensities, `member ${member}`)
    expect(chooseReward(known, propensities, `member ${member}`)).toEqual(choice)
    counts.set(choice?.reward ?? 0, (counts.get(choice?.reward ?? 0) ?? 0) + 1)
  }
  for (const [place, one] of propensities.entries()) expect((counts.get(place + 1) ?? 0) / 3_000).toBeCloseTo(one, 1)
  expect(chooseReward([], [], 'nobody')).toBeUndefined()
})

test('proposals weighed by their propensities tell what each reward would have done for all', () => {
  const known = beliefs([arm(1, 40, 20), arm(2, 40, 4)])
  const propensities = propensitiesOf(known)
  const truth = [0.5, 0.1]
  let weighed = 0
  const members = 6_000
  for (let member = 0; member < members; member += 1) {
    const choice = chooseReward(known, propensities, `weighed ${member}`)
    if (choice?.reward !== 2) continue
    const taken = drawOf(`takes ${member}`) < (truth[1] as number) ? 1 : 0
    weighed += taken / (choice.propensityPpm / 1_000_000)
  }
  expect(weighed / members).toBeCloseTo(truth[1] as number, 1)
})
