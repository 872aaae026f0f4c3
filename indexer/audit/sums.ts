import type { Hex } from 'viem'
import { parseAbi } from 'viem/utils'
import { clearingHouseAbi, consortiumAbi } from '#contracts/generated.ts'
import {
  type BlocksLinked,
  blocksLinked,
  type FlowsAddedUp,
  flowsAddedUp,
  type MoneyAddedUp,
  moneyAddedUp,
  type PointsAddedUp,
  pointsAddedUp,
  type StatementsAddedUp,
  statementsAddedUp,
} from './added-up.ts'
import { headerOf, type KnownBlock, refusedBy, type View, viewAt } from './asking.ts'
import { type CheckResult, type Finding, mostNamed, type Ruling, resultOf, ruling } from './findings.ts'
import { hexOf, type Mirror } from './mirror.ts'
import { type AuditedNode, NodeSilent } from './node.ts'

/** Everything the sum rules need of the mirror, taken at one moment. */
export interface AddedUp {
  readonly block: KnownBlock
  readonly finalBlock: number
  readonly points: readonly PointsAddedUp[]
  readonly flows: readonly FlowsAddedUp[]
  readonly money: MoneyAddedUp
  readonly statements: StatementsAddedUp
  readonly blocks: BlocksLinked
}

export async function addUp(mirror: Mirror, par: bigint): Promise<AddedUp> {
  return {
    block: { number: mirror.block, hash: mirror.hash },
    finalBlock: mirror.finalBlock,
    points: await pointsAddedUp(mirror),
    flows: await flowsAddedUp(mirror, par),
    money: await moneyAddedUp(mirror),
    statements: await statementsAddedUp(mirror, mostNamed),
    blocks: await blocksLinked(mirror, mostNamed),
  }
}

export interface SumsAt {
  readonly node: AuditedNode
  readonly contracts: { readonly consortium: Hex; readonly clearingHouse: Hex }
  readonly startBlock: number
  readonly began: Date
}

/** Money for 0.01 point: fixed for ever when the consortium was made, so any block tells. */
export async function parOf(node: AuditedNode, consortium: Hex): Promise<bigint> {
  const view = viewAt(`0x${'0'.repeat(64)}`, consortiumAbi, consortium, 'par', [])
  const [call] = view.question.params
  const [reply] = await node.ask([{ method: 'eth_call', params: [call, 'latest'] }])
  return answered(view, reply)
}

/** Holds the sums against one another, and the money against what the clearing house really has. */
export async function judgeSums(at: SumsAt, sums: AddedUp): Promise<CheckResult> {
  await headerOf(at.node, sums.block)
  const chain = await moneyOnChain(at, sums.block.hash)
  const rulings = [
    linkRuling(sums, at.startBlock),
    supplyRuling(sums),
    laneRuling(sums),
    flowRuling(sums),
    statementRuling(sums.statements),
    netRuling(sums.money, chain.pool),
    depositRuling(sums.money),
    heldRuling(sums.money, chain),
  ]
  return resultOf('sums', { began: at.began, block: sums.block.number, hash: sums.block.hash }, rulings)
}

interface ChainMoney {
  readonly pool: bigint
  readonly held: bigint
}

const moneyAbi = parseAbi(['function balanceOf(address account) view returns (uint256)'])

async function moneyOnChain({ node, contracts }: SumsAt, block: Hex): Promise<ChainMoney> {
  const network = viewAt(block, consortiumAbi, contracts.consortium, 'network', [])
  const pool = viewAt(block, clearingHouseAbi, contracts.clearingHouse, 'pool', [])
  const [first, second] = await node.ask([network.question, pool.question])
  const { money } = answered(network, first)
  const held = viewAt(block, moneyAbi, money, 'balanceOf', [contracts.clearingHouse])
  const [third] = await node.ask([held.question])
  return { pool: answered(pool, second), held: answered(held, third) }
}

function answered<answer>(view: View<answer>, reply: Parameters<View<answer>['read']>[0]): answer {
  const said = view.read(reply)
  if (refusedBy(said)) throw new NodeSilent(`the node refused what the sums need: ${said.refused}`)
  return said as answer
}

const total = (amounts: readonly bigint[]): bigint => amounts.reduce((sum, amount) => sum + amount, 0n)

function pair(where: string, one: bigint, other: bigint): Finding[] {
  return one === other ? [] : [{ where, mirror: one.toString(), chain: other.toString() }]
}

