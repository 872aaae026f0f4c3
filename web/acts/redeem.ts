import 'server-only'
import type pg from 'pg'
import { hashTypedData } from 'viem'
import type { z } from 'zod'
import { acceptanceTypes, redemptionsDomain, termsHash, termsTypes } from '#contracts/terms.ts'
import { redeemRequest } from '#contracts/till-api/requests.ts'
import { askOver } from '#web/queries/database.ts'
import { intentState as stateInTheBooks } from '#web/queries/intent-state.ts'
import { network } from '#web/queries/network.ts'
import { keySigned, memberAgreed } from './consent.ts'
import { type Standing, standingOf } from './intent-state.ts'
import type { By } from './issue.ts'
import { mustBeFinal } from './pending-limit.ts'
import { beginWithMember, carriedElsewhere, coveredLines, keepPromise, keptContent } from './promises.ts'
import { isRefusal, type Refusal, refuse } from './refusal.ts'
import { rewardFault } from './reward-price.ts'
import { actingTill } from './till-standing.ts'
import { inTransaction } from './transaction.ts'
import { type Hex, read } from './wire.ts'

type Redemption = z.output<typeof redeemRequest>
export type PaymentItem = Redemption['item']

/** The chain needs a moment: terms that end sooner are as good as ended. */
export const leastSecondsLeft = 60

/** Takes points as payment: the promise is durable when this answers, and the points are spoken for. */
export async function redeem(
  input: unknown,
  { now = new Date(), cashier = null }: By = {},
): Promise<Standing | Refusal> {
  const request = read(redeemRequest, input)
  if (isRefusal(request)) return request
  return await redeemOver((work) => inTransaction(work, beginWithMember(request.item.member)), request, {
    now,
    cashier,
  })
}

type Over = <Answer>(work: (client: pg.PoolClient) => Promise<Answer>) => Promise<Answer>

/** The same within a transaction that writes more than the payment, and holds the member's lock already. */
export async function redeemOver(
  over: Over,
  request: Redemption,
  { now, cashier }: { readonly now: Date; readonly cashier: number | null },
): Promise<Standing | Refusal> {
  const { shop, till, item } = request
  const key = `payment:${till}:${item.sequence}`
  const terms = termsHash(termsOf(shop, till, item))
  const fault = linesFault(item) ?? (await memberFault(shop, till, item))
  if (fault) return fault
  return await over(async (client) => {
    const acting = await actingTill(client, shop, till)
    if (isRefusal(acting)) return acting
    if (acting.kind !== 'Counter') return refuse('tillNotAccepting', { shop, till, kind: acting.kind })
    if (!(await keySigned(acting.key, acceptanceDigest(shop, till, terms), request.acceptance))) {
      return refuse('badTillSignature', { shop, till })
    }
    const known = await answered(client, { shop, key, terms })
    if (known) return known
    return await promise(client, { request, key, terms, now, cashier })
  })
}

/** A receipt that was used: the same answer for the same terms, a conflict for any other. */
async function answered(
  client: pg.PoolClient,
  { shop, key, terms }: { readonly shop: number; readonly key: string; readonly terms: Hex },
): Promise<Standing | Refusal | null> {
  const kept = await keptContent(client, shop, key)
  const known = await stateInTheBooks(shop, key, askOver(client))
  if (kept !== null) return kept === terms && known ? standingOf(known) : refuse('receiptConflict', { key })
  // On the chain past this portal: what stood in those terms is not known here, so the number is simply used.
  return known ? refuse('receiptSpent', { key }) : null
}

interface Wanted {
  readonly request: Redemption
  readonly key: string
  readonly terms: Hex
  readonly now: Date
  readonly cashier: number | null
}

async function promise(
  client: pg.PoolClient,
  { request, key, terms, now, cashier }: Wanted,
): Promise<Standing | Refusal> {
  const { shop, till, item, acceptance } = request
  const { member, sequence: number, purpose, deadline, lines } = item
  const least = Math.floor(now.getTime() / 1000) + leastSecondsLeft
  if (deadline < least) return refuse('expired', { deadline, least })
  const points = lines.reduce((sum, line) => sum + line.points, 0n)
  const priced = await rewardFault(client, { shop, purpose, points })
  if (priced) return priced
  const covered = await coveredLines(client, member, { lines, deadline: Number(deadline) })
  if (isRefusal(covered)) return covered
  const stressed = await carriedElsewhere(client, { shop, purpose }, covered)
  if (stressed) return stressed
  const waits = await mustBeFinal(client, { shop, member, points }, now)
  await keepPromise(
    client,
    {
      ...{ shop, key, kind: 'payment', till, sequence: number, member, lines: covered, contentHash: terms },
      cashier,
      payload: {
        purpose,
        deadline,
        lines,
        signature: item.signature,
        acceptance,
        ...(waits ? { waits: 'FinalOnly' } : {}),
      },
    },
    now,
  )
  return standingOf({ state: 'pending', code: waits ? 'waitForFinal' : null })
}

/** The chain wants each issuer once, by ascending address, and some points of each. */
export function linesFault({ lines }: Pick<PaymentItem, 'lines'>): Refusal | null {
  for (const [index, { token, points }] of lines.entries()) {
    if (points === 0n) return refuse('badLines', { line: index, complaint: 'no points' })
    const before = lines[index - 1]?.token
    if (before !== undefined && before >= token) return refuse('badLines', { line: index, complaint: 'order' })
  }
  return null
}

/** Whether the member agreed to exactly these terms. */
export async function memberFault(shop: number, till: number, item: PaymentItem): Promise<Refusal | null> {
  const agreed = await memberAgreed(item.member, termsDigest(shop, till, item), item.signature)
  return agreed ? null : refuse('badSignature', { member: item.member })
}

function termsOf(shop: number, till: number, item: Omit<PaymentItem, 'signature'>) {
  const { member, sequence: number, purpose, deadline, lines } = item
  return { member, shop, till, sequence: number, purpose, deadline: Number(deadline), lines }
}

function termsDigest(shop: number, till: number, item: PaymentItem): Hex {
  const terms = termsOf(shop, till, item)
  const lines = terms.lines.map((line) => ({ token: line.token, points: Number(line.points) }))
  return hashTypedData({
    domain: domain(),
    types: termsTypes,
    primaryType: 'Terms',
    message: { ...terms, lines },
  })
}

function acceptanceDigest(shop: number, till: number, terms: Hex): Hex {
  return hashTypedData({
    domain: domain(),
    types: acceptanceTypes,
    primaryType: 'Acceptance',
    message: { shop, till, terms: [terms] },
  })
}

function domain() {
  const { chainId, contracts } = network()
  return redemptionsDomain(chainId, contracts.redemptions)
}
