import { fixedScore } from './fixed-point.ts'
import { engagement } from './habits.ts'
import {
  churnRisk,
  evenCuts,
  isOverdue,
  type Level,
  partOf,
  usualGapDays,
  type VisitRates,
  valueDecile,
  worthIfKept,
} from './predicted-segments.ts'
import { type ReasonPart, reasonParts, shapleyShares, type ValueTerms, wholeShares } from './reasons.ts'
import { type Tier, tierFor, tierSteps } from './tiers.ts'
import { endOf, gapsOf, lately, spentBetween, termsAt, type Visits } from './visits.ts'

/** What a fitted model says of one history, whatever the model is. Nothing here depends on a clock or on chance. */
export interface ShopModel {
  /** Probability that the member will come again, 0 to 1. */
  alive(terms: ValueTerms): number
  /** Visits to be expected over the model's horizon. */
  purchases(terms: ValueTerms): number
  /** Value to be expected over the horizon, discounted, minor units. */
  value(terms: ValueTerms): number
  /** How the shop's members' visit rates differ; undefined where the model has no such thing. */
  readonly rates: VisitRates | undefined
}

/** What is to be expected of one member, in whole numbers. */
export interface Expected {
  readonly alivePpm: number
  readonly purchasesMillionths: number
  readonly valueMinor: number
  readonly valueDecile: number
  readonly risk: Level
  readonly worth: Level
  /** The value thirty days before, by the same model; null where the member had not come yet. */
  readonly valueBefore: number | null
  readonly reason: readonly ReasonPart[]
  readonly tierByValue: Tier
}

export interface Judgement {
  readonly member: string
  /** null where nothing could be fitted. */
  readonly expected: Expected | null
  readonly usualGapDays: number | null
  readonly overdue: boolean
  readonly tierBySpend: Tier
  readonly engagement: number
}

/** What members did beside buying, over the last half year. */
export interface Beside {
  /** Payments with points at the shop. */
  readonly payments: number
  /** Other shops visited. */
  readonly otherShops: number
}

/** A value is compared with the one so many days before. */
export const comparedAfterDays = 30

const nothingBeside: Beside = { payments: 0, otherShops: 0 }

/** Judges the members of one shop at the end of `day`; in the order in which they are given. */
export function judgeShop(
  members: readonly Visits[],
  at: { readonly day: number; readonly model: ShopModel | undefined; readonly beside?: ReadonlyMap<string, Beside> },
): Judgement[] {
  const { day, model, beside } = at
  const known = members.map((visits) => ({ visits, terms: termsAt(visits, endOf(visits, day)) as ValueTerms }))
  const expected = model === undefined ? undefined : expectAll(known, { day, model })
  const spent = members.map((visits) => spentBetween(visits, day - 364, endOf(visits, day)))
  const bySpend = tierSteps(spent)
  return known.map(({ visits, terms }, index) => {
    const usual = usualGapDays(gapsOf(visits), model?.rates)
    return {
      member: visits.member,
      expected: expected?.[index] ?? null,
      usualGapDays: usual ?? null,
      overdue: isOverdue(terms.silence, usual),
      tierBySpend: tierFor(spent[index] as number, bySpend),
      engagement: engagement({ ...lately(visits, day), ...(beside?.get(visits.member) ?? nothingBeside) }),
    }
  })
}

interface Known {
  readonly visits: Visits
  readonly terms: ValueTerms
}

/** A reason is worked out where there is something to explain: a first visit explains itself. */
function expectAll(known: readonly Known[], at: { readonly day: number; readonly model: ShopModel }): Expected[] {
  const { day, model } = at
  const figures = known.map(({ terms }) => figuresOf(model, terms))
  const values = figures.map(({ valueMinor }) => valueMinor)
  const kept = figures.map(({ valueMinor, alivePpm }) => worthIfKept(valueMinor, alivePpm))
  const [deciles, thirds] = [evenCuts(values, 10), evenCuts(kept, 3)]
  const steps = tierSteps(values)
  return known.map(({ visits, terms }, index) => {
    const figure = figures[index] as (typeof figures)[number]
    return {
      ...figure,
      valueDecile: valueDecile(figure.valueMinor, deciles),
      risk: churnRisk(figure.alivePpm),
      worth: partOf(kept[index] as number, thirds) as Level,
      ...change({ before: termsAt(visits, day - comparedAfterDays), terms, valueMinor: figure.valueMinor }, model),
      tierByValue: tierFor(figure.valueMinor, steps),
    }
  })
}

/** Rounded as they are committed: half to even, never below nought. */
function figuresOf(model: ShopModel, terms: ValueTerms) {
  const [alive, expected, value] = [model.alive(terms), model.purchases(terms), model.value(terms)]
  const { alivePpm, purchasesMillionths, valueMinor } = fixedScore({ alive, expected, valueMinor: value })
  return { alivePpm, purchasesMillionths: Number(purchasesMillionths), valueMinor: Number(valueMinor) }
}

function change(
  from: { readonly before: ValueTerms | undefined; readonly terms: ValueTerms; readonly valueMinor: number },
  model: ShopModel,
): Pick<Expected, 'valueBefore' | 'reason'> {
  const { before, terms, valueMinor } = from
  if (before === undefined) return { valueBefore: null, reason: [] }
  const valueBefore = figuresOf(model, before).valueMinor
  const shares = shapleyShares((mixed) => model.value(mixed), before, terms)
  return { valueBefore, reason: reasonParts(wholeShares(shares, valueMinor - valueBefore), before, terms) }
}
