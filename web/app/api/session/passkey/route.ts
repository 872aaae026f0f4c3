import { isRefusal } from '#web/acts/refusal.ts'
import { signInByPasskey } from '#web/acts/sign-in-passkey.ts'
import { countedEntry } from '../../entry.ts'

export async function POST(request: Request): Promise<Response> {
  return await countedEntry(request, passkeyOf, async (body, device) => {
    const entered = await signInByPasskey(body, { device })
    return isRefusal(entered) ? entered : { session: entered.session, answer: entered.person }
  })
}

/** How a passkey calls itself, read no further than to count. */
function passkeyOf(body: unknown): string | null {
  const { passkey } = (typeof body === 'object' && body !== null ? body : {}) as { passkey?: { id?: unknown } | null }
  return typeof passkey?.id === 'string' ? `passkey ${passkey.id.slice(0, 64)}` : null
}
