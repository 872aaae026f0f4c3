/**
 * How points grow old (N-3, N-4). A stored word holds five lanes as they were when it was last touched; to know what
 * is live it must be read at the token's running quarter. This file is the portal's only place for that rule, as
 * arithmetic and as SQL.
 */

/** Hundredths of a point by the quarter they were issued in: lane 0 is the newest, lane 4 the oldest. */
export type Lanes = readonly [bigint, bigint, bigint, bigint, bigint]

/** A stored word: lane i holds what was issued in quarter `stamp - i`. */
export interface LaneWord {
  readonly stamp: number
  readonly lanes: Lanes
}

/** A token's clock; times in seconds UTC. `endsAt` is null until the running quarter's notice has been posted. */
export interface QuarterClock {
  readonly quarter: number
  readonly startedAt: number
  readonly endsAt: number | null
}

/** Some points that grow old together. */
export interface Lapse {
  readonly points: bigint
  /** Seconds UTC: the moment they lapse when certain, otherwise the earliest moment at which they could. */
  readonly at: number
  /** A notice stands for the quarter at whose end they lapse. */
  readonly certain: boolean
}

export const noPoints: Lanes = [0n, 0n, 0n, 0n, 0n]

const oldestLane = 4
const noticeLastsSeconds = 30 * 86_400

/** The clock as it reads at `at`: at most one quarter further, since each step needs a notice of its own. */
export function clockAt(clock: QuarterClock, at: number): QuarterClock {
  if (clock.endsAt === null || at < clock.endsAt) return clock
  return { quarter: clock.quarter + 1, startedAt: clock.endsAt, endsAt: null }
}

/** What is left of a word in `quarter`: every quarter that began since its stamp moves the lanes on by one. */
export function liveLanes(word: LaneWord, quarter: number): Lanes {
  const quarters = quarter - word.stamp
  if (quarters < 0) throw new Error(`a word of quarter ${word.stamp} is read in the earlier quarter ${quarter}`)
  const lane = (age: number): bigint => word.lanes[age - quarters] ?? 0n
  return [lane(0), lane(1), lane(2), lane(3), lane(4)]
}

export function sumOfLanes(lanes: Lanes): bigint {
  return lanes[0] + lanes[1] + lanes[2] + lanes[3] + lanes[4]
}

/** What is left when `points` more are spoken for; the oldest go first, as the chain will take them. */
export function withoutOldest(lanes: Lanes, points: bigint): Lanes {
  let left = points
  const rest: [bigint, bigint, bigint, bigint, bigint] = [...lanes]
  for (let age = oldestLane; age >= 0; age -= 1) {
    const here = rest[age] ?? 0n
    const taken = left < here ? left : here
    rest[age] = here - taken
    left -= taken
  }
  return rest
}

/**
 * When each lane lapses, oldest first, empty lanes left out. `clock` must be read at `now` (clockAt) and `lanes` in its
 * quarter. Lane i lapses when the quarter `5 - i` further on begins. A quarter without a notice ends at the earliest at
 * its length, and never sooner than the 30 days of a notice posted this moment.
 */
export function lapsesOf(
  lanes: Lanes,
  when: { readonly clock: QuarterClock; readonly now: number; readonly quarterLength: number },
): Lapse[] {
  const { clock, now, quarterLength } = when
  const ends = clock.endsAt ?? Math.max(clock.startedAt + quarterLength, now + noticeLastsSeconds)
  const shortest = Math.max(quarterLength, noticeLastsSeconds)
  const lapses: Lapse[] = []
  for (let age = oldestLane; age >= 0; age -= 1) {
    const points = lanes[age] ?? 0n
    if (points === 0n) continue
    const at = ends + (oldestLane - age) * shortest
    lapses.push({ points, at, certain: age === oldestLane && clock.endsAt !== null })
  }
  return lapses
}

/**
 * The running quarter of a `ledger.points_token` row as SQL: clockAt for questions that add up many rows.
 * `at` is an SQL expression of type timestamptz.
 */
export function quarterSql(token: string, at: string): string {
  return `(${token}.quarter + CASE WHEN ${token}.ends_at <= ${at} THEN 1 ELSE 0 END)`
}

/** The live points of a row with `stamp` and `lane0..lane4` in `quarter`, as SQL: liveLanes and sumOfLanes together. */
export function livePointsSql(word: string, quarter: string): string {
  const lane = (age: number): string =>
    `CASE WHEN ${quarter} - ${word}.stamp <= ${oldestLane - age} THEN ${word}.lane${age} ELSE 0 END`
  return `(${[0, 1, 2, 3, 4].map(lane).join(' + ')})`
}
