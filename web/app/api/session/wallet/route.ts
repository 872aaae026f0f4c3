import { isRefusal } from '#web/acts/refusal.ts'
import { signInByWallet } from '#web/acts/sign-in-wallet.ts'
import { countedEntry } from '../../entry.ts'

export async function POST(request: Request): Promise<Response> {
  return await countedEntry(request, accountOf, async (body, device) => {
    const entered = await signInByWallet(body, { device })
    return isRefusal(entered) ? entered : { session: entered.session, answer: entered.person }
  })
}

/** The account that a sentence names, read no further than to count. */
function accountOf(body: unknown): string | null {
  const { message } = (typeof body === 'object' && body !== null ? body : {}) as { message?: unknown }
  const named = typeof message === 'string' ? /\b0x[0-9a-fA-F]{40}\b/.exec(message.slice(0, 512))?.[0] : undefined
  return named?.toLowerCase() ?? null
}
