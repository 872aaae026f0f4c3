import 'server-only'
import type pg from 'pg'
import type { z } from 'zod'
import { acceptanceDigest, hashOfTerms, termsDigest } from '#contracts/digests.ts'
import { redeemRequest } from '#contracts/till-api/requests.ts'
import { network } from '#web/queries/network.ts'
import { cardsAmong } from './cards.ts'
import { memberAgreed } from './consent.ts'
import { inCompany } from './in-company.ts'
import { type Standing, standingOf } from './intent-state.ts'
import type { By } from './issue.ts'
import { type KeptPayment, keptPayments } from './kept-payments.ts'
import { keySigned } from './key-signature.ts'
import { mustBeFinal } from './pending-limit.ts'
import { beginWithMembers, carriedElsewhere, coveredAll, keepPromises, type Promised } from './promises.ts'
import { isRefusal, type Refusal, refuse } from './refusal.ts'
import { rewardFault } from './reward-price.ts'
import { actingTills, type Till } from './till-standing.ts'
import { inTransaction } from './transaction.ts'
import { type Hex, read } from './wire.ts'

type Redemption = z.output<typeof redeemRequest>
export type PaymentItem = Redemption['item']

/** The chain needs a moment: terms that end sooner are as good as ended. */
export const leastSecondsLeft = 60

interface Asked extends By {
  readonly request: Redemption
  readonly now: Date
  readonly cashier: number | null
}

/** Takes points as payment: the promise is durable when this answers, and the points are spoken for. */
export async function redeem(
  input: unknown,
  { now = new Date(), cashier = null }: By = {},
): Promise<Standing | Refusal> {
  const request = read(redeemRequest, input)
  if (isRefusal(request)) return request
  const { shop, till, item } = request
  const fault = linesFault(item) ?? (await memberFault(shop, till, item))
  return fault ?? (await redeemInCompany({ request, now, cashier }))
}

// Payments of one member come one after the other, whichever tills they are made at.
const redeemInCompany = inCompany<Asked, Standing | Refusal>({
  about: ({ request }) => request.item.member,
  together: (asked) =>
    inTransaction(
      (client) => promiseAll(client, asked),
      beginWithMembers(asked.map(({ request }) => request.item.member)),
    ),
  most: 64,
  paceMs: 30,
})

/** The same within a transaction that writes more than the payment, and holds the member's lock already. */
export async function redeemOver(client: pg.PoolClient, asked: Asked): Promise<Standing | Refusal> {
  const { shop, till, item } = asked.request
  const fault = linesFault(item) ?? (await memberFault(shop, till, item))
  if (fault) return fault
  const [answer] = await promiseAll(client, [asked])
  return answer ?? refuse('unavailable')
}

/** A payment on its way to being promised. */
interface Wanted extends Asked {
  readonly key: string
  readonly terms: Hex
  readonly points: bigint
}

/** All of them over one connection that holds the members' locks; each member once. */
async function promiseAll(client: pg.PoolClient, asked: readonly Asked[]): Promise<(Standing | Refusal)[]> {
  const wanted = asked.map((one): Wanted => {
    const { shop, till, item } = one.request
    const points = item.lines.reduce((sum, line) => sum + line.points, 0n)
    return { ...one, key: `payment:${till}:${item.sequence}`, terms: hashOfTerms(termsOf(shop, till, item)), points }
  })
  const tills = await actingTills(
    client,
    wanted.map(({ request }) => request),
  )
  const known = await keptPayments(
    client,
    wanted.map(({ request, key }) => ({
      shop: request.shop,
      till: request.till,
      sequence: request.item.sequence,
      key,
    })),
  )
  const answers = wanted.map((one, place) => {
    return tillFault(one, tills[place]) ?? answered(one, known[place] ?? null) ?? expired(one)
  })
  return await amongOpen(wanted, answers, async (open) => {
    const members = open.map(({ request }) => request.item.member)
    const cards = await cardsAmong(client, members, { lock: 'as they are' })
    const claimed = members.map((member) => (cards.get(member)?.claimed === true ? refuse('cardClaimed') : null))
    return await amongOpen(open, claimed, (unclaimed) => promiseOpen(client, unclaimed))
  })
}

