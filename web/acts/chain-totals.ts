import 'server-only'
import { parseAbi } from 'viem'
import { clearingHouseAbi, shopPointsAbi } from '#contracts/generated.ts'
import { sumOfLanes } from '#web/queries/ageing.ts'
import { atOneMoment } from '#web/queries/database.ts'
import { network } from '#web/queries/network.ts'
import { type Standing, type Standings, standings } from '#web/queries/standings.ts'
import { chain } from './chain.ts'
import { type Refusal, refuse } from './refusal.ts'
import type { Hex } from './wire.ts'

/** One figure in both books. The difference is chain minus mirror; zero is right. */
export interface Compared {
  readonly mirror: bigint
  readonly chain: bigint
  readonly difference: bigint
}

export interface ShopTotals {
  readonly shop: number
  readonly name: string
  /** Live points, in hundredths; by age in quarters, newest first; and the sum of both tellings. */
  readonly supply: Compared
  readonly lanes: readonly Compared[]
  /** Money. */
  readonly net: Compared
  readonly reserve: Compared
}

export interface ChainTotals {
  /** The mirror's newest block, at which the chain was asked. */
  readonly block: bigint
  readonly shops: readonly ShopTotals[]
  readonly pool: Compared
  /** Sum of the shops' net positions against the pool the chain keeps. */
  readonly net: Compared
  /** Deposits minus withdrawals against what the clearing house really holds. */
  readonly money: Compared
  /** How many of all these figures differ. */
  readonly differences: number
}

const balanceAbi = parseAbi(['function balanceOf(address account) view returns (uint256)'])

/** Asks the chain for the totals the mirror tells, at the mirror's own block, and holds them side by side. */
export async function chainTotals(): Promise<ChainTotals | Refusal> {
  const street = await atOneMoment(standings)
  if (street.mirror.updatedAt === null) return refuse('unavailable', { complaint: 'the mirror has not begun' })
  const block = street.mirror.block
  const all = [...street.shops.values()]
  const [shops, pool, money] = await Promise.all([
    Promise.all(all.map((shop) => shopTotals(shop, block))),
    chain().readContract({ ...clearingHouse(), functionName: 'pool', blockNumber: block }),
    chain().readContract({
      address: network().contracts.money,
      abi: balanceAbi,
      functionName: 'balanceOf',
      args: [network().contracts.clearingHouse],
      blockNumber: block,
    }),
  ])
  return sumUp(street, shops, { pool, money })
}

const clearingHouse = () => ({ address: network().contracts.clearingHouse, abi: clearingHouseAbi }) as const

async function shopTotals(shop: Standing, block: bigint): Promise<ShopTotals> {
  const [net, reserve] = await chain().readContract({
    ...clearingHouse(),
    functionName: 'positionOf',
    args: [shop.shop],
    blockNumber: block,
  })
  const supply = shop.token === null ? noSupply : await supplyOf(shop.token, block)
  return {
    shop: shop.shop,
    name: shop.sign.name,
    supply: compared(sumOfLanes(shop.supplyLanes), supply.total),
    lanes: shop.supplyLanes.map((lane, age) => compared(lane, supply.lanes[age] ?? 0n)),
    net: compared(shop.net, net),
    reserve: compared(shop.reserve, reserve),
  }
}

const noSupply = { total: 0n, lanes: [] as readonly bigint[] }

async function supplyOf(token: Hex, blockNumber: bigint): Promise<typeof noSupply> {
  const points = { address: token, abi: shopPointsAbi, blockNumber } as const
  const [total, [lanes]] = await Promise.all([
    chain().readContract({ ...points, functionName: 'totalSupply' }),
    chain().readContract({ ...points, functionName: 'supplyLanes' }),
  ])
  return { total, lanes: lanes.map(BigInt) }
}

function sumUp(
  street: Standings,
  shops: readonly ShopTotals[],
  { pool, money }: { readonly pool: bigint; readonly money: bigint },
): ChainTotals {
  const all = [...street.shops.values()]
  const sum = (of: (shop: Standing) => bigint): bigint => all.reduce((total, shop) => total + of(shop), 0n)
  const paidIn = sum((shop) => shop.deposited - shop.withdrawn)
  const totals = {
    pool: compared(paidIn - street.house.reserve - sum((shop) => shop.reserve), pool),
    net: compared(
      // Unused vouchers count in: what was moved for them stands at no shop.
      street.house.net + sum((shop) => shop.net),
      pool,
    ),
    money: compared(paidIn, money),
  }
  const figures = shops.flatMap((shop) => [shop.supply, ...shop.lanes, shop.net, shop.reserve])
  const differing = [...figures, ...Object.values(totals)].filter((figure) => figure.difference !== 0n)
  return { block: street.mirror.block, shops, ...totals, differences: differing.length }
}

function compared(mirror: bigint, onChain: bigint): Compared {
  return { mirror, chain: onChain, difference: onChain - mirror }
}
