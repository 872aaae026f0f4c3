// Every published and upstream-tested value that we know of, by its name in the list; a case without a test fails.
import { describe, expect, test } from 'vitest'
import { fitOpportunities } from '#indexer/scoring/backtest.ts'
import { cohortOf } from '#indexer/scoring/cohort.ts'
import { purchaseChances } from '#indexer/scoring/distribution.ts'
import { maximise } from '#indexer/scoring/fit.ts'
import { gammaGammaLikelihood, spendersOf } from '#indexer/scoring/gamma-gamma.ts'
import { opportunityOutlook } from '#indexer/scoring/opportunities.ts'
import { departed } from '#indexer/scoring/pareto.ts'
import { predict } from '#indexer/scoring/predict.ts'
import { type FittedPurchases, fitPurchases, outlookOf, type PurchaseModel } from '#indexer/scoring/purchase-models.ts'
import { expectedSpend } from '#indexer/scoring/spend.ts'
import { readCdnow, readDonations, readExactSpends, readSpends } from './cdnow.ts'
import { expectAll, expectWithin, type ReferenceCase, referenceCases, referenceFile } from './reference-cases.ts'

const fits = new Map<PurchaseModel, ReturnType<typeof fitPurchases>>()

function cdnowFit(model: PurchaseModel) {
  const { fit, fitted } = fits.get(model) ?? fitPurchases(model, cohortOf(readCdnow().histories))
  fits.set(model, { fit, fitted })
  if (fitted === undefined) throw new Error(`${model} on CDNOW: ${fit.status}`)
  return { logLikelihood: fit.logLikelihood, fitted }
}

function expectFit(one: ReferenceCase, model: PurchaseModel): void {
  const { logLikelihood, fitted } = cdnowFit(model)
  for (const [name, value] of Object.entries(fitted.parameters)) expectWithin(one, value, one.expected[name], name)
  expectWithin(one, logLikelihood, one.expected.LL ?? one.expected.LL_computed, 'LL')
}

function expectHoldout(one: ReferenceCase, model: PurchaseModel): void {
  const { histories, after } = readCdnow()
  const { expected } = predict(cdnowFit(model).fitted, cohortOf(histories), one.inputs.t)
  const misses = expected.map((value, member) => value - (after[member] as number))
  const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length
  expectWithin(one, mean(expected) * expected.length, one.expected.sum_CET, 'sum_CET')
  expectWithin(one, mean(misses.map(Math.abs)), one.expected.MAE, 'MAE')
  expectWithin(one, Math.sqrt(mean(misses.map((miss) => miss * miss))), one.expected.RMSE, 'RMSE')
}

/** P(alive), and what is expected of a member and of a newcomer, by given parameters. */
function of(fitted: FittedPurchases) {
  const outlook = outlookOf(fitted)
  const alive = (x: number, last: number, age: number) => outlook.alive(x, last, age)
  const expected = (x: number, last: number, age: number, t: number) =>
    alive(x, last, age) * outlook.ahead(x, last, age, t)
  return { alive, expected, newcomer: (t: number) => (t === 0 ? 0 : expected(0, 0, 0, t)) }
}

const bgOf = ([r, alpha, a, b]: number[]) =>
  of({ model: 'bg', parameters: { r, alpha, a, b } as { r: number; alpha: number; a: number; b: number } })
const paretoOf = ([r, alpha, s, beta]: number[]) =>
  of({ model: 'pareto', parameters: { r, alpha, s, beta } as { r: number; alpha: number; s: number; beta: number } })
const donorOf = ([alpha, beta, gamma, delta]: number[]) =>
  ({ alpha, beta, gamma, delta }) as { alpha: number; beta: number; gamma: number; delta: number }

