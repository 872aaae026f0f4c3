import type { Hex } from 'viem'
import { toHex } from 'viem/utils'
import { clearingHouseAbi, shopPointsAbi } from '#contracts/generated.ts'
import {
  headerOf,
  type KnownBlock,
  type ProofWanted,
  proofQuestion,
  proven,
  provenStateRoot,
  refusedBy,
  viewAt,
} from './asking.ts'
import { type CheckResult, type Finding, type Ruling, resultOf, ruling } from './findings.ts'
import { lanesIn, samePoints, told, wordRead } from './lane-word.ts'
import type { AuditedNode, Reply } from './node.ts'
import type { Sampled, SampledBalance, SampledShop } from './sampled-rows.ts'
import { clearingHouseSlots, pointsSlots, slotAt, slotOfKey } from './storage-slots.ts'

export interface SamplesAt {
  readonly node: AuditedNode
  readonly clearingHouse: Hex
  readonly block: KnownBlock
  readonly began: Date
  readonly seed: string
}

/** Holds what was drawn from the mirror against the chain at the mirror's own block: asked, and proven. */
export async function judgeSamples(at: SamplesAt, sampled: Sampled): Promise<CheckResult> {
  const header = await headerOf(at.node, at.block)
  const root = provenStateRoot(header, at.block)
  const rulings = [
    headerRuling(at.block, root),
    await askedBalances(at, sampled.balances),
    await provenBalances(at, root, sampled.balances),
    await askedShops(at, sampled.shops),
    await provenShops(at, root, sampled.shops),
  ]
  const { began, seed, block } = at
  return resultOf('samples', { began, seed, block: block.number, hash: block.hash }, rulings)
}

function headerRuling(block: KnownBlock, root: Hex | undefined): Ruling {
  const finding = {
    where: `block ${block.number}`,
    mirror: block.hash,
    chain: 'a header whose content has another hash',
  }
  const says = 'The header the node gives for the mirror’s block hashes to the hash in the mirror'
  return ruling({ rule: 'header', says, detail: block.hash }, 1, root === undefined ? [finding] : [])
}

const nameOf = ({ member, shop }: SampledBalance): string => `points of shop ${shop} held by ${member}`

async function askedBalances({ node, block }: SamplesAt, balances: readonly SampledBalance[]): Promise<Ruling> {
  const views = balances.map((row) => ({
    row,
    lanes: viewAt(block.hash, shopPointsAbi, row.token, 'lanesOf', [row.member]),
    debt: viewAt(block.hash, shopPointsAbi, row.token, 'debtOf', [row.member]),
  }))
  const replies = await node.ask(views.flatMap(({ lanes, debt }) => [lanes.question, debt.question]))
  const findings = views.flatMap(({ row, lanes, debt }, index): Finding[] => {
    const said = lanes.read(replies[index * 2])
    const owed = debt.read(replies[index * 2 + 1])
    const where = nameOf(row)
    const mirror = `${told(row.word)}, debt ${row.debt}`
    if (refusedBy(said)) return [{ where, mirror, chain: said.refused }]
    if (refusedBy(owed)) return [{ where, mirror, chain: owed.refused }]
    const [now, quarter] = said
    const here = lanesIn(row.word, quarter)
    const same = owed === row.debt && row.word.stamp <= quarter && now.every((lane, age) => BigInt(lane) === here[age])
    return same ? [] : [{ where, mirror, chain: `${now.join('/')} in quarter ${quarter}, debt ${owed}` }]
  })
  const says = 'What members hold, drawn by chance, is what the contracts answer when asked (eth_call)'
  const detail = `${balances.length} balances drawn`
  return ruling({ rule: 'balancesAsked', says, detail }, balances.length, findings)
}

async function provenBalances(
  at: SamplesAt,
  root: Hex | undefined,
  balances: readonly SampledBalance[],
): Promise<Ruling> {
  const wanted = balances.map((row) => ({
    row,
    address: row.token,
    slots: [slotOfKey(row.member, pointsSlots.accounts), slotOfKey(row.member, pointsSlots.debtOf)],
  }))
  const says = 'The same balances, proven against the block’s state root without believing the node (eth_getProof)'
  return await provenRuling({ ...at, root, wanted, rule: 'balancesProven', says }, ({ row }, words) => {
    const [account = 0n, debt = 0n] = words
    const word = wordRead(account)
    const mirror = `${told(row.word)}, debt ${row.debt}`
    const same = samePoints(word, row.word) && debt === row.debt && word.owes === row.debt > 0n
    return same ? undefined : { where: nameOf(row), mirror, chain: `${told(word)}, debt ${debt}` }
  })
}

const positionOf = ({ net, reserve }: Pick<SampledShop, 'net' | 'reserve'>): string => `net ${net}, reserve ${reserve}`
const shopName = (shop: number): string => (shop === 0 ? 'the house' : `shop ${shop}`)

