import 'server-only'
import { z } from 'zod'
import { bytesOf, pool } from '#web/queries/database.ts'
import { deviceName } from '#web/queries/signed-in-devices.ts'
import { isRefusal, type Refusal } from './refusal.ts'
import type { Session } from './session.ts'
import { read } from './wire.ts'

/** here: this device. everywhere: all of the account's. other: the one with that name on the list. */
export const signOutRequest = z.discriminatedUnion('which', [
  z.object({ which: z.literal('here') }),
  z.object({ which: z.literal('everywhere') }),
  z.object({ which: z.literal('other'), device: z.string().regex(/^[0-9a-f]{16}$/) }),
])

export interface SignedOut {
  /** How many devices that was. */
  readonly ended: number
  /** Whether this device is one of them. */
  readonly here: boolean
}

/** Ends sessions of whoever asks, and of nobody else. */
export async function signOut(session: Session, input: unknown): Promise<SignedOut | Refusal> {
  const request = read(signOutRequest, input)
  if (isRefusal(request)) return request
  const own = deviceName(session.tokenHash)
  const device = request.which === 'other' ? request.device : request.which === 'here' ? own : null
  const { rowCount } = await pool().query({
    name: 'sign out',
    text: `DELETE FROM portal.session s WHERE s.account = $1
      AND ($2::text IS NULL OR encode(substring(s.token_hash FOR 8), 'hex') = $2)`,
    values: [bytesOf(session.account), device],
  })
  return { ended: rowCount ?? 0, here: device === null || device === own }
}
