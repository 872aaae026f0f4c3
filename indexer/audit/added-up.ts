import type { Mirror } from './mirror.ts'

// The sums, added up by Postgres over the whole mirror at one moment. Every amount arrives as text and is a bigint.

/** A word's lane `age` as it reads in `quarter`: in an array the first place is 1, and beyond it there is nothing. */
const laneSql = (word: string, quarter: string, age: number): string =>
  `coalesce((ARRAY[${[0, 1, 2, 3, 4].map((lane) => `${word}.lane${lane}`).join(', ')}])
    [${age + 1} - (${quarter} - ${word}.stamp)], 0)`

const ages = [0, 1, 2, 3, 4] as const

/** Points of one shop: its supply by lanes, the sum of its members' lanes, and what members' words hold stored. */
export interface PointsAddedUp {
  readonly shop: number
  readonly supply: readonly bigint[]
  readonly held: readonly bigint[]
  readonly stored: bigint
}

export async function pointsAddedUp(mirror: Mirror): Promise<PointsAddedUp[]> {
  interface Row {
    readonly shop: number
    readonly supply: readonly string[]
    readonly held: readonly string[]
    readonly stored: string
  }
  const rows = await mirror.rows<Row>(
    `SELECT shop, ARRAY[${ages.map((age) => laneSql('t', 't.quarter', age)).join(', ')}]::text[] AS supply,
       ARRAY[${ages.map((age) => `coalesce(h.held${age}, 0)`).join(', ')}]::text[] AS held,
       coalesce(h.stored, 0)::text AS stored
     FROM (SELECT b.shop, sum(b.lane0 + b.lane1 + b.lane2 + b.lane3 + b.lane4) AS stored,
         ${ages.map((age) => `sum(${laneSql('b', 't.quarter', age)}) AS held${age}`).join(', ')}
       FROM ledger.balance b LEFT JOIN ledger.points_token t USING (shop) GROUP BY b.shop) h
     FULL JOIN ledger.points_token t USING (shop) ORDER BY shop`,
  )
  return rows.map(({ shop, supply, held, stored }) => {
    return { shop, supply: supply.map(BigInt), held: held.map(BigInt), stored: BigInt(stored) }
  })
}

/** What went through a shop's points, from receipts and from what money moved for vouchers. */
export interface FlowsAddedUp {
  readonly shop: number
  readonly bought: bigint
  readonly restored: bigint
  readonly debtPaid: bigint
  readonly burned: bigint
  readonly vouchers: bigint
  readonly takenBack: bigint
  readonly lapsed: bigint
}

/** `par`: money for 0.01 point, which points paid for a voucher are always worth. */
export async function flowsAddedUp(mirror: Mirror, par: bigint): Promise<FlowsAddedUp[]> {
  const rows = await mirror.rows<Record<keyof FlowsAddedUp, string>>(
    `SELECT t.shop::text, coalesce(p.points, 0)::text AS bought, coalesce(m.restored, 0)::text AS restored,
       coalesce(m."debtPaid", 0)::text AS "debtPaid", coalesce(l.points, 0)::text AS burned,
       coalesce(v.points, 0)::text AS vouchers, coalesce(r.taken, 0)::text AS "takenBack",
       coalesce(m.lapsed, 0)::text AS lapsed
     FROM ledger.points_token t
     LEFT JOIN (SELECT shop, sum(points) AS points FROM ledger.purchase GROUP BY shop) p ON p.shop = t.shop
     LEFT JOIN (SELECT issuer, sum(points) AS points FROM ledger.payment_line GROUP BY issuer) l ON l.issuer = t.shop
     LEFT JOIN (SELECT shop, sum(taken) AS taken FROM ledger.reversal GROUP BY shop) r ON r.shop = t.shop
     LEFT JOIN (SELECT debtor, div(sum(value), $1::numeric) AS points FROM ledger.net_move
       WHERE kind = 'voucher' AND creditor = 0 GROUP BY debtor) v ON v.debtor = t.shop
     LEFT JOIN (SELECT shop, sum(points) FILTER (WHERE kind = 'restored') AS restored,
         -sum(points) FILTER (WHERE kind = 'debtPaid') AS "debtPaid",
         -sum(points) FILTER (WHERE kind = 'lapsed') AS lapsed
       FROM ledger.movement WHERE kind IN ('restored', 'debtPaid', 'lapsed') GROUP BY shop) m ON m.shop = t.shop
     ORDER BY t.shop`,
    [par.toString()],
  )
  return rows.map((row) => ({
    shop: Number(row.shop),
    bought: BigInt(row.bought),
    restored: BigInt(row.restored),
    debtPaid: BigInt(row.debtPaid),
    burned: BigInt(row.burned),
    vouchers: BigInt(row.vouchers),
    takenBack: BigInt(row.takenBack),
    lapsed: BigInt(row.lapsed),
  }))
}

/** The street's money, the house included. */
export interface MoneyAddedUp {
  readonly net: bigint
  readonly reserves: bigint
  readonly deposited: bigint
  readonly withdrawn: bigint
  /** What settlements took into the pool and have not paid out, from the events. */
  readonly pool: bigint
}

