import { stepInAsDemoPerson } from '#web/acts/demo-people.ts'
import { isRefusal } from '#web/acts/refusal.ts'
import { answeringEntry } from '../../entry.ts'

/** The demo street's menu: a sign-in like any other, but for what is asked. */
export async function POST(request: Request): Promise<Response> {
  return await answeringEntry(request, async (body, device) => {
    const entered = await stepInAsDemoPerson(body, { device })
    return isRefusal(entered) ? entered : { session: entered.session, answer: entered.chosen }
  })
}