const purchasing: Readonly<Record<string, (one: ReferenceCase) => void>> = {
  'bgnbd-cdnow-fit-paper': (one) => expectFit(one, 'bg'),
  'bgnbd-cdnow-fit-tight': (one) => expectFit(one, 'bg'),
  'bgnbd-cet-hardie-xls': (one) => {
    const { x, t_x, T, t } = one.inputs
    expectWithin(one, of(cdnowFit('bg').fitted).expected(x, t_x, T, t), one.expected.CET, 'CET')
  },
  'bgnbd-expectation-hardie-xls': (one) => {
    expectAll(one, one.inputs.t.map(of(cdnowFit('bg').fitted).newcomer), one.expected.E)
  },
  'bgnbd-pmf-R': (one) => {
    const [r, alpha, a, b] = one.inputs.params
    const fitted = { model: 'bg', parameters: { r, alpha, a, b } } as const
    const chances = one.inputs.queries.map(([t, n]: [number, number]) => {
      return purchaseChances(fitted, { repeats: 0, lastAge: 0, age: 0 }, t)[n]
    })
    expectAll(one, chances, one.expected.p)
  },
  'bgnbd-palive-x0': (one) => {
    for (const age of [0, 1, 38.86, 1e6]) {
      expectWithin(one, of(cdnowFit('bg').fitted).alive(0, 0, age), one.expected.Palive, 'Palive')
    }
  },
  'bgnbd-palive-overflow': (one) => {
    const { x, t_x, T } = one.inputs
    expectWithin(one, of(cdnowFit('bg').fitted).alive(x, t_x, T), one.expected.Palive, 'Palive')
  },
  'bgnbd-1516': (one) => {
    const { x, t_x, T, t, params } = one.inputs
    const bg = bgOf(params)
    expectWithin(one, bg.expected(x, t_x, T, t), one.expected.CET, 'CET')
    expectWithin(one, bg.alive(x, t_x, T), one.expected.Palive, 'Palive')
    expectWithin(one, bg.newcomer(52), one.expected.E52_new, 'E52_new')
  },
  'bgnbd-holdout': (one) => expectHoldout(one, 'bg'),
  'pnbd-cdnow-fit': (one) => expectFit(one, 'pareto'),
  'pnbd-1516': (one) => {
    const { x, t_x, T, t } = one.inputs
    const pareto = paretoOf(one.expected.params)
    expectWithin(one, pareto.expected(x, t_x, T, t), one.expected.CET, 'CET')
    expectWithin(one, pareto.alive(x, t_x, T), one.expected.Palive, 'Palive')
    expect(pareto.newcomer(52)).toBeCloseTo(one.expected.E52_new, 8)
    expect(pareto.expected(x, t_x, T, t)).toBeCloseTo(one.expected.CET_computed, 8)
    expect(pareto.alive(x, t_x, T)).toBeCloseTo(one.expected.Palive_computed, 9)
  },
  'pnbd-expectation-R': (one) => {
    expectAll(one, one.inputs.t.map(paretoOf(one.inputs.params).newcomer), one.expected.E)
  },
  'pnbd-underflow': (one) => {
    const { r, alpha, s, beta } = one.inputs.params_named
    const pareto = paretoOf([r, alpha, s, beta])
    const found = one.inputs.rows.map(([x, last, age]: number[]) =>
      pareto.expected(x as number, last as number, age as number, one.inputs.t),
    )
    expectAll(one, found, one.expected.CET)
  },
  'pnbd-loglik-finite': (one) => {
    const [r, alpha, s, beta] = one.inputs.params
    for (const [index, x] of one.inputs.x.entries()) {
      const gone = { log: 0, byR: 0, byAlpha: 0, byS: 0, byBeta: 0 }
      departed({ r, alpha, s, beta }, x, one.inputs.t_x[index], one.inputs.T[index], gone)
      // The published A0 is r + s + x times the integral.
      const logA0 = gone.log + Math.log(r + s + x)
      expect(logA0).toBeLessThan(0)
      expect(Number.isFinite(logA0)).toBe(true)
    }
  },
  'mbgnbd-cdnow-fit': (one) => expectFit(one, 'mbg'),
  'mbgnbd-holdout': (one) => expectHoldout(one, 'mbg'),
}

