import type { FairnessReport } from './fairness.ts'

/** What a fit found, for people: kept with the run, shown beside every forecast. Plain JSON; rates are per day. */
export interface ModelCard {
  /** Days since 1970-01-01: the first purchase, and the day the mirror had come to. */
  readonly window: { readonly firstDay: number | null; readonly lastDay: number }
  readonly members: number
  /** Members who came again. */
  readonly returning: number
  /** Who and what the figures leave out: members who said no, purchases taken back whole. */
  readonly leftOut: { readonly optedOut: number; readonly undone: number }
  readonly purchases: FittedCard
  readonly spend: SpendCard
  /** null where there was too little history to hold some of it back. */
  readonly backTest: BackTestCard | null
  /** null where nothing could be fitted. */
  readonly forecast: ForecastCard | null
  /** How members who may be addressed do against those left alone; null where a side has too few. */
  readonly holdout: HoldoutCard | null
  /** How groups that no model is told of fare, for the whole street; null for a shop, and where it cannot be said. */
  readonly fairness: readonly FairnessCard[] | null
  /** What should not be read out of these figures, in sentences. */
  readonly limits: readonly string[]
}

export interface FittedCard {
  readonly model: string
  readonly status: string
  readonly parameters: Readonly<Record<string, number>>
  /** Standard errors of the logarithms of the parameters; null where the data do not bound them. */
  readonly errors: Readonly<Record<string, number>> | null
  readonly gradientNorm: number | null
  /** Whether the shop's parameters were pulled towards the whole street's, and why this model. */
  readonly pooled: boolean
  readonly why: string
}

export interface SpendCard {
  readonly model: string
  readonly status: string
  /** Minor units a visit. */
  readonly mean: number | null
  readonly parameters: Readonly<Record<string, number>>
}

/** What the chosen model foretold of days it had not seen, beside what came. */
export interface BackTestCard {
  /** Days known before the first forecast. */
  readonly calibrationDays: number
  /** Days foretold each time, and how many times. */
  readonly holdoutDays: number
  readonly times: number
  readonly members: number
  /** Visits, all times together. */
  readonly foretold: number
  readonly came: number
  /** (foretold - came) / came: above nought it promised too much. null where nothing came. */
  readonly bias: number | null
  /** Every model that was tried, and what anyone would say without one: visits a member, means over all times. */
  readonly models: readonly {
    readonly model: string
    readonly meanError: number
    /** Foretold minus come. */
    readonly bias: number
    readonly gini: number | null
  }[]
  /**
   * Members in ten parts by what was foretold of them the last time: visits foretold and visits that came, a member.
   */
  readonly deciles: readonly { readonly foretold: number; readonly came: number; readonly members: number }[]
}

/** Visits a member in the last days: treated minus held out, with an interval that holds however often one looks. */
export interface HoldoutCard {
  readonly days: number
  /** Of the members, how many are left alone. */
  readonly share: number
  readonly treated: { readonly members: number; readonly mean: number }
  readonly heldOut: { readonly members: number; readonly mean: number }
  /** How likely so uneven a split is by chance; below a thousandth something went wrong. */
  readonly sampleRatio: number
  readonly difference: number
  readonly low: number
  readonly high: number
  /** The share of the variance that what members did before explains. */
  readonly explained: number
}

/** A way of telling members apart that no model is told of, and how its groups fare. */
export interface FairnessCard extends FairnessReport {
  readonly by: 'when they shop' | 'since when'
}

/** Visits to be expected of all members of the shop together. */
export interface ForecastCard {
  readonly days: number
  /** Of the interval: 0.9. */
  readonly level: number
  readonly visits: Between
  /** Minor units. */
  readonly value: Between
  /** The same, added up week by week. */
  readonly weeks: readonly Between[]
}

export interface Between {
  readonly expected: number
  readonly low: number
  readonly high: number
}
