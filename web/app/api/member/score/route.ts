import { refuse } from '#web/acts/refusal.ts'
import { proveScore } from '#web/acts/score-proof.ts'
import { person } from '../../../person.ts'
import { answering } from '../../answer.ts'

/** What was fixed about the member who asks, at the shop that is named, with its way to the root. */
export async function GET(request: Request): Promise<Response> {
  return await answering(async () => {
    const someone = await person()
    const shop = new URL(request.url).searchParams.get('shop') ?? ''
    return someone?.role === 'member' ? await proveScore(someone.member, { shop }) : refuse('notYours')
  })
}