const spending: Readonly<Record<string, (one: ReferenceCase) => void>> = {
  'gg-cdnow-fit': (one) => {
    // The list's values come of the spends as they are; the file has them rounded to cents a purchase.
    const { parameters, logLikelihood } = maximise(gammaGammaLikelihood(spendersOf(readExactSpends())))
    for (const name of ['p', 'q', 'v'] as const) {
      expectWithin(one, parameters?.[name] ?? Number.NaN, one.expected[name], name)
    }
    expectWithin(one, logLikelihood, one.expected.LL, 'LL')
    const rounded = maximise(gammaGammaLikelihood(spendersOf(readSpends())))
    expect(rounded.members).toBe(946)
    expect(Math.abs((rounded.parameters?.v ?? Number.NaN) - one.expected.v)).toBeLessThan(0.01)
  },
  'gg-cond-spend': (one) => {
    const [p, q, v] = one.inputs.params
    const { repeats, meanSpend } = readSpends()
    const first = { repeats: repeats.slice(0, 10), meanSpend: meanSpend.slice(0, 10) }
    expectAll(one, [...expectedSpend({ model: 'gg', parameters: { p, q, v } }, first)], one.expected.E)
  },
}

const giving: Readonly<Record<string, (one: ReferenceCase) => void>> = {
  'bgbb-donations-fit': (one) => {
    const { parameters, logLikelihood, status } = fitOpportunities(readDonations())
    expect(status).toBe('converged')
    for (const [name, value] of Object.entries(parameters ?? {})) expectWithin(one, value, one.expected[name], name)
    expectWithin(one, logLikelihood, one.expected.LL, 'LL')
  },
  'bgbb-palive-table6': (one) => {
    const { parameters } = fitOpportunities(readDonations())
    if (parameters === undefined) throw new Error('there is no fit')
    const alive = one.inputs.rows.map(([repeats, lastAt]: [number, number]) => {
      return opportunityOutlook(parameters, { repeats, lastAt, offered: one.inputs.n }, []).alive
    })
    expectAll(one, alive, one.expected.Palive)
  },
  'bgbb-totals': (one) => {
    const donor = donorOf(one.expected.params)
    const donors = readDonations()
    const each = (weights: readonly number[]) =>
      Array.from(donors.repeats, (repeats, row) => {
        const history = { repeats, lastAt: donors.lastAt[row] as number, offered: donors.offered[row] as number }
        return opportunityOutlook(donor, history, weights)
      })
    const ones = (count: number) => new Array<number>(count).fill(1)
    const tight = { tol: { rel: 1e-6 } }
    const five = each(ones(5)).map(({ expected }, row) => expected * (donors.weight[row] as number))
    const sum = five.reduce((total, value) => total + value, 0)
    expectWithin(one, sum, one.expected.sum_weighted_CET, 'sum')
    expectWithin(tight, sum, one.expected.computed, 'computed')
    const newcomer = opportunityOutlook(donor, { repeats: 0, lastAt: 0, offered: 0 }, ones(10)).expected
    expectWithin(tight, newcomer, one.expected.E10, 'E10')
    const member = (repeats: number, lastAt: number) =>
      opportunityOutlook(donor, { repeats, lastAt, offered: 6 }, ones(10)).expected
    expectWithin(tight, member(0, 0), one.expected.CET10_x0, 'CET10_x0')
    expectWithin(tight, member(4, 5), one.expected.CET10_x4_tx5, 'CET10_x4_tx5')
    const alive = each([]).map((outlook) => outlook.alive)
    for (const [row, value] of alive.entries()) expectWithin(tight, value, one.expected.Palive_rows[row], `P ${row}`)
    const discounts = Array.from({ length: 500 }, (_, index) => 1.1 ** -(index + 1))
    for (const [row, { expected }] of each(discounts).entries()) {
      expectWithin(tight, expected, one.expected['DERT_d0.1_rows'][row], `DERT ${row}`)
    }
  },
}

describe.skipIf(referenceFile.missing !== undefined)('the published values', () => {
  const checks = { ...purchasing, ...spending, ...giving }

  test.each([...referenceCases().values()])('$id', (one) => {
    const check = checks[one.id]
    if (check === undefined) throw new Error(`nothing checks ${one.id}`)
    check(one)
  })

  test('are all there', () => {
    expect([...referenceCases().keys()].sort()).toEqual(Object.keys(checks).sort())
  })
})
