import type { Abi, ContractFunctionArgs, ContractFunctionName, ContractFunctionReturnType, Hex } from 'viem'
import { decodeFunctionResult, encodeFunctionData } from 'viem/utils'
import { type AuditedNode, atBlock, type Question, type Reply } from './node.ts'
import { type AccountProof, type HeaderAnswer, headerHash, provenWords } from './state-proof.ts'

/** The node does not have the mirror's block: it lags, or the chain has moved on another branch meanwhile. */
export class BlockGone extends Error {
  override readonly name = 'BlockGone'
}

type Views = 'view' | 'pure'

/** A view of a contract at one block, and how its answer reads. */
export interface View<answer> {
  readonly question: Question
  read(reply: Reply | undefined): answer | { readonly refused: string }
}

export function viewAt<const abi extends Abi, name extends ContractFunctionName<abi, Views>>(
  block: Hex,
  abi: abi,
  to: Hex,
  functionName: name,
  args: ContractFunctionArgs<abi, Views, name>,
): View<ContractFunctionReturnType<abi, Views, name>> {
  const call = { abi: abi as Abi, functionName: functionName as string, args: args as readonly unknown[] }
  const data = encodeFunctionData(call)
  return {
    question: { method: 'eth_call', params: [{ to, data }, atBlock(block)] },
    read(reply) {
      if (reply === undefined) return { refused: 'the node gave no answer' }
      if ('refused' in reply) return { refused: reply.refused }
      try {
        return decodeFunctionResult({ ...call, data: reply.result as Hex }) as never
      } catch {
        return { refused: `the node answered ${functionName} with what is no answer to it` }
      }
    },
  }
}

export const refusedBy = (answer: unknown): answer is { readonly refused: string } =>
  typeof answer === 'object' && answer !== null && 'refused' in answer

export interface KnownBlock {
  readonly number: number
  readonly hash: Hex
}

/** The header of the mirror's own block, as the node gives it; it may still lie about everything in it. */
export async function headerOf(node: AuditedNode, block: KnownBlock): Promise<HeaderAnswer> {
  const [reply] = await node.ask([{ method: 'eth_getBlockByHash', params: [block.hash, false] }])
  if (reply === undefined || 'refused' in reply || typeof reply.result !== 'object' || reply.result === null) {
    throw new BlockGone(`the node does not have block ${block.number} (${block.hash})`)
  }
  return reply.result as HeaderAnswer
}

/** The state root under the mirror's own block hash; undefined where the header is not what was hashed. */
export function provenStateRoot(header: HeaderAnswer, block: KnownBlock): Hex | undefined {
  try {
    const same = headerHash(header) === block.hash && Number(header['number']) === block.number
    return same ? (header['stateRoot'] as Hex) : undefined
  } catch {
    return undefined
  }
}

/** Words of an account's storage, wanted with proof. */
export interface ProofWanted {
  readonly address: Hex
  readonly slots: readonly Hex[]
}

export const proofQuestion = ({ address, slots }: ProofWanted, block: Hex): Question => {
  return { method: 'eth_getProof', params: [address, slots, atBlock(block)] }
}

/** The words, proven; a sentence where the proof proves nothing; undefined where the node offers none. */
export function proven(
  stateRoot: Hex,
  wanted: ProofWanted,
  reply: Reply | undefined,
): readonly bigint[] | string | undefined {
  if (reply === undefined || 'refused' in reply) return undefined
  try {
    return provenWords(stateRoot, wanted.address, wanted.slots, reply.result as AccountProof)
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
