import 'server-only'
import { clockAt, type Lanes, liveLanes, noPoints, type QuarterClock, sumOfLanes } from './ageing.ts'
import { type Checkpoint, checkpoint, nowOf } from './checkpoint.ts'
import { type Ask, addressSql, type Question, secondsOf } from './database.ts'
import { type Address, network } from './network.ts'
import {
  type DefaultPrice,
  type IssuerMode,
  redeemableElsewhereDown,
  requiredRatioBpsUp,
  shareCoveredDown,
  wholeBps,
} from './reserve-rules.ts'

/** As the consortium's contract names them. */
export type ShopStatus = 'None' | 'Applied' | 'Active' | 'Suspended' | 'Exiting' | 'Exited' | 'Defaulted' | 'Withdrawn'

const statuses: readonly ShopStatus[] = [
  'None',
  'Applied',
  'Active',
  'Suspended',
  'Exiting',
  'Exited',
  'Defaulted',
  'Withdrawn',
]

/** What a shop calls itself; a shop the portal has no profile of goes by its number. */
export interface Sign {
  readonly name: string
  readonly trade: string
  readonly street: string
  readonly hue: number
  /** Hundredths of a point per 1.00 of money spent. */
  readonly earnRate: number
  readonly isCharity: boolean
  readonly timeZone: string
}

/** A shop as issuer and as debtor, read at the mirror's newest block. */
export interface Standing {
  readonly shop: number
  readonly sign: Sign
  readonly owner: Address
  readonly status: ShopStatus
  readonly redeemsOnly: boolean
  readonly joinedAt: Date | null
  readonly receiptLimit: bigint
  /** null until the shop was admitted. */
  readonly token: Address | null
  readonly clock: QuarterClock | null
  /** Live supply by lane. */
  readonly supplyLanes: Lanes
  readonly supply: bigint
  /** Money the live supply is worth. */
  readonly liability: bigint
  readonly net: bigint
  readonly reserve: bigint
  readonly deposited: bigint
  readonly withdrawn: bigint
  readonly requiredRatioBps: bigint
  /** What its points are worth since it defaulted; null where that is par. */
  readonly price: DefaultPrice | null
  /** When a stressed shop can be declared in default; null where it is not stressed. */
  readonly defaultFrom: Date | null
  /** (reserve + net) / liability, cut downwards; null while no points are out. */
  readonly backing: number | null
  /** The most of its points, in hundredths, that other shops can still take. */
  readonly redeemableElsewhere: bigint
}

export interface Standings {
  readonly mirror: Checkpoint
  /** The value of unused vouchers, which belongs to no shop yet. */
  readonly house: { readonly net: bigint; readonly reserve: bigint }
  /** Chain time in seconds UTC. */
  readonly now: number
  readonly quarterLength: number
  readonly shops: ReadonlyMap<number, Standing>
}

interface Row {
  shop: number
  owner: Address
  status: number
  redeems_only: boolean
  joined_at: Date | null
  receipt_limit: bigint
  default_from: Date | null
  price_money: bigint | null
  price_liability: bigint | null
  token: Address | null
  quarter: number | null
  started_at: Date | null
  ends_at: Date | null
  stamp: number | null
  lanes: string[] | null
  net: bigint
  reserve: bigint
  deposited: bigint
  withdrawn: bigint
  name: string | null
  trade: string | null
  street: string | null
  hue: number | null
  earn_rate: number | null
  is_charity: boolean | null
  time_zone: string | null
  quarter_length: number
  board_bps: number
}

// The consortium's own terms are events: founding is among the first of the journal, and a later vote may change the
// ratio but never the length of a quarter.
const question: Question = {
  name: 'standings',
  text: `SELECT s.shop, ${addressSql('s.owner')} AS owner, s.status, s.redeems_only, s.joined_at, s.receipt_limit,
      s.default_from, s.price_money, s.price_liability,
      ${addressSql('s.points')} AS token, t.quarter, t.started_at, t.ends_at, t.stamp,
      CASE WHEN t.shop IS NOT NULL THEN ARRAY[t.lane0, t.lane1, t.lane2, t.lane3, t.lane4]::text[] END AS lanes,
      coalesce(p.net, 0) AS net, coalesce(p.reserve, 0) AS reserve,
      coalesce(p.deposited, 0) AS deposited, coalesce(p.withdrawn, 0) AS withdrawn,
      f.name, f.trade, f.street, f.hue, f.earn_rate, f.is_charity, f.time_zone,
      (founded.args->>'quarterLength')::int AS quarter_length,
      coalesce(voted.bps, (founded.args->>'requiredRatioBps')::int) AS board_bps
    FROM ledger.shop s
    LEFT JOIN ledger.points_token t ON t.shop = s.shop
    LEFT JOIN ledger.position p ON p.shop = s.shop
    LEFT JOIN portal.shop_profile f ON f.shop = s.shop
    CROSS JOIN (
      SELECT args FROM ledger.event WHERE name = 'ConsortiumFounded' ORDER BY block_number, log_index LIMIT 1
    ) founded
    LEFT JOIN (
      SELECT (args->>'bps')::int AS bps FROM ledger.event WHERE name = 'RequiredRatioSet'
      ORDER BY block_number DESC, log_index DESC LIMIT 1
    ) voted ON true
    ORDER BY s.shop`,
}

