import { entryAccountLimit, entrySourceLimit } from '#web/acts/rate-limits.ts'
import { isRefusal, type Refusal } from '#web/acts/refusal.ts'
import { endSession, type OpenedSession } from '#web/acts/session.ts'
import { deviceWords } from '../device-words.ts'
import { sessionCookie, tokenIn } from '../session-cookie.ts'
import { answeringPost } from './answer.ts'
import { type Counting, countedPost } from './counted.ts'

/** What an act that lets somebody in has decided; the session goes into the cookie and nowhere else. */
export type Entered = { readonly session: OpenedSession; readonly answer: object } | Refusal

/** How often one may try to come in. */
export const entryCounting: Counting = { perSource: entrySourceLimit, perAccount: entryAccountLimit }

/** As whom a body wants in; null where it names nobody. */
type AccountOf = (body: unknown) => string | null

/** Lets somebody in by what they show, and counts how often that is tried. */
export async function countedEntry(
  request: Request,
  accountOf: AccountOf,
  act: (body: unknown, device: string) => Promise<Entered>,
): Promise<Response> {
  return await entering(request, act, (decide) =>
    countedPost(request, entryCounting, async (body, countFor) => {
      const account = accountOf(body)
      return (account === null ? null : countFor(account)) ?? (await decide(body))
    }),
  )
}

/** Runs an act that lets somebody in. Whoever was inside in this browser before is out then. */
export async function answeringEntry(
  request: Request,
  act: (body: unknown, device: string) => Promise<Entered>,
): Promise<Response> {
  return await entering(request, act, (decide) => answeringPost(request, decide))
}

async function entering(
  request: Request,
  act: (body: unknown, device: string) => Promise<Entered>,
  answer: (decide: (body: unknown) => Promise<object>) => Promise<Response>,
): Promise<Response> {
  let cookie: string | null = null
  const response = await answer(async (body) => {
    const entered = await act(body, deviceWords(request.headers.get('user-agent') ?? ''))
    if (isRefusal(entered)) return entered
    await endSession(tokenIn(request))
    cookie = sessionCookie(entered.session)
    return entered.answer
  })
  if (cookie !== null) response.headers.append('set-cookie', cookie)
  return response
}
