import { type Accuracy, accuracyOf } from './accuracy.ts'
import { type Baseline, baselineForecast, baselines } from './baselines.ts'
import { type Cohort, cohortOf } from './cohort.ts'
import { type Fit, isUsable, maximise, withoutFit } from './fit.ts'
import {
  type BetaBernoulli,
  betaBernoulliLikelihood,
  mergedOpportunities,
  type Opportunities,
  opportunityOutlook,
} from './opportunities.ts'
import { predict } from './predict.ts'
import { daysWithin, observedAt, type PurchaseDays } from './purchase-days.ts'
import { fitPurchases, type PurchaseModel, purchaseModels } from './purchase-models.ts'

/** The models that a back-test tries: those of purchase days, and BG/BB, which counts weeks with a purchase. */
export const triedModels = [...purchaseModels, 'bgbb'] as const
export type TriedModel = (typeof triedModels)[number]

/** Purchases up to the end of a week of the holdout, of all members together. */
export interface WeekTracked {
  readonly week: number
  readonly actual: number
  readonly expected: number
}

export interface ModelTested {
  readonly model: TriedModel
  readonly fit: Fit<object>
  /** Undefined where the model did not converge. */
  readonly accuracy: Accuracy | undefined
  readonly weekly: readonly WeekTracked[]
}

export interface Backtest {
  /** Days since 1970-01-01; what came up to and including this day was known. */
  readonly end: number
  /** Days that were forecast. */
  readonly horizon: number
  readonly members: number
  readonly actual: number
  readonly models: readonly ModelTested[]
  readonly baselines: readonly { readonly baseline: Baseline; readonly accuracy: Accuracy | undefined }[]
}

export interface BacktestAsked {
  readonly end: number
  readonly horizon: number
  readonly models?: readonly TriedModel[]
}

/** Fits each model to what was known at `end`, and compares its forecast of the next days with what came. */
export function backtest(days: PurchaseDays, asked: BacktestAsked): Backtest {
  const { end, horizon } = asked
  const now = observedAt(days, end)
  const actual = daysWithin(days, now.member, end, end + horizon)
  const cumulative = weeksOf(horizon).map((week) => {
    return total(daysWithin(days, now.member, end, end + 7 * week))
  })
  const cohort = cohortOf(now.histories)
  const tested = (asked.models ?? triedModels).map((model): ModelTested => {
    const { fit, forecastOf } = model === 'bgbb' ? fitWeeks(now.weeks) : fitDays(model, cohort)
    if (forecastOf === undefined) return { model, fit, accuracy: undefined, weekly: [] }
    const weekly = weeksOf(horizon).map((week, index) => {
      return { week, actual: cumulative[index] as number, expected: total(forecastOf(7 * week)) }
    })
    return { model, fit, accuracy: accuracyOf(forecastOf(horizon), actual), weekly }
  })
  return {
    end,
    horizon,
    members: now.member.length,
    actual: total(actual),
    models: tested,
    baselines: baselines.map((baseline) => {
      const forecast = baselineForecast(baseline, days, { now, end, horizon })
      return { baseline, accuracy: forecast === undefined ? undefined : accuracyOf(forecast, actual) }
    }),
  }
}

/** Back-tests at several ends, each `step` days before the next: a model is chosen by all of them. */
export function rollingBacktest(
  days: PurchaseDays,
  asked: BacktestAsked & { readonly origins: number; readonly step?: number },
): Backtest[] {
  const step = asked.step ?? asked.horizon
  const ends = Array.from({ length: asked.origins }, (_, index) => asked.end - (asked.origins - 1 - index) * step)
  return ends.map((end) => backtest(days, { ...asked, end }))
}

const weeksOf = (horizon: number): number[] => Array.from({ length: Math.floor(horizon / 7) }, (_, index) => index + 1)

/** Summed from the smallest to the largest, so that the order of the members does not show. */
const total = (values: Float64Array): number => values.toSorted().reduce((sum, value) => sum + value, 0)

interface Forecasting {
  readonly fit: Fit<object>
  /** Purchases of each member over the next days. */
  readonly forecastOf: ((span: number) => Float64Array) | undefined
}

function fitDays(model: PurchaseModel, cohort: Cohort): Forecasting {
  const { fit, fitted } = fitPurchases(model, cohort)
  return { fit, forecastOf: fitted && ((span) => predict(fitted, cohort, span).expected) }
}

function fitWeeks(weeks: Opportunities): Forecasting {
  const fit = fitOpportunities(weeks)
  const { parameters } = fit
  if (!isUsable(fit) || parameters === undefined) return { fit, forecastOf: undefined }
  return { fit, forecastOf: (span) => weeksAhead(parameters, weeks, Math.round(span / 7)) }
}

/** Fits BG/BB; where nobody came again there is nothing to fit. */
export function fitOpportunities(weeks: Opportunities): Fit<BetaBernoulli> {
  const members = weeks.weight.reduce((sum, weight) => sum + weight, 0)
  if (members === 0) return withoutFit('noMembers', 0)
  if (!weeks.repeats.some((repeats) => repeats > 0)) return withoutFit('noReturning', members)
  return maximise(betaBernoulliLikelihood(mergedOpportunities(weeks)))
}

function weeksAhead(parameters: BetaBernoulli, weeks: Opportunities, ahead: number): Float64Array {
  const ones = new Array<number>(ahead).fill(1)
  const known = new Map<string, number>()
  return Float64Array.from(weeks.repeats, (repeats, row) => {
    const history = { repeats, lastAt: weeks.lastAt[row] as number, offered: weeks.offered[row] as number }
    const key = `${history.repeats} ${history.lastAt} ${history.offered}`
    const found = known.get(key) ?? opportunityOutlook(parameters, history, ones).expected
    known.set(key, found)
    return found
  })
}
