import { fitOpportunities } from '#indexer/scoring/backtest.ts'
import { cohortOf } from '#indexer/scoring/cohort.ts'
import { type Fit, maximise, withoutFit } from '#indexer/scoring/fit.ts'
import { gammaGammaLikelihood, spendersOf } from '#indexer/scoring/gamma-gamma.ts'
import { fitPurchases, type PurchaseModel, purchaseModels } from '#indexer/scoring/purchase-models.ts'
import { Complaint } from '../street/complaint.ts'
import { type Asked, columnsOf, inputOf, required } from './asked.ts'
import { readHistories, readOpportunities } from './histories-file.ts'
import { readNumbers } from './table-file.ts'

type Parameters = Readonly<Record<string, number>>

export interface FitLine {
  readonly model: string
  readonly params: Parameters | null
  readonly logLikelihood: number | null
  readonly n: number
  readonly status: string
}

/** Fits a model to a file; the line that is printed of it. */
export function fitFile(asked: Asked): FitLine {
  const model = required('model', asked.model)
  const fit = fitOf(model, asked)
  return {
    model,
    params: fit.parameters === undefined ? null : { ...fit.parameters },
    logLikelihood: Number.isFinite(fit.logLikelihood) ? fit.logLikelihood : null,
    n: fit.members,
    status: fit.status,
  }
}

function fitOf(model: string, asked: Asked): Fit<object> {
  if (model === 'bgbb') {
    const { opportunities } = readOpportunities(asked)
    return fitOpportunities(opportunities)
  }
  if (model === 'gg') return fitSpends(asked)
  if (!isPurchaseModel(model)) {
    throw new Complaint(`--model ${model} was given; expected bg, mbg, pareto, cnbd, bgbb or gg.`)
  }
  const { histories } = readHistories(asked)
  if (model !== 'cnbd') return fitPurchases(model, cohortOf(histories)).fit
  const k = phasesOf(asked)
  if (k === undefined && asked.litt === undefined) {
    console.error('cnbd: without --litt nothing tells how regular gaps are; k = 1 (the same as mbg) is fitted')
  }
  return fitPurchases(model, cohortOf(histories), { k }).fit
}

export const isPurchaseModel = (model: string): model is PurchaseModel =>
  purchaseModels.some((known) => known === model)

function phasesOf(asked: Asked): number | undefined {
  if (asked.k === undefined) return undefined
  if (/^[1-4]$/.test(asked.k)) return Number(asked.k)
  throw new Complaint(`--k takes 1, 2, 3 or 4, not "${asked.k}".`)
}

function fitSpends(asked: Asked): Fit<object> {
  const { path, bytes } = inputOf(asked)
  const { columns } = readNumbers(path, bytes, columnsOf(asked, ['x', 'zbar']), ([x]) => {
    if (Number.isInteger(x) && (x as number) >= 0) return undefined
    return { code: 'repeatsNotWhole', sentence: 'x is not a whole number from 0 on' }
  })
  const [x, meanSpend] = columns as [Float64Array, Float64Array]
  const spenders = spendersOf({ repeats: Int32Array.from(x), meanSpend })
  if (spenders.spend.length === 0) return withoutFit('noReturning', x.length)
  const without = x.filter((repeats, index) => repeats > 0 && !((meanSpend[index] as number) > 0)).length
  if (without > 0) console.error(`gg: ${without} rows with x > 0 and no spend above 0 stay out of the fit`)
  const fit = maximise(gammaGammaLikelihood(spenders))
  const q = fit.parameters?.q ?? 0
  if (q <= 1) console.error(`gg: q is ${q}: the mean spend is infinite; do not predict by this fit`)
  return fit
}
