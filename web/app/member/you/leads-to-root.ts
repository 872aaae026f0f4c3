import type { Hex } from 'viem'
import { concat, encodeAbiParameters, keccak256 } from 'viem/utils'

/** A score with its way to the root, as the portal hands it out; whole numbers as digits. */
export interface ProofGiven {
  readonly run: number
  readonly block: number
  readonly root: Hex
  readonly proof: readonly Hex[]
  readonly score: {
    readonly shop: number
    readonly member: Hex
    readonly tier: number
    readonly badges: string
    readonly alivePpm: number
    readonly purchasesMillionths: string
    readonly valueMinor: string
  }
}

const fields = ['uint32', 'address', 'uint8', 'uint128', 'uint32', 'uint64', 'uint64'].map((type) => ({ type }))

/** Whether the score leads to the root, as `Standing.prove` would ask; worked out where it is asked, by nobody else. */
export function leadsToRoot({ score, proof, root }: Pick<ProofGiven, 'score' | 'proof' | 'root'>): boolean {
  const { shop, member, tier, badges, alivePpm, purchasesMillionths, valueMinor } = score
  const values = [shop, member, tier, BigInt(badges), alivePpm, BigInt(purchasesMillionths), BigInt(valueMinor)]
  const leaf = keccak256(keccak256(encodeAbiParameters(fields, values)))
  const both = (one: Hex, other: Hex) => keccak256(concat(one < other ? [one, other] : [other, one]))
  return proof.reduce(both, leaf) === root
}
