import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { accuracyOf } from '#indexer/scoring/accuracy.ts'
import { backtest, rollingBacktest } from '#indexer/scoring/backtest.ts'
import { chooseModel } from '#indexer/scoring/choice.ts'
import { cohortOf } from '#indexer/scoring/cohort.ts'
import { predict } from '#indexer/scoring/predict.ts'
import { observedAt, type PurchaseDays } from '#indexer/scoring/purchase-days.ts'
import { fitPurchases } from '#indexer/scoring/purchase-models.ts'
import { sharedFile } from '#test/support/shared-data.ts'
import { cdnowSample, readCdnow } from './cdnow.ts'

const giftShop = sharedFile('uci_online_retail_customer_day.csv')
const dayOf = (date: string): number => Date.parse(date) / 86_400_000

/** The UK gift shop's days with a purchase that was not wholly given back. */
function readGiftShop(): PurchaseDays {
  if (giftShop.path === undefined) throw new Error(giftShop.missing)
  const rows = readFileSync(giftShop.path, 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => {
      const [customer, date = '', gross, refund] = line.split(',')
      return { member: Number(customer), day: dayOf(date), gross: Number(gross), net: Number(gross) + Number(refund) }
    })
    .filter(({ gross, net }) => gross > 0 && net > 0)
    .sort((one, other) => one.member - other.member || one.day - other.day)
  return {
    member: Int32Array.from(rows, (row) => row.member),
    day: Int32Array.from(rows, (row) => row.day),
    spend: Float64Array.from(rows, (row) => row.net),
  }
}

describe.skipIf(cdnowSample.missing !== undefined)('the CDNOW holdout', () => {
  test('the default model is wrong by at most 0.77 purchases a member, and its bias has a sign', () => {
    const { histories, after } = readCdnow()
    const cohort = cohortOf(histories)
    const { fitted, fit } = fitPurchases('mbg', cohort)
    if (fitted === undefined) throw new Error(fit.status)
    const accuracy = accuracyOf(predict(fitted, cohort, 39).expected, after)
    expect(accuracy.mae).toBeLessThanOrEqual(0.77)
    expect(accuracy.bias).toBeLessThan(0)
    expect(accuracy.biasShare).toBeCloseTo((1576.71 - 1882) / 1882, 3)
    expect(accuracy.gini).toBeGreaterThan(0.6)
  })
})

describe.skipIf(giftShop.missing !== undefined)('the gift shop', () => {
  const end = dayOf('2011-09-09')
  const tests = giftShop.missing === undefined ? rollingBacktest(readGiftShop(), { end, horizon: 91, origins: 1 }) : []
  const choice = chooseModel(tests)

  test('is forecast better than by "last year again" and by the mean of each cell', () => {
    const [only] = tests
    const chosen = only?.models.find(({ model }) => model === choice?.model)?.accuracy
    if (only === undefined || chosen === undefined) throw new Error('nothing was chosen')
    for (const { baseline, accuracy } of only.baselines) {
      if (accuracy === undefined) throw new Error(`${baseline} was not observed`)
      expect(chosen.mae, baseline).toBeLessThan(accuracy.mae)
      expect(chosen.rmse, baseline).toBeLessThan(accuracy.rmse)
      expect(chosen.gini, baseline).toBeGreaterThan(accuracy.gini)
    }
  })

  test('is bought at regularly: the model of regular buyers is chosen', () => {
    expect(choice?.model).toBe('cnbd')
    expect(tests[0]?.models.find(({ model }) => model === 'cnbd')?.fit.parameters).toMatchObject({ k: 2 })
  })

  test('is tracked week by week, from the first to the last', () => {
    const weekly = tests[0]?.models.find(({ model }) => model === choice?.model)?.weekly ?? []
    expect(weekly.map(({ week }) => week)).toEqual(Array.from({ length: 13 }, (_, index) => index + 1))
    expect(weekly.at(-1)?.actual).toBe(tests[0]?.actual)
    const sums = weekly.map(({ expected }) => expected)
    expect(sums).toEqual(sums.toSorted((one, other) => one - other))
  })
})

test('a history at a day knows nothing of what came after it', () => {
  const days: PurchaseDays = {
    member: Int32Array.of(0, 0, 0, 0, 1, 2, 2),
    day: Int32Array.of(10, 17, 20, 60, 55, 30, 31),
    spend: Float64Array.of(500, 300, 100, 900, 700, 250, 350),
  }
  const { member, histories, spends, weeks } = observedAt(days, 50)
  expect([...member]).toEqual([0, 2])
  expect([...histories.repeats]).toEqual([2, 1])
  expect([...histories.lastAge]).toEqual([10, 1])
  expect([...histories.age]).toEqual([40, 20])
  expect([...spends.meanSpend]).toEqual([200, 350])
  expect(histories.logGaps[0]).toBeCloseTo(Math.log(7) + Math.log(3), 12)
  expect([[...weeks.repeats], [...weeks.lastAt], [...weeks.offered]]).toEqual([
    [2, 1],
    [2, 1],
    [5, 2],
  ])
})

test('a shop where nobody came again is back-tested without a model, and chooses none', () => {
  const days = { member: Int32Array.of(0, 1, 2), day: Int32Array.of(1, 5, 9), spend: Float64Array.of(1, 1, 1) }
  const found = backtest(days, { end: 20, horizon: 14 })
  expect(found.models.map(({ model, fit }) => [model, fit.status])).toEqual([
    ['bg', 'noReturning'],
    ['mbg', 'noReturning'],
    ['cnbd', 'noReturning'],
    ['pareto', 'noReturning'],
    ['bgbb', 'noReturning'],
  ])
  expect(chooseModel([found])).toBeUndefined()
})

describe('accuracy', () => {
  test('is zero error, a Gini of 1 and no bias for whoever knows', () => {
    const actual = Float64Array.of(0, 0, 3, 1, 0, 7, 0, 2, 0, 0)
    expect(accuracyOf(actual, actual)).toMatchObject({ mae: 0, rmse: 0, bias: 0, gini: 1, calibrationError: 0 })
  })

  test('of the same forecast for everybody ranks nobody: Gini 0, and ten equal parts', () => {
    const { gini, deciles } = accuracyOf(
      new Float64Array(25).fill(2),
      Float64Array.from({ length: 25 }, (_, at) => at % 5),
    )
    expect(gini).toBeCloseTo(0, 12)
    for (const decile of deciles) expect([decile.members, decile.predicted, decile.actual]).toEqual([2.5, 2, 2])
  })

  test('does not depend on the order of the members', () => {
    const [predicted, actual] = [Float64Array.of(0.1, 0.7, 0.7, 3.3, 0.2), Float64Array.of(0, 2, 1, 4, 0)]
    expect(accuracyOf(predicted.toReversed(), actual.toReversed())).toEqual(accuracyOf(predicted, actual))
  })
})
