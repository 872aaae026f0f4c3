import type { LocalAccount } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { z } from 'zod'

/** A till's own key, kept in the browser that stands at the counter: it is made here and never leaves. */

const SHELF = 'highstreet till key'
const privateKey = z.templateLiteral(['0x', z.string().regex(/^[0-9a-f]{64}$/)])

/** null where this device has none, or keeps nothing. */
export function deviceAccount(): LocalAccount | null {
  try {
    const kept = privateKey.safeParse(localStorage.getItem(SHELF))
    return kept.success ? privateKeyToAccount(kept.data) : null
  } catch {
    return null
  }
}

/** The key of this device, made now where it has none. @throws where the browser keeps nothing. */
export function madeDeviceAccount(): LocalAccount {
  const known = deviceAccount()
  if (known) return known
  const key = generatePrivateKey()
  localStorage.setItem(SHELF, key)
  return privateKeyToAccount(key)
}
