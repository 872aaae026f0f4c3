import { describe, expect, test } from 'vitest'
import { cohortOf } from '#indexer/scoring/cohort.ts'
import { predict } from '#indexer/scoring/predict.ts'
import { fitPurchases } from '#indexer/scoring/purchase-models.ts'
import { cdnowSample, readCdnow } from './cdnow.ts'

describe.skipIf(cdnowSample.missing !== undefined)('the CDNOW sample', () => {
  test('BG/NBD finds the published parameters and the published forecast', () => {
    const { histories, after } = readCdnow()
    const cohort = cohortOf(histories)
    const { fit, fitted } = fitPurchases('bg', cohort)
    if (fitted === undefined) throw new Error(fit.status)
    expect(fit.logLikelihood).toBeCloseTo(-9582.42920667, 5)
    const { expected } = predict(fitted, cohort, 39)
    expect(expected.reduce((sum, one) => sum + one, 0) / 1653.39255753355).toBeCloseTo(1, 4)
    const misses = expected.map((one, member) => Math.abs(one - (after[member] as number)))
    expect(misses.reduce((sum, one) => sum + one, 0) / misses.length).toBeCloseTo(0.785453572355334, 4)
  })
})
