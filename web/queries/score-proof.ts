import 'server-only'
import { type CommittedScore, scoreLeaf, siblingsOf } from '#indexer/scoring/score-tree.ts'
import { type Ask, atOneMoment, bytesOf, type Question } from './database.ts'
import type { Address } from './network.ts'

/** A member's score as the last fit fixed it, and the way from it to the root over all. */
export interface ScoreProof {
  readonly score: CommittedScore
  readonly root: `0x${string}`
  readonly inputsHash: `0x${string}`
  /** Siblings from the leaf up. */
  readonly proof: readonly `0x${string}`[]
}

const nodesARow = 256

const leafOf: Question = {
  name: 'committed-score',
  text: `SELECT l.tier::int AS tier, l.alive_ppm, l.purchases_millionths, l.value_minor, t.size,
      encode(r.root, 'hex') AS root, encode(r.inputs_hash, 'hex') AS inputs_hash
    FROM judged.leaf l
      JOIN judged.run r ON r.shop = 0 AND r.id = l.run
      JOIN judged.tree t ON t.shop = 0 AND t.chunk = 0 AND t.run = l.run
    WHERE l.shop = $1 AND l.member = $2`,
}

const nodes: Question = {
  name: 'score-tree-nodes',
  text: `SELECT encode(substring(t.nodes FROM (p.place % ${nodesARow}) * 32 + 1 FOR 32), 'hex') AS node
    FROM unnest($1::int[]) WITH ORDINALITY AS p(place, nth)
      JOIN judged.tree t ON t.shop = 0 AND t.chunk = p.place / ${nodesARow} ORDER BY p.nth`,
}

interface LeafRow {
  readonly tier: number
  readonly alive_ppm: number
  readonly purchases_millionths: bigint
  readonly value_minor: bigint
  readonly size: number
  readonly root: string
  readonly inputs_hash: string
}

/** null where the last fit fixed nothing about this member at this shop. */
export async function scoreProof(shop: number, member: Address): Promise<ScoreProof | null> {
  return await atOneMoment(async (ask) => {
    const [row] = await ask<LeafRow>(leafOf, [shop, bytesOf(member)])
    if (row === undefined) return null
    const { tier, alive_ppm: alivePpm, purchases_millionths: purchasesMillionths, value_minor: valueMinor } = row
    const score = { shop, member, tier, badges: 0n, alivePpm, purchasesMillionths, valueMinor }
    const place = await placeOf(Buffer.from(scoreLeaf(score)), row.size, ask)
    if (place === null) return null
    const proof = await nodesAt(siblingsOf(place), ask)
    return { score, root: `0x${row.root}`, inputsHash: `0x${row.inputs_hash}`, proof }
  })
}

const nodesAt = async (places: readonly number[], ask: Ask): Promise<`0x${string}`[]> =>
  (await ask<{ node: string }>(nodes, [places])).map(({ node }) => `0x${node}` as const)

/** Leaves are the last of the nodes, and descend: found by halving. */
async function placeOf(leaf: Buffer, size: number, ask: Ask): Promise<number | null> {
  let [low, high] = [(size - 1) / 2, size]
  while (low < high) {
    const middle = (low + high) >> 1
    const [node = '0x'] = await nodesAt([middle], ask)
    const order = Buffer.compare(Buffer.from(node.slice(2), 'hex'), leaf)
    if (order === 0) return middle
    if (order > 0) low = middle + 1
    else high = middle
  }
  return null
}
