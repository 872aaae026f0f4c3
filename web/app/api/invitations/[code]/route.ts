import { invitationState } from '#web/acts/invitation.ts'
import { refuse } from '#web/acts/refusal.ts'
import { person } from '../../../person.ts'
import { countedGet } from '../../counted.ts'
import { invitationCounting, placeName } from '../counting.ts'

/** Who came, for the till that asked. */
export async function GET(request: Request, { params }: { params: Promise<{ code: string }> }): Promise<Response> {
  const { code } = await params
  return await countedGet(request, invitationCounting, async (countFor) => {
    const someone = await person()
    if (someone?.role !== 'till') return refuse('notYourPlace')
    return countFor(placeName(someone)) ?? (await invitationState(someone, code))
  })
}
