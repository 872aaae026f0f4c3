import type pg from 'pg'
import type { Address } from 'viem'
import { shopPointsAbi } from '#contracts/generated.ts'
import { contractView } from '../contract-view.ts'
import type { Rpc } from '../rpc.ts'
import { hexOf } from '../submissions.ts'
import type { Accounts } from './accounts.ts'
import type { Target } from './preparation.ts'

/** What chain, mirror and file say of one shop after an import, all of the same block. */
export interface Reckoning {
  readonly shop: number
  readonly name: string
  readonly till: number
  readonly rows: number
  readonly receipts: number
  readonly blocks: number
  readonly members: number
  /** Hundredths of a point: what the file's rows add up to. */
  readonly filePoints: bigint
  /** What the mirror holds of this import's receipts. */
  readonly mirrorPoints: bigint
  /** What the mirror's balances of the shop's token add up to, and what the chain says its supply is. */
  readonly mirrorBalances: bigint
  readonly chainSupply: bigint
  /** Everything that does not agree, in words; the first few of each kind. */
  readonly differences: readonly string[]
  readonly differenceCount: number
}

export interface ReckoningOptions {
  readonly db: pg.Pool
  readonly rpc: Rpc
  readonly accounts: Accounts
  readonly detail: (text: string) => void
}

/** Compares row by row, member by member and in sum; the chain is asked itself, not the mirror about the chain. */
export async function reckon(target: Target, options: ReckoningOptions): Promise<Reckoning> {
  const mirror = await mirrorOf(options.db, target)
  const differences: string[] = []
  options.detail(`${target.name}: comparing ${target.rows.length} rows with the mirror`)
  differences.push(...rowDifferences(target, mirror.purchases, options.accounts))
  const token = contractView(options.rpc, shopPointsAbi, target.token)
  const chainSupply = await token.read('totalSupply', [], mirror.block)
  const members = [...mirror.balances.keys()]
  const chainBalances: bigint[] = []
  for (let from = 0; from < members.length; from += 2_000) {
    options.detail(`${target.name}: asking the chain for ${members.length} balances, ${from} known`)
    const calls = members.slice(from, from + 2_000).map((member) => [member] as const)
    chainBalances.push(...(await token.readMany('balanceOf', calls, mirror.block)))
  }
  const onChain = new Map(members.map((member, place) => [member, chainBalances[place] ?? -1n]))
  differences.push(...balanceDifferences('the mirror', mirror.balances, onChain))
  // Where the shop was made for the file, nothing but the file can have given its members points.
  if (target.origin === 'made') differences.push(...balanceDifferences('the file', fileSums(target, options), onChain))
  const mirrorBalances = sum(mirror.balances.values())
  const mirrorPoints = sum(mirror.purchases.map((purchase) => purchase.points))
  if (mirrorBalances !== chainSupply) differences.push(`supply: chain ${chainSupply}, mirror ${mirrorBalances}`)
  if (mirrorPoints !== target.points) differences.push(`points: file ${target.points}, mirror ${mirrorPoints}`)
  if (target.origin === 'made' && chainSupply !== target.points) {
    differences.push(`supply: chain ${chainSupply}, file ${target.points}`)
  }
  return {
    shop: target.shop,
    name: target.name,
    till: target.till,
    rows: target.rows.length,
    receipts: mirror.purchases.length,
    blocks: new Set(mirror.purchases.map((purchase) => purchase.block)).size,
    members: new Set(mirror.purchases.map((purchase) => purchase.member)).size,
    filePoints: target.points,
    mirrorPoints,
    mirrorBalances,
    chainSupply,
    differences: differences.slice(0, 20),
    differenceCount: differences.length,
  }
}

const sum = (values: Iterable<bigint>): bigint => [...values].reduce((total, value) => total + value, 0n)

interface MirroredPurchase {
  readonly sequence: bigint
  readonly member: Address
  readonly points: bigint
  readonly spend: bigint
  readonly soldAt: number
  readonly block: bigint
}

interface Mirror {
  readonly block: number
  readonly purchases: readonly MirroredPurchase[]
  readonly balances: ReadonlyMap<Address, bigint>
}

/** The mirror at one moment: its block, this import's purchases and every live balance of the shop's points. */
async function mirrorOf(db: pg.Pool, target: Target): Promise<Mirror> {
  const client = await db.connect()
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
    const checkpoint = await client.query<{ block: bigint }>('SELECT max(block) AS block FROM ledger.checkpoint')
    const purchases = await client.query<Omit<MirroredPurchase, 'member'> & { member: Buffer }>(
      `SELECT sequence, member, points, spend, extract(epoch FROM sold_at)::float8 AS "soldAt", block_number AS block
         FROM ledger.purchase WHERE shop = $1 AND till = $2`,
      [target.shop, target.till],
    )
    // Lane n was issued n quarters before the stamp; five quarters on, it has lapsed.
    const balances = await client.query<{ member: Buffer; points: bigint }>(
      `SELECT b.member, (CASE WHEN t.quarter - b.stamp <= 4 THEN b.lane0 ELSE 0 END
                       + CASE WHEN t.quarter - b.stamp <= 3 THEN b.lane1 ELSE 0 END
                       + CASE WHEN t.quarter - b.stamp <= 2 THEN b.lane2 ELSE 0 END
                       + CASE WHEN t.quarter - b.stamp <= 1 THEN b.lane3 ELSE 0 END
                       + CASE WHEN t.quarter - b.stamp <= 0 THEN b.lane4 ELSE 0 END)::bigint AS points
         FROM ledger.balance b JOIN ledger.points_token t USING (shop) WHERE b.shop = $1`,
      [target.shop],
    )
    await client.query('COMMIT')
    return {
      block: Number(checkpoint.rows[0]?.block ?? 0n),
      purchases: purchases.rows.map((row) => ({ ...row, member: hexOf(row.member) })),
      balances: new Map(balances.rows.map((row) => [hexOf(row.member), row.points])),
    }
  } finally {
    client.release()
  }
}

function rowDifferences(target: Target, purchases: readonly MirroredPurchase[], accounts: Accounts): string[] {
  const bySequence = new Map(purchases.map((purchase) => [purchase.sequence, purchase]))
  const differences: string[] = []
  for (const row of target.rows) {
    const found = bySequence.get(row.sequence)
    bySequence.delete(row.sequence)
    if (found === undefined) {
      differences.push(`row ${row.row}: receipt ${row.sequence} is not in the mirror`)
      continue
    }
    const same =
      found.member === accounts.addressOf(row.member) &&
      found.points === row.points &&
      found.spend === row.spend &&
      found.soldAt === row.soldAt
    if (!same) differences.push(`row ${row.row}: receipt ${row.sequence} says something else in the mirror`)
  }
  for (const sequence of bySequence.keys()) differences.push(`receipt ${sequence} is in no row of the file`)
  return differences
}

function fileSums(target: Target, options: ReckoningOptions): Map<Address, bigint> {
  const sums = new Map<Address, bigint>()
  for (const row of target.rows) {
    const member = options.accounts.addressOf(row.member)
    sums.set(member, (sums.get(member) ?? 0n) + row.points)
  }
  return sums
}

function balanceDifferences(
  whose: string,
  expected: ReadonlyMap<Address, bigint>,
  onChain: ReadonlyMap<Address, bigint>,
): string[] {
  const members = new Set([...expected.keys(), ...onChain.keys()])
  return [...members].flatMap((member) => {
    const [one, other] = [expected.get(member) ?? 0n, onChain.get(member) ?? 0n]
    return one === other ? [] : [`balance of ${member}: ${whose} ${one}, chain ${other}`]
  })
}
