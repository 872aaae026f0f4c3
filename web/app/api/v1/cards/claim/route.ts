import { claimCard } from '#web/acts/claim-card.ts'
import { refuse } from '#web/acts/refusal.ts'
import { person } from '../../../../person.ts'
import { answeringPost } from '../../../answer.ts'

/** The points of a card come to the member who stands before this screen. */
export async function POST(request: Request): Promise<Response> {
  return await answeringPost(request, async (body) => {
    const who = await person()
    return who?.role === 'member' ? await claimCard(who.member, body) : refuse('notInside')
  })
}
