import {
  type Address,
  decodeFunctionResult,
  encodeFunctionData,
  type Hex,
  isAddressEqual,
  keccak256,
  stringToHex,
} from 'viem'
import { z } from 'zod'
import { scoreLogAbi } from '#contracts/generated.ts'
import { reasonOf } from './reasons.ts'
import { refuseOne } from './refuse.ts'
import { inTransaction, type Street } from './street.ts'

// A run of scoring is committed before it acts (N-20). Runs bear numbers without gaps, which the chain gives out: so
// one at a time, and its number is asked for when its turn has come.

const word = z.templateLiteral(['0x', z.string().regex(/^[0-9a-f]{64}$/)])

/** What the indexer keeps of a run when it asks for the commitment. */
const kept = z.object({
  block: z.int().nonnegative(),
  blockHash: word,
  inputsHash: word,
  /** Name and version; the chain keeps their hash. */
  model: z.string().min(1),
  root: word,
})

/** The call that commits what was kept as this run. */
export function committing(run: number, payload: unknown): Hex {
  const { block, blockHash, inputsHash, model, root } = kept.parse(payload)
  return encodeFunctionData({
    abi: scoreLogAbi,
    functionName: 'commit',
    args: [run, block, blockHash, inputsHash, keccak256(stringToHex(model)), root],
  })
}

interface RunWish {
  readonly shop: number
  readonly key: string
  readonly payload: unknown
  readonly attempts: number
}

export interface NextRun {
  readonly wish: RunWish
  readonly scoreLog: Address
  readonly run: number
  /** The scorer, if one of our keys is. */
  readonly only: Address | undefined
}

/** The run that is committed next; null where none waits, one is on its way, or the log cannot be asked now. */
export async function nextRun(street: Street): Promise<NextRun | null> {
  const { rows } = await street.database.query<RunWish>({
    name: 'open score runs',
    text: `SELECT i.shop, i.key, i.payload, i.attempts FROM portal.intent i
      WHERE i.state = 'open' AND i.kind = 'score' AND NOT EXISTS (
        SELECT FROM portal.submission s WHERE s.purpose = 'score' AND s.state = 'signed')
      ORDER BY i.created_at, i.key LIMIT 1`,
  })
  const [wish] = rows
  if (wish === undefined) return null
  const { scoreLog } = street.network.contracts
  if (scoreLog === undefined) {
    const facts = { reason: 'the deployment file names no log of score runs' }
    await inTransaction(street.database, () => refuseOne(street.database, wish, { code: 'chainRefused', facts }))
    return null
  }
  const count = await answerOf(street, scoreLog, 'runCount')
  const scorer = await answerOf(street, scoreLog, 'scorer')
  if (count === null || scorer === null) return null
  const run = decodeFunctionResult({ abi: scoreLogAbi, functionName: 'runCount', data: count }) + 1
  const whose = decodeFunctionResult({ abi: scoreLogAbi, functionName: 'scorer', data: scorer })
  // Where the scorer's key is none of ours, the dry run says so by the contract's own error.
  const only = street.lanes.find(({ account }) => isAddressEqual(account.address, whose))?.account.address
  return { wish, scoreLog, run, only }
}

async function answerOf(
  { node, asker, log }: Street,
  scoreLog: Address,
  functionName: 'runCount' | 'scorer',
): Promise<Hex | null> {
  const data = encodeFunctionData({ abi: scoreLogAbi, functionName })
  const answer = await node.call({ from: asker, to: scoreLog, data }, 'latest')
  if (typeof answer === 'string') return answer
  const facts = { event: 'scoreLog.silent', asked: functionName, ...reasonOf(answer) }
  log.error(facts, 'the log of score runs does not answer')
  return null
}