async function askedShops({ node, block, clearingHouse }: SamplesAt, shops: readonly SampledShop[]): Promise<Ruling> {
  const views = shops.map(({ shop }) => viewAt(block.hash, clearingHouseAbi, clearingHouse, 'positionOf', [shop]))
  const supplies = shops.flatMap(({ shop, token, supply }) => {
    if (token === null) return []
    return [{ shop, supply, view: viewAt(block.hash, shopPointsAbi, token, 'supplyLanes', []) }]
  })
  const replies = await node.ask([...views, ...supplies.map(({ view }) => view)].map(({ question }) => question))
  const positions = shops.flatMap((row, index): Finding[] => {
    const said = views[index]?.read(replies[index])
    const place = { where: `position of ${shopName(row.shop)}`, mirror: positionOf(row) }
    if (said === undefined || refusedBy(said)) return [{ ...place, chain: said?.refused ?? null }]
    const [net, reserve] = said
    return net === row.net && reserve === row.reserve ? [] : [{ ...place, chain: positionOf({ net, reserve }) }]
  })
  const outstanding = supplies.flatMap(({ shop, supply, view }, index): Finding[] => {
    const said = view.read(replies[shops.length + index])
    const place = { where: `supply of shop ${shop}`, mirror: told(supply) }
    if (refusedBy(said)) return [{ ...place, chain: said.refused }]
    const [now, quarter] = said
    const here = lanesIn(supply, quarter)
    if (now.every((lane, age) => BigInt(lane) === here[age])) return []
    return [{ ...place, chain: `${now.join('/')} in quarter ${quarter}` }]
  })
  const says = 'What shops have, owe and have given out is what the contracts answer when asked (eth_call)'
  const detail = `${shops.length} positions and ${supplies.length} supplies`
  return ruling({ rule: 'shopsAsked', says, detail }, shops.length + supplies.length, [...positions, ...outstanding])
}

async function provenShops(at: SamplesAt, root: Hex | undefined, shops: readonly SampledShop[]): Promise<Ruling> {
  const wanted = shops.flatMap((row) => [
    {
      row,
      what: 'position' as const,
      address: at.clearingHouse,
      slots: [slotOfKey(toHex(row.shop), clearingHouseSlots.positions)],
    },
    ...(row.token === null
      ? []
      : [{ row, what: 'supply' as const, address: row.token, slots: [slotAt(pointsSlots.supply)] }]),
  ])
  const says = 'The same, proven against the block’s state root without believing the node (eth_getProof)'
  return await provenRuling({ ...at, root, wanted, rule: 'shopsProven', says }, ({ row, what }, [word = 0n]) => {
    if (what === 'supply') {
      const supply = wordRead(word)
      if (samePoints(supply, row.supply)) return undefined
      return { where: `supply of shop ${row.shop}`, mirror: told(row.supply), chain: told(supply) }
    }
    // The net position in the upper half, with its sign; the reserve in the lower.
    const position = { net: BigInt.asIntN(128, word >> 128n), reserve: BigInt.asUintN(128, word) }
    if (position.net === row.net && position.reserve === row.reserve) return undefined
    const where = `position of ${shopName(row.shop)}`
    return { where, mirror: positionOf(row), chain: positionOf(position) }
  })
}

interface Proving<wish extends ProofWanted> {
  readonly node: AuditedNode
  readonly block: KnownBlock
  readonly root: Hex | undefined
  readonly wanted: readonly wish[]
  readonly rule: string
  readonly says: string
}

/** Asks for the proofs, verifies each, and lets `judge` compare what was proven. */
async function provenRuling<wish extends ProofWanted>(
  { node, block, root, wanted, rule, says }: Proving<wish>,
  judge: (wish: wish, words: readonly bigint[]) => Finding | undefined,
): Promise<Ruling> {
  const name = { rule, says }
  const none = (detail: string): Ruling => {
    return { ...name, verdict: 'notOffered', compared: 0, differing: 0, findings: [], detail }
  }
  // The header has its own ruling, and under a false one nothing can be proven.
  if (root === undefined) return none('there is no state root to prove against')
  const replies = await proofsFor({ node, block, root }, wanted)
  const refusal = replies.find((reply) => 'refused' in reply)
  if (refusal !== undefined && 'refused' in refusal) return none(`the node gives no proofs: ${refusal.refused}`)
  const findings = wanted.flatMap((wish, index): Finding[] => {
    const words = proven(root, wish, replies[index])
    if (words === undefined || typeof words === 'string') {
      const where = `proof for ${wish.address} from the node`
      return [{ where, mirror: null, chain: `proves nothing: ${words ?? 'there is none'}` }]
    }
    const finding = judge(wish, words)
    return finding === undefined ? [] : [finding]
  })
  return ruling({ ...name, detail: `${wanted.length} proofs verified against ${root}` }, wanted.length, findings)
}

/** So often a proof that does not hang together is asked for again. */
const timesAgain = 2

/**
 * The node's proofs. One that does not hang together is asked for again: a node that mines while it answers may mix two
 * states, and what it makes up stays false however often it is asked.
 */
async function proofsFor(
  { node, block, root }: { readonly node: AuditedNode; readonly block: KnownBlock; readonly root: Hex },
  wanted: readonly ProofWanted[],
): Promise<readonly Reply[]> {
  const asked = (wishes: readonly ProofWanted[]) => node.ask(wishes.map((wish) => proofQuestion(wish, block.hash)))
  const replies = [...(await asked(wanted))]
  for (let time = 0; time < timesAgain; time += 1) {
    const unsound = wanted.flatMap((wish, index) => {
      const reply = replies[index]
      const words = reply === undefined || 'refused' in reply ? [] : proven(root, wish, reply)
      return Array.isArray(words) ? [] : [{ wish, index }]
    })
    if (unsound.length === 0) break
    const anew = await asked(unsound.map(({ wish }) => wish))
    unsound.forEach(({ index }, place) => {
      const reply = anew[place]
      if (reply !== undefined) replies[index] = reply
    })
  }
  return replies
}
