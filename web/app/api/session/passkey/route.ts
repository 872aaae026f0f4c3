import { isRefusal } from '#web/acts/refusal.ts'
import { signInByPasskey } from '#web/acts/sign-in-passkey.ts'
import { answeringEntry } from '../../entry.ts'

export async function POST(request: Request): Promise<Response> {
  return await answeringEntry(request, async (body, device) => {
    const entered = await signInByPasskey(body, { device })
    return isRefusal(entered) ? entered : { session: entered.session, answer: { member: entered.member } }
  })
}
