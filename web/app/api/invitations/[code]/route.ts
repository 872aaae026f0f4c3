import { invitationState } from '#web/acts/invitation.ts'
import { refuse } from '#web/acts/refusal.ts'
import { person } from '../../../person.ts'
import { answering } from '../../answer.ts'

/** Who came, for the till that asked. */
export async function GET(_: Request, { params }: { params: Promise<{ code: string }> }): Promise<Response> {
  const { code } = await params
  return await answering(async () => {
    const someone = await person()
    return someone?.role === 'till' ? await invitationState(someone, code) : refuse('notYourPlace')
  })
}
