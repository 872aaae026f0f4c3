import 'server-only'
import { cookies } from 'next/headers'
import { cache } from 'react'
import { type Person, type Session, sessionUnder } from '#web/acts/session.ts'
import { network } from '#web/queries/network.ts'
import { passkeysOf } from '#web/queries/passkeys.ts'
import type { SigningPlace } from '#web/ui/signing/signing.tsx'
import { sessionCookieName } from './session-cookie.ts'

/** The session of whoever stands before the screen, as the mirror of the chain bears it out; null: nobody came in. */
export const session = cache(async (): Promise<Session | null> => {
  const jar = await cookies()
  return await sessionUnder(jar.get(sessionCookieName())?.value)
})

/** Who stands before the screen. The cookie holds a secret and no claim: what somebody is, is looked up. */
export async function person(): Promise<Person | null> {
  return (await session())?.person ?? null
}

/** What holds the key of the member who is inside: their passkeys, their wallet, or the demo street. */
export async function signingPlace({ account, way }: Session): Promise<SigningPlace> {
  const { chainId, rpId } = network()
  const place = { member: account, chainId }
  if (way === 'demo') return { ...place, by: 'demo' }
  const known = way === 'passkey' ? await passkeysOf(account) : null
  if (!known) return { ...place, by: 'injected' }
  const { passkeys, guardian, delaySeconds } = known
  return { ...place, by: 'passkey', rpId, passkeys, guardian, delaySeconds }
}
