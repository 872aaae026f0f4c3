import { isRefusal } from '#web/acts/refusal.ts'
import { signInByWallet } from '#web/acts/sign-in-wallet.ts'
import { answeringEntry } from '../../entry.ts'

export async function POST(request: Request): Promise<Response> {
  return await answeringEntry(request, async (body, device) => {
    const entered = await signInByWallet(body, { device })
    return isRefusal(entered) ? entered : { session: entered.session, answer: entered.person }
  })
}
