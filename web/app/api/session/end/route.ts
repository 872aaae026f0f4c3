import { isRefusal, refuse } from '#web/acts/refusal.ts'
import { sessionUnder } from '#web/acts/session.ts'
import { signOut } from '#web/acts/sign-out.ts'
import { noSessionCookie, tokenIn } from '../../../session-cookie.ts'
import { countedPost } from '../../counted.ts'
import { entryCounting } from '../../entry.ts'

/** Signs out: here, everywhere, or on one device of the list. */
export async function POST(request: Request): Promise<Response> {
  let over = false
  const response = await countedPost(request, entryCounting, async (body, countFor) => {
    const session = await sessionUnder(tokenIn(request))
    const often = session ? countFor(session.account) : null
    if (often) return often
    const answer = session ? await signOut(session, body) : refuse('notInside')
    over = session === null || (!isRefusal(answer) && answer.here)
    return answer
  })
  if (over) response.headers.append('set-cookie', noSessionCookie())
  return response
}
