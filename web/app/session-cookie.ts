import 'server-only'
import type { OpenedSession } from '#web/acts/session.ts'
import { network } from '#web/queries/network.ts'
import { sessionCookies } from './came-from.ts'

/** By https the name itself sees to it that no neighbouring host and no plain connection can set it. */
export function sessionCookieName(): (typeof sessionCookies)[number] {
  return isByHttps() ? sessionCookies[0] : sessionCookies[1]
}

/** Under which a new device asks how its passkey stands; it lets nobody in. */
export const waitingKeyCookieName = (): string => (isByHttps() ? '__Host-waiting-key' : 'waiting-key')

const isByHttps = (): boolean => network().publicOrigin.startsWith('https:')

/** A set-cookie header: for this portal alone, out of reach of any script, not sent along from other sites' forms. */
export function sessionCookie({ token, lastsSeconds }: OpenedSession): string {
  return written(sessionCookieName(), token, lastsSeconds)
}

/** A set-cookie header that takes the session away. */
export const noSessionCookie = (): string => written(sessionCookieName(), '', 0)

/** A set-cookie header with what a new device asks by. */
export const waitingKeyCookie = (secret: string, seconds: number): string =>
  written(waitingKeyCookieName(), secret, seconds)

function written(name: string, value: string, seconds: number): string {
  const secure = name.startsWith('__Host-') ? '; Secure' : ''
  return `${name}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Lax${secure}`
}

/** The token that a request brings along. */
export const tokenIn = (request: Request): string | undefined => cookieIn(request, sessionCookieName())

/** What a new device asks by, if it is one. */
export const keySecretIn = (request: Request): string | undefined => cookieIn(request, waitingKeyCookieName())

function cookieIn(request: Request, name: string): string | undefined {
  for (const part of (request.headers.get('cookie') ?? '').split(';')) {
    const [key, value] = part.trim().split('=', 2)
    if (key === name) return value
  }
  return undefined
}
