// Whatever parameters a fit may wander to, no score is no number: seldom buyers, daily buyers, chances of leaving near
// 0 and 1, a at 1 (where the published formula divides by zero), a + b below 1.
import { expect, test } from 'vitest'
import { betaGeometricLikelihood } from '#indexer/scoring/beta-geometric.ts'
import { cohortOf } from '#indexer/scoring/cohort.ts'
import { purchaseChances } from '#indexer/scoring/distribution.ts'
import { opportunityOutlook } from '#indexer/scoring/opportunities.ts'
import { paretoLikelihood } from '#indexer/scoring/pareto.ts'
import { type FittedPurchases, outlookOf } from '#indexer/scoring/purchase-models.ts'
import { testConfig } from '#test/support/config.ts'
import { chanceFrom } from '../../../scripts/bench/scoring/simulate.ts'

const sets = 1_000
const histories = [
  { x: 0, last: 0, age: 0 },
  { x: 0, last: 0, age: 730 },
  { x: 1, last: 1, age: 1 },
  { x: 3, last: 0.5, age: 400 },
  { x: 60, last: 59, age: 61 },
  { x: 700, last: 729, age: 730 },
  { x: 5_000, last: 10, age: 730 },
  { x: 1_000_000, last: 700, age: 730 },
] as const

const chance = chanceFrom(testConfig.seed)
const between = (low: number, high: number): number => Math.exp(Math.log(low) + chance() * Math.log(high / low))

function drawn(index: number) {
  const r = between(0.01, 50)
  const alpha = between(0.01, 1_000)
  const nearOne = [1, 1 + 1e-12, 1 - 1e-9, 1 + 1e-6, 0.999, 2]
  const a = index % 3 === 0 ? (nearOne[(index / 3) % nearOne.length] as number) : between(0.001, 100)
  const b = index % 3 === 1 ? Math.max(0.001, (1 - a) * chance()) : between(0.001, 100)
  return { r, alpha, a, b }
}

/** A probability, and an expectation of no more than a member buys who never leaves. */
function expectSense(fitted: FittedPurchases, span: number): void {
  const outlook = outlookOf(fitted)
  for (const { x, last, age } of histories) {
    const alive = outlook.alive(x, last, age)
    const ahead = outlook.ahead(x, last, age, span)
    const what = JSON.stringify({ ...fitted, x, last, age, span, alive, ahead })
    if (!(alive >= 0 && alive <= 1)) throw new Error(`P(alive) is ${alive}: ${what}`)
    const { r, alpha } = fitted.parameters
    const k = fitted.model === 'cnbd' ? fitted.parameters.k : 1
    const most = ((r + k * x + k) * span) / (alpha + age) + 1
    if (!(ahead >= 0 && ahead <= most * (1 + 1e-9))) throw new Error(`${ahead} of at most ${most}: ${what}`)
  }
}

const spans = [1, 91, 364]

test(`${sets} sets of odd parameters give probabilities and expectations, and never no number`, () => {
  for (let index = 0; index < sets; index += 1) {
    const parameters = drawn(index)
    const span = spans[index % spans.length] as number
    expectSense({ model: 'bg', parameters }, span)
    expectSense({ model: 'mbg', parameters }, span)
    if (index % 20 === 0) expectSense({ model: 'cnbd', parameters: { k: 1 + ((index / 20) % 4), ...parameters } }, span)
    const { r, alpha, a, b } = parameters
    expectSense({ model: 'pareto', parameters: { r, alpha, s: a, beta: b * 10 } }, span)
    const donor = { alpha: r, beta: b, gamma: a, delta: alpha }
    const { alive, expected } = opportunityOutlook(donor, { repeats: 2, lastAt: 40, offered: 104 }, [1, 0.9, 0.8])
    expect(alive >= 0 && alive <= 1 && expected >= 0 && expected <= 2.7).toBe(true)
  }
})

test('their likelihoods and gradients are numbers', () => {
  const cohort = cohortOf({
    repeats: Int32Array.from(histories, ({ x }) => x),
    lastAge: Float64Array.from(histories, ({ last }) => last),
    age: Float64Array.from(histories, ({ age }) => age),
  })
  const gradient = new Float64Array(4)
  const likelihoods = [
    betaGeometricLikelihood(cohort, { leaving: 'afterRepeat', k: 1 }),
    betaGeometricLikelihood(cohort, { leaving: 'afterAny', k: 2 }),
    paretoLikelihood(cohort),
  ]
  for (let index = 0; index < 100; index += 1) {
    const { r, alpha, a, b } = drawn(index)
    for (const likelihood of likelihoods) {
      const value = likelihood.evaluate(Float64Array.of(r, alpha, a, b), gradient)
      expect([value, ...gradient].every(Number.isFinite), JSON.stringify({ r, alpha, a, b })).toBe(true)
    }
  }
})

test('the chances of 0, 1, 2, ... purchases are a distribution with the mean that is forecast', () => {
  for (let index = 0; index < 60; index += 1) {
    const { r, alpha, a, b } = drawn(index)
    const models: readonly FittedPurchases[] = [
      { model: 'bg', parameters: { r, alpha: alpha + 1, a, b } },
      { model: 'mbg', parameters: { r, alpha: alpha + 1, a, b } },
      { model: 'cnbd', parameters: { k: 2, r, alpha: alpha + 1, a, b } },
      { model: 'pareto', parameters: { r, alpha: alpha + 1, s: a, beta: b + 20 } },
    ]
    const history = { repeats: 3, lastAge: 50, age: 70 }
    for (const fitted of models) {
      const chances = purchaseChances(fitted, history, 91)
      const sum = chances.reduce((total, one) => total + one, 0)
      const mean = chances.reduce((total, one, n) => total + n * one, 0)
      const outlook = outlookOf(fitted)
      const expected = outlook.alive(3, 50, 70) * outlook.ahead(3, 50, 70, 91)
      const what = JSON.stringify(fitted)
      expect(Math.abs(sum - 1), what).toBeLessThan(1e-9)
      expect(Math.abs(mean / expected - 1), what).toBeLessThan(1e-8)
    }
  }
})
