// What real histories look like at their edges.
import { describe, expect, test } from 'vitest'
import { cohortOf } from '#indexer/scoring/cohort.ts'
import { faultsOf, type Histories } from '#indexer/scoring/histories.ts'
import { predict, spansOf } from '#indexer/scoring/predict.ts'
import { type FittedPurchases, fitPurchases, purchaseModels } from '#indexer/scoring/purchase-models.ts'
import { expectedSpend, fitSpend } from '#indexer/scoring/spend.ts'
import { simulated } from '../../../scripts/bench/scoring/simulate.ts'

const historiesOf = (rows: readonly (readonly [x: number, last: number, age: number])[]): Histories => ({
  repeats: Int32Array.from(rows, ([x]) => x),
  lastAge: Float64Array.from(rows, ([, last]) => last),
  age: Float64Array.from(rows, ([, , age]) => age),
})
const mbg: FittedPurchases = { model: 'mbg', parameters: { r: 0.5, alpha: 30, a: 0.8, b: 2.5 } }

describe('histories that contradict themselves are refused by their rows', () => {
  test.each([
    { what: 'a last purchase after the end', row: [1, 31, 30], code: 'lastAfterEnd' },
    { what: 'a last purchase of somebody who never came again', row: [0, 3, 30], code: 'lastWithoutRepeats' },
    { what: 'fewer than no purchases', row: [-1, 0, 30], code: 'repeatsNotWhole' },
    { what: 'more than a million purchases', row: [1_000_001, 3, 30], code: 'tooManyRepeats' },
    { what: 'a time that is no number', row: [1, 3, Number.NaN], code: 'timeNotFinite' },
    { what: 'a negative age', row: [0, 0, -1], code: 'timeNegative' },
  ] as const)('$what', ({ row, code }) => {
    const histories = historiesOf([[0, 0, 10], row])
    expect(faultsOf(histories)).toEqual([{ row: 1, code }])
    expect(() => cohortOf(histories)).toThrow(`history 1 cannot be: ${code}`)
  })

  test('a weight of nobody', () => {
    const histories = { ...historiesOf([[0, 0, 10]]), weight: Float64Array.of(0) }
    expect(faultsOf(histories)).toEqual([{ row: 0, code: 'weightNotPositive' }])
  })
})

describe('a shop with little to learn from has a status and no fit', () => {
  test.each(purchaseModels)('%s: nobody at all, and nobody who came again', (model) => {
    const nobody = fitPurchases(model, cohortOf(historiesOf([])))
    expect([nobody.fit.status, nobody.fitted]).toEqual(['noMembers', undefined])
    const once = fitPurchases(
      model,
      cohortOf(
        historiesOf([
          [0, 0, 5],
          [0, 0, 50],
          [0, 0, 0],
        ]),
      ),
    )
    expect([once.fit.status, once.fitted]).toEqual(['noReturning', undefined])
  })

  test.each(purchaseModels)('%s: one member ends with a status, whatever it is, and scores are numbers', (model) => {
    const cohort = cohortOf(historiesOf([[3, 40, 60]]))
    const { fit, fitted } = fitPurchases(model, cohort)
    expect(['converged', 'atEdge', 'notConverged']).toContain(fit.status)
    if (fitted === undefined) return
    const { alive, expected } = predict(fitted, cohort, 30)
    expect([...alive, ...expected].every(Number.isFinite)).toBe(true)
  })

  test('a fit that did not converge predicts nothing', () => {
    const cohort = cohortOf(
      historiesOf([
        [2, 30, 60],
        [0, 0, 60],
      ]),
    )
    const broken = { centre: [Number.NaN, 0, 0, 0], precision: [0, 1, 2, 3].map(() => new Float64Array(4).fill(1)) }
    const { fit, fitted } = fitPurchases('mbg', cohort, { prior: broken })
    expect([fit.status, fitted]).toEqual(['notConverged', undefined])
  })
})

test('a member who joined today (T = 0) has a forecast like any newcomer', () => {
  for (const model of ['bg', 'mbg'] as const) {
    const { alive, expected } = predict({ ...mbg, model } as FittedPurchases, cohortOf(historiesOf([[0, 0, 0]])), 30)
    expect(alive[0]).toBeCloseTo(model === 'bg' ? 1 : 2.5 / 3.3, 12)
    expect(expected[0]).toBeGreaterThan(0)
  }
})

test('a million purchases are a number like any other', () => {
  const rows = [
    [1_000_000, 700, 700],
    [1_000_000, 350, 700],
    [0, 0, 700],
  ] as const
  const cohort = cohortOf(historiesOf(rows))
  const { alive, expected } = predict(mbg, cohort, 7)
  expect(alive[0]).toBeGreaterThan(0.999_999)
  expect(alive[1]).toBe(0)
  expect(expected[0]).toBeGreaterThan(1)
  expect([...alive, ...expected].every(Number.isFinite)).toBe(true)
})

test('equal histories score equal, wherever they stand, and count as often as they come', () => {
  const rows = [
    [2, 20, 60],
    [0, 0, 60],
    [2, 20, 60],
    [1, 5, 9],
    [2, 20, 60],
  ] as const
  const cohort = cohortOf(historiesOf(rows))
  expect([cohort.repeats.length, cohort.members, cohort.returning]).toEqual([3, 5, 4])
  const { alive, expected } = predict(mbg, cohort, 30)
  expect([alive[0], expected[0]]).toEqual([alive[2], expected[2]])
  expect(alive[4]).toBe(alive[0])
  const weighted = { ...historiesOf(rows.slice(0, 2)), weight: Float64Array.of(3, 1) }
  expect(cohortOf(weighted).members).toBe(4)
})

