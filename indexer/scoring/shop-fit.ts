import { type Cohort, cohortOf } from './cohort.ts'
import type { Fit } from './fit.ts'
import type { Spends } from './gamma-gamma.ts'
import type { Histories } from './histories.ts'
import type { FittedCard, ForecastCard, ModelCard, SpendCard } from './model-card.ts'
import { type ModelTrial, tryModels } from './model-trial.ts'
import { priorFrom } from './pooling.ts'
import { predict } from './predict.ts'
import { type FittedPurchases, fitPurchases, type PurchaseFit, type PurchaseModel } from './purchase-models.ts'
import { parameterNames, shopForecast } from './shop-forecast.ts'
import { horizon, type StoredModel, storedModel } from './shop-model.ts'
import { expectedSpend, fitSpend, type SpendFit } from './spend.ts'
import { streetFairness } from './street-fairness.ts'
import { endOf, gapsOf, termsAt, type Visits } from './visits.ts'

/** What a fit keeps of a shop's members at once: columns of numbers, times in days, spend in minor units. */
export interface Learnt {
  readonly histories: Histories
  readonly spends: Spends
  readonly firstDay: number | null
}

/** What is left out of a card here belongs to whoever knows the database. */
export type Card = Omit<ModelCard, 'leftOut' | 'holdout' | 'goal' | 'segmentLifts' | 'offers' | 'offerTrial'>

export interface NetworkFit {
  /** Fitted when first asked for: shops mostly ask for the same one. */
  readonly purchasesBy: (model: PurchaseModel) => PurchaseFit
  /** The model for shops that are too young to choose. */
  readonly usual: Chosen
  readonly spend: SpendFit
  readonly stored: StoredModel | undefined
  readonly card: Card
}

interface Chosen {
  readonly model: PurchaseModel
  readonly why: string
}

export interface ShopFit {
  readonly stored: StoredModel | undefined
  readonly card: Card
}

/** Turns visits into the columns that models learn from, as they stand at the end of `day`. */
export function learn(members: readonly Visits[], day: number): Learnt {
  const count = members.length
  const histories = {
    repeats: new Int32Array(count),
    lastAge: new Float64Array(count),
    age: new Float64Array(count),
    logGaps: new Float64Array(count),
  }
  const meanSpend = new Float64Array(count)
  let firstDay: number | null = null
  for (const [row, visits] of members.entries()) {
    const terms = termsAt(visits, endOf(visits, day))
    if (terms === undefined) throw new Error(`${visits.member} never came`)
    histories.repeats[row] = terms.frequency
    histories.age[row] = terms.age
    histories.lastAge[row] = terms.frequency === 0 ? 0 : terms.age - terms.silence
    histories.logGaps[row] = gapsOf(visits).reduce((sum, gap) => sum + Math.log(gap), 0)
    meanSpend[row] = terms.spend
    if (firstDay === null || day - terms.age < firstDay) firstDay = day - terms.age
  }
  return { histories, spends: { repeats: histories.repeats, meanSpend }, firstDay }
}

/** Everybody's columns under one another. */
function together(parts: readonly Learnt[]): Learnt {
  const joined = (of: (part: Learnt) => Float64Array): Float64Array => {
    const whole = new Float64Array(parts.reduce((sum, part) => sum + of(part).length, 0))
    let from = 0
    for (const part of parts) {
      whole.set(of(part), from)
      from += of(part).length
    }
    return whole
  }
  const repeats = Int32Array.from(joined((part) => Float64Array.from(part.histories.repeats)))
  const histories = {
    repeats,
    lastAge: joined((part) => part.histories.lastAge),
    age: joined((part) => part.histories.age),
    logGaps: joined((part) => part.histories.logGaps as Float64Array),
  }
  const firstDays = parts.flatMap(({ firstDay }) => (firstDay === null ? [] : [firstDay]))
  const firstDay = firstDays.length === 0 ? null : Math.min(...firstDays)
  return { histories, spends: { repeats, meanSpend: joined((part) => part.spends.meanSpend) }, firstDay }
}

/** For the fit of spend, so that one wholesale order does not set the mean; the card's mean is the plain one. */
const winsoriseAt = 0.99

/**
 * Fits the whole street, whose parameters its shops then lean on.
 * @param some members of any shops, on whom the models are tried
 */
