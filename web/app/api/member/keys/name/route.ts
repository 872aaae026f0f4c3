import { nameKey } from '#web/acts/name-key.ts'
import { refuse } from '#web/acts/refusal.ts'
import { person } from '../../../../person.ts'
import { answeringPost } from '../../../answer.ts'

/** Whoever came in as the member names their own devices. */
export async function POST(request: Request): Promise<Response> {
  return await answeringPost(request, async (body) => {
    const someone = await person()
    return someone?.role === 'member' ? await nameKey(someone.member, body) : refuse('notYours')
  })
}
