import { isHeldOut } from './experiments.ts'
import { type Basket, type Counted, countTogether, type Pair, strongestPairs, suggest } from './going-together.ts'
import { heldOutShare, holdoutSalt } from './holdout.ts'
import type { OffersCard } from './model-card.ts'
import {
  type HeldMultiplier,
  type MultiplierBounds,
  type MultiplierChange,
  type MultiplierFacts,
  multiplierChange,
  multiplierFor,
} from './multipliers.ts'
import { factorOrder } from './offer-trial.ts'
import { policy } from './policy.ts'
import { type Arm, type ArmBelief, beliefsOf, chooseReward, propensitiesOf } from './reward-choice.ts'

/** A reward that the shop offers at present. */
export interface ShopReward {
  readonly reward: number
  /** Hundredths of a point. */
  readonly points: bigint
}

/** What must be known of a member before anything is proposed; only of those who are scored. */
export interface OfferMember {
  /** The account, 0x hex in lower case. */
  readonly member: string
  readonly basket: Basket
  /** Rewards taken so lately that they rest. */
  readonly resting: readonly number[]
  /** Live points of any shop, hundredths. */
  readonly points: bigint
  readonly lastProposalDay: number | undefined
  /** null where nothing could be fitted. */
  readonly facts: MultiplierFacts | null
  readonly multiplier: HeldMultiplier | undefined
}

export interface Proposal {
  readonly member: string
  readonly reward: number
  readonly propensityPpm: number
  readonly way: 'best' | 'tried'
  /** Whether it is the next best of all by what goes together. */
  readonly nextBest: boolean
  /** What it rests on, in numbers; null where it rests on how many take it at all. */
  readonly because: Pair | null
  readonly takenAnyway: number
  readonly ofMembers: number
}

export interface ChangedMultiplier extends MultiplierChange {
  readonly member: string
  /** The version of the board's policy that bounded it. */
  readonly policy: number
}

export interface ShopOffers {
  readonly proposals: readonly Proposal[]
  readonly changes: readonly ChangedMultiplier[]
  readonly card: OffersCard
}

export interface OffersAsked {
  readonly shop: number
  readonly day: number
  readonly rewards: readonly ShopReward[]
  /** How proposals went so far; a reward without a row was never proposed. */
  readonly arms: readonly Arm[]
  readonly bounds: MultiplierBounds
  /** Which way the street's trial chose. */
  readonly way: 'counting' | 'factors'
}

const shownPairs = 12

/**
 * What to propose to whom, and whose points to multiply. First who may be addressed at all: a tenth is left alone
 * always, and nobody is proposed anything twice in 28 days. Then what they could take: rewards on offer that their
 * points reach and that they did not take just now. Of these the three likeliest are drawn among.
 */
export function shopOffers(members: readonly OfferMember[], asked: OffersAsked): ShopOffers {
  const counted = countTogether(members.map(({ basket }) => basket))
  const beliefs = beliefsOf(armsOf(asked), (reward) => usualShare(counted, reward))
  const free = members.filter(({ member }) => !isHeldOut(member, holdoutSalt(asked.shop), heldOutShare))
  const ordered = orderOf(members, counted, asked)
  const drawing = drawer(beliefs, asked)
  return {
    proposals: free.flatMap((one) => proposalFor(one, { asked, counted, ordered, drawing })),
    changes: free.flatMap((one) => changeFor(one, asked)),
    card: {
      members: members.filter(({ basket }) => basket.rewards.length + basket.habits.length > 0).length,
      pairs: strongestPairs(counted, shownPairs),
      arms: beliefs,
      mostPercent: asked.bounds.mostPercent,
      policy: asked.bounds.policy,
    },
  }
}

const armsOf = ({ rewards, arms }: OffersAsked): Arm[] =>
  rewards.map(({ reward }) => arms.find((arm) => arm.reward === reward) ?? { reward, proposed: 0, taken: 0 })

/** Before anything was proposed: the share of members who ever took it. */
const usualShare = ({ taken, all }: Counted, reward: number): number => (all === 0 ? 0 : (taken.get(reward) ?? 0) / all)

/** The likeliest first. Factors may put them in another order; the sentence is always one of counted members. */
function orderOf(members: readonly OfferMember[], counted: Counted, { rewards, way, shop }: OffersAsked) {
  const numbers = rewards.map(({ reward }) => reward)
  if (way === 'counting' || numbers.length === 0) {
    return (basket: Basket, among: readonly number[]) => suggest(basket, counted, among)
  }
  const onlyTaken = (basket: Basket): Basket => ({ rewards: basket.rewards, habits: [] })
  const byFactors = factorOrder(
    members.map(({ basket }) => onlyTaken(basket)),
    numbers,
    `offers of shop ${shop}`,
  )
  return (basket: Basket, among: readonly number[]) => {
    const suggested = suggest(basket, counted, among)
    if (basket.rewards.length === 0) return suggested
    return byFactors(onlyTaken(basket), among).flatMap((reward) => suggested.find((one) => one.reward === reward) ?? [])
  }
}

/** Draws among a few rewards; the probabilities of the same few are worked out once. */
function drawer(beliefs: readonly ArmBelief[], { shop, day }: OffersAsked) {
  const known = new Map<string, { readonly among: readonly ArmBelief[]; readonly propensities: readonly number[] }>()
  return (rewards: readonly number[], member: string) => {
    const key = rewards.join(' ')
    const among =
      known.get(key)?.among ?? rewards.flatMap((reward) => beliefs.find((one) => one.reward === reward) ?? [])
    const propensities = known.get(key)?.propensities ?? propensitiesOf(among)
    known.set(key, { among, propensities })
    return chooseReward(among, propensities, `reward for ${member} at shop ${shop} on day ${day}`)
  }
}

function proposalFor(
  { member, basket, resting, points, lastProposalDay }: OfferMember,
  by: {
    readonly asked: OffersAsked
    readonly counted: Counted
    readonly ordered: ReturnType<typeof orderOf>
    readonly drawing: ReturnType<typeof drawer>
  },
): Proposal[] {
  const { asked, counted, ordered, drawing } = by
  if (lastProposalDay !== undefined && asked.day - lastProposalDay < policy.proposalDays) return []
  const within = asked.rewards.filter((one) => one.points <= points && !resting.includes(one.reward))
  const ranked = ordered(
    basket,
    within.map(({ reward }) => reward),
  ).slice(0, policy.mostArms)
  // In one order for all, so that the same few are worked out once.
  const few = ranked.map(({ reward }) => reward).sort((one, other) => one - other)
  const choice = drawing(few, member)
  if (choice === undefined) return []
  const because = ranked.find(({ reward }) => reward === choice.reward)?.because ?? null
  const takenAnyway = counted.taken.get(choice.reward) ?? 0
  return [
    { member, ...choice, nextBest: ranked[0]?.reward === choice.reward, because, takenAnyway, ofMembers: counted.all },
  ]
}

function changeFor({ member, facts, multiplier }: OfferMember, { day, bounds }: OffersAsked): ChangedMultiplier[] {
  if (facts === null) return []
  const change = multiplierChange(multiplier, multiplierFor(facts, bounds), { day, bounds })
  return change === undefined ? [] : [{ member, ...change, policy: bounds.policy.version }]
}
