import 'server-only'
import type pg from 'pg'
import { acceptance } from '#contracts/till-api/requests.ts'
import { intentState, type Standing } from './intent-state.ts'
import type { By } from './issue.ts'
import { type KeptRequest, requestToChange } from './payment-requests.ts'
import { lockMember } from './promises.ts'
import { redeemOver } from './redeem.ts'
import { isRefusal, type Refusal, refuse } from './refusal.ts'
import { inTransaction } from './transaction.ts'
import { type Hex, read } from './wire.ts'

/** The till takes what the member has approved: from here on the payment is a promise. */
export async function acceptPayment(
  code: string,
  input: unknown,
  { now = new Date(), cashier = null }: By = {},
): Promise<Standing | Refusal> {
  const countersigned = read(acceptance, input)
  if (isRefusal(countersigned)) return countersigned
  return await inTransaction(async (client) => {
    const request = await requestToChange(client, code)
    if (isRefusal(request)) return request
    const facts = { code: request.code, state: request.state }
    if (request.state === 'cancelled') return refuse('requestCancelled', facts)
    if (request.state === 'accepted') return await intentState({ shop: request.shop, key: paymentKey(request) })
    if (request.expiresAt <= now) return refuse('requestExpired', facts)
    if (request.state === 'open') return refuse('requestNotApproved', facts)
    return await take(client, request, { acceptance: countersigned.acceptance, now, cashier })
  })
}

async function take(
  client: pg.PoolClient,
  request: KeptRequest,
  {
    acceptance: countersignature,
    ...by
  }: { readonly acceptance: Hex; readonly now: Date; readonly cashier: number | null },
): Promise<Standing | Refusal> {
  const { shop, till, sequence, purpose, member, terms, memberSignature } = request
  if (member === null || terms === null || memberSignature === null) {
    throw new Error(`payment request ${request.code} is approved without an approval`)
  }
  const { deadline, lines } = terms
  const item = { member, sequence, purpose, deadline, lines, signature: memberSignature }
  await lockMember(client, member)
  const answer = await redeemOver(client, { request: { shop, till, acceptance: countersignature, item }, ...by })
  if (isRefusal(answer) || answer.state === 'refused') return answer
  await client.query({
    name: 'request accepted',
    text: `UPDATE portal.payment_request SET state = 'accepted' WHERE shop = $1 AND till = $2 AND sequence = $3`,
    values: [shop, till, sequence],
  })
  return answer
}

const paymentKey = ({ till, sequence }: KeptRequest): string => `payment:${till}:${sequence}`
