import 'server-only'
import type pg from 'pg'
import { z } from 'zod'
import { batchDigest } from '#contracts/digests.ts'
import { MOST_ENTRIES } from '#contracts/terms.ts'
import { addressSql, ask, bytesOf } from '#web/queries/database.ts'
import { network } from '#web/queries/network.ts'
import { confirmedSql, waitsForOwnerSql } from '#web/queries/owners-word.ts'
import { memberAgreed } from './consent.ts'
import { beginWithTills } from './purchase-books.ts'
import { isRefusal, type Refusal, refuse } from './refusal.ts'
import { inTransaction } from './transaction.ts'
import { bytes32, type Hex, read, sequence, shopNumber, signature, tillNumber } from './wire.ts'

// The owner's word on sales of a till that was switched off (N-7): their signature over the very list that the till has
// signed, or a no for good. On what they have not looked at they cannot decide: a list that has grown is another.

const list = z.object({
  shop: shopNumber,
  till: tillNumber,
  batch: z.object({ firstSequence: sequence, count: z.int().positive().max(MOST_ENTRIES), head: bytes32 }),
})
export const countersignRequest = list.extend({ signature })
export const declineRequest = list

export interface OwnersWord {
  readonly state: 'confirmed' | 'declined'
}

/** Takes the owner's signature over a list: durable when this answers, on the chain soon after. Again is the same. */
export async function countersign(input: unknown, { now = new Date() } = {}): Promise<OwnersWord | Refusal> {
  const asked = read(countersignRequest, input)
  if (isRefusal(asked)) return asked
  const { shop, till, batch } = asked
  const owner = await ownerOf(shop)
  if (owner === null) return refuse('unknownShop', { shop })
  const signedFor = { chainId: network().chainId, contract: network().contracts.issuance }
  const digest = batchDigest({ shop, till, first: batch.firstSequence, ...batch }, signedFor)
  if (!(await memberAgreed(owner, digest, asked.signature))) return refuse('badOwnerSignature', { shop, owner })
  return await decide(asked, async (client, known) => {
    if (known.declined) return refuse('alreadyDeclined', { till, firstSequence: batch.firstSequence })
    if (known.waiting === 0) {
      return known.confirmed === batch.count ? { state: 'confirmed' } : refuse('nothingToConfirm', { shop, till })
    }
    await keepConfirmed(client, { ...asked, owner, tillSignature: known.signature, now })
    return { state: 'confirmed' }
  })
}

/** A no for good: the list's sales are refused, and kept. Again is the same. */
export async function declineSales(input: unknown, { now = new Date() } = {}): Promise<OwnersWord | Refusal> {
  const asked = read(declineRequest, input)
  if (isRefusal(asked)) return asked
  const { shop, till, batch } = asked
  return await decide(asked, async (client, known) => {
    if (known.waiting === 0) {
      if (known.declined) return { state: 'declined' }
      return refuse(known.confirmed > 0 ? 'alreadyConfirmed' : 'nothingToConfirm', { shop, till })
    }
    await keepDeclined(client, { shop, till, batch, now })
    return { state: 'declined' }
  })
}

type List = z.output<typeof list>

interface KnownList {
  readonly count: number
  readonly head: Buffer
  /** The till's, over the whole list. */
  readonly signature: Buffer
  /** Sales that wait for the owner. */
  readonly waiting: number
  /** So many of its sales, from the first on, bear the owner's signature. */
  readonly confirmed: number
  /** Some sale under its numbers was declined. */
  readonly declined: boolean
}

const question = {
  name: 'list for its owner',
  text: `SELECT b.count, b.head, b.signature, coalesce(w.count, 0) AS confirmed,
      count(*) FILTER (WHERE ${waitsForOwnerSql('i')})::int AS waiting,
      coalesce(bool_or(i.refused = 'ownerDeclined'), false) AS declined
    FROM portal.till_batch b JOIN ledger.till t ON t.shop = b.shop AND t.till = b.till AND t.revoked
    LEFT JOIN portal.owner_word w ON w.shop = b.shop AND w.till = b.till AND w.first_sequence = b.first_sequence
      AND ${confirmedSql('w')}
    LEFT JOIN portal.intent i ON i.shop = b.shop AND i.till = b.till AND i.kind = 'purchase'
      AND i.sequence >= b.first_sequence AND i.sequence < b.first_sequence + b.count
    WHERE b.shop = $1 AND b.till = $2 AND b.first_sequence = $3
    GROUP BY b.count, b.head, b.signature, w.count`,
}