test('who came once is not certain to come again by MBG/NBD, and is by BG/NBD', () => {
  const cohort = cohortOf(historiesOf([[0, 0, 300]]))
  expect(predict({ ...mbg, model: 'bg' } as FittedPurchases, cohort, 30).alive[0]).toBe(1)
  expect(predict(mbg, cohort, 30).alive[0]).toBeLessThan(0.95)
})

test('the mirror’s lag is no silence: ages end where the mirror does, and P(alive) falls only with them', () => {
  const at = (watermark: number) => predict(mbg, cohortOf(historiesOf([[8, 80, watermark]])), 30).alive[0] as number
  expect(at(80)).toBeGreaterThan(at(95))
  expect(at(95)).toBeGreaterThan(at(160))
})

describe('spend', () => {
  const { repeats, meanSpend } = simulated({
    members: 400,
    purchases: { model: 'mbg', parameters: { r: 5, alpha: 30, a: 0.01, b: 5 } },
    spend: { p: 6, q: 4, v: 1_500 },
    seed: 3,
    ages: [300, 300],
    time: 'days',
  })

  test('nothing spent, or more given back than spent, stays out of the fit and gets the mean of all', () => {
    const fitted = fitSpend({ repeats, meanSpend })
    const x = Int32Array.of(...repeats, 4, 2)
    const z = Float64Array.of(...meanSpend, 0, -500)
    const also = fitSpend({ repeats: x, meanSpend: z })
    expect(also.fit.members).toBe(fitted.fit.members)
    if (also.fitted === undefined) throw new Error('nothing was fitted')
    const expected = expectedSpend(also.fitted, { repeats: x, meanSpend: z })
    const [newcomer] = expectedSpend(also.fitted, { repeats: Int32Array.of(0), meanSpend: Float64Array.of(0) })
    expect([expected[400], expected[401]]).toEqual([newcomer, newcomer])
  })

  test('fewer than 200 who came again, or frequency that goes with value: the shrunk mean, and why', () => {
    const few = fitSpend({ repeats: repeats.slice(0, 100), meanSpend: meanSpend.slice(0, 100) })
    expect([few.fitted?.model, few.shrunkBecause]).toEqual(['shrunkMean', 'fewReturning'])
    const rising = fitSpend({ repeats, meanSpend: meanSpend.map((z, row) => z + 400 * (repeats[row] as number)) })
    expect(rising.correlation).toBeGreaterThan(0.2)
    expect([rising.fitted?.model, rising.shrunkBecause]).toEqual(['shrunkMean', 'frequencyAndValueCorrelate'])
  })

  test('q at most 1 would be an infinite mean: the shrunk mean', () => {
    const heavy = simulated({
      members: 3_000,
      purchases: { model: 'mbg', parameters: { r: 5, alpha: 30, a: 0.01, b: 5 } },
      spend: { p: 2, q: 0.6, v: 300 },
      seed: 4,
      ages: [300, 300],
      time: 'days',
    })
    const fitted = fitSpend({ repeats: heavy.repeats, meanSpend: heavy.meanSpend })
    expect(fitted.fit.parameters?.q).toBeLessThan(1)
    expect(['infiniteMean', 'frequencyAndValueCorrelate']).toContain(fitted.shrunkBecause)
    expect(fitted.fitted?.model).toBe('shrunkMean')
  })

  test('a shrunk mean lies between a member’s own and that of all, nearer to the own the more there is of it', () => {
    const { fitted } = fitSpend({ repeats: repeats.slice(0, 100), meanSpend: meanSpend.slice(0, 100) })
    if (fitted?.model !== 'shrunkMean') throw new Error('not the shrunk mean')
    const { mean } = fitted.parameters
    const x = Int32Array.of(1, 50)
    const [seldom, often] = expectedSpend(fitted, { repeats: x, meanSpend: Float64Array.of(mean * 3, mean * 3) })
    expect(seldom).toBeGreaterThan(mean)
    expect(often).toBeGreaterThan(seldom as number)
    expect(often).toBeLessThan(mean * 3)
  })

  test('one wholesale order moves the fit little once it is winsorised, and is kept as it is for the member', () => {
    const wholesale = meanSpend.map((z, row) => (row === 0 ? z * 1_000 : z))
    const plain = fitSpend({ repeats, meanSpend }).fit.parameters?.q ?? Number.NaN
    const raw = fitSpend({ repeats, meanSpend: wholesale }).fit.parameters?.q ?? Number.NaN
    const capped = fitSpend({ repeats, meanSpend: wholesale }, { winsoriseAt: 0.995 }).fit.parameters?.q ?? Number.NaN
    expect(Math.abs(capped - plain)).toBeLessThan(Math.abs(raw - plain) / 3)
    expect(wholesale[0]).toBe((meanSpend[0] as number) * 1_000)
  })
})

test('a discount counts at the end of each step, and a horizon is a whole number of steps', () => {
  expect(spansOf({ horizon: 3, step: 1, rate: 0 }).map(({ weight }) => weight)).toEqual([0, 0, 1])
  const [first, second] = spansOf({ horizon: 2, step: 1, rate: 0.25 })
  // (E2 - E1) / 1.25^2 + E1 / 1.25
  expect([first?.weight, second?.weight]).toEqual([0.8 - 0.64, 0.64])
  expect(() => spansOf({ horizon: 52, step: 5, rate: 0 })).toThrow('not a number of steps')
})
