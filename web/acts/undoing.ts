import 'server-only'
import type pg from 'pg'
import { type Ask, askOver, secondsOf } from '#web/queries/database.ts'
import { intentState as stateInTheBooks } from '#web/queries/intent-state.ts'
import { type Standing, standingOf } from './intent-state.ts'
import { keySigned } from './key-signature.ts'
import { keptContent, lockMember } from './promises.ts'
import { leastSecondsLeft } from './redeem.ts'
import { type Refusal, refuse } from './refusal.ts'
import { inTransaction } from './transaction.ts'
import { undoingTill, undoWindowSeconds } from './undoing-till.ts'
import type { Hex } from './wire.ts'

/** What a counter has signed to undo something: `key` names the agreement, `digest` is the hash that was signed. */
export interface SignedUndoing {
  readonly shop: number
  readonly till: number
  readonly key: string
  readonly digest: Hex
  readonly signature: Hex
}

/** What is undone: where it is found, and what is kept where nothing speaks against it. */
export interface Undone<Known> {
  readonly find: (ask: Ask) => Promise<Known | null>
  readonly unknown: () => Refusal
  readonly keep: (client: pg.PoolClient, known: Known) => Promise<Standing | Refusal>
}

/** Keeps an undoing once, however often its agreement comes, under the lock of the member it is about. */
export async function undoOnce<Known extends { readonly member: Hex }>(
  { shop, till, key, digest, signature }: SignedUndoing,
  { find, unknown, keep }: Undone<Known>,
): Promise<Standing | Refusal> {
  return await inTransaction(async (client) => {
    const found = await find(askOver(client))
    if (found !== null) await lockMember(client, found.member)
    const tillKey = await undoingTill(client, shop, till)
    if (typeof tillKey !== 'string') return tillKey
    if (!keySigned(tillKey, digest, signature)) return refuse('badTillSignature', { shop, till })
    const kept = await keptContent(client, shop, key)
    if (kept !== null) {
      const known = await stateInTheBooks(shop, key, askOver(client))
      return kept === digest && known ? standingOf(known) : refuse('receiptConflict', { key })
    }
    // Looked at again under the lock: another part of it may have gone back meanwhile.
    const known = await find(askOver(client))
    return known === null ? unknown() : await keep(client, known)
  })
}

/** Refuses an agreement that ends too soon to be brought, or comes after the window of what it undoes; else null. */
export function undoneTooLate({ deadline, since, now }: { deadline: bigint; since: Date; now: Date }): Refusal | null {
  const seconds = secondsOf(now)
  if (deadline < BigInt(seconds + leastSecondsLeft)) return refuse('expired', { deadline })
  const until = secondsOf(since) + undoWindowSeconds
  return until < seconds ? refuse('windowOver', { until: new Date(until * 1000).toISOString() }) : null
}
