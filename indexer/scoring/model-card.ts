import type { BoardPolicy } from './board-policy.ts'
import type { FairnessReport } from './fairness.ts'
import type { Pair } from './going-together.ts'
import type { OfferTrial } from './offer-trial.ts'
import type { ArmBelief } from './reward-choice.ts'
import type { SegmentName } from './segments.ts'

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
  /** How far the owner's goal has come, measured the same way; null where there is none. */
  readonly goal: GoalCard | null
  /** The same by segment, as members stood when the time began; only segments with enough members on both sides. */
  readonly segmentLifts: readonly SegmentLift[]
  /** What goes with what at a shop, and how its rewards are proposed; null for the whole street. */
  readonly offers: OffersCard | null
  /** For the whole street: whether anything names members' next reward better than counting. null elsewhere. */
  readonly offerTrial: OfferTrial | null
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
  /**
   * The last time, week by week from the first purchase: repeat visits so far, those that came and those that the model
   * tells of, up to `calibrationDays` by the model alone and then as it forecast them.
   */
  readonly tracked: readonly { readonly week: number; readonly came: number; readonly foretold: number }[]
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
  /**
   * What a member spent in the same days, minor units, compared in the same way; times the shop's margin it is what
   * addressing members brings. Fits of earlier versions do not say.
   */
  readonly spent?: {
    readonly treated: number
    readonly heldOut: number
    readonly difference: number
    readonly low: number
    readonly high: number
  }
}

/** Repeat visits a member since the day of the goal, and what those addressed do more, in per cent of the others. */
export interface GoalCard {
  /** What is wanted. */
  readonly percent: number
  readonly fromDay: number
  readonly untilDay: number
  /** Days of it that have gone by. */
  readonly days: number
  /** null where a side has fewer than two members, or nothing has gone by. */
  readonly lift: {
    readonly treated: { readonly members: number; readonly mean: number }
    readonly heldOut: { readonly members: number; readonly mean: number }
    readonly sampleRatio: number
    /** null where those left alone did not come at all. */
    readonly percent: number | null
    readonly lowPercent: number | null
    readonly highPercent: number | null
  } | null
}

/** Visits a member in the last days: treated minus held out. */
export interface SegmentLift {
  readonly segment: SegmentName
  readonly treated: { readonly members: number; readonly mean: number }
  readonly heldOut: { readonly members: number; readonly mean: number }
  readonly difference: number
  readonly low: number
  readonly high: number
}

export interface OffersCard {
  /** Members with anything to count. */
  readonly members: number
  readonly pairs: readonly Pair[]
  /** What is believed of each reward that is on offer. */
  readonly arms: readonly ArmBelief[]
  /** The most that a member's points are multiplied by here, in hundredths. */
  readonly mostPercent: number
  /** What the board allowed on that day; fits of earlier versions do not say. */
  readonly policy?: BoardPolicy
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
