import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Address, Hex } from 'viem'
import { keyFrom, lowerAddressOfKey, newSecret } from '../keys.ts'
import { type StreetFiles, writeSecret } from '../place.ts'

/**
 * Gives every customer of a file an account, and the same customer the same one in every file. The account's key is
 * HMAC-SHA256(secret, "member ID"), so that with the secret it can be handed over to its member one day.
 */
export interface Accounts {
  addressOf(member: string): Address
  /** Writes down the accounts made so far, for whoever hands them over. */
  keep(): void
}

export const secretOf = (files: StreetFiles): string => {
  const path = join(files.imports, 'secret')
  if (!existsSync(path)) writeSecret(path, `${newSecret()}\n`)
  return readFileSync(path, 'utf8').trim()
}

export const memberKey = (secret: string, member: string): Hex => keyFrom(secret, `member ${member}`)

export function accountsOf(files: StreetFiles): Accounts {
  const secret = secretOf(files)
  const path = join(files.imports, 'accounts.json')
  const known = new Map(Object.entries(kept(path)))
  let keptCount = known.size
  return {
    addressOf(member) {
      const found = known.get(member)
      if (found !== undefined) return found
      const made = lowerAddressOfKey(memberKey(secret, member))
      known.set(member, made)
      return made
    },
    keep() {
      if (known.size === keptCount) return
      writeSecret(path, `${JSON.stringify(Object.fromEntries(known))}\n`)
      keptCount = known.size
    },
  }
}

/** What can be made again from the secret needs no mending: an unreadable list counts as none. */
function kept(path: string): Record<string, Address> {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Record<string, Address>
  } catch {
    return {}
  }
}
