import { fitFactors } from './factors.ts'
import { type Basket, countTogether, suggest, type Thing, thingsOf } from './going-together.ts'

/** A reward that a member took, and when. */
export interface Taking {
  /** Place of the member. */
  readonly member: number
  readonly reward: number
  readonly day: number
}

/** How well each way named the next new reward, by the mean of 1 / its place in the list, over the same members. */
export interface OfferTrial {
  /** Members who took something new in the time held back. */
  readonly members: number
  readonly counting: number
  readonly factors: number
  /** Factors less counting, with the interval that holds 95 of 100 times. */
  readonly difference: number
  readonly low: number
  readonly high: number
  readonly chosen: 'counting' | 'factors'
}

/** What a shop adds to the trial. */
export interface TrialParts {
  readonly pairs: readonly { readonly counting: number; readonly factors: number }[]
}

/**
 * Tries both ways on a time split: they learn what was taken up to and including `end`, and name the next reward of
 * each member who took a new one after it, by the rewards that they had taken before.
 */
export function tryOffers(
  takings: readonly Taking[],
  of: {
    readonly members: number
    readonly end: number
    readonly name: string
  },
): TrialParts {
  const known = Array.from({ length: of.members }, () => new Set<number>())
  const next = new Map<number, { reward: number; day: number }>()
  for (const { member, reward, day } of takings) if (day <= of.end) known[member]?.add(reward)
  for (const { member, reward, day } of takings) {
    if (day <= of.end || known[member]?.has(reward) !== false) continue
    const found = next.get(member)
    if (found === undefined || day < found.day || (day === found.day && reward < found.reward))
      next.set(member, { reward, day })
  }
  const baskets = known.map((rewards): Basket => {
    return { rewards: [...rewards].sort((one, other) => one - other), habits: [] }
  })
  const rewards = [...new Set(baskets.flatMap((basket) => basket.rewards))].sort((one, other) => one - other)
  const asked = [...next].sort(([one], [other]) => one - other).filter(([, { reward }]) => rewards.includes(reward))
  if (asked.length === 0 || rewards.length < 2) return { pairs: [] }
  const counted = countTogether(baskets)
  const byFactors = factorOrder(baskets, rewards, of.name)
  return {
    pairs: asked.map(([member, { reward }]) => {
      const basket = baskets[member] as Basket
      const left = rewards.filter((one) => !basket.rewards.includes(one))
      const counting = suggest(basket, counted, left).map((one) => one.reward)
      return {
        counting: 1 / (1 + counting.indexOf(reward)),
        factors: 1 / (1 + byFactors(basket, left).indexOf(reward)),
      }
    }),
  }
}

/** Orders rewards by factors that were learnt from these members. */
export function factorOrder(baskets: readonly Basket[], rewards: readonly number[], name: string) {
  const nameOf = (thing: Thing) => ('reward' in thing ? `reward ${thing.reward}` : `habit ${thing.habit}`)
  const names = new Set([...rewards.map((reward) => nameOf({ reward })), ...baskets.flatMap(thingsOf).map(nameOf)])
  const places = new Map([...names].sort().map((one, place) => [one, place] as const))
  const placesOf = (basket: Basket) => thingsOf(basket).map((thing) => places.get(nameOf(thing)) as number)
  const factors = fitFactors(baskets.map(placesOf), places.size, name)
  return (basket: Basket, left: readonly number[]): number[] => {
    const drawn = factors.drawnTo(placesOf(basket))
    const by = (reward: number) => drawn[places.get(nameOf({ reward })) as number] as number
    return [...left].sort((one, other) => by(other) - by(one) || one - other)
  }
}

/** Fewer members decide nothing. */
const fewestAsked = 50

/** Counting stays unless factors name the next reward better beyond doubt: the interval of the gain is above nought. */
export function decideOffers(parts: readonly TrialParts[]): OfferTrial | null {
  const pairs = parts.flatMap((part) => part.pairs)
  if (pairs.length < 2) return null
  const mean = (of: (pair: (typeof pairs)[number]) => number) =>
    pairs.reduce((sum, pair) => sum + of(pair), 0) / pairs.length
  const difference = mean((pair) => pair.factors - pair.counting)
  const variance = mean((pair) => (pair.factors - pair.counting - difference) ** 2) / (pairs.length - 1)
  const reach = 1.96 * Math.sqrt(variance)
  const [low, high] = [difference - reach, difference + reach]
  return {
    members: pairs.length,
    counting: mean((pair) => pair.counting),
    factors: mean((pair) => pair.factors),
    ...{ difference, low, high },
    chosen: pairs.length >= fewestAsked && low > 0 ? 'factors' : 'counting',
  }
}
