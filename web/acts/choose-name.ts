import 'server-only'
import { z } from 'zod'
import { bytesOf } from '#web/queries/database.ts'
import { codeOfMember } from './member-profile.ts'
import { isRefusal, type Refusal } from './refusal.ts'
import { inTransaction } from './transaction.ts'
import { type Hex, read } from './wire.ts'

/** What a member wants to be called; null or nothing takes the name away. Shops see it only by consent. */
export const nameChoice = z.object({
  name: z
    .string()
    .max(200)
    .transform((text) => text.normalize('NFC').replace(/\s+/gu, ' ').trim())
    .refine((text) => [...text].length <= 40, { error: 'must be at most 40 letters' })
    // Postgres keeps no zero, and what turns the writing round would turn a till's screen round as well.
    .refine((text) => /^\P{C}*$/u.test(text), { error: 'must hold nothing that cannot be seen' })
    .nullable(),
})

export interface ChosenName {
  readonly name: string | null
}

/** Keeps what a member wants to be called, in the portal alone. */
export async function chooseName(
  member: Hex,
  input: unknown,
  { now = new Date() } = {},
): Promise<ChosenName | Refusal> {
  const choice = read(nameChoice, input)
  if (isRefusal(choice)) return choice
  const name = choice.name === '' ? null : choice.name
  return await inTransaction(async (client) => {
    await codeOfMember(client, member, now)
    await client.query({
      name: 'choose name',
      text: 'UPDATE portal.member_profile SET display_name = $2 WHERE member = $1',
      values: [bytesOf(member), name],
    })
    return { name }
  })
}