function linkRuling({ block, finalBlock, blocks }: AddedUp, startBlock: number): Ruling {
  const name = { rule: 'blocksLinked', says: 'Every block in the mirror names the one before, without a gap' }
  const tip = blocks.lastHash === null ? null : hexOf(blocks.lastHash)
  const findings: Finding[] = blocks.broken.map(({ number, parent, before }) => ({
    where: `block ${number}`,
    mirror: `its parent is ${hexOf(parent)}`,
    chain: before === null ? null : `the block before is ${hexOf(before)}`,
  }))
  const ends = { first: startBlock, last: block.number, hash: block.hash }
  const has = { first: blocks.first, last: blocks.last, hash: tip }
  for (const end of ['first', 'last', 'hash'] as const) {
    if (has[end] === ends[end]) continue
    findings.push({ where: `checkpoint, ${end} block`, mirror: String(ends[end]), chain: String(has[end]) })
  }
  if (finalBlock > block.number) {
    findings.push({ where: 'checkpoint, final block', mirror: String(finalBlock), chain: `at most ${block.number}` })
  }
  if (blocks.others > 0) {
    findings.push({ where: 'checkpoint, rows nobody knows', mirror: String(blocks.others), chain: '0' })
  }
  for (const { table, rows } of blocks.homeless) {
    findings.push({ where: `${table}, rows that stand in no block`, mirror: String(rows), chain: '0' })
  }
  return ruling({ ...name, detail: `${blocks.blocks} blocks up to ${tip}` }, blocks.blocks, findings)
}

function supplyRuling({ points }: AddedUp): Ruling {
  const says = 'Each shop’s supply is the sum of what its members hold'
  const findings = points.flatMap(({ shop, supply, held }) => pair(`shop ${shop}`, total(supply), total(held)))
  const detail = `${total(points.flatMap(({ supply }) => supply))} hundredths of a point out`
  return ruling({ rule: 'supply', says, detail }, points.length, findings)
}

function laneRuling({ points }: AddedUp): Ruling {
  const says = 'Each quarter’s points of a shop are the sum of its members’ points of that quarter'
  const findings = points.flatMap(({ shop, supply, held }) =>
    supply.flatMap((lane, age) => pair(`shop ${shop}, ${age} quarters old`, lane, held[age] ?? 0n)),
  )
  return ruling({ rule: 'lanes', says, detail: `${points.length * 5} lanes` }, points.length * 5, findings)
}

/** Points that have lapsed and that nobody has swept out of the members' words yet are lapsed all the same. */
function flowRuling({ points, flows }: AddedUp): Ruling {
  const says = 'Issued and refunded is burned, lapsed and still out, shop by shop'
  const byShop = new Map(points.map((one) => [one.shop, one]))
  const findings = flows.flatMap((flow) => {
    const out = byShop.get(flow.shop)
    const supply = total(out?.supply ?? [])
    const unswept = (out?.stored ?? 0n) - total(out?.held ?? [])
    const came = flow.bought - flow.debtPaid + flow.restored
    const went = flow.burned + flow.vouchers + flow.takenBack + flow.lapsed + unswept + supply
    return pair(`shop ${flow.shop}: issued and refunded, and what became of it`, came, went)
  })
  return ruling({ rule: 'flows', says, detail: `${flows.length} shops` }, flows.length, findings)
}

function statementRuling({ compared, differing, first }: StatementsAddedUp): Ruling {
  const name = { rule: 'statements', says: 'Every line of a member’s statement adds up to what the member holds' }
  const findings = first.map(({ member, shop, moved, held }) => {
    return { where: `${hexOf(member)} at shop ${shop}: lines, and balance`, mirror: moved, chain: held }
  })
  return { ...ruling({ ...name, detail: `${compared} balances` }, compared, findings), differing }
}

function netRuling(money: MoneyAddedUp, pool: bigint): Ruling {
  const name = { rule: 'net', says: 'What shops are owed and owe, the house included, adds up to the pool' }
  const findings = [
    ...pair('sum of net, and pool by the events', money.net, money.pool),
    ...pair('sum of net, and pool by the contract', money.net, pool),
  ]
  return ruling({ ...name, detail: `${money.net} of money` }, 2, findings)
}

function depositRuling({ deposited, withdrawn, reserves, pool }: MoneyAddedUp): Ruling {
  const name = { rule: 'deposits', says: 'Money paid in less money taken out is reserves and pool' }
  const findings = pair('paid in less taken out, and reserves and pool', deposited - withdrawn, reserves + pool)
  return ruling({ ...name, detail: `${deposited - withdrawn} of money` }, 1, findings)
}

function heldRuling({ reserves }: MoneyAddedUp, { held, pool }: ChainMoney): Ruling {
  const name = { rule: 'held', says: 'The clearing house really holds at least all reserves and the pool' }
  const where = 'reserves and pool, and the money held'
  const short = { where, mirror: (reserves + pool).toString(), chain: held.toString() }
  return ruling({ ...name, detail: `${held} of money held` }, 1, held >= reserves + pool ? [] : [short])
}
