import { refuse } from '#web/acts/refusal.ts'
import { setGoal } from '#web/acts/set-goal.ts'
import { person } from '../../../person.ts'
import { answeringPost } from '../../answer.ts'

/** An owner sets the goal of their own shop, and of no other. */
export async function POST(request: Request): Promise<Response> {
  return await answeringPost(request, async (body) => {
    const someone = await person()
    return someone?.role === 'owner' ? await setGoal(someone.shop, body) : refuse('notYourPlace')
  })
}
