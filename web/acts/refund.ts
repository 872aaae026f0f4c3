import 'server-only'
import { hashTypedData } from 'viem'
import type { z } from 'zod'
import { receiptName, redemptionsDomain, refundMessage, refundTypes } from '#contracts/terms.ts'
import { refundQuestion, refundRequest } from '#contracts/till-api/requests.ts'
import { ask } from '#web/queries/database.ts'
import { network } from '#web/queries/network.ts'
import { type UndoablePayment, undoablePayment } from '#web/queries/receipts-undone.ts'
import type { Standing } from './intent-state.ts'
import type { By } from './issue.ts'
import { keepPromise } from './promises.ts'
import { isRefusal, type Refusal, refuse } from './refusal.ts'
import { type Undone, undoneTooLate, undoOnce } from './undoing.ts'
import { undoWindowSeconds } from './undoing-till.ts'
import { type Hex, read } from './wire.ts'

type Refund = z.output<typeof refundRequest>

export interface Refundable extends Pick<UndoablePayment, 'member' | 'lines'> {
  readonly until: Date
}

/** What a payment was made of, and what has come back of it. */
export async function refundable(input: unknown, { now = new Date() } = {}): Promise<Refundable | Refusal> {
  const asked = read(refundQuestion, input)
  if (isRefusal(asked)) return asked
  const receipt = { shop: asked.shop, ...asked.payment }
  const known = await undoablePayment(receipt, ask)
  if (known === null) return refuse('unknownPayment', receipt)
  const until = new Date(known.paidAt.getTime() + undoWindowSeconds * 1000)
  if (until < now) return refuse('windowOver', { until: until.toISOString() })
  return { member: known.member, lines: known.lines, until }
}

/** Undoes a payment, wholly or in part, under what a counter of the shop has signed (N-15). */
export async function refund(
  input: unknown,
  { now = new Date(), cashier = null }: By = {},
): Promise<Standing | Refusal> {
  const request = read(refundRequest, input)
  if (isRefusal(request)) return request
  const { shop, till, payment, before } = request
  const receipt = { shop, ...payment }
  const key = `refund:${payment.till}:${payment.sequence}:${before.join('+')}`
  if (key.length > mostKeyLength) return refuse('otherLines', receipt)
  const digest = digestOf(request)
  const undone: Undone<UndoablePayment> = {
    find: (over) => undoablePayment(receipt, over),
    unknown: () => refuse('unknownPayment', receipt),
    keep: async (client, known) => {
      const fault = faultOf(request, known, now)
      if (fault) return fault
      const { deadline, points, signature } = request
      const wished = known.lines.map(({ issuer }, line) => {
        return { issuer, before: `${before[line] ?? 0n}`, points: `${points[line] ?? 0n}` }
      })
      await keepPromise(
        client,
        {
          ...{ shop, key, kind: 'refund', till: payment.till, sequence: payment.sequence, member: known.member },
          ...{ lines: [], points: points.reduce((sum, one) => sum + one, 0n), contentHash: digest, cashier },
          payload: { byTill: till, before, points, deadline, signature, wished },
        },
        now,
      )
      return { state: 'pending' }
    },
  }
  return await undoOnce({ shop, till, key, digest, signature: request.signature }, undone)
}

const mostKeyLength = 160
function faultOf({ before, points, deadline }: Refund, known: UndoablePayment, now: Date): Refusal | null {
  const late = undoneTooLate({ deadline, since: known.paidAt, now })
  if (late) return late
  const { lines } = known
  // What such points were worth then, which the chain's record wants to hear, is not known any more.
  const priced = known.atDefaultPrice ? lines.find(({ defaulted }) => defaulted) : undefined
  if (priced) return refuse('refundInCash', { issuer: priced.issuer })
  if (before.length !== lines.length || points.length !== lines.length) {
    return refuse('otherLines', { lines: lines.map(({ token, points: paid }) => ({ token, points: paid })) })
  }
  for (const [line, { points: paid, before: back, issuer, defaulted }] of lines.entries()) {
    const asked = points[line] ?? 0n
    if (before[line] !== back) return refuse('outOfTurn', { line, before: back })
    if (asked > paid - back) return refuse('tooMuchBack', { line, left: paid - back, asked })
    if (asked > 0n && defaulted) return refuse('refundInCash', { line, issuer })
  }
  return points.some((one) => one > 0n) ? null : refuse('tooMuchBack', { left: 0n, asked: 0n })
}

function digestOf({ shop, till, payment, before, points, deadline }: Refund): Hex {
  const { chainId, contracts } = network()
  const named = receiptName({ shop, ...payment })
  return hashTypedData({
    domain: redemptionsDomain(chainId, contracts.redemptions),
    types: refundTypes,
    primaryType: 'Refund',
    message: refundMessage({ shop, till, payment: named, before, points, deadline: Number(deadline) }),
  })
}
