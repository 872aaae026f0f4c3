/** What one member spent at one shop on one day. */
export interface PurchaseDay {
  readonly shop: number
  /** The member's account, 0x hex in lower case. */
  readonly member: string
  /** Days since 1970-01-01 in the shop's time zone. */
  readonly day: number
  /** Minor units of money. */
  readonly spend: bigint
}

/** A member's history at one shop. */
export interface PurchaseHistory {
  readonly shop: number
  readonly member: string
  readonly firstDay: number
  readonly lastDay: number
  /** Days with a purchase: what is bought twice on a day counts once. */
  readonly frequency: number
  readonly spend: bigint
}

export type Score = 1 | 2 | 3 | 4 | 5

export interface ScoredHistory extends PurchaseHistory {
  /** Days from the last purchase day to the day that the mirror has come to. */
  readonly recencyDays: number
  readonly recencyScore: Score
  readonly frequencyScore: Score
  readonly valueScore: Score
}

/** The values that part five scores: a value's score depends on how many of them it exceeds. */
export type CutValues<value extends number | bigint> = readonly value[]

/** Merges days into histories, one a shop and member, in the order in which they first come. */
export function historiesOf(days: Iterable<PurchaseDay>): PurchaseHistory[] {
  const known = new Map<string, { history: PurchaseHistory; days: Set<number> }>()
  for (const { shop, member, day, spend } of days) {
    const name = `${shop} ${member}`
    const entry = known.get(name)
    if (entry === undefined) {
      const history = { shop, member, firstDay: day, lastDay: day, frequency: 1, spend }
      known.set(name, { history, days: new Set([day]) })
      continue
    }
    const { history } = entry
    entry.days.add(day)
    entry.history = {
      ...history,
      firstDay: Math.min(history.firstDay, day),
      lastDay: Math.max(history.lastDay, day),
      frequency: entry.days.size,
      spend: history.spend + spend,
    }
  }
  return [...known.values()].map(({ history }) => history)
}

const parts = 5

/**
 * The four values that part the DISTINCT values there are into five parts as even as can be: of m distinct values in
 * ascending order, the ceil(k m / 5)-th for k = 1..4 (nearest rank). Distinct, since most members of a shop came once,
 * and quantiles of all values would then fall together; values and not positions, so that equal histories score equal.
 */
export function cutValues<value extends number | bigint>(values: Iterable<value>): CutValues<value> {
  const distinct = [...new Set(values)].sort((one, other) => (one < other ? -1 : 1))
  return [1, 2, 3, 4].flatMap((part) => {
    const cut = distinct[Math.ceil((part * distinct.length) / parts) - 1]
    return cut === undefined ? [] : [cut]
  })
}

/** How many of the cut values this one exceeds: 0 to 4. */
function exceeded<value extends number | bigint>(value: value, cuts: CutValues<value>): 0 | 1 | 2 | 3 | 4 {
  return cuts.filter((cut) => value > cut).length as 0 | 1 | 2 | 3 | 4
}

/**
 * Scores the members of ONE shop against each other, 1 (least) to 5 (most). Whoever came last is always 5 in recency,
 * whoever came once is always 1 in frequency; with fewer than five distinct values the far end is not claimed.
 */
export function scoreShop(histories: readonly PurchaseHistory[], watermarkDay: number): ScoredHistory[] {
  // A till's clock may run some minutes ahead, over midnight at worst.
  const silentFor = (history: PurchaseHistory) => Math.max(0, watermarkDay - history.lastDay)
  const recencyCuts = cutValues(histories.map(silentFor))
  const frequencyCuts = cutValues(histories.map((history) => history.frequency))
  const valueCuts = cutValues(histories.map((history) => history.spend))
  return histories.map((history) => {
    const recencyDays = silentFor(history)
    return {
      ...history,
      recencyDays,
      recencyScore: (parts - exceeded(recencyDays, recencyCuts)) as Score,
      frequencyScore: (1 + exceeded(history.frequency, frequencyCuts)) as Score,
      valueScore: (1 + exceeded(history.spend, valueCuts)) as Score,
    }
  })
}
