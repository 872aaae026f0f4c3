import 'server-only'
import { z } from 'zod'
import { bytesOf, pool } from '#web/queries/database.ts'
import { isRefusal, type Refusal } from './refusal.ts'
import { type Hex, read } from './wire.ts'

/**
 * What a member may agree to or not: to be greeted by name in shops, to be known by what they buy, and that what they
 * answered about themselves is counted.
 */
export const consentDecision = z.object({
  purpose: z.enum(['greeting', 'personalisation', 'survey']),
  given: z.boolean(),
})

export type ConsentDecision = z.output<typeof consentDecision>

/**
 * Keeps a member's decision; the newest one counts. Points are earned and spent in full either way. Whoever no longer
 * wants their answers counted takes them along.
 */
export async function decideConsent(
  member: Hex,
  input: unknown,
  { now = new Date() } = {},
): Promise<ConsentDecision | Refusal> {
  const decision = read(consentDecision, input)
  if (isRefusal(decision)) return decision
  await pool().query({
    name: 'decide consent',
    text: `WITH taken_along AS (
        DELETE FROM portal.survey_answer a WHERE a.member = $1 AND $2 = 'survey' AND NOT $3::boolean
      ) INSERT INTO portal.consent (member, purpose, given, decided_at) VALUES ($1, $2, $3, $4)
      ON CONFLICT (member, purpose) DO UPDATE SET given = excluded.given, decided_at = excluded.decided_at`,
    values: [bytesOf(member), decision.purpose, decision.given, now],
  })
  return decision
}