export function fitNetwork(parts: readonly Learnt[], some: readonly Visits[], day: number): NetworkFit {
  const all = together(parts)
  const cohort = cohortOf(all.histories)
  const known = new Map<PurchaseModel, PurchaseFit>()
  const purchasesBy = (model: PurchaseModel): PurchaseFit => {
    const found = known.get(model) ?? fitStreetBy(model, cohort)
    known.set(model, found)
    return found
  }
  const trial = tryModels(some, day)
  const usual = trial === undefined ? withoutTrial : { model: trial.model, why: decisions[trial.decidedBy] }
  const purchases = purchasesBy(usual.model)
  const spend = fitSpend(all.spends, { winsoriseAt })
  const card = cardOf({ learnt: all, day, chosen: usual, purchases, spend, pooled: false, trial })
  return {
    purchasesBy,
    usual,
    spend,
    stored: storedOf(purchases.fitted, spend),
    card: { ...card, forecast: null, fairness: streetFairness(some, usual.model, day) },
  }
}

/**
 * A street of few members often does not bound a parameter (nobody has left yet, say); it then runs off to nought or
 * without end. Such a street is fitted once more, drawn to mild assumptions: one visit in a month, one member in four
 * leaving after each, each parameter right within a factor of about fifty.
 */
function fitStreetBy(model: PurchaseModel, cohort: Cohort): PurchaseFit {
  const plain = fitPurchases(model, cohort)
  const hopeless = plain.fit.status === 'noMembers' || plain.fit.status === 'noReturning'
  if (plain.fit.status === 'converged' || hopeless) return plain
  const centre = mildly[model].map(Math.log)
  const precision = centre.map((_, row) => centre.map((__, column) => (row === column ? mildness : 0)))
  return fitPurchases(model, cohort, {
    prior: { centre, precision: precision.map((row) => Float64Array.from(row)) },
    k: 1,
  })
}

const mildness = 1 / Math.log(50) ** 2
/** In the order of the parameters' names; rates in days. */
const mildly: Readonly<Record<PurchaseModel, readonly number[]>> = {
  mbg: [1, 30, 1, 3],
  bg: [1, 30, 1, 3],
  cnbd: [1, 30, 1, 3],
  pareto: [1, 30, 1, 120],
}

const withoutTrial: Chosen = { model: 'mbg', why: 'the usual choice, since whoever came once may be gone too' }

const decisions: Readonly<Record<ModelTrial['decidedBy'], string>> = {
  mae: 'it was the least off when tried on what is known',
  bias: 'as little off as others when tried on what is known, and the least biased',
  calibration: 'as little off as others when tried on what is known, and the truest from tenth to tenth',
  gini: 'as little off as others when tried on what is known, and the best at telling members apart',
  simplicity: 'as good as others when tried on what is known, and the simplest',
}

function storedOf(purchases: FittedPurchases | undefined, spend: SpendFit): StoredModel | undefined {
  if (purchases === undefined || spend.fitted === undefined) return undefined
  return storedModel(purchases, spend.fitted)
}

/** Whatever the model, its parameters are positive numbers with names. */
const named = (fit: Fit<object>) => fit as Fit<Readonly<Record<string, number>>>

/** Fits one shop, leaning on the street; a shop too young to be fitted takes the street's model as it is. */
export function fitShop(members: readonly Visits[], network: NetworkFit, day: number): ShopFit {
  const learnt = learn(members, day)
  const trial = tryModels(members, day)
  const chosen = trial === undefined ? byStreet(network.usual) : { model: trial.model, why: decisions[trial.decidedBy] }
  const { model } = chosen
  const cohort = cohortOf(learnt.histories)
  const street = network.purchasesBy(model)
  const prior = priorFrom(named(street.fit), parameterNames[model])
  const k = street.fitted?.model === 'cnbd' ? street.fitted.parameters.k : undefined
  const own = fitPurchases(model, cohort, { prior, k })
  const used = own.fitted === undefined ? street : own
  const purchases = { fit: own.fit, fitted: used.fitted }
  const ownSpend = fitSpend(learnt.spends, { winsoriseAt })
  const spend = ownSpend.fitted === undefined ? { ...ownSpend, fitted: network.spend.fitted } : ownSpend
  const pooled = prior !== undefined || own.fitted === undefined
  const card = cardOf({ learnt, day, chosen, purchases, spend, pooled, trial })
  const forecast = forecastOf(cohort, { learnt, purchases: used, spend })
  return { stored: storedOf(used.fitted, spend), card: { ...card, forecast } }
}

