// A tree as OpenZeppelin's standard tree builds it: leaves hashed twice and sorted, filled in from the end of one list.
import { concat, encodeAbiParameters, type Hex, keccak256 } from 'viem'

export interface ScoreLeaf {
  readonly shop: number
  readonly member: Hex
  readonly tier: number
  readonly badges: bigint
  readonly alivePpm: number
  readonly purchasesMillionths: bigint
  readonly valueMinor: bigint
}

const fields = ['uint32', 'address', 'uint8', 'uint128', 'uint32', 'uint64', 'uint64'].map((type) => ({ type }))

export function leafOf(values: readonly unknown[], types: readonly { type: string }[]): Hex {
  return keccak256(keccak256(encodeAbiParameters(types, values)))
}

export function scoreLeaf(score: ScoreLeaf): Hex {
  const { shop, member, tier, badges, alivePpm, purchasesMillionths, valueMinor } = score
  return leafOf([shop, member, tier, badges, alivePpm, purchasesMillionths, valueMinor], fields)
}

const pair = (a: Hex, b: Hex): Hex => keccak256(concat(BigInt(a) < BigInt(b) ? [a, b] : [b, a]))

/** The root over the leaves, and what proves each of them. Throws where there is no leaf, or no such leaf. */
export function merkleTree(leaves: readonly Hex[]): { root: Hex; proofOf: (leaf: Hex) => Hex[] } {
  const sorted = [...leaves].sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1))
  const tree: Hex[] = [...new Array<Hex>(Math.max(sorted.length - 1, 0)).fill('0x'), ...sorted.toReversed()]
  const at = (place: number): Hex => {
    const node = tree[place]
    if (node === undefined) throw new Error(`The tree has no node ${place}`)
    return node
  }
  for (let place = sorted.length - 2; place >= 0; place -= 1) tree[place] = pair(at(2 * place + 1), at(2 * place + 2))
  const proofOf = (leaf: Hex): Hex[] => {
    let place = tree.lastIndexOf(leaf)
    if (place < sorted.length - 1) throw new Error(`${leaf} is no leaf of the tree`)
    const proof: Hex[] = []
    for (; place > 0; place = Math.floor((place - 1) / 2)) proof.push(at(place % 2 === 1 ? place + 1 : place - 1))
    return proof
  }
  return { root: at(0), proofOf }
}
