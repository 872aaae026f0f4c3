import { hexFloat, parseHexFloat } from './hex-float.ts'
import { forecastInterval, type Interval } from './intervals.ts'
import type { ShopModel } from './judgement.ts'
import { spansOf, type WeightedSpan } from './predict.ts'
import { type FittedPurchases, outlookOf } from './purchase-models.ts'
import type { ValueTerms } from './reasons.ts'
import { expectedSpend, type FittedSpend } from './spend.ts'

/**
 * How far a value looks: a year of 52 weeks in quarters, what is bought within a quarter counted at its end and
 * discounted by 2.5 % a quarter (a tenth a year). Stated on every model card. Days.
 */
export const horizon = { horizon: 364, step: 91, rate: 0.025 } as const

/** A fitted model as it is stored: parameters as hexadecimal floats, exact to the last bit. */
export interface StoredModel {
  readonly purchases: StoredPart<FittedPurchases['model']>
  readonly spend: StoredPart<FittedSpend['model']>
}

interface StoredPart<Name extends string> {
  readonly model: Name
  readonly parameters: Readonly<Record<string, string>>
}

export function storedModel(purchases: FittedPurchases, spend: FittedSpend): StoredModel {
  return { purchases: stored(purchases), spend: stored(spend) }
}

function stored<Name extends string>(fitted: { readonly model: Name; readonly parameters: object }): StoredPart<Name> {
  const parameters = Object.entries(fitted.parameters).map(([name, value]) => [name, exact(value as number)] as const)
  return { model: fitted.model, parameters: Object.fromEntries(parameters) }
}

/** A mean that nothing sways has a strength without end. */
const endless = 'inf'
const exact = (value: number): string => (value === Number.POSITIVE_INFINITY ? endless : hexFloat(value))

function numberIn(text: string): number {
  const value = text === endless ? Number.POSITIVE_INFINITY : parseHexFloat(text)
  if (value === undefined) throw new Error(`"${text}" is no parameter`)
  return value
}

/** The model as it was stored, ready to answer. */
export function modelFrom({ purchases, spend }: StoredModel): ShopModel {
  return shopModel(restored(purchases) as FittedPurchases, restored(spend) as FittedSpend)
}

/** Between how many visits a member makes in the next year, nine times of ten. */
export function visitsBetween({ purchases }: StoredModel, terms: Omit<ValueTerms, 'spend'>): Interval {
  const { x, lastAge, age } = historyOf({ ...terms, spend: 0 })
  return forecastInterval(restored(purchases) as FittedPurchases, { repeats: x, lastAge, age }, horizon.horizon)
}

function restored({ model, parameters }: StoredPart<string>): object {
  const numbers = Object.entries(parameters).map(([name, text]) => [name, numberIn(text)] as const)
  return { model, parameters: Object.fromEntries(numbers) }
}

/**
 * What a fitted model says of histories in days. A mixture of terms that no history has (silent for longer than
 * known) is read as silent ever since the first visit. What is still ahead is kept by x and T, since many members
 * share both.
 */
export function shopModel(purchases: FittedPurchases, spend: FittedSpend): ShopModel {
  const outlook = outlookOf(purchases)
  const ahead = (spans: readonly WeightedSpan[]) => {
    const known = new Map<string, number>()
    return (terms: ValueTerms): number => {
      const { x, lastAge, age } = historyOf(terms)
      const key = outlook.needsLast === 'yes' ? `${x} ${age} ${lastAge}` : `${x} ${age}`
      const found = known.get(key)
      if (found !== undefined) return found
      let sum = 0
      for (const { span, weight } of spans) sum += weight * outlook.ahead(x, lastAge, age, span)
      known.set(key, sum)
      return sum
    }
  }
  const plain = ahead([{ span: horizon.horizon, weight: 1 }])
  const discounted = ahead(spansOf(horizon))
  const alive = (terms: ValueTerms): number => {
    const { x, lastAge, age } = historyOf(terms)
    return outlook.alive(x, lastAge, age)
  }
  return {
    alive,
    purchases: (terms) => alive(terms) * plain(terms),
    value: (terms) => alive(terms) * discounted(terms) * spendPerVisit(spend, terms),
    rates: ratesOf(purchases),
  }
}

function historyOf({ frequency, silence, age }: ValueTerms) {
  const lastAge = frequency === 0 ? 0 : Math.min(age, Math.max(0, age - silence))
  return { x: frequency, lastAge, age }
}

/** Minor units to be expected of the next visit. */
export function spendPerVisit(fitted: FittedSpend, { frequency, spend }: ValueTerms): number {
  const one = { repeats: Int32Array.of(frequency), meanSpend: Float64Array.of(spend) }
  return expectedSpend(fitted, one)[0] as number
}

/** Gaps of regular buyers are not Pareto, so the shop cannot tell theirs. */
function ratesOf({ model, parameters }: FittedPurchases): ShopModel['rates'] {
  if (model === 'cnbd' && parameters.k > 1) return undefined
  return { r: parameters.r, alpha: parameters.alpha }
}