const byStreet = ({ model, why }: Chosen): Chosen => ({ model, why: `the whole street’s choice: ${why}` })

/** null where nothing could be fitted. A visit is worth the mean of what is expected of members, by their visits. */
function forecastOf(
  cohort: Cohort,
  of: { readonly learnt: Learnt; readonly purchases: PurchaseFit; readonly spend: SpendFit },
): ForecastCard | null {
  const { learnt, purchases, spend } = of
  if (purchases.fitted === undefined || spend.fitted === undefined || cohort.members === 0) return null
  const { expected } = predict(purchases.fitted, cohort, horizon.step)
  const each = expectedSpend(spend.fitted, learnt.spends)
  let [visits, value] = [0, 0]
  for (const [member, count] of expected.entries()) {
    visits += count
    value += count * (each[member] as number)
  }
  const valuePerVisit = visits === 0 ? 0 : value / visits
  return shopForecast(purchases.fitted, cohort, { fit: named(purchases.fit), valuePerVisit })
}

interface Fitted {
  readonly learnt: Learnt
  readonly day: number
  readonly chosen: Chosen
  readonly purchases: PurchaseFit
  readonly spend: SpendFit
  readonly pooled: boolean
  readonly trial: ModelTrial | undefined
}

function cardOf({ learnt, day, chosen, purchases, spend, pooled, trial }: Fitted): Omit<Card, 'forecast'> {
  const { repeats } = learnt.histories
  return {
    window: { firstDay: learnt.firstDay, lastDay: day },
    members: repeats.length,
    returning: repeats.reduce((sum, count) => sum + (count > 0 ? 1 : 0), 0),
    purchases: purchasesCard(chosen, purchases, pooled),
    spend: spendCard(spend, learnt.spends),
    backTest: trial?.card ?? null,
    fairness: null,
    limits,
  }
}

function purchasesCard({ model, why }: Chosen, { fit, fitted }: PurchaseFit, pooled: boolean): FittedCard {
  return {
    model,
    status: fit.status,
    parameters: { ...(fitted?.parameters ?? named(fit).parameters) },
    errors: errorsOf(fit, parameterNames[model]),
    gradientNorm: Number.isFinite(fit.gradientNorm) ? fit.gradientNorm : null,
    pooled,
    why,
  }
}

/** Standard errors of the log-parameters; null where a variance is none. */
function errorsOf({ covariance }: Fit<object>, names: readonly string[]): Readonly<Record<string, number>> | null {
  if (covariance === undefined) return null
  const errors = names.map((name, place) => [name, Math.sqrt(covariance[place]?.[place] as number)] as const)
  return errors.every(([, error]) => Number.isFinite(error)) ? Object.fromEntries(errors) : null
}

function spendCard({ fitted, fit, shrunkBecause }: SpendFit, { repeats, meanSpend }: Spends): SpendCard {
  let [visits, spent] = [0, 0]
  for (const [row, count] of repeats.entries()) {
    visits += count
    spent += count * (meanSpend[row] as number)
  }
  return {
    model: fitted?.model === 'gg' ? 'Gamma-Gamma' : 'a shrunk mean',
    status: shrunkBecause === undefined ? fit.status : shrunkWords[shrunkBecause],
    mean: visits === 0 ? null : spent / visits,
    parameters: finite(fitted?.parameters ?? {}),
  }
}

/** JSON knows no infinity: a strength without end is left out, and the mean alone says it. */
const finite = (numbers: object): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.entries(numbers).filter(([, value]) => Number.isFinite(value)))

const shrunkWords = {
  frequencyAndValueCorrelate: 'who comes more also spends more, so Gamma-Gamma would mislead',
  fewReturning: 'fewer than 200 members came again, too few for Gamma-Gamma',
  infiniteMean: 'Gamma-Gamma would expect without bounds',
  notConverged: 'Gamma-Gamma found no end',
} as const

const limits = [
  'They say what is likely if all goes on as before; a new neighbour, a feast or a closed road is not in them.',
  'They speak of groups. Of one member they say what is likely, never what will be.',
  'Purchases without a member’s code, and members who want not to be known, are not in them.',
]
