import { describe, expect, test } from 'vitest'
import type { Accuracy } from '#indexer/scoring/accuracy.ts'
import type { Backtest, TriedModel } from '#indexer/scoring/backtest.ts'
import { chooseModel } from '#indexer/scoring/choice.ts'
import { withoutFit } from '#indexer/scoring/fit.ts'

const figures = { mae: 1, rmse: 2, bias: 0.1, biasShare: 0.1, gini: 0.5, calibrationError: 0.2, deciles: [] }

/** A back-test in which models did so well; one without figures did not converge. */
function testOf(models: Partial<Record<TriedModel, Partial<Accuracy> | undefined>>): Backtest {
  return {
    end: 100,
    horizon: 28,
    members: 500,
    actual: 500,
    baselines: [],
    models: Object.entries(models).map(([model, accuracy]) => ({
      model: model as TriedModel,
      fit: withoutFit('noReturning', 500),
      accuracy: accuracy === undefined ? undefined : { ...figures, ...accuracy },
      weekly: [],
    })),
  }
}

describe('the model of a shop', () => {
  test('is the one with the least error, whatever its likelihood', () => {
    const choice = chooseModel([testOf({ mbg: { mae: 1 }, bg: { mae: 0.9 }, pareto: { mae: 1.2 } })])
    expect([choice?.model, choice?.decidedBy]).toEqual(['bg', 'mae'])
  })

  test('of errors that nobody could tell apart, the one that promises neither too much nor too little', () => {
    const choice = chooseModel([testOf({ mbg: { mae: 1, bias: -0.2 }, pareto: { mae: 1.015, bias: 0.05 } })])
    expect([choice?.model, choice?.decidedBy]).toEqual(['pareto', 'bias'])
  })

  test('then the one whose tenths are calibrated, then the one that ranks', () => {
    const calibrated = chooseModel([testOf({ mbg: { calibrationError: 0.3 }, bg: { calibrationError: 0.2 } })])
    expect([calibrated?.model, calibrated?.decidedBy]).toEqual(['bg', 'calibration'])
    const ranking = chooseModel([testOf({ mbg: { gini: 0.5 }, cnbd: { gini: 0.6 } })])
    expect([ranking?.model, ranking?.decidedBy]).toEqual(['cnbd', 'gini'])
  })

  test('of equals the simplest', () => {
    const choice = chooseModel([testOf({ cnbd: {}, mbg: {} })])
    expect([choice?.model, choice?.decidedBy]).toEqual(['mbg', 'simplicity'])
  })

  test('is judged by all ends, and only where it converged at each', () => {
    const tests = [testOf({ mbg: { mae: 1 }, bg: { mae: 0.5 } }), testOf({ mbg: { mae: 1 }, bg: undefined })]
    expect(chooseModel(tests)).toMatchObject({ model: 'mbg', candidates: [{ model: 'mbg', mae: 1, bias: 0.1 }] })
    expect(chooseModel([testOf({ mbg: undefined })])).toBeUndefined()
    expect(chooseModel([])).toBeUndefined()
  })
})
