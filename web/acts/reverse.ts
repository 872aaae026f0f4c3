import 'server-only'
import type pg from 'pg'
import { hashTypedData } from 'viem'
import type { z } from 'zod'
import { issuanceDomain, receiptName, reversalMessage, reversalTypes } from '#contracts/terms.ts'
import { reverseQuestion, reverseRequest } from '#contracts/till-api/requests.ts'
import { availablePoints } from '#web/queries/available.ts'
import { ask, askOver, secondsOf } from '#web/queries/database.ts'
import { network } from '#web/queries/network.ts'
import { type UndoablePurchase, undoablePurchase } from '#web/queries/receipts-undone.ts'
import type { Standing } from './intent-state.ts'
import type { By } from './issue.ts'
import { keepPromise } from './promises.ts'
import { isRefusal, type Refusal, refuse } from './refusal.ts'
import { type Undone, undoneTooLate, undoOnce } from './undoing.ts'
import { undoWindowSeconds } from './undoing-till.ts'
import { type Hex, read } from './wire.ts'

type Reversal = z.output<typeof reverseRequest>

export interface Reversible {
  readonly member: Hex
  readonly points: bigint
  readonly before: bigint
  readonly left: bigint
  readonly takable: bigint
  readonly short: bigint
  readonly until: Date
}

/** What a purchase still has to give back, before the till hands out cash. */
export async function reversible(input: unknown, { now = new Date() } = {}): Promise<Reversible | Refusal> {
  const asked = read(reverseQuestion, input)
  if (isRefusal(asked)) return asked
  const { shop, purchase } = asked
  const known = await undoablePurchase({ shop, ...purchase }, ask)
  if (known === null) return refuse('unknownPurchase', { shop, ...purchase })
  const until = new Date(known.soldAt.getTime() + undoWindowSeconds * 1000)
  if (until < now) return refuse('windowOver', { until: until.toISOString() })
  const left = known.points - known.before
  const held = await takablePoints(known.member, { shop, at: secondsOf(now), over: ask })
  // Points that are on their way arrive with the purchase, and the reversal waits for them.
  const takable = held < left && known.mirrored ? held : left
  return {
    member: known.member,
    points: known.points,
    before: known.before,
    left,
    takable,
    short: left - takable,
    until,
  }
}

async function takablePoints(
  member: Hex,
  { shop, at, over }: { readonly shop: number; readonly at: number; readonly over: typeof ask },
): Promise<bigint> {
  const holdings = await availablePoints(member, { at, ask: over })
  return holdings.find((held) => held.issuer === shop)?.freePoints ?? 0n
}

/** Undoes a purchase, wholly or in part, under what a counter of the shop has signed (N-10). */
export async function reverse(
  input: unknown,
  { now = new Date(), cashier = null }: By = {},
): Promise<Standing | Refusal> {
  const request = read(reverseRequest, input)
  if (isRefusal(request)) return request
  const { shop, till, purchase, before } = request
  const receipt = { shop, ...purchase }
  // Named by what had gone back before: so an agreement is one wish, however often it comes.
  const key = `reversal:${purchase.till}:${purchase.sequence}:${before}`
  const digest = digestOf(request)
  const undone: Undone<UndoablePurchase> = {
    find: (over) => undoablePurchase(receipt, over),
    unknown: () => refuse('unknownPurchase', receipt),
    keep: async (client, known) => {
      const fault = await faultOf(client, request, { known, now })
      return fault ?? (await keep(client, { request, key, digest, known, now, cashier }))
    },
  }
  return await undoOnce({ shop, till, key, digest, signature: request.signature }, undone)
}

interface Kept {
  readonly request: Reversal
  readonly key: string
  readonly digest: Hex
  readonly known: UndoablePurchase
  readonly now: Date
  readonly cashier: number | null
}

async function faultOf(
  client: pg.PoolClient,
  { shop, before, points, taken, debt, deadline }: Reversal,
  { known, now }: { readonly known: UndoablePurchase; readonly now: Date },
): Promise<Refusal | null> {
  const late = undoneTooLate({ deadline, since: known.soldAt, now })
  if (late) return late
  if (before !== known.before) return refuse('outOfTurn', { before: known.before, said: before })
  const left = known.points - known.before
  if (points > left) return refuse('tooMuchBack', { left, asked: points })
  if (taken + debt > points) return refuse('uneven', { points, taken, debt })
  const takable = await takablePoints(known.member, { shop, at: secondsOf(now), over: askOver(client) })
  // What is only on its way to the member cannot be taken yet: it waits with the purchase.
  return taken > takable && known.mirrored ? refuse('notTakable', { taken, takable }) : null
}

async function keep(client: pg.PoolClient, { request, key, digest, known, now, cashier }: Kept): Promise<Standing> {
  const { shop, till, purchase, before, points, taken, debt, deadline, signature } = request
  await keepPromise(
    client,
    {
      ...{ shop, key, kind: 'reversal', till: purchase.till, sequence: purchase.sequence, member: known.member },
      // Points that are taken are spoken for, so that no payment is promised with them.
      lines: taken > 0n && known.mirrored ? [{ token: zero, issuer: shop, points: taken }] : [],
      ...{ points, contentHash: digest, cashier },
      payload: { byTill: till, before, points, taken, debt, deadline, signature },
    },
    now,
  )
  return { state: 'pending' }
}

const zero: Hex = `0x${'0'.repeat(40)}`

function digestOf({ shop, till, purchase, before, points, taken, debt, deadline }: Reversal): Hex {
  const { chainId, contracts } = network()
  const reversal = {
    ...{ shop, till, purchase: receiptName({ shop, ...purchase }) },
    ...{ before, points, taken, debt, deadline: Number(deadline) },
  }
  return hashTypedData({
    domain: issuanceDomain(chainId, contracts.issuance),
    types: reversalTypes,
    primaryType: 'Reversal',
    message: reversalMessage(reversal),
  })
}
