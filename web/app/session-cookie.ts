import 'server-only'
import type { OpenedSession } from '#web/acts/session.ts'
import { network } from '#web/queries/network.ts'
import { sessionCookies } from './came-from.ts'

/** By https the name itself sees to it that no neighbouring host and no plain connection can set it. */
export function sessionCookieName(): (typeof sessionCookies)[number] {
  return network().publicOrigin.startsWith('https:') ? sessionCookies[0] : sessionCookies[1]
}

/** A set-cookie header: for this portal alone, out of reach of any script, not sent along from other sites' forms. */
export function sessionCookie({ token, lastsSeconds }: OpenedSession): string {
  return written(token, lastsSeconds)
}

/** A set-cookie header that takes the session away. */
export const noSessionCookie = (): string => written('', 0)

function written(value: string, seconds: number): string {
  const name = sessionCookieName()
  const secure = name.startsWith('__Host-') ? '; Secure' : ''
  return `${name}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Lax${secure}`
}

/** The token that a request brings along. */
export function tokenIn(request: Request): string | undefined {
  const name = sessionCookieName()
  for (const part of (request.headers.get('cookie') ?? '').split(';')) {
    const [key, value] = part.trim().split('=', 2)
    if (key === name) return value
  }
  return undefined
}
