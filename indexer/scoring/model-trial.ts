import { type Backtest, rollingBacktest } from './backtest.ts'
import { type Choice, chooseModel } from './choice.ts'
import type { BackTestCard } from './model-card.ts'
import type { PurchaseDays } from './purchase-days.ts'
import { type FittedPurchases, type PurchaseModel, purchaseModels } from './purchase-models.ts'
import { trackedWeeks } from './tracking.ts'
import type { Visits } from './visits.ts'

/** What trying all models on what is known came to. */
export interface ModelTrial {
  readonly model: PurchaseModel
  readonly decidedBy: Choice['decidedBy']
  readonly card: BackTestCard
}

/** So many members tell which model is best; of more, every so many-th is taken. */
export const mostTried = 20_000
/** Fewer members tell nothing: the street's choice is then better than the shop's own. */
const fewestTried = 30
const origins = 3
const longestHorizon = 91

/** Visits as the back-test reads them; members numbered by their places. */
export function daysOf(members: readonly Visits[]): PurchaseDays {
  const count = members.reduce((sum, { days }) => sum + days.length, 0)
  const columns = { member: new Int32Array(count), day: new Int32Array(count), spend: new Float64Array(count) }
  let row = 0
  for (const [place, { days, spends }] of members.entries()) {
    for (const [visit, day] of days.entries()) {
      columns.member[row] = place
      columns.day[row] = day
      columns.spend[row] = spends[visit] as number
      row += 1
    }
  }
  return columns
}

/**
 * Tries every model on what is known up to `day`: three times it learns what was known at one day and foretells the
 * weeks after it, a quarter of the history at most. Undefined where there is too little to try on, or no model
 * converged.
 */
export function tryModels(members: readonly Visits[], day: number): ModelTrial | undefined {
  const every = Math.max(1, Math.ceil(members.length / mostTried))
  const tried = members.filter((_, place) => place % every === 0)
  const firstDay = tried.reduce((least, { days }) => Math.min(least, days[0] as number), day)
  const horizon = Math.min(longestHorizon, Math.floor((day - firstDay) / 28) * 7)
  if (tried.length < fewestTried || horizon < 7) return undefined
  const end = day - horizon
  const days = daysOf(tried)
  const tests = rollingBacktest(days, { end, horizon, origins, models: purchaseModels })
  const choice = chooseModel(tests)
  if (choice === undefined || choice.model === 'bgbb') return undefined
  const { model, decidedBy } = choice
  const last = tests.at(-1)?.models.find((one) => one.model === model)
  const fitted = { model, parameters: last?.fit.parameters } as FittedPurchases
  const tracked = trackedWeeks(fitted, days, { firstDay, end, ahead: last?.weekly ?? [] })
  return { model, decidedBy, card: { ...cardOf(tests, choice, firstDay), tracked } }
}

function cardOf(tests: readonly Backtest[], choice: Choice, firstDay: number): Omit<BackTestCard, 'tracked'> {
  const chosen = tests.flatMap(({ models, members, actual }) => {
    const accuracy = models.find(({ model }) => model === choice.model)?.accuracy
    return accuracy === undefined ? [] : [{ accuracy, members, actual }]
  })
  const came = chosen.reduce((sum, { actual }) => sum + actual, 0)
  const foretold = chosen.reduce((sum, { accuracy, members, actual }) => sum + actual + accuracy.bias * members, 0)
  const [first, last] = [tests[0] as Backtest, tests.at(-1) as Backtest]
  return {
    calibrationDays: first.end - firstDay,
    holdoutDays: last.horizon,
    times: tests.length,
    members: last.members,
    foretold,
    came,
    bias: came === 0 ? null : (foretold - came) / came,
    models: [
      ...choice.candidates.map(({ model, mae, bias, gini }) => ({ model, meanError: mae, bias, gini: orNull(gini) })),
      ...plain(tests),
    ],
    deciles: (chosen.at(-1)?.accuracy.deciles ?? []).map(({ members, predicted, actual }) => {
      return { members, foretold: orNull(predicted) ?? 0, came: orNull(actual) ?? 0 }
    }),
  }
}

const orNull = (value: number): number | null => (Number.isFinite(value) ? value : null)

/** What anyone would say without a model, as far as it could be said each time. */
function plain(tests: readonly Backtest[]): BackTestCard['models'] {
  const names = tests[0]?.baselines.map(({ baseline }) => baseline) ?? []
  return names.flatMap((name) => {
    const found = tests.flatMap(({ baselines }) => baselines.find(({ baseline }) => baseline === name)?.accuracy ?? [])
    if (found.length < tests.length) return []
    const mean = (of: (one: (typeof found)[number]) => number) =>
      found.reduce((sum, one) => sum + of(one), 0) / found.length
    const gini = orNull(mean((one) => one.gini))
    return [{ model: name, meanError: mean((one) => one.mae), bias: mean((one) => one.bias), gini }]
  })
}
