import 'server-only'
import { z } from 'zod'
import { scoreLogAbi } from '#contracts/generated.ts'
import { network } from '#web/queries/network.ts'
import { type ScoreProof, scoreProof } from '#web/queries/score-proof.ts'
import { chain } from './chain.ts'
import { isRefusal, type Refusal, refuse } from './refusal.ts'
import { type Hex, read } from './wire.ts'

/** A score, its way to the root, and the run on the chain that bears this root. */
export interface ProvenScore extends ScoreProof {
  readonly run: number
  readonly block: number
  /** Seconds UTC. */
  readonly committedAt: number
  readonly scoreLog: Hex
}

const asked = z.object({ shop: z.coerce.number().int().positive().max(4_294_967_295) })
/** A day's fit is committed within seconds; further back than this nobody proves by it any more. */
const lookedBack = 40

/**
 * What a member needs to check, by themselves, that what was said of them was fixed beforehand (N-20). The run is asked
 * of the chain, not of the mirror.
 */
export async function proveScore(member: Hex, input: unknown): Promise<ProvenScore | Refusal> {
  const question = read(asked, input)
  if (isRefusal(question)) return question
  const { scoreLog } = network().contracts
  const proof = await scoreProof(question.shop, member)
  if (proof === null || scoreLog === undefined) return refuse('nothingFixed')
  const run = await runWith(scoreLog, proof)
  return run === null ? refuse('notFixedYet') : { ...proof, ...run, scoreLog }
}

async function runWith(scoreLog: Hex, { root, inputsHash }: ScoreProof) {
  const log = { address: scoreLog, abi: scoreLogAbi } as const
  const newest = await chain().readContract({ ...log, functionName: 'runCount' })
  const numbers = Array.from({ length: Math.min(newest, lookedBack) }, (_, back) => newest - back)
  const runs = await Promise.all(
    numbers.map((run) => chain().readContract({ ...log, functionName: 'runOf', args: [run] })),
  )
  const place = runs.findIndex((run) => run.root === root && run.inputsHash === inputsHash)
  const [number, run] = [numbers[place], runs[place]]
  if (number === undefined || run === undefined) return null
  return { run: number, block: run.blockNumber, committedAt: run.committedAt }
}
