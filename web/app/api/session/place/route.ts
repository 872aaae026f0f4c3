import { moveToShop } from '#web/acts/move-to-shop.ts'
import { refuse } from '#web/acts/refusal.ts'
import { sessionUnder } from '#web/acts/session.ts'
import { tokenIn } from '../../../session-cookie.ts'
import { countedPost } from '../../counted.ts'
import { entryCounting } from '../../entry.ts'

/** Whoever owns several shops goes over to another of theirs. */
export async function POST(request: Request): Promise<Response> {
  return await countedPost(request, entryCounting, async (body, countFor) => {
    const session = await sessionUnder(tokenIn(request))
    if (!session) return refuse('notInside')
    return countFor(session.account) ?? (await moveToShop(session, body))
  })
}
