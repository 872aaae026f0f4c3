import 'server-only'
import { ask as askPool, bytesOf, type Question } from './database.ts'
import { type IntentStateRow, intentStateOf, mirroredBlockSql } from './intent-state.ts'
import type { Address } from './network.ts'

/** What has become of a gift that a member agreed to, all its lines together. */
export interface SentGift {
  readonly points: bigint
  readonly state: 'pending' | 'final'
}

interface Row extends IntentStateRow {
  points: bigint
}

const question: Question = {
  name: 'gift-sent',
  text: `SELECT i.points, i.state, i.refused, ${mirroredBlockSql('i')} AS mirrored, NULL::text AS waits_for,
      (SELECT c.final_block FROM ledger.checkpoint c WHERE c.name = 'ledger') AS final_block
    FROM portal.intent i
    WHERE i.member = $1 AND i.kind = 'transfer' AND starts_with(i.payload->>'nonce', $2)
      AND i.payload->>'to' = $3`,
}

/**
 * The lines of one gift carry numbers that begin alike. null where nothing of it was sent, or all of it came to
 * nothing: then it may be sent again.
 */
export async function giftSent(
  gift: { readonly from: Address; readonly to: Address; readonly beginning: `0x${string}` },
  ask = askPool,
): Promise<SentGift | null> {
  const rows = await ask<Row>(question, [bytesOf(gift.from), gift.beginning, gift.to])
  const going = rows
    .map((row) => ({ points: row.points, state: intentStateOf(row).state }))
    .filter(({ state }) => state !== 'refused')
  if (going.length === 0) return null
  return {
    points: going.reduce((sum, { points }) => sum + points, 0n),
    state: going.every(({ state }) => state === 'final') ? 'final' : 'pending',
  }
}
