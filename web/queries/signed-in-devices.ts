import 'server-only'
import { type Ask, ask as askPool, bytesOf, type Question } from './database.ts'
import type { Address } from './network.ts'

/** A device that an account is signed in on. */
export interface SignedInDevice {
  /** Its name on the list; it opens nothing. */
  readonly name: string
  /** Such as "Chrome on Android". */
  readonly words: string
  readonly way: 'passkey' | 'wallet' | 'demo'
  readonly since: Date
  readonly seenAt: Date
  /** Whether it is the one that asks. */
  readonly here: boolean
}

interface Row extends Omit<SignedInDevice, 'name' | 'here'> {
  token_hash: Buffer
}

const devices: Question = {
  name: 'signed-in devices',
  text: `SELECT s.token_hash, s.device AS words, s.way, s.created_at AS since, s.seen_at AS "seenAt"
    FROM portal.session s WHERE s.account = $1 AND s.expires_at > $2 AND s.idle_at > $2
    ORDER BY s.seen_at DESC, s.created_at DESC LIMIT 50`,
}

/** The beginning of a hash of a secret: enough to tell devices apart. */
export const deviceName = (tokenHash: Buffer): string => tokenHash.subarray(0, 8).toString('hex')

/** Where an account is signed in, the one used last first. */
export async function signedInDevices(
  account: Address,
  { tokenHash, now = new Date(), ask = askPool as Ask }: { readonly tokenHash: Buffer; now?: Date; ask?: Ask },
): Promise<SignedInDevice[]> {
  const rows = await ask<Row>(devices, [bytesOf(account), now])
  return rows.map(({ token_hash, ...device }) => ({
    ...device,
    name: deviceName(token_hash),
    here: token_hash.equals(tokenHash),
  }))
}
