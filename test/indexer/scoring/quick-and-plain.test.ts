// The quick way (merged histories, tables, kept 2F1) says what the plain way says, and what the general path says.
import { describe, expect, test } from 'vitest'
import { type BetaGeometricKind, betaGeometricLikelihood } from '#indexer/scoring/beta-geometric.ts'
import { cohortOf } from '#indexer/scoring/cohort.ts'
import type { Likelihood } from '#indexer/scoring/fit.ts'
import type { Histories } from '#indexer/scoring/histories.ts'
import { paretoLikelihood } from '#indexer/scoring/pareto.ts'
import {
  plainAlive,
  plainExpected,
  plainFit,
  plainLogLikelihood,
  plainSpendFit,
  plainValues,
} from '#indexer/scoring/plain.ts'
import { predict, predictDiscounted } from '#indexer/scoring/predict.ts'
import { type FittedPurchases, fitPurchases } from '#indexer/scoring/purchase-models.ts'
import { logRising, Rising } from '#indexer/scoring/rising.ts'
import { expectedSpend, fitSpend } from '#indexer/scoring/spend.ts'
import { chanceFrom, simulated } from '../../../scripts/bench/scoring/simulate.ts'

const betaGeometric = { r: 0.55, alpha: 30, a: 0.8, b: 2.5 }
const members = simulated({
  members: 4_000,
  purchases: { model: 'mbg', parameters: betaGeometric },
  spend: { p: 6, q: 4, v: 1_500 },
  seed: 6,
  ages: [0, 728],
  time: 'days',
})
const quick = cohortOf(members)
const general = cohortOf(members, 'general')

function expectClose(found: Float64Array, expected: Float64Array, within: number): void {
  expect(found).toHaveLength(expected.length)
  const worst = found.reduce((most, value, index) => {
    const other = expected[index] as number
    return Math.max(most, Math.abs(value - other) / Math.max(Math.abs(other), 1e-9))
  }, 0)
  expect(worst).toBeLessThan(within)
}

test('the paths are what they say', () => {
  expect([quick.path, general.path]).toEqual(['fast', 'general'])
  expect(quick.repeats.length).toBeLessThan(general.repeats.length)
  expect(quick.members).toBe(members.repeats.length)
  const weeks = cohortOf({
    ...members,
    lastAge: members.lastAge.map((day) => day / 7),
    age: members.age.map((day) => day / 7),
  })
  expect(weeks.path).toBe('general')
})

describe('the fast path is the general path within 1e-12', () => {
  const kinds: readonly (BetaGeometricKind | 'pareto')[] = [
    { leaving: 'afterRepeat', k: 1 },
    ...[1, 2, 3, 4].map((k) => ({ leaving: 'afterAny', k }) as const),
    'pareto',
  ]

  test.each(kinds)('likelihood and gradient of %o', (kind) => {
    const of = (cohort: typeof quick): Likelihood<string> =>
      kind === 'pareto' ? paretoLikelihood(cohort) : betaGeometricLikelihood(cohort, kind)
    for (const parameters of [
      [0.55, 30, 0.8, 2.5],
      [3, 200, 0.05, 11],
    ]) {
      const [one, other] = [new Float64Array(4), new Float64Array(4)]
      const value = of(quick).evaluate(Float64Array.from(parameters), one)
      expect(Math.abs(value / of(general).evaluate(Float64Array.from(parameters), other) - 1)).toBeLessThan(1e-12)
      // A gradient is a difference of large sums: it is as exact as those are.
      const scale = members.repeats.length
      for (const index of [0, 1, 2, 3]) {
        expect(Math.abs((one[index] as number) - (other[index] as number)) / scale).toBeLessThan(1e-12)
      }
    }
  })

  const fitted: readonly FittedPurchases[] = [
    { model: 'bg', parameters: betaGeometric },
    { model: 'mbg', parameters: betaGeometric },
    { model: 'cnbd', parameters: { k: 3, ...betaGeometric } },
    { model: 'pareto', parameters: { r: 0.55, alpha: 30, s: 0.6, beta: 60 } },
  ]
  test.each(fitted)('forecasts of $model', (one) => {
    const plan = { horizon: 364, step: 28, rate: 0.01 }
    const [found, expected] = [predict(one, quick, 364), predict(one, general, 364)]
    expectClose(found.alive, expected.alive, 1e-12)
    expectClose(found.expected, expected.expected, 1e-12)
    expectClose(predictDiscounted(one, quick, plan).expected, predictDiscounted(one, general, plan).expected, 1e-12)
  })
})

