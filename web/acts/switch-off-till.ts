import 'server-only'
import type pg from 'pg'
import { hashTypedData } from 'viem'
import { z } from 'zod'
import { consortiumDomain, revocationTypes } from '#contracts/terms.ts'
import { checkpoint, nowOf } from '#web/queries/checkpoint.ts'
import { type Ask, addressSql, ask, askOver, bytesOf, secondsOf } from '#web/queries/database.ts'
import { intentState } from '#web/queries/intent-state.ts'
import { network } from '#web/queries/network.ts'
import { memberAgreed } from './consent.ts'
import { type Standing, standingOf } from './intent-state.ts'
import { beginWithTills } from './purchase-books.ts'
import { isRefusal, type Refusal, refuse } from './refusal.ts'
import { inTransaction } from './transaction.ts'
import { type Hex, read, seconds48, shopNumber, signature, tillNumber } from './wire.ts'

export const switchOffRequest = z.object({ shop: shopNumber, till: tillNumber, deadline: seconds48, signature })

/** A till is switched off as soon as this is on the chain; under this name it can be asked whether it is. */
export type SwitchedOff = Standing & { readonly key: string }

/** An owner's order is good for so long, and must be good for so long yet; in seconds. */
export const revocationLastsSeconds = 86_400
const leastSecondsLeft = 600

interface TillRow {
  readonly owner: Hex
  readonly known: boolean
  readonly revoked: boolean
}

const question = {
  name: 'till of its owner',
  text: `SELECT ${addressSql('s.owner')} AS owner, t.till IS NOT NULL AS known, coalesce(t.revoked, false) AS revoked
    FROM ledger.shop s LEFT JOIN ledger.till t ON t.shop = s.shop AND t.till = $2 WHERE s.shop = $1`,
}

/** Takes the owner's order to switch a till off: durable when this answers (N-8). Again is the same. */
export async function switchOffTill(input: unknown, { now = new Date() } = {}): Promise<SwitchedOff | Refusal> {
  const asked = read(switchOffRequest, input)
  if (isRefusal(asked)) return asked
  const { shop, till, deadline } = asked
  const [known] = await ask<TillRow>(question, [shop, till])
  if (!known) return refuse('unknownShop', { shop })
  if (!known.known) return refuse('unknownTill', { shop, till })
  const digest = digestOf(asked)
  if (!(await memberAgreed(known.owner, digest, asked.signature))) {
    return refuse('badOwnerSignature', { shop, owner: known.owner })
  }
  const key = `revocation:${till}:${deadline}`
  const keep = async (client: pg.PoolClient): Promise<SwitchedOff | Refusal> => {
    const kept = await intentState(shop, key, askOver(client))
    if (kept !== null) return { ...standingOf(kept), key }
    if (known.revoked) return refuse('tillRevoked', { shop, till })
    const late = lateness(Number(deadline), await revocationDeadline(now, askOver(client)))
    if (late) return late
    await keepOrder(client, { ...asked, key, digest, now })
    return { state: 'pending', key }
  }
  return await inTransaction(keep, beginWithTills([{ shop, till }]))
}

/** When an order ends that is signed now, by the later of both clocks. */
export async function revocationDeadline(now = new Date(), over: Ask = ask): Promise<number> {
  return Math.max(nowOf(await checkpoint(over)), secondsOf(now)) + revocationLastsSeconds
}

function lateness(deadline: number, signedNow: number): Refusal | null {
  const least = signedNow - revocationLastsSeconds + leastSecondsLeft
  const most = signedNow + leastSecondsLeft
  return deadline < least || deadline > most ? refuse('orderOutOfTime', { deadline, least, most }) : null
}

function digestOf({ shop, till, deadline }: z.output<typeof switchOffRequest>): Hex {
  const { chainId, contracts } = network()
  return hashTypedData({
    domain: consortiumDomain(chainId, contracts.consortium),
    types: revocationTypes,
    primaryType: 'Revocation',
    message: { shop, till, deadline: Number(deadline) },
  })
}

type Order = z.output<typeof switchOffRequest> & { readonly key: string; readonly digest: Hex; readonly now: Date }

async function keepOrder(client: pg.PoolClient, order: Order): Promise<void> {
  const { shop, till, deadline, key, digest, now } = order
  await client.query({
    name: 'keep revocation',
    text: `INSERT INTO portal.intent
        (shop, key, kind, till, points, content_hash, payload, state, attempts, created_at)
      VALUES ($1, $2, 'revocation', $3, 0, $4, $5, 'open', 0, $6)`,
    values: [
      ...[shop, key, till, bytesOf(digest)],
      ...[JSON.stringify({ deadline: `${deadline}`, signature: order.signature }), now],
    ],
  })
}
