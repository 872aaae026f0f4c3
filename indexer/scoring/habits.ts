/**
 * What members do rather than what they are worth: at which hours they come, how much they take part, which shops they
 * visit as well. Whole numbers in, whole numbers out.
 */

export const partsOfDay = ['morning', 'midday', 'afternoon', 'evening'] as const
export type PartOfDay = (typeof partsOfDay)[number]

/** Where an hour of the shop's day belongs: morning until 11, midday until 14, afternoon until 18, then evening. */
export function partOfDay(hour: number): PartOfDay {
  if (hour >= 4 && hour < 11) return 'morning'
  if (hour >= 11 && hour < 14) return 'midday'
  return hour >= 14 && hour < 18 ? 'afternoon' : 'evening'
}

/** When a member usually comes: the part of the day, and the part of the week, that hold half of the visits or more. */
export interface UsualTime {
  readonly partOfDay: PartOfDay | null
  readonly week: 'weekdays' | 'weekends' | null
}

/** So many purchases are needed before they make a habit. */
const habitFrom = 3

/**
 * @param byHour purchases in each of the 24 hours of the shop's day
 * @param onWeekends how many of them on a Saturday or Sunday
 */
export function usualTime(byHour: readonly number[], onWeekends: number): UsualTime {
  const all = byHour.reduce((sum, count) => sum + count, 0)
  if (all < habitFrom) return { partOfDay: null, week: null }
  const counts = new Map<PartOfDay, number>()
  for (const [hour, count] of byHour.entries()) {
    const part = partOfDay(hour)
    counts.set(part, (counts.get(part) ?? 0) + count)
  }
  const usual = partsOfDay.find((part) => (counts.get(part) ?? 0) * 2 > all)
  // Two of seven days are a weekend: half of all visits there is a habit, and hardly any is one too.
  const week = onWeekends * 2 > all ? 'weekends' : onWeekends * 10 <= all ? 'weekdays' : null
  return { partOfDay: usual ?? null, week }
}

/** A usual time as names of habits. */
export function habitsOf(usual: UsualTime | undefined): string[] {
  return [usual?.partOfDay ?? null, usual?.week ?? null].filter((habit) => habit !== null)
}

/** What taking part is seen by, over the last half year. */
export interface TakingPart {
  /** Visit days at the shop in the last 91 days. */
  readonly visitsLastQuarter: number
  /** Of the last six stretches of 30 days, in how many the member came. */
  readonly activeMonths: number
  /** Payments with points at the shop in the last 182 days. */
  readonly payments: number
  /** Other shops of the street visited in the last 182 days. */
  readonly otherShops: number
}

/**
 * How much a member takes part, 0 to 100, by fixed yardsticks and not by rank, so that it says the same in every shop
 * and month: 40 for a visit a week in the last quarter, 30 for having come in each of the last six months, 20 for four
 * payments with points, 10 for three other shops of the street; in proportion below that, rounded down.
 */
export function engagement({ visitsLastQuarter, activeMonths, payments, otherShops }: TakingPart): number {
  const part = (points: number, count: number, full: number) => (points * Math.min(count, full)) / full
  return Math.floor(
    part(40, visitsLastQuarter, 13) + part(30, activeMonths, 6) + part(20, payments, 4) + part(10, otherShops, 3),
  )
}

/** Another shop that members of one visit as well. */
export interface ShopTogether {
  readonly shop: number
  /** Of our members, how many were there too. */
  readonly members: number
  /** How many times likelier than anybody of the street, in hundredths: 150 is half as much again. */
  readonly liftPercent: number
}

/** Fewer members than this name nobody else's customers. */
export const fewestTogether = 5

/**
 * The shops that a shop's members visit as well, those with the most members first: only from five members on, so that
 * nobody can be picked out.
 * @param ours how many members the shop has
 * @param street how many members the street has
 * @param others of each other shop: its members, and how many of them are ours too
 */
export function shopsTogether(
  ours: number,
  street: number,
  others: readonly { readonly shop: number; readonly members: number; readonly shared: number }[],
): readonly ShopTogether[] {
  return others
    .filter(({ shared }) => shared >= fewestTogether)
    .map(({ shop, members, shared }) => {
      return { shop, members: shared, liftPercent: Math.round((100 * shared * street) / (ours * members)) }
    })
    .sort((one, other) => other.members - one.members || one.shop - other.shop)
}
