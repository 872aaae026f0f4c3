/**
 * Why a member's predicted value is another than before: the change, split exactly among how often they come, how
 * lately, how long they are known and how much they spend. By Shapley (1953): each term's share is its average effect
 * over all orders in which the four could have changed, so that the shares add up to the change and none depends on
 * an order.
 */

/** What a value is worked out from. */
export interface ValueTerms {
  /** Repeat visit days. */
  readonly frequency: number
  /** Days since the last visit. */
  readonly silence: number
  /** Days since the first visit. */
  readonly age: number
  /** Spend per visit, minor units. */
  readonly spend: number
}

export const reasonTerms = ['frequency', 'silence', 'age', 'spend'] as const
export type ReasonTerm = (typeof reasonTerms)[number]
export type Shares = Readonly<Record<ReasonTerm, number>>

// |S|! (3 - |S|)! / 4! for the sets S that the other three terms form, in twelfths.
const twelfths = [3, 1, 1, 3] as const

/**
 * The exact shares; their sum is value(after) - value(before), but for the last bits. Sixteen evaluations.
 * @param value must answer for any mixture of the terms before and after, also for one that no history has
 */
export function shapleyShares(value: (terms: ValueTerms) => number, before: ValueTerms, after: ValueTerms): Shares {
  const known = new Map<number, number>()
  const at = (set: number): number => {
    const found = known.get(set)
    if (found !== undefined) return found
    const mixed = Object.fromEntries(
      reasonTerms.map((term, bit) => [term, (set >> bit) & 1 ? after[term] : before[term]]),
    ) as unknown as ValueTerms
    const answer = value(mixed)
    known.set(set, answer)
    return answer
  }
  const shares = reasonTerms.map((term, bit) => {
    let share = 0
    for (let set = 0; set < 16; set += 1) {
      if ((set >> bit) & 1) continue
      share += (twelfths[sizeOf(set)] as number) * (at(set | (1 << bit)) - at(set))
    }
    return [term, share / 12] as const
  })
  return Object.fromEntries(shares) as unknown as Shares
}

const sizeOf = (set: number): number => (set & 1) + ((set >> 1) & 1) + ((set >> 2) & 1) + ((set >> 3) & 1)

/**
 * Shares as whole minor units that add up to the whole change: each is cut down, and what is then missing goes to those
 * with the largest rests, in the order of the terms where rests are equal.
 */
export function wholeShares(shares: Shares, change: number): Shares {
  const cut = reasonTerms.map((term) => ({ term, whole: Math.floor(shares[term]) }))
  const missing = change - cut.reduce((sum, { whole }) => sum + whole, 0)
  const byRest = [...cut].sort((one, other) => {
    const [rest, otherRest] = [shares[one.term] - one.whole, shares[other.term] - other.whole]
    return otherRest - rest || reasonTerms.indexOf(one.term) - reasonTerms.indexOf(other.term)
  })
  // Missing is 0 to 4 but where the change was rounded on its own; the rest then goes round again.
  const each = Math.floor(missing / 4)
  const more = missing - each * 4
  const whole = byRest.map(({ term, whole: units }, rank) => [term, units + each + (rank < more ? 1 : 0)] as const)
  return Object.fromEntries(whole) as unknown as Shares
}

/** One part of a reason: what happened, and what it did to the value, in minor units. */
export interface ReasonPart {
  readonly words: string
  readonly minor: number
}

/** The parts that matter, the weightiest first: those under a twentieth of what moved, or of nothing, are left out. */
export function reasonParts(shares: Shares, before: ValueTerms, after: ValueTerms): readonly ReasonPart[] {
  const moved = reasonTerms.reduce((sum, term) => sum + Math.abs(shares[term]), 0)
  return reasonTerms
    .filter((term) => shares[term] !== 0 && Math.abs(shares[term]) * 20 >= moved)
    .sort((one, other) => Math.abs(shares[other]) - Math.abs(shares[one]))
    .map((term) => ({ words: wordsFor(term, { before, after, share: shares[term] }), minor: shares[term] }))
}

interface Change {
  readonly before: ValueTerms
  readonly after: ValueTerms
  readonly share: number
}

/** In a shopkeeper's words; what the data say, never what a member might feel. */
function wordsFor(term: ReasonTerm, { before, after, share }: Change): string {
  const more = after[term] - before[term]
  switch (term) {
    case 'frequency':
      if (more < 0) return 'visits were taken back'
      if (share < 0) return `came ${timesMore(more)}, and such a regular is missed sooner`
      return `came ${timesMore(more)}`
    case 'silence':
      return more > 0 ? `silent for ${days(more)} longer` : 'was here again'
    case 'age':
      return `${days(Math.abs(more))} went by`
    case 'spend':
      return more > 0 ? 'spends more each time' : 'spends less each time'
  }
}

const timesMore = (count: number): string => (count === 1 ? 'once more' : `${count} more times`)
const days = (count: number): string => (count === 1 ? 'a day' : `${count} days`)
