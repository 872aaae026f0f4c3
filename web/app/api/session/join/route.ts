import { join } from '#web/acts/join.ts'
import { isRefusal } from '#web/acts/refusal.ts'
import { answeringEntry } from '../../entry.ts'

export async function POST(request: Request): Promise<Response> {
  return await answeringEntry(request, async (body, device) => {
    const entered = await join(body, { device })
    return isRefusal(entered) ? entered : { session: entered.session, answer: entered.joined }
  })
}
