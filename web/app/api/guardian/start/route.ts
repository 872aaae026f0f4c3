import { startRecovery } from '#web/acts/guardian.ts'
import { session } from '../../../person.ts'
import { answeringPost } from '../../answer.ts'

/** Takes a guardian's signature that a change of key begins. */
export async function POST(request: Request): Promise<Response> {
  return await answeringPost(request, async (body) => startRecovery(await session(), body))
}