test('rising factorials are the same by running through as by two logarithms of gamma, up to a million', () => {
  const counts = Int32Array.of(0, 1, 2, 40, 63, 64, 65, 128, 129, 700, 5_000, 5_001, 1_000_000)
  const [running, single] = [new Rising(counts, 'fast'), new Rising(counts, 'general')]
  for (const base of [1e-6, 0.25, 1, 30]) {
    running.of(base)
    single.of(base)
    expectClose(running.log, single.log, 1e-12)
    expectClose(running.slope, single.slope, 1e-12)
    const alone = Float64Array.from(counts, (count) => logRising(base, count))
    expectClose(alone, single.log, 1e-12)
  }
})

describe('the plain way re-scores 1,000 members', () => {
  const first = <Column extends Int32Array | Float64Array>(column: Column): Column => column.slice(0, 1_000) as Column
  const thousand: Histories & { readonly meanSpend: Float64Array } = {
    repeats: first(members.repeats),
    lastAge: first(members.lastAge),
    age: first(members.age),
    meanSpend: first(members.meanSpend),
  }
  const cohort = cohortOf(thousand)

  test.each(['bg', 'mbg'] as const)('%s: likelihood, fit, P(alive), forecast and value', (model) => {
    const { fit, fitted } = fitPurchases(model, cohort)
    if (fitted === undefined || fitted.model !== model) throw new Error(fit.status)
    const { parameters } = fitted
    expect(plainLogLikelihood(model, parameters, thousand) / fit.logLikelihood).toBeCloseTo(1, 11)
    const plain = plainFit(model, thousand)
    for (const name of ['r', 'alpha', 'a', 'b'] as const) expect(parameters[name] / plain[name]).toBeCloseTo(1, 5)
    const spend = fitSpend(thousand)
    if (spend.fitted?.model !== 'gg') throw new Error(spend.shrunkBecause)
    const plainSpend = plainSpendFit(thousand.repeats, thousand.meanSpend)
    for (const name of ['p', 'q', 'v'] as const) {
      expect(spend.fitted.parameters[name] / plainSpend[name]).toBeCloseTo(1, 5)
    }
    const found = predict(fitted, cohort, 364)
    const one = (row: number) => {
      return {
        x: thousand.repeats[row] as number,
        lastAge: thousand.lastAge[row] as number,
        age: thousand.age[row] as number,
      }
    }
    expectClose(
      found.alive,
      found.alive.map((_, row) => plainAlive(model, parameters, one(row).x, one(row).lastAge, one(row).age)),
      1e-9,
    )
    expectClose(
      found.expected,
      found.expected.map((_, row) => plainExpected(model, parameters, { ...one(row), span: 364 })),
      1e-9,
    )
    const plan = { horizon: 364, step: 7, rate: 0.002 }
    const each = expectedSpend(spend.fitted, thousand)
    const values = predictDiscounted(fitted, cohort, plan).expected.map(
      (purchases, row) => purchases * (each[row] as number),
    )
    expectClose(values, plainValues(model, parameters, spend.fitted.parameters, thousand, plan), 1e-9)
  })
})

test('the order of the rows changes not one bit of a fit', () => {
  const chance = chanceFrom(7)
  const order = members.repeats.map((_, row) => row).toSorted(() => chance() - 0.5)
  const moved = <Column extends Int32Array | Float64Array>(column: Column): Column =>
    column.map((_, place) => column[order[place] as number] as number) as Column
  const shuffled = {
    repeats: moved(members.repeats),
    lastAge: moved(members.lastAge),
    age: moved(members.age),
    logGaps: moved(members.logGaps),
  }
  for (const model of ['bg', 'mbg', 'cnbd'] as const) {
    const { covariance, information, ...known } = fitPurchases(model, quick).fit
    expect(fitPurchases(model, cohortOf(shuffled)).fit).toMatchObject(known)
  }
  const spend = fitSpend(members).fit.parameters
  expect(fitSpend({ repeats: shuffled.repeats, meanSpend: moved(members.meanSpend) }).fit.parameters).toEqual(spend)
})