/** Nothing of the till comes or goes while its owner's word is written down. */
async function decide(
  { shop, till, batch }: List,
  say: (client: pg.PoolClient, known: KnownList) => Promise<OwnersWord | Refusal>,
): Promise<OwnersWord | Refusal> {
  const work = async (client: pg.PoolClient): Promise<OwnersWord | Refusal> => {
    const { rows } = await client.query<KnownList>({ ...question, values: [shop, till, batch.firstSequence] })
    const [known] = rows
    if (!known) return refuse('nothingToConfirm', { shop, till })
    const same = known.count === batch.count && known.head.equals(bytesOf(batch.head))
    return same ? await say(client, known) : refuse('listChanged', { shop, till, count: known.count })
  }
  return await inTransaction(work, beginWithTills([{ shop, till }]))
}

async function keepConfirmed(
  client: pg.PoolClient,
  word: List & { readonly signature: Hex; readonly owner: Hex; readonly tillSignature: Buffer; readonly now: Date },
): Promise<void> {
  const { shop, till, batch } = word
  await client.query({
    name: 'keep countersignature',
    text: `WITH unsent AS (
        UPDATE portal.till_batch SET submitted_count = 0 WHERE shop = $1 AND till = $2 AND first_sequence = $3)
      INSERT INTO portal.owner_word
        (shop, till, first_sequence, word, count, signature, owner, owner_signature, said_at)
      VALUES ($1, $2, $3, 'confirmed', $4, $5, $6, $7, $8)
      ON CONFLICT (shop, till, first_sequence, word) DO UPDATE SET count = excluded.count,
        signature = excluded.signature, owner = excluded.owner, owner_signature = excluded.owner_signature,
        said_at = excluded.said_at, refused = NULL`,
    values: [
      ...[shop, till, batch.firstSequence, batch.count, word.tillSignature],
      ...[bytesOf(word.owner), bytesOf(word.signature), word.now],
    ],
  })
}

/**
 * What the owner has signed before stays signed; where nothing has, nothing is left to be sent. What was to undo a sale
 * that is declined has nothing to undo.
 */
async function keepDeclined(client: pg.PoolClient, { shop, till, batch, now }: List & { now: Date }): Promise<void> {
  await client.query({
    name: 'keep declined',
    text: `WITH refused AS (
        UPDATE portal.intent i SET state = 'refused', refused = 'ownerDeclined'
        WHERE i.shop = $1 AND i.till = $2 AND i.sequence >= $3 AND i.sequence < $3 + $4::bigint
          AND ${waitsForOwnerSql('i')} RETURNING i.sequence),
      undone AS (
        UPDATE portal.intent u SET state = 'refused', refused = 'unknownPurchase' FROM refused r
        WHERE u.shop = $1 AND u.till = $2 AND u.sequence = r.sequence AND u.kind = 'reversal' AND u.state = 'open'),
      done AS (
        UPDATE portal.till_batch b SET submitted_count = b.count
        WHERE b.shop = $1 AND b.till = $2 AND b.first_sequence = $3 AND NOT EXISTS (
          SELECT FROM portal.owner_word w WHERE w.shop = $1 AND w.till = $2 AND w.first_sequence = $3
            AND ${confirmedSql('w')}))
      INSERT INTO portal.owner_word (shop, till, first_sequence, word, count, said_at)
      VALUES ($1, $2, $3, 'declined', $4, $5)
      ON CONFLICT (shop, till, first_sequence, word) DO UPDATE SET count = excluded.count, said_at = excluded.said_at`,
    values: [shop, till, batch.firstSequence, batch.count, now],
  })
}

const owners = {
  name: 'owner of shop',
  text: `SELECT ${addressSql('s.owner')} AS owner FROM ledger.shop s WHERE s.shop = $1`,
}

async function ownerOf(shop: number): Promise<Hex | null> {
  const [row] = await ask<{ owner: Hex }>(owners, [shop])
  return row?.owner ?? null
}
