import 'server-only'
import type pg from 'pg'
import { z } from 'zod'
import { lineList } from '#contracts/till-api/requests.ts'
import { bytesOf, pool } from '#web/queries/database.ts'
import { type KeptRequest, requestByCode, requestToChange } from './payment-requests.ts'
import { coveredLines, lockMember } from './promises.ts'
import { leastSecondsLeft, linesFault, memberFault, type PaymentItem } from './redeem.ts'
import { isRefusal, type Refusal, refuse } from './refusal.ts'
import { inTransaction } from './transaction.ts'
import { address, read, seconds48, signature } from './wire.ts'

/** A member's consent to one payment request. */
export const approval = z.object({ member: address, deadline: seconds48, lines: lineList, signature })

export interface Approved {
  readonly state: 'approved' | 'accepted'
}

/** The member agrees on their phone. What is promised to the shop waits for the till's countersignature. */
export async function approvePayment(
  code: string,
  input: unknown,
  { now = new Date() } = {},
): Promise<Approved | Refusal> {
  const consent = read(approval, input)
  if (isRefusal(consent)) return consent
  const asked = await requestByCode(pool(), code)
  if (isRefusal(asked)) return asked
  const item = { ...consent, sequence: asked.sequence, purpose: asked.purpose }
  const fault = termsFault(asked, item, now) ?? (await memberFault(asked.shop, asked.till, item))
  if (fault) return fault
  return await inTransaction(async (client) => {
    const request = await requestToChange(client, code)
    if (isRefusal(request)) return request
    const closed = closedTo(request, item, now)
    if (closed) return closed
    await lockMember(client, item.member)
    const covered = await coveredLines(client, item.member, { lines: item.lines, deadline: Number(item.deadline) })
    return isRefusal(covered) ? covered : await keepApproval(client, request, item)
  })
}

function termsFault(request: KeptRequest, item: PaymentItem, now: Date): Refusal | null {
  const points = item.lines.reduce((sum, line) => sum + line.points, 0n)
  if (points !== request.points) return refuse('wrongAmount', { asked: request.points, approved: points })
  const least = Math.floor(now.getTime() / 1000) + leastSecondsLeft
  if (item.deadline < least) return refuse('expired', { deadline: item.deadline, least })
  return linesFault(item)
}

/** The same consent again is answered like the first; anything else finds the request closed, and why. */
function closedTo(request: KeptRequest, item: PaymentItem, now: Date): Approved | Refusal | null {
  const facts = { code: request.code, state: request.state }
  if (request.state === 'cancelled') return refuse('requestCancelled', facts)
  if (request.state !== 'open') {
    const same = request.member === item.member && request.memberSignature === item.signature
    return same ? { state: request.state } : refuse('requestTaken', facts)
  }
  return request.expiresAt <= now ? refuse('requestExpired', facts) : null
}

async function keepApproval(client: pg.PoolClient, request: KeptRequest, item: PaymentItem): Promise<Approved> {
  const { purpose, deadline, lines } = item
  const terms = JSON.stringify({ purpose, deadline, lines }, (_, value) =>
    typeof value === 'bigint' ? `${value}` : value,
  )
  await client.query({
    name: 'keep approval',
    text: `UPDATE portal.payment_request SET state = 'approved', member = $4, terms = $5, member_signature = $6
      WHERE shop = $1 AND till = $2 AND sequence = $3`,
    values: [request.shop, request.till, request.sequence, bytesOf(item.member), terms, bytesOf(item.signature)],
  })
  return { state: 'approved' }
}
