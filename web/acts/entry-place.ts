import 'server-only'
import { z } from 'zod'
import { rolesOf } from '#web/queries/roles.ts'
import { type Refusal, refuse } from './refusal.ts'
import type { Person } from './session.ts'
import { type Hex, shopNumber, tillNumber } from './wire.ts'

/** Where somebody who comes in wants to stand. Without a number: at the shop or till that is theirs. */
export const entryPlace = z.discriminatedUnion('role', [
  z.object({ role: z.literal('member') }),
  z.object({ role: z.literal('owner'), shop: shopNumber.nullish() }),
  z.object({ role: z.literal('till'), shop: shopNumber.nullish(), till: tillNumber.nullish() }),
])

export type EntryPlace = z.output<typeof entryPlace>

/** What an account that was shown to be theirs is at this place, as the mirror of the chain says; never as they say. */
export async function personAs(account: Hex, as: EntryPlace): Promise<Person | Refusal> {
  if (as.role === 'member') return { role: 'member', member: account }
  const { shops, tills } = await rolesOf(account)
  if (as.role === 'owner') {
    if (shops.length === 0) return refuse('ownsNoShop', { account })
    const theirs = as.shop ? shops.find(({ shop }) => shop === as.shop) : (shops.find(({ board }) => board) ?? shops[0])
    return theirs ? { role: 'owner', shop: theirs.shop } : refuse('notYourPlace', { account, shop: as.shop ?? null })
  }
  if (tills.length === 0) return refuse('noTillYet', { account })
  const stands = tills.find((one) => (!as.shop || one.shop === as.shop) && (!as.till || one.till === as.till))
  if (stands) return { role: 'till', shop: stands.shop, till: stands.till }
  return refuse('notYourPlace', { account, shop: as.shop ?? null, till: as.till ?? null })
}
