import 'server-only'
import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { targetFault } from '#contracts/till-api/public-address.ts'
import { webhookRequest } from '#contracts/till-api/requests.ts'
import { ask, pool } from '#web/queries/database.ts'
import { isRefusal, type Refusal, refuse } from './refusal.ts'
import { read, sequence } from './wire.ts'

/** A place that is told; the secret is told with its making only. */
export interface ListedWebhook {
  readonly id: string
  readonly url: string
  /** The number of the next happening that it is told. */
  readonly next: bigint
  readonly failures: number
  readonly lastSaid: string | null
  readonly createdAt: Date
  /** It failed for three days, and is not tried any more until it is replayed. */
  readonly stoppedAt: Date | null
}

const mostWebhooks = 10

/** From now on this place is told of what becomes of the shop's receipts. */
export async function registerWebhook(
  shop: number,
  input: unknown,
  { now = new Date() } = {},
): Promise<{ readonly id: string; readonly url: string; readonly secret: string } | Refusal> {
  const asked = read(webhookRequest, input)
  if (isRefusal(asked)) return asked
  const fault = targetFault(asked.url)
  if (fault !== null) return refuse('badTarget', { complaint: fault })
  if ((await webhooksOf(shop)).length >= mostWebhooks) return refuse('tooManyRequests', { most: mostWebhooks })
  const id = randomBytes(6).toString('hex')
  const secret = `whsec_${randomBytes(32).toString('base64')}`
  await pool().query({
    name: 'register webhook',
    text: `WITH told AS (INSERT INTO portal.told_block (shop, block)
        SELECT $1, coalesce(max(c.final_block), -1) FROM ledger.checkpoint c ON CONFLICT (shop) DO NOTHING)
      INSERT INTO portal.webhook (shop, id, url, secret, next_number, failures, try_after, created_at)
      SELECT $1, $2, $3, $4,
        coalesce((SELECT max(h.number) FROM portal.happening h WHERE h.shop = $1), 0) + 1, 0, $5, $5`,
    values: [shop, id, asked.url, secret, now],
  })
  return { id, url: asked.url, secret }
}

export async function webhooksOf(shop: number): Promise<ListedWebhook[]> {
  return await ask<ListedWebhook>(
    {
      name: 'webhooks',
      text: `SELECT w.id, w.url, w.next_number AS next, w.failures, w.last_said AS "lastSaid",
          w.created_at AS "createdAt", w.stopped_at AS "stoppedAt"
        FROM portal.webhook w WHERE w.shop = $1 ORDER BY w.created_at, w.id`,
    },
    [shop],
  )
}

export async function removeWebhook(shop: number, id: string): Promise<{ readonly removed: true } | Refusal> {
  const gone = await pool().query('DELETE FROM portal.webhook WHERE shop = $1 AND id = $2', [shop, id])
  return gone.rowCount === 1 ? { removed: true } : refuse('unknownWebhook', { id })
}

const cursor = z.object({ from: sequence })

/** It is told again of everything from this number on, in order. */
export async function replayWebhook(
  shop: number,
  id: string,
  input: unknown,
): Promise<{ readonly next: bigint } | Refusal> {
  const asked = read(cursor, input)
  if (isRefusal(asked)) return asked
  const { rows } = await pool().query<{ next: bigint }>({
    name: 'replay webhook',
    text: `UPDATE portal.webhook SET next_number = greatest(1, least($3, (SELECT coalesce(max(h.number), 0) + 1
          FROM portal.happening h WHERE h.shop = $1))), failures = 0, try_after = now(), stopped_at = NULL
      WHERE shop = $1 AND id = $2 RETURNING next_number AS next`,
    values: [shop, id, asked.from],
  })
  return rows[0] ?? refuse('unknownWebhook', { id })
}

export interface Happening {
  readonly number: bigint
  readonly type: string
  readonly at: Date
  readonly data: unknown
}

/** What happened after this number, at most a hundred; for those who would rather ask than be told. */
export async function happeningsAfter(shop: number, after: unknown): Promise<{ happenings: Happening[] } | Refusal> {
  const from = read(sequence, after ?? '0')
  if (typeof from !== 'bigint') return from
  const happenings = await ask<Happening>(
    {
      name: 'happenings after',
      text: `SELECT h.number, h.type, h.at, h.data FROM portal.happening h
        WHERE h.shop = $1 AND h.number > $2 ORDER BY h.number LIMIT 100`,
    },
    [shop, from],
  )
  return { happenings }
}
