import { z } from 'zod'
import { type CommittedScore, provesScore } from '#indexer/scoring/score-tree.ts'
import { Complaint } from '../street/complaint.ts'
import { rpcAt } from '../street/rpc.ts'
import { type Asked, inputOf } from './asked.ts'
import { networkOf } from './network-file.ts'
import { type Held, numberOfRun, scoreLogAt } from './replay.ts'
import { textOf } from './table-file.ts'

const word = z.string().regex(/^0x[0-9a-f]{64}$/)
const digits = z.string().regex(/^\d{1,39}$/)
/** The file that a member takes from "How shops see you". */
const proofFile = z.object({
  run: z.int().positive(),
  root: word,
  score: z.object({
    shop: z.int().nonnegative(),
    member: z.string().regex(/^0x[0-9a-f]{40}$/),
    tier: z.int().min(0).max(3),
    badges: digits,
    alivePpm: z.int().min(0).max(1_000_000),
    purchasesMillionths: digits,
    valueMinor: digits,
  }),
  proof: z.array(word).max(64),
})

export interface ProofReport {
  readonly run: number
  readonly score: z.output<typeof proofFile>['score']
  readonly checks: readonly Held[]
}

/** Checks a member's proof by itself, and its root against the chain where one is named. */
export async function checkProofFile(asked: Asked): Promise<ProofReport> {
  const { path, bytes } = inputOf(asked)
  const read = proofFile.safeParse(parsed(textOf(path, bytes)))
  if (!read.success) {
    const [issue] = read.error.issues
    throw new Complaint(`${path} is no proof of a score: ${issue?.path.join('.')}: ${issue?.message}.`)
  }
  const { run, root, score, proof } = read.data
  const { badges, purchasesMillionths, valueMinor, ...rest } = score
  const numbers = { badges: BigInt(badges), purchasesMillionths: BigInt(purchasesMillionths) }
  const holds = leads({ ...rest, ...numbers, valueMinor: BigInt(valueMinor) }, proof, root)
  const checks: Held[] = [{ what: 'proof', holds, found: holds ? 'leads to the root' : 'does not lead to the root' }]
  if (asked.rpc === undefined) return { run, score, checks }
  const log = scoreLogAt(rpcAt(asked.rpc), networkOf(asked))
  const number = await numberOfRun({ ...asked, run: `${run}` }, log)
  const [committed] = await log.read('rootOf', [number])
  const found = committed === root ? `run ${number} on the chain has it` : `run ${number} on the chain has ${committed}`
  return { run, score, checks: [...checks, { what: 'root', holds: committed === root, found }] }
}

/** A value that no leaf can hold leads nowhere. */
function leads(score: CommittedScore, proof: readonly string[], root: string): boolean {
  try {
    return provesScore(score, proof, root)
  } catch {
    return false
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