export async function moneyAddedUp(mirror: Mirror): Promise<MoneyAddedUp> {
  const [row] = await mirror.rows<Record<keyof MoneyAddedUp, string>>(
    `SELECT coalesce(sum(net), 0)::text AS net, coalesce(sum(reserve), 0)::text AS reserves,
       coalesce(sum(deposited), 0)::text AS deposited, coalesce(sum(withdrawn), 0)::text AS withdrawn,
       (SELECT coalesce(-sum((args ->> 'reserveChange')::numeric), 0) FROM ledger.event WHERE name = 'Settled')::text
         AS pool
     FROM ledger.position`,
  )
  const amount = (text: string | undefined): bigint => BigInt(text ?? 0)
  return {
    net: amount(row?.net),
    reserves: amount(row?.reserves),
    deposited: amount(row?.deposited),
    withdrawn: amount(row?.withdrawn),
    pool: amount(row?.pool),
  }
}

/** Members whose statement does not add up to what they hold stored: the first, and how many in all. */
export interface StatementsAddedUp {
  readonly compared: number
  readonly differing: number
  readonly first: readonly { readonly member: Buffer; readonly shop: number; readonly moved: string; held: string }[]
}

export async function statementsAddedUp(mirror: Mirror, named: number): Promise<StatementsAddedUp> {
  const rows = await mirror.rows<StatementsAddedUp['first'][number] & { compared: string; differing: string }>(
    `WITH both_books AS (
       SELECT member, shop, coalesce(m.moved, 0) AS moved, coalesce(b.held, 0) AS held
       FROM (SELECT member, shop, sum(points) AS moved FROM ledger.movement GROUP BY member, shop) m
       FULL JOIN (SELECT member, shop, lane0 + lane1 + lane2 + lane3 + lane4 AS held FROM ledger.balance) b
         USING (member, shop)
     ), counted AS (
       SELECT count(*) AS compared, count(*) FILTER (WHERE moved <> held) AS differing FROM both_books
     )
     SELECT compared::text, differing::text, member, shop, moved::text, held::text FROM counted
     LEFT JOIN LATERAL (SELECT * FROM both_books WHERE moved <> held ORDER BY member, shop LIMIT $1) first ON true`,
    [named],
  )
  const [row] = rows
  const differing = Number(row?.differing ?? 0)
  return { compared: Number(row?.compared ?? 0), differing, first: differing === 0 ? [] : rows }
}

/** Places where the mirror's chain of blocks has a gap or a block that does not name the one before. */
export interface BlocksLinked {
  readonly blocks: number
  readonly first: number | null
  readonly last: number | null
  readonly lastHash: Buffer | null
  readonly broken: readonly { readonly number: string; readonly parent: Buffer; readonly before: Buffer | null }[]
  readonly others: number
  /** Rows of a journal that stand in no block the mirror has, by table. */
  readonly homeless: readonly { readonly table: string; readonly rows: number }[]
}

const journals = [
  'event',
  'movement',
  'net_move',
  'payment',
  'payment_line',
  'purchase',
  'refund',
  'refund_line',
  'refusal',
  'reversal',
] as const

const homelessSql = journals
  .map(
    (table) => `SELECT '${table}' AS table, count(*)::int AS rows FROM ledger.${table} r
      WHERE NOT EXISTS (SELECT FROM ledger.block b WHERE b.number = r.block_number)`,
  )
  .join(' UNION ALL ')

export async function blocksLinked(mirror: Mirror, named: number): Promise<BlocksLinked> {
  const [span] = await mirror.rows<{ blocks: string; first: string | null; last: string | null; others: string }>(
    `SELECT count(*)::text AS blocks, min(number)::text AS first, max(number)::text AS last,
       (SELECT count(*) FROM ledger.checkpoint WHERE name <> 'ledger')::text AS others FROM ledger.block`,
  )
  const [last] = await mirror.rows<{ hash: Buffer }>('SELECT hash FROM ledger.block ORDER BY number DESC LIMIT 1')
  const broken = await mirror.rows<BlocksLinked['broken'][number]>(
    `SELECT number::text, parent_hash AS parent, before FROM (
       SELECT number, parent_hash, lag(number) OVER w AS earlier, lag(hash) OVER w AS before
       FROM ledger.block WINDOW w AS (ORDER BY number)
     ) linked WHERE earlier IS NOT NULL AND (earlier <> number - 1 OR before <> parent_hash)
     ORDER BY number LIMIT $1`,
    [named],
  )
  const homeless = await mirror.rows<BlocksLinked['homeless'][number]>(
    `SELECT * FROM (${homelessSql}) counted WHERE rows > 0 ORDER BY 1`,
  )
  const number = (text: string | null | undefined): number | null => (text == null ? null : Number(text))
  return {
    blocks: Number(span?.blocks ?? 0),
    first: number(span?.first),
    last: number(span?.last),
    lastHash: last?.hash ?? null,
    broken,
    others: Number(span?.others ?? 0),
    homeless,
  }
}
