/**
 * What goes with what: how many members of a shop who took the one also took the other, counted and nothing more, so
 * that every suggestion is a sentence with its numbers in it. Things are the shop's rewards, and when a member usually
 * comes; what the ledger does not know (what was in the bag) is none.
 */

/** What is known of one member at one shop: the rewards they took, and their habits. None is listed twice. */
export interface Basket {
  readonly rewards: readonly number[]
  /** Names of habits: "in the morning", "at weekends". */
  readonly habits: readonly string[]
}

/** A thing that a suggestion may begin from. */
export type Thing = { readonly reward: number } | { readonly habit: string }

/** Of `of` members with the one, `both` took the reward too; of all `all` members, `anyway` did. */
export interface Pair {
  readonly from: Thing
  readonly to: number
  readonly both: number
  readonly of: number
  readonly anyway: number
  readonly all: number
}

/** Counted over a shop's members. */
export interface Counted {
  readonly all: number
  /** Members who took each reward. */
  readonly taken: ReadonlyMap<number, number>
  readonly with: ReadonlyMap<string, number>
  readonly pairs: ReadonlyMap<string, number>
}

/** Fewer members than this suggest nothing: chance is then louder than taste, and somebody could be picked out. */
export const leastSupport = 5

const nameOf = (thing: Thing): string => ('reward' in thing ? `reward ${thing.reward}` : `habit ${thing.habit}`)

export const thingsOf = ({ rewards, habits }: Basket): Thing[] => [
  ...rewards.map((reward) => ({ reward })),
  ...habits.map((habit) => ({ habit })),
]

export function countTogether(baskets: readonly Basket[]): Counted {
  const [taken, having, pairs] = [new Map<number, number>(), new Map<string, number>(), new Map<string, number>()]
  const more = <Key>(counts: Map<Key, number>, key: Key) => counts.set(key, (counts.get(key) ?? 0) + 1)
  for (const basket of baskets) {
    for (const reward of basket.rewards) more(taken, reward)
    for (const thing of thingsOf(basket)) {
      const name = nameOf(thing)
      more(having, name)
      for (const reward of basket.rewards) if (name !== `reward ${reward}`) more(pairs, `${name} > ${reward}`)
    }
  }
  return { all: baskets.length, taken, with: having, pairs }
}

/** As many imagined members who behave as everybody does stand beside those who were counted. */
const imagined = 10

export interface Suggested {
  readonly reward: number
  /** 0 to 1: the share of such members who take it, drawn towards everybody's. */
  readonly likely: number
  /** What it rests on; undefined where it rests on how many take it at all. */
  readonly because: Pair | undefined
}

/**
 * The rewards of `among`, the likeliest for a member first. Each by the thing of the member that speaks for it most,
 * where at least five members had both; otherwise by how many take it at all. Equal ones go by number.
 */
export function suggest(basket: Basket, counted: Counted, among: readonly number[]): Suggested[] {
  const suggested = among.map((reward): Suggested => {
    const anyway = counted.taken.get(reward) ?? 0
    const share = counted.all === 0 ? 0 : anyway / counted.all
    let best: Suggested = { reward, likely: share, because: undefined }
    for (const from of thingsOf(basket)) {
      const both = counted.pairs.get(`${nameOf(from)} > ${reward}`) ?? 0
      if (both < leastSupport) continue
      const of = counted.with.get(nameOf(from)) ?? 0
      const likely = (both + imagined * share) / (of + imagined)
      if (likely <= best.likely) continue
      best = { reward, likely, because: { from, to: reward, both, of, anyway, all: counted.all } }
    }
    return best
  })
  return suggested.sort((one, other) => other.likely - one.likely || one.reward - other.reward)
}

/** How many times likelier than anybody: 1 is as likely. */
export const liftOf = ({ both, of, anyway, all }: Pair): number => (both * all) / (of * anyway)

/** The pairs that say most: at least five members, and likelier than anybody, the greatest surplus of members first. */
export function strongestPairs(counted: Counted, most: number): Pair[] {
  const found: Pair[] = []
  for (const [name, both] of counted.pairs) {
    if (both < leastSupport) continue
    const [fromName = '', to = ''] = name.split(' > ')
    const [kind, rest] = [fromName.slice(0, fromName.indexOf(' ')), fromName.slice(fromName.indexOf(' ') + 1)]
    const from: Thing = kind === 'reward' ? { reward: Number(rest) } : { habit: rest }
    const counts = { of: counted.with.get(fromName) ?? 0, anyway: counted.taken.get(Number(to)) ?? 0 }
    const pair = { from, to: Number(to), both, ...counts, all: counted.all }
    if (liftOf(pair) > 1) found.push(pair)
  }
  const surplus = ({ both, of, anyway, all }: Pair) => both - (of * anyway) / all
  return found
    .sort(
      (one, other) =>
        surplus(other) - surplus(one) || one.to - other.to || (nameOf(one.from) < nameOf(other.from) ? -1 : 1),
    )
    .slice(0, most)
}
