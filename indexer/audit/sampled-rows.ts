import type { Hex } from 'viem'
import { drawnBytes } from './draw.ts'
import { type LaneColumns, type LaneWord, wordOfRow } from './lane-word.ts'
import { hexOf, type Mirror } from './mirror.ts'

/** What the mirror says a member holds of one shop's points. */
export interface SampledBalance {
  readonly member: Hex
  readonly shop: number
  readonly token: Hex
  readonly word: LaneWord
  readonly debt: bigint
}

/** What the mirror says of a shop: its points, and what it has and owes. */
export interface SampledShop {
  readonly shop: number
  /** Null where the shop has no points; the house, shop 0, never has. */
  readonly token: Hex | null
  readonly supply: LaneWord
  readonly net: bigint
  readonly reserve: bigint
}

export interface Sampled {
  readonly balances: readonly SampledBalance[]
  readonly shops: readonly SampledShop[]
}

interface BalanceRow extends LaneColumns {
  readonly member: Buffer
  readonly shop: number
  readonly address: Buffer | null
  readonly debt: string
}

/** Balances and shops to look at; all of them where there are no more than wanted. */
export async function drawSamples(mirror: Mirror, seed: string, count: number): Promise<Sampled> {
  return { balances: await drawBalances(mirror, seed, count), shops: await drawShops(mirror, seed, count) }
}

/** Draws balances by their place among all addresses, each by two look-ups in the index, however many there are. */
async function drawBalances(mirror: Mirror, seed: string, count: number): Promise<SampledBalance[]> {
  const few = await mirror.rows<BalanceRow>(`${balanceSql} ORDER BY b.member, b.shop LIMIT $1`, [count + 1])
  if (few.length <= count) return few.map(balanceOf)
  const found = new Map<string, SampledBalance>()
  // What is drawn twice counts once, so a small street needs more draws.
  for (let draw = 0; draw < count * 3 && found.size < count; draw += 1) {
    const bytes = drawnBytes(seed, draw)
    const row = await nextBalance(mirror, bytes.subarray(0, 20), bytes.readUInt16BE(20) % 4)
    if (row !== undefined) found.set(`${row.member} ${row.shop}`, row)
  }
  return [...found.values()]
}

const balanceSql = `SELECT b.member, b.shop, b.stamp, b.lane0, b.lane1, b.lane2, b.lane3, b.lane4, b.debt, t.address
  FROM ledger.balance b LEFT JOIN ledger.points_token t ON t.shop = b.shop`

/** The balance some places after an address; beyond the last address the first. */
async function nextBalance(mirror: Mirror, from: Buffer, places: number): Promise<SampledBalance | undefined> {
  const inOrder = 'ORDER BY b.member, b.shop LIMIT 1'
  const sql = `${balanceSql} WHERE b.member >= $1 ${inOrder} OFFSET $2`
  const [above] = await mirror.rows<BalanceRow>(sql, [from, places])
  const [row] = above === undefined ? await mirror.rows<BalanceRow>(`${balanceSql} ${inOrder}`) : [above]
  return row === undefined ? undefined : balanceOf(row)
}

function balanceOf(row: BalanceRow): SampledBalance {
  const token: Hex = row.address === null ? `0x${'0'.repeat(40)}` : hexOf(row.address)
  return { member: hexOf(row.member), shop: row.shop, token, word: wordOfRow(row), debt: BigInt(row.debt) }
}

interface ShopRow extends LaneColumns {
  readonly shop: number
  readonly address: Buffer | null
  readonly net: string | null
  readonly reserve: string | null
}

/** The house, and as many shops as there are samples, drawn by chance where there are more. */
async function drawShops(mirror: Mirror, seed: string, count: number): Promise<SampledShop[]> {
  const rows = await mirror.rows<ShopRow>(
    `SELECT s.shop, t.address, p.net, p.reserve, coalesce(t.stamp, 0) AS stamp, coalesce(t.lane0, 0) AS lane0,
       coalesce(t.lane1, 0) AS lane1, coalesce(t.lane2, 0) AS lane2, coalesce(t.lane3, 0) AS lane3,
       coalesce(t.lane4, 0) AS lane4
     FROM (SELECT shop FROM ledger.shop UNION SELECT shop FROM ledger.position UNION SELECT 0) s
     LEFT JOIN ledger.points_token t ON t.shop = s.shop
     LEFT JOIN ledger.position p ON p.shop = s.shop
     ORDER BY s.shop <> 0, md5($1::text || s.shop::text) LIMIT $2`,
    [seed, count + 1],
  )
  return rows.map((row) => ({
    shop: row.shop,
    token: row.address === null ? null : hexOf(row.address),
    supply: wordOfRow(row),
    net: BigInt(row.net ?? 0),
    reserve: BigInt(row.reserve ?? 0),
  }))
}