/** Why this till does not take this payment, or null. */
function tillFault({ request, terms }: Wanted, acting: Till | Refusal = refuse('unknownTill')): Refusal | null {
  const { shop, till, acceptance } = request
  if (isRefusal(acting)) return acting
  if (acting.kind !== 'Counter') return refuse('tillNotAccepting', { shop, till, kind: acting.kind })
  const digest = acceptanceDigest({ shop, till, terms: [terms] }, signedFor())
  return keySigned(acting.key, digest, acceptance) ? null : refuse('badTillSignature', { shop, till })
}

/** A receipt that was used: the same answer for the same terms, a conflict for any other. */
function answered({ key, terms }: Wanted, known: KeptPayment | null): Standing | Refusal | null {
  if (known === null) return null
  // On the chain past this portal: what stood in those terms is not known here, so the number is simply used.
  if (known.content === null) return refuse('receiptSpent', { key })
  return known.content === terms ? standingOf(known.state) : refuse('receiptConflict', { key })
}

function expired({ request, now }: Wanted): Refusal | null {
  const least = Math.floor(now.getTime() / 1000) + leastSecondsLeft
  const { deadline } = request.item
  return deadline < least ? refuse('expired', { deadline, least }) : null
}

type Answers = (Standing | Refusal | null)[]

/** Goes on with those that have no answer yet. */
async function amongOpen<One>(
  all: readonly One[],
  answers: Answers,
  further: (open: readonly One[]) => Promise<(Standing | Refusal)[]>,
): Promise<(Standing | Refusal)[]> {
  const open = all.filter((_, place) => answers[place] === null)
  const more = open.length === 0 ? [] : await further(open)
  let next = 0
  return answers.map((answer) => {
    if (answer !== null) return answer
    next += 1
    return more[next - 1] ?? refuse('unavailable')
  })
}

async function promiseOpen(client: pg.PoolClient, wanted: readonly Wanted[]): Promise<(Standing | Refusal)[]> {
  const priced: Answers = []
  for (const { request, points } of wanted) {
    priced.push(await rewardFault(client, { shop: request.shop, purpose: request.item.purpose, points }))
  }
  return await amongOpen(wanted, priced, async (open) => {
    const covered = await coveredAll(
      client,
      open.map(({ request: { item } }) => ({
        member: item.member,
        lines: item.lines,
        deadline: Number(item.deadline),
      })),
    )
    const uncovered = covered.map((lines) => (isRefusal(lines) ? lines : null))
    const payable = open.flatMap((one, place) => {
      const lines = covered[place]
      return lines === undefined || isRefusal(lines) ? [] : [{ ...one, lines }]
    })
    return await amongOpen(open, uncovered, () => promiseCovered(client, payable))
  })
}

type Payable = Wanted & { readonly lines: Promised['lines'] }

async function promiseCovered(client: pg.PoolClient, payable: readonly Payable[]): Promise<(Standing | Refusal)[]> {
  const stressed = await carriedElsewhere(
    client,
    payable.map(({ request, lines }) => ({ shop: request.shop, purpose: request.item.purpose, lines })),
  )
  return await amongOpen(payable, stressed, async (open) => {
    const waits = await mustBeFinal(
      client,
      open.map(({ request, points, now }) => ({ shop: request.shop, member: request.item.member, points, now })),
    )
    await keepPromises(
      client,
      open.map((one, place) => promised(one, waits[place] === true)),
    )
    return open.map((_, place) => standingOf({ state: 'pending', code: waits[place] === true ? 'waitForFinal' : null }))
  })
}

function promised({ request, key, terms, lines: covered, now, cashier }: Payable, waits: boolean) {
  const { shop, till, item, acceptance } = request
  const { member, sequence: number, purpose, deadline, lines, signature } = item
  const receipt = { shop, key, kind: 'payment', till, sequence: number, member, lines: covered } as const
  const payload = { purpose, deadline, lines, signature, acceptance, ...(waits ? { waits: 'FinalOnly' } : {}) }
  return { ...receipt, contentHash: terms, payload, cashier, at: now }
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
  const digest = termsDigest(hashOfTerms(termsOf(shop, till, item)), signedFor())
  const agreed = await memberAgreed(item.member, digest, item.signature)
  return agreed ? null : refuse('badSignature', { member: item.member })
}

function termsOf(shop: number, till: number, item: Omit<PaymentItem, 'signature'>) {
  const { member, sequence: number, purpose, deadline, lines } = item
  return { member, shop, till, sequence: number, purpose, deadline: Number(deadline), lines }
}

function signedFor() {
  const { chainId, contracts } = network()
  return { chainId, contract: contracts.redemptions }
}
