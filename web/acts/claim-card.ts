import 'server-only'
import type pg from 'pg'
import { z } from 'zod'
import { availablePoints } from '#web/queries/available.ts'
import { askOver, bytesOf } from '#web/queries/database.ts'
import type { Standing } from './intent-state.ts'
import { lockMember } from './promises.ts'
import { isRefusal, type Refusal, refuse } from './refusal.ts'
import { inTransaction } from './transaction.ts'
import { promiseTransfer, type SignedTransfer, signedTransfer, transferRequest } from './transfer.ts'
import { address, type Hex, read } from './wire.ts'

const claim = z.object({
  card: address,
  /** One for each issuer whose points the card holds, from the card to the member: all of it. */
  transfers: z.array(transferRequest).min(1).max(64),
})

/** A claim that goes wrong half way leaves nothing behind. */
class Undone extends Error {
  readonly refusal: Refusal
  constructor(refusal: Refusal) {
    super(refusal.refused)
    this.refusal = refusal
  }
}

/**
 * A card's points become a member's: all of them, under transfers that the card's key has signed on their phone.
 * Whoever comes first has claimed it; from then on tills refuse the card, and what still arrives for it is theirs to
 * fetch alone.
 */
export async function claimCard(
  member: Hex,
  input: unknown,
  { now = new Date() } = {},
): Promise<{ readonly state: 'pending'; readonly points: bigint } | { readonly state: 'final' } | Refusal> {
  const asked = read(claim, input)
  if (isRefusal(asked)) return asked
  const { card, transfers } = asked
  const stray = transfers.find(({ from, to }) => from !== card || to !== member)
  if (stray) return refuse('badSignature', { member: stray.from })
  const signed: SignedTransfer[] = []
  for (const one of transfers) {
    const checked = await signedTransfer(one)
    if (isRefusal(checked)) return checked
    signed.push(checked)
  }
  try {
    return await inTransaction((client) => take(client, { card, member, signed, now }))
  } catch (error) {
    if (error instanceof Undone) return error.refusal
    throw error
  }
}

interface Claim {
  readonly card: Hex
  readonly member: Hex
  readonly signed: readonly SignedTransfer[]
  readonly now: Date
}

async function take(client: pg.PoolClient, { card, member, signed, now }: Claim) {
  await lockMember(client, card)
  const claimer = await claimerOf(client, card)
  if (claimer === null) return refuse('unknownCard', { card })
  if (claimer !== 'nobody' && claimer !== member) return refuse('cardClaimed')
  const known = await allKnown(client, signed)
  if (!known) {
    const other = await otherThanHeld(client, card, signed, now)
    if (other) return other
  }
  const standings: Standing[] = []
  for (const one of signed) {
    const standing = await promiseTransfer(client, one, now)
    if (isRefusal(standing)) throw new Undone(standing)
    standings.push(standing)
  }
  await client.query({
    name: 'card claimed',
    text: `UPDATE portal.card SET claimed_by = $2, claimed_at = coalesce(claimed_at, $3) WHERE member = $1`,
    values: [bytesOf(card), bytesOf(member), now],
  })
  if (standings.every(({ state }) => state === 'final')) return { state: 'final' } as const
  return { state: 'pending', points: signed.reduce((sum, { request }) => sum + request.points, 0n) } as const
}

/** Who has claimed this card; null where it is none. */
async function claimerOf(client: pg.PoolClient, card: Hex): Promise<Hex | 'nobody' | null> {
  const { rows } = await client.query<{ by: Buffer | null }>({
    name: 'claimer of card',
    text: 'SELECT c.claimed_by AS by FROM portal.card c WHERE c.member = $1 FOR UPDATE',
    values: [bytesOf(card)],
  })
  const [row] = rows
  if (row === undefined) return null
  return row.by === null ? 'nobody' : `0x${row.by.toString('hex')}`
}

/** Whether this very claim was taken before. */
async function allKnown(client: pg.PoolClient, signed: Claim['signed']): Promise<boolean> {
  const keys = signed.map(({ request }) => `transfer:${request.from}:${request.nonce}`)
  const { rowCount } = await client.query({
    name: 'transfers kept',
    text: `SELECT FROM portal.intent i WHERE i.key = ANY($1) AND i.shop = ANY($2)`,
    values: [keys, signed.map(({ issuer }) => issuer)],
  })
  return rowCount === signed.length
}

/** A claim takes all a card holds: what was signed before another purchase came in is signed anew. */
async function otherThanHeld(
  client: pg.PoolClient,
  card: Hex,
  signed: Claim['signed'],
  now: Date,
): Promise<Refusal | null> {
  const at = Math.floor(now.getTime() / 1000) + 86_400
  const holdings = await availablePoints(card, { at, ask: askOver(client) })
  const held = new Map(holdings.filter(({ freePoints }) => freePoints > 0n).map((one) => [one.token, one.freePoints]))
  const same = signed.length === held.size && signed.every(({ request }) => held.get(request.token) === request.points)
  return same ? null : refuse('cardHasMore', { card, issuers: held.size })
}
