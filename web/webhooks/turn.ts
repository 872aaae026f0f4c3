import type pg from 'pg'
import type { Logger } from 'pino'
import { type DeliveryRules, deliver } from './deliver.ts'
import { writeHappenings } from './happenings.ts'

export interface WebhooksRoom {
  readonly database: pg.ClientBase
  readonly log: Logger
  readonly rules: DeliveryRules
}

interface DueWebhook {
  readonly shop: number
  readonly id: string
  readonly url: string
  readonly secret: string
  readonly next: bigint
  readonly failures: number
}

interface Told {
  readonly number: bigint
  readonly type: string
  readonly at: Date
  readonly data: unknown
}

/** Places told at the same time, and happenings told to one of them before the next is looked at. */
const placesAtOnce = 8
const mostInARow = 50
/** After the first failure, the second and so on, in seconds; and when it is given up. */
const pauses = [5, 30, 120, 600, 1_800, 3_600]
const mostFailures = pauses.length + 72

/** One round: what happened is written down, and told where it is due. Answers how much was told. */
export async function turn(room: WebhooksRoom): Promise<number> {
  await writeHappenings(room.database)
  const { rows } = await room.database.query<DueWebhook>({
    name: 'due webhooks',
    text: `SELECT w.shop, w.id, w.url, w.secret, w.next_number AS next, w.failures FROM portal.webhook w
      WHERE w.stopped_at IS NULL AND w.try_after <= now()
        AND EXISTS (SELECT FROM portal.happening h WHERE h.shop = w.shop AND h.number >= w.next_number)
      ORDER BY w.try_after LIMIT $1`,
    values: [placesAtOnce],
  })
  const told = await Promise.all(rows.map((due) => tell(room, due)))
  return told.reduce((sum, count) => sum + count, 0)
}

/** One after the other, each only when the one before it was taken: so a member's happenings keep their order. */
async function tell({ database, log, rules }: WebhooksRoom, due: DueWebhook): Promise<number> {
  const { shop, id, url, secret } = due
  const { rows } = await database.query<Told>({
    name: 'happenings to tell',
    text: `SELECT h.number, h.type, h.at, h.data FROM portal.happening h
      WHERE h.shop = $1 AND h.number >= $2 ORDER BY h.number LIMIT $3`,
    values: [shop, due.next, mostInARow],
  })
  let count = 0
  for (const { number, type, at, data } of rows) {
    const body = JSON.stringify({ type, timestamp: at.toISOString(), data: { number: `${number}`, ...Object(data) } })
    const fault = await deliver({ id: `${shop}.${number}`, url, secret, body }, rules)
    if (fault !== null) {
      await noteFailure(database, due, { fault, failures: count === 0 ? due.failures + 1 : 1 })
      log.warn({ event: 'webhook.failed', shop, id, number: `${number}`, fault }, 'a place did not take it')
      return count
    }
    count += 1
    // Only now: what was not noted is told again, and that is what at least once means.
    await database.query({
      name: 'note told',
      text: `UPDATE portal.webhook SET next_number = $3 + 1, failures = 0, try_after = now(), last_said = NULL
        WHERE shop = $1 AND id = $2 AND next_number = $3`,
      values: [shop, id, number],
    })
  }
  return count
}

async function noteFailure(
  database: pg.ClientBase,
  { shop, id }: DueWebhook,
  { fault, failures }: { readonly fault: string; readonly failures: number },
): Promise<void> {
  const pause = pauses[Math.min(failures, pauses.length) - 1] ?? 3_600
  await database.query({
    name: 'note untold',
    text: `UPDATE portal.webhook SET failures = $3::int, try_after = now() + make_interval(secs => $4), last_said = $5,
        stopped_at = CASE WHEN $3::int >= $6::int THEN now() END
      WHERE shop = $1 AND id = $2`,
    values: [shop, id, failures, pause, fault, mostFailures],
  })
}
