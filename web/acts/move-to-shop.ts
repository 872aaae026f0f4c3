import 'server-only'
import { z } from 'zod'
import { bytesOf, pool } from '#web/queries/database.ts'
import { rolesOf } from '#web/queries/roles.ts'
import { isRefusal, type Refusal, refuse } from './refusal.ts'
import type { Person, Session } from './session.ts'
import { read, shopNumber } from './wire.ts'

export const moveRequest = z.object({ shop: shopNumber })

/**
 * An owner of several shops sits down at another desk. Only from one desk to another: who came in as a shopper, for a
 * long time and without much ado, becomes no owner by it.
 */
export async function moveToShop(session: Session, input: unknown): Promise<Person | Refusal> {
  const asked = read(moveRequest, input)
  if (isRefusal(asked)) return asked
  const { person, account, tokenHash } = session
  if (person.role !== 'owner') return refuse('notTheOwner')
  const { shops } = await rolesOf(account)
  if (!shops.some(({ shop }) => shop === asked.shop)) return refuse('notYourPlace', { account, shop: asked.shop })
  await pool().query({
    name: 'session moves',
    text: `UPDATE portal.session SET shop = $3 WHERE account = $1 AND token_hash = $2 AND role = 'owner'`,
    values: [bytesOf(account), tokenHash, asked.shop],
  })
  return { role: 'owner', shop: asked.shop }
}
