import { checkpoint } from '#web/queries/checkpoint.ts'
import { answering } from '../answer.ts'

export const dynamic = 'force-dynamic'

/** Whether the portal reaches its books, and how far these have followed the chain. */
export async function GET(): Promise<Response> {
  return await answering(async () => {
    const { block, head } = await checkpoint()
    return { ok: true, mirror: { block, head } }
  })
}
