import type { Hex, LocalAccount } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { demoKeys } from '#web/ui/signing/demo-keys.ts'
import { deviceAccount } from '#web/ui/signing/device-key.ts'

/** Which till stands here, and which contracts check what it signs. */
export interface TillPlace {
  readonly shop: number
  readonly till: number
  readonly chainId: number
  readonly issuance: Hex
  readonly redemptions: Hex
  /** The key that the chain knows for this till. */
  readonly key: Hex
}

const accounts = new Map<string, LocalAccount>()

/** The till's key; null where this browser does not hold it. */
export async function tillAccount({ shop, till, key: known }: TillPlace): Promise<LocalAccount | null> {
  const own = deviceAccount()
  if (own?.address.toLowerCase() === known.toLowerCase()) return own
  const name = `${shop}/${till}`
  const held = accounts.get(name)
  if (held) return held
  const key = (await demoKeys())?.tills.find((one) => one.shop === shop && one.till === till)?.privateKey
  if (!key) return null
  const account = privateKeyToAccount(key)
  accounts.set(name, account)
  return account
}
