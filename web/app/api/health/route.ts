import { checkpoint } from '#web/queries/checkpoint.ts'
import { spanEvidence } from '#web/queries/evidence.ts'
import { answering } from '../answer.ts'

export const dynamic = 'force-dynamic'

const looksBack = 1_000n

/** Whether the portal reaches its books, how far these have followed the chain, and the weakest evidence of late. */
export async function GET(): Promise<Response> {
  return await answering(async () => {
    const { block, head } = await checkpoint()
    const { weakest } = await spanEvidence({ from: block - looksBack + 1n, to: block })
    return { ok: true, mirror: { block, head, evidence: weakest ?? null } }
  })
}
