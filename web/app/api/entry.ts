import { isRefusal, type Refusal } from '#web/acts/refusal.ts'
import { endSession, type OpenedSession } from '#web/acts/session.ts'
import { deviceWords } from '../device-words.ts'
import { sessionCookie, tokenIn } from '../session-cookie.ts'
import { answeringPost } from './answer.ts'

/** What an act that lets somebody in has decided; the session goes into the cookie and nowhere else. */
export type Entered = { readonly session: OpenedSession; readonly answer: object } | Refusal

/** Runs an act that lets somebody in. Whoever was inside in this browser before is out then. */
export async function answeringEntry(
  request: Request,
  act: (body: unknown, device: string) => Promise<Entered>,
): Promise<Response> {
  let cookie: string | null = null
  const response = await answeringPost(request, async (body) => {
    const entered = await act(body, deviceWords(request.headers.get('user-agent') ?? ''))
    if (isRefusal(entered)) return entered
    await endSession(tokenIn(request))
    cookie = sessionCookie(entered.session)
    return entered.answer
  })
  if (cookie !== null) response.headers.append('set-cookie', cookie)
  return response
}
