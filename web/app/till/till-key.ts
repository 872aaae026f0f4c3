import type { Hex, LocalAccount } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { z } from 'zod'
import { demoKeys } from '#web/ui/signing/demo-keys.ts'
import { deviceAccount } from '#web/ui/signing/device-key.ts'
import type { Shelf } from './shelf.ts'

/** Which till stands here, and which contracts check what it signs. */
export interface TillPlace {
  readonly shop: number
  readonly till: number
  readonly chainId: number
  readonly issuance: Hex
  readonly redemptions: Hex
  /** The account of the till's key, by which its signatures are known. */
  readonly key: Hex
}

const accounts = new WeakMap<Shelf, Map<string, LocalAccount>>()
const secret = z.templateLiteral(['0x', z.string().regex(/^[0-9a-fA-F]{64}$/)])

/** The till's key; null where this browser does not hold it. Once held it is kept here, and needs no street. */
export async function tillAccount({
  place,
  shelf,
}: {
  readonly place: TillPlace
  readonly shelf: Shelf
}): Promise<LocalAccount | null> {
  const known = accounts.get(shelf) ?? new Map<string, LocalAccount>()
  accounts.set(shelf, known)
  const name = `key ${place.key.toLowerCase()}`
  const held = known.get(name)
  if (held) return held
  const account = accountOf(await shelf.read(name)) ?? ownAt(place) ?? (await handedOut(place))
  if (account === null || account.address.toLowerCase() !== place.key.toLowerCase()) return null
  known.set(name, account)
  return account

  /** The demonstration hands its tills' keys to their browsers. */
  async function handedOut({ shop, till }: TillPlace): Promise<LocalAccount | null> {
    const key = (await demoKeys())?.tills.find((one) => one.shop === shop && one.till === till)?.privateKey
    if (!key) return null
    await shelf.change(name, () => key)
    return accountOf(key)
  }
}

/** The key that was made in this very browser, where it is the one the chain knows for this till. */
function ownAt({ key }: TillPlace): LocalAccount | null {
  const own = deviceAccount()
  return own?.address.toLowerCase() === key.toLowerCase() ? own : null
}

function accountOf(kept: unknown): LocalAccount | null {
  const read = secret.safeParse(kept)
  return read.success ? privateKeyToAccount(read.data) : null
}
