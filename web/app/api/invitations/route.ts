import { invite } from '#web/acts/invitation.ts'
import { refuse } from '#web/acts/refusal.ts'
import { person } from '../../person.ts'
import { countedPost } from '../counted.ts'
import { invitationCounting, placeName } from './counting.ts'

/** Whoever stands at a till asks somebody new to join. */
export async function POST(request: Request): Promise<Response> {
  return await countedPost(request, invitationCounting, async (body, countFor) => {
    const someone = await person()
    if (someone?.role !== 'till') return refuse('notYourPlace')
    return countFor(placeName(someone)) ?? (await invite(someone, body))
  })
}
