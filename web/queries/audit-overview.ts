import 'server-only'
import { type Lanes, livePointsSql, quarterSql } from './ageing.ts'
import type { Checkpoint } from './checkpoint.ts'
import { type Ask, atOneMoment, type Question } from './database.ts'
import { type Address, network } from './network.ts'
import { type ShopStatus, type Standing, type Standings, standings } from './standings.ts'

/** A shop's books as the mirror has them; points in hundredths, money in the settlement money's smallest units. */
export interface ShopBooks {
  readonly shop: number
  readonly name: string
  readonly hue: number
  readonly status: ShopStatus
  readonly token: Address | null
  /** Live supply, newest quarter first. */
  readonly supplyLanes: Lanes
  readonly supply: bigint
  /** What all members hold of it, added up from their own words. */
  readonly sumOfBalances: bigint
  readonly reserve: bigint
  readonly net: bigint
  readonly deposited: bigint
  readonly withdrawn: bigint
  /** Given for purchases, less what was taken back and what paid off debts. */
  readonly issued: bigint
  /** Spent here and elsewhere, less what came back. */
  readonly redeemed: bigint
  /** Swept out of the members' words, or still standing in them though their quarter has ended. */
  readonly lapsed: bigint
}

export interface AuditOverview {
  readonly checkpoint: Checkpoint
  readonly mirror: readonly ShopBooks[]
  readonly sums: {
    readonly net: bigint
    /** What settlements took in and have not paid out. */
    readonly pool: bigint
    readonly reserves: bigint
    /** Deposits less withdrawals: what the clearing house must hold. */
    readonly money: bigint
    readonly supply: bigint
    readonly liability: bigint
  }
  /** Newest first. */
  readonly reorgs: readonly { readonly ancestor: bigint; readonly oldHead: bigint; readonly noticed: Date }[]
}

interface BalanceRow {
  shop: number
  points: bigint
  lapsed: bigint
}

interface FlowRow {
  shop: number
  issued: bigint
  redeemed: bigint
  lapsed: bigint
}

const balances: Question = {
  name: 'audit-balances',
  text: `SELECT b.shop, sum(${livePointsSql('b', 't.quarter')}) AS points,
      sum(b.lane0 + b.lane1 + b.lane2 + b.lane3 + b.lane4 - ${livePointsSql('b', 't.quarter')}) AS lapsed
    FROM ledger.balance b
    JOIN (SELECT t.shop, ${quarterSql('t', '$1::timestamptz')} AS quarter
           FROM ledger.points_token t) t ON t.shop = b.shop
    GROUP BY b.shop`,
}

// Issued and redeemed from receipts and the money that moved for vouchers, lapsed from the journal: other rows than
// those the supply is folded into. `$1`: money for 0.01 point, which a voucher's points are always worth.
const flows: Question = {
  name: 'audit-flows',
  text: `SELECT s.shop, coalesce(i.points, 0) + coalesce(u.issued, 0) AS issued,
      coalesce(r.points, 0) + coalesce(v.points, 0) - coalesce(u.restored, 0) AS redeemed,
      coalesce(l.points, 0) AS lapsed
    FROM ledger.shop s
    LEFT JOIN (SELECT shop, sum(points) AS points FROM ledger.purchase GROUP BY shop) i ON i.shop = s.shop
    LEFT JOIN (SELECT issuer, sum(points) AS points FROM ledger.payment_line GROUP BY issuer) r ON r.issuer = s.shop
    LEFT JOIN (SELECT debtor, div(sum(value), $1::numeric) AS points FROM ledger.net_move
      WHERE kind = 'voucher' AND creditor = 0 GROUP BY debtor) v ON v.debtor = s.shop
    LEFT JOIN (SELECT shop, sum(points) FILTER (WHERE kind <> 'restored') AS issued,
        sum(points) FILTER (WHERE kind = 'restored') AS restored
      FROM ledger.movement WHERE kind IN ('takenBack', 'restored', 'debtPaid') GROUP BY shop) u ON u.shop = s.shop
    LEFT JOIN (SELECT e.address, sum((e.args->>'points')::numeric) AS points
      FROM ledger.event e WHERE e.name = 'PointsLapsed' GROUP BY e.address) l ON l.address = s.points`,
}

const pool: Question = {
  name: 'audit-pool',
  text: `SELECT coalesce(-sum((e.args->>'reserveChange')::numeric), 0) AS pool
           FROM ledger.event e WHERE e.name = 'Settled'`,
}

const reorgs: Question = {
  name: 'audit-reorgs',
  text: `SELECT r.ancestor, r.old_head AS "oldHead", r.noticed FROM ledger.reorg r ORDER BY r.noticed DESC LIMIT 50`,
}

/** What the mirror says at one moment; whoever audits compares it with the chain. */
export async function auditOverview(): Promise<AuditOverview> {
  return await atOneMoment(async (ask) => {
    const street = await standings(ask)
    const at = new Date(street.now * 1000)
    const held = new Map((await ask<BalanceRow>(balances, [at])).map((row) => [row.shop, row]))
    const went = new Map((await ask<FlowRow>(flows, [network().par])).map((row) => [row.shop, row]))
    const all = [...street.shops.values()]
    return {
      checkpoint: street.mirror,
      mirror: all.map((standing) => booksOf(standing, held.get(standing.shop), went.get(standing.shop))),
      sums: await sumsOf(street, ask),
      reorgs: await ask<AuditOverview['reorgs'][number]>(reorgs),
    }
  })
}

async function sumsOf({ shops, house }: Standings, ask: Ask): Promise<AuditOverview['sums']> {
  const all = [...shops.values()]
  const [settled] = await ask<{ pool: bigint }>(pool)
  const total = (amount: (shop: Standing) => bigint): bigint => all.reduce((sum, shop) => sum + amount(shop), 0n)
  return {
    net: house.net + total((shop) => shop.net),
    pool: settled?.pool ?? 0n,
    reserves: house.reserve + total((shop) => shop.reserve),
    money: total((shop) => shop.deposited - shop.withdrawn),
    supply: total((shop) => shop.supply),
    liability: total((shop) => shop.liability),
  }
}

function booksOf(standing: Standing, held: BalanceRow | undefined, went: FlowRow | undefined): ShopBooks {
  const { shop, sign, status, token, supplyLanes, supply, reserve, net, deposited, withdrawn } = standing
  return {
    shop,
    name: sign.name,
    hue: sign.hue,
    status,
    token,
    supplyLanes,
    supply,
    sumOfBalances: held?.points ?? 0n,
    reserve,
    net,
    deposited,
    withdrawn,
    issued: went?.issued ?? 0n,
    redeemed: went?.redeemed ?? 0n,
    lapsed: (went?.lapsed ?? 0n) + (held?.lapsed ?? 0n),
  }
}
