import 'server-only'
import { z } from 'zod'
import { bytesOf, pool } from '#web/queries/database.ts'
import { isRefusal, type Refusal, refuse } from './refusal.ts'
import type { Session } from './session.ts'
import { read } from './wire.ts'

export const noticesSeenRequest = z.object({ upTo: z.string().regex(/^\d{1,15}:\d{1,9}$/) })

/** The member has seen what happened to their account up to this notice, and all before it. */
export async function noticesSeen(
  session: Session | null,
  input: unknown,
): Promise<{ readonly upTo: string } | Refusal> {
  if (session?.person.role !== 'member') return refuse('notYours')
  const request = read(noticesSeenRequest, input)
  if (isRefusal(request)) return request
  const [block, log] = request.upTo.split(':')
  await pool().query({
    name: 'notices seen',
    text: `INSERT INTO portal.notice_seen (member, block_number, log_index) VALUES ($1, $2, $3)
      ON CONFLICT (member) DO UPDATE SET block_number = excluded.block_number, log_index = excluded.log_index
      WHERE (portal.notice_seen.block_number, portal.notice_seen.log_index)
        < (excluded.block_number, excluded.log_index)`,
    values: [bytesOf(session.account), block, log],
  })
  return request
}
