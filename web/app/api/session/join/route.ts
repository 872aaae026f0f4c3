import { join } from '#web/acts/join.ts'
import { isRefusal } from '#web/acts/refusal.ts'
import { countedEntry } from '../../entry.ts'

/** Whoever joins is nobody before. */
const nobodyYet = () => null

export async function POST(request: Request): Promise<Response> {
  return await countedEntry(request, nobodyYet, async (body, device) => {
    const entered = await join(body, { device })
    return isRefusal(entered) ? entered : { session: entered.session, answer: entered.joined }
  })
}