const houseQuestion: Question = {
  name: 'house-position',
  text: `SELECT coalesce(sum(p.net), 0) AS net, coalesce(sum(p.reserve), 0) AS reserve
    FROM ledger.position p WHERE p.shop = 0`,
}

/** All shops with what they owe and keep; there are few, and every desk needs them. Ask at one moment with the rest. */
export async function standings(ask: Ask): Promise<Standings> {
  const mirror = await checkpoint(ask)
  const now = nowOf(mirror)
  const rows = await ask<Row>(question)
  const [house] = await ask<Standings['house']>(houseQuestion)
  return {
    mirror,
    house: house ?? { net: 0n, reserve: 0n },
    now,
    quarterLength: rows[0]?.quarter_length ?? 0,
    shops: new Map(rows.map((row) => [row.shop, standingOf(row, now)])),
  }
}

function standingOf(row: Row, now: number): Standing {
  const { par } = network()
  const clock = clockOf(row, now)
  const supplyLanes = clock && row.lanes ? liveLanes(wordOf(row.stamp ?? 0, row.lanes), clock.quarter) : noPoints
  const supply = sumOfLanes(supplyLanes)
  const liability = supply * par
  const joinedAt = row.joined_at
  const status = statuses[row.status] ?? 'None'
  const mode = modeOf(status)
  const byAge = requiredRatioBpsUp(joinedAt ? secondsOf(joinedAt) : now, { boardBps: row.board_bps, now })
  const ratioBps = status === 'Exiting' || status === 'Defaulted' ? wholeBps : byAge
  return {
    shop: row.shop,
    sign: signOf(row),
    owner: row.owner,
    status,
    redeemsOnly: row.redeems_only,
    joinedAt,
    receiptLimit: row.receipt_limit,
    token: row.token,
    clock,
    supplyLanes,
    supply,
    liability,
    net: row.net,
    reserve: row.reserve,
    deposited: row.deposited,
    withdrawn: row.withdrawn,
    requiredRatioBps: ratioBps,
    price: priceOf(row),
    defaultFrom: row.default_from,
    backing: shareCoveredDown(row.reserve + row.net, liability),
    redeemableElsewhere: redeemableElsewhereDown(row, { ratioBps, par, supply, mode }),
  }
}

/** What redeeming a shop's points means at the moment, as the register says it. */
function modeOf(status: ShopStatus): IssuerMode {
  if (status === 'Defaulted') return 'defaulted'
  return status === 'Exiting' || status === 'Exited' ? 'exiting' : 'open'
}

function priceOf({ price_money: money, price_liability: liability }: Row): DefaultPrice | null {
  return money === null || liability === null ? null : { money, liability }
}

function clockOf(row: Row, now: number): QuarterClock | null {
  if (row.quarter === null || row.started_at === null) return null
  const endsAt = row.ends_at ? secondsOf(row.ends_at) : null
  return clockAt({ quarter: row.quarter, startedAt: secondsOf(row.started_at), endsAt }, now)
}

/** Lanes as `ARRAY[lane0, ..., lane4]::text[]` gives them. */
export function wordOf(stamp: number, lanes: readonly string[]): { readonly stamp: number; readonly lanes: Lanes } {
  const lane = (age: number): bigint => BigInt(lanes[age] ?? '0')
  return { stamp, lanes: [lane(0), lane(1), lane(2), lane(3), lane(4)] }
}

function signOf(row: Row): Sign {
  return {
    name: row.name ?? `Shop ${row.shop}`,
    trade: row.trade ?? '',
    street: row.street ?? '',
    hue: row.hue ?? (row.shop * 137) % 360,
    earnRate: row.earn_rate ?? 0,
    isCharity: row.is_charity ?? false,
    timeZone: row.time_zone ?? 'UTC',
  }
}
