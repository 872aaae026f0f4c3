import { cohortOf } from '#indexer/scoring/cohort.ts'
import { opportunityOutlook } from '#indexer/scoring/opportunities.ts'
import { predict, predictDiscounted } from '#indexer/scoring/predict.ts'
import { expectedSpend } from '#indexer/scoring/spend.ts'
import { Complaint } from '../street/complaint.ts'
import { type Asked, numberAbove, required } from './asked.ts'
import { readHistories, readOpportunities } from './histories-file.ts'
import { readOpportunityParameters, readPurchaseParameters, readSpendParameters } from './parameters.ts'

export interface PredictedLine {
  readonly row: number
  readonly pAlive: number
  readonly expected: number
}

/** A line for each row of the file, in its order; rows count from 1. */
export function predictFile(asked: Asked): PredictedLine[] {
  const model = required('model', asked.model)
  const span = numberAbove('at', asked.at, 0)
  if (model === 'bgbb') return predictOpportunities(asked, span)
  const fitted = readPurchaseParameters(model, asked.params)
  const { histories } = readHistories(asked)
  const { alive, expected } = predict(fitted, cohortOf(histories), span)
  return Array.from(alive, (pAlive, index) => ({ row: index + 1, pAlive, expected: expected[index] as number }))
}

function predictOpportunities(asked: Asked, ahead: number): PredictedLine[] {
  if (!Number.isInteger(ahead) || ahead > 100_000) {
    throw new Complaint(`--at takes a whole number of opportunities for bgbb, not ${ahead}.`)
  }
  const parameters = readOpportunityParameters(asked.params)
  const { opportunities } = readOpportunities(asked)
  const ones = new Array<number>(ahead).fill(1)
  return Array.from(opportunities.repeats, (repeats, index) => {
    const lastAt = opportunities.lastAt[index] as number
    const offered = opportunities.offered[index] as number
    const { alive, expected } = opportunityOutlook(parameters, { repeats, lastAt, offered }, ones)
    return { row: index + 1, pAlive: alive, expected }
  })
}

export interface ValueLine {
  readonly row: number
  readonly value: number
}

/** What each row's future purchases are worth today, in the file's money; rows count from 1. */
export function valueFile(asked: Asked): ValueLine[] {
  const fitted = readPurchaseParameters(required('model', asked.model), asked.params)
  const spend = readSpendParameters(asked.gg)
  const plan = {
    horizon: numberAbove('horizon', asked.horizon, 0),
    step: numberAbove('step', asked.step, 0),
    rate: numberAbove('rate', asked.rate, -1),
  }
  const steps = plan.horizon / plan.step
  if (Math.abs(steps - Math.round(steps)) > 1e-9 * steps || steps < 0.5 || steps > 100_000) {
    throw new Complaint(
      `A horizon of ${plan.horizon} is not a whole number (at most 100,000) of steps of ${plan.step}.`,
    )
  }
  const { histories, more } = readHistories(asked, ['zbar'])
  const { expected } = predictDiscounted(fitted, cohortOf(histories), plan)
  const meanSpend = more[0] ?? new Float64Array(histories.repeats.length)
  const each = expectedSpend({ model: 'gg', parameters: spend }, { repeats: histories.repeats, meanSpend })
  return Array.from(expected, (purchases, index) => ({ row: index + 1, value: purchases * (each[index] as number) }))
}
