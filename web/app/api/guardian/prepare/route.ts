import { prepareRecovery } from '#web/acts/guardian.ts'
import { session } from '../../../person.ts'
import { answeringPost } from '../../answer.ts'

/** What a guardian who is inside is to sign to begin a change of key. */
export async function POST(request: Request): Promise<Response> {
  return await answeringPost(request, async (body) => prepareRecovery(await session(), body))
}
