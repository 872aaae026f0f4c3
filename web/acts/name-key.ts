import 'server-only'
import { z } from 'zod'
import { bytesOf, pool } from '#web/queries/database.ts'
import { memberAccount } from '#web/queries/member-account.ts'
import { isRefusal, type Refusal, refuse } from './refusal.ts'
import { bytes32, type Hex, read } from './wire.ts'

export const keyNameRequest = z.object({
  key: bytes32,
  /** Empty: as the device calls itself. */
  name: z
    .string()
    .trim()
    .max(40)
    .regex(/^\P{C}*$/u, { error: 'must be words' }),
})

/** What a member calls a device of theirs, which only this portal knows (N-21). */
export async function nameKey(member: Hex, input: unknown): Promise<{ readonly name: string | null } | Refusal> {
  const asked = read(keyNameRequest, input)
  if (isRefusal(asked)) return asked
  const account = await memberAccount(member)
  if (!account?.keys.some(({ key }) => key === asked.key)) return refuse('unknownAccountKey')
  await pool().query(
    asked.name === ''
      ? {
          text: 'DELETE FROM portal.key_name WHERE member = $1 AND key = $2',
          values: [bytesOf(member), bytesOf(asked.key)],
        }
      : {
          name: 'name key',
          text: `INSERT INTO portal.key_name (member, key, name) VALUES ($1, $2, $3)
            ON CONFLICT (member, key) DO UPDATE SET name = excluded.name`,
          values: [bytesOf(member), bytesOf(asked.key), asked.name],
        },
  )
  return { name: asked.name === '' ? null : asked.name }
}
