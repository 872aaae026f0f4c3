import { invite } from '#web/acts/invitation.ts'
import { refuse } from '#web/acts/refusal.ts'
import { person } from '../../person.ts'
import { answeringPost } from '../answer.ts'

/** Whoever stands at a till asks somebody new to join. */
export async function POST(request: Request): Promise<Response> {
  return await answeringPost(request, async (body) => {
    const someone = await person()
    return someone?.role === 'till' ? await invite(someone, body) : refuse('notYourPlace')
  })
}
