/** Cookie names that a browser of this portal's may send; with the prefix a browser takes it from https only. */
export const sessionCookies = ['__Host-session', 'session'] as const

const reading = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Whether a request that would change something comes from another page than the portal's own. A browser says where a
 * request comes from, and no page can make it lie. Who brings neither word nor the portal's cookie is no browser that
 * somebody is signed in with: a till's program, say, whose signatures speak for it.
 */
export function cameFromElsewhere(method: string, headers: Pick<Headers, 'get' | 'has'>, ownOrigin: string): boolean {
  if (reading.has(method.toUpperCase())) return false
  const site = headers.get('sec-fetch-site')
  const origin = headers.get('origin')
  const foreign =
    (site !== null && site !== 'same-origin' && site !== 'none') || (origin !== null && origin !== ownOrigin)
  const signedIn = carriesSession(headers.get('cookie') ?? '')
  if (!signedIn) return foreign && !headers.has('authorization')
  return foreign || (site === null && origin === null)
}

function carriesSession(cookies: string): boolean {
  const names = cookies.split(';').map((part) => part.split('=')[0]?.trim())
  return sessionCookies.some((name) => names.includes(name))
}
