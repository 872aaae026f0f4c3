import 'server-only'
import { randomInt } from 'node:crypto'
import type pg from 'pg'
import type { z } from 'zod'
import { paymentRequest } from '#contracts/till-api/requests.ts'
import { nextNumbers } from './next-receipt.ts'
import { isRefusal, type Refusal, refuse } from './refusal.ts'
import { rewardFault } from './reward-price.ts'
import { actingTill } from './till-standing.ts'
import { inTransaction } from './transaction.ts'
import { read } from './wire.ts'

export interface RequestedPayment {
  readonly sequence: bigint
  readonly code: string
  readonly expiresAt: Date
}

const lastsSeconds = 600
const mostOpen = 50
const signs = '23456789ABCDEFGHJKMNPQRSTUVWXYZ'

/** Opens a payment for a member to approve on their phone. Nothing is promised yet. */
export async function requestPayment(input: unknown, { now = new Date() } = {}): Promise<RequestedPayment | Refusal> {
  const request = read(paymentRequest, input)
  if (isRefusal(request)) return request
  const { shop, till, points, purpose } = request
  return await inTransaction(async (client) => {
    await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`requests ${shop} ${till}`])
    const acting = await actingTill(client, shop, till)
    if (isRefusal(acting)) return acting
    if (acting.kind !== 'Counter') return refuse('tillNotAccepting', { shop, till, kind: acting.kind })
    const fault = (await rewardFault(client, request)) ?? (await crowdFault(client, request, now))
    if (fault) return fault
    const { payment: sequence } = await nextNumbers(client, { shop, till })
    const code = await freeCode(client, now)
    const expiresAt = new Date(now.getTime() + lastsSeconds * 1000)
    await client.query({
      name: 'keep payment request',
      text: `INSERT INTO portal.payment_request
          (shop, till, sequence, code, points, purpose, state, created_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, 'open', $7, $8)`,
      values: [shop, till, sequence, code, points, purpose, now, expiresAt],
    })
    return { sequence, code, expiresAt }
  })
}

type Asked = z.output<typeof paymentRequest>

async function crowdFault(client: pg.PoolClient, { shop, till }: Asked, now: Date): Promise<Refusal | null> {
  const { rows } = await client.query<{ open: bigint }>({
    name: 'open payment requests',
    text: `SELECT count(*) AS open FROM portal.payment_request r
      WHERE r.shop = $1 AND r.till = $2 AND r.state IN ('open', 'approved') AND r.expires_at > $3`,
    values: [shop, till, now],
  })
  const open = rows[0]?.open ?? 0n
  return open < BigInt(mostOpen) ? null : refuse('tooManyRequests', { open, most: mostOpen })
}

async function freeCode(client: pg.PoolClient, now: Date): Promise<string> {
  for (;;) {
    const code = Array.from({ length: 6 }, () => signs[randomInt(signs.length)]).join('')
    const taken = await client.query({
      name: 'payment code taken',
      text: `SELECT FROM portal.payment_request r
        WHERE r.code = $1 AND (r.expires_at > $2 OR r.state = 'approved') LIMIT 1`,
      values: [code, now],
    })
    if (taken.rowCount === 0) return code
  }
}
