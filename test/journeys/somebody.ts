/** Somebody of the demo street, as the switcher names them. */
export interface Somebody {
  readonly role: 'member' | 'till' | 'owner' | 'auditor'
  readonly id: string
}

const cookies = new Map<string, Promise<string>>()

/** The cookie of somebody who has come in at this street, for what is asked beside the screens. */
export function cookieOf(url: string, who: Somebody): Promise<string> {
  const name = `${new URL(url).origin} ${who.role}:${who.id}`
  const known = cookies.get(name) ?? comesIn(url, who)
  cookies.set(name, known)
  return known
}

async function comesIn(url: string, who: Somebody): Promise<string> {
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(new URL('/api/demo/choose', url), { method: 'POST', headers, body: JSON.stringify(who) })
  const cookie = answer.headers.getSetCookie()[0]?.split(';')[0]
  if (cookie === undefined) throw new Error(`nobody may come in as ${who.role} ${who.id}: ${await answer.text()}`)
  return cookie
}
