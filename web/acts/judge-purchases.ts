import 'server-only'
import { hash } from 'node:crypto'
import { bytesOfEntry } from '#contracts/digests.ts'
import { type Standing, standingOf } from './intent-state.ts'
import {
  type KeptPurchase,
  type MirroredPurchase,
  type NewPurchase,
  type Purchase,
  sameContent,
} from './purchase-books.ts'
import type { SignedList } from './purchase-list.ts'
import { type Facts, type Refusal, refuse, refusedState } from './refusal.ts'
import { type Held, isConfirmed } from './revoked-till.ts'
import type { RefusalCode } from './sentences.ts'
import type { Till } from './till-standing.ts'
import type { Hex } from './wire.ts'

// What becomes of each purchase of a list that its till has signed, given what is known; nothing is written here.

export type PurchaseAnswer = { readonly sequence: bigint; readonly points: bigint } & (
  | Exclude<Standing, { state: 'refused' }>
  | ReturnType<typeof refusedState>
)

const saleAgeSeconds = 7 * 86_400
const clockAheadSeconds = 600

/**
 * Numbers that were promised to other purchases which are not final yet. A list that holds one must not be taken: once
 * on its way it might reach the chain before them, and take their place.
 */
export function conflictsTooEarly({ kept, mirrored, finalBlock, list }: Known, judged: readonly Judged[]): bigint[] {
  const spent = new Set(mirrored.filter(({ block }) => block <= finalBlock).map((row) => row.sequence))
  for (const row of kept) if (row.kind === 'conflict' && row.batch === list.first) spent.add(row.sequence)
  return judged.flatMap(({ store }) =>
    store?.kind === 'conflict' && !spent.has(store.sequence) ? [store.sequence] : [],
  )
}

export interface Known {
  readonly till: Till
  /** What waits for the owner, where they have switched the till off. */
  readonly held: Held | null
  readonly list: SignedList
  readonly kept: readonly KeptPurchase[]
  readonly mirrored: readonly MirroredPurchase[]
  readonly finalBlock: bigint
  readonly now: Date
}

export interface Judged {
  readonly answer: PurchaseAnswer
  readonly store: NewPurchase | null
}

export function judge(known: Known, come: readonly Purchase[]): Judged[] {
  const kept = new Map(known.kept.filter(({ kind }) => kind === 'purchase').map((row) => [row.sequence, row]))
  const mirrored = new Map(known.mirrored.map((row) => [row.sequence, row]))
  return come.map((purchase) =>
    judgeOne(known, purchase, { kept: kept.get(purchase.sequence), mirrored: mirrored.get(purchase.sequence) }),
  )
}

function judgeOne(
  known: Known,
  purchase: Purchase,
  { kept, mirrored }: { readonly kept: KeptPurchase | undefined; readonly mirrored: MirroredPurchase | undefined },
): Judged {
  const { sequence: number, points } = purchase
  const answered = (
    answer: Exclude<Standing, { state: 'refused' }> | ReturnType<typeof refusedState>,
  ): PurchaseAnswer => ({
    sequence: number,
    points,
    ...answer,
  })
  // What is on its way says what keeps it, as far as that is known before the chain has looked at it.
  const pending = standingOf({ state: 'pending', code: waitsFor(known, number, kept) })
  const issued = mirrored && sameContent(mirrored, purchase)
  if (issued) {
    const state = mirrored.block <= known.finalBlock ? 'final' : 'pending'
    return { answer: answered({ state }), store: kept ? null : newPurchase(known, purchase, { state: 'sent' }) }
  }
  if (mirrored || (kept && !sameContent(kept, purchase))) {
    const refused = { refused: 'receiptConflict', facts: {} } as const
    return {
      answer: answered(refusedState('receiptConflict')),
      store: newPurchase(known, purchase, { state: 'refused', kind: 'conflict', refused }),
    }
  }
  if (kept) {
    const answer = kept.refused === null ? pending : refusedState(kept.refused, kept.facts)
    return { answer: answered(answer), store: null }
  }
  const refused = fault(known, purchase)
  if (!refused) return { answer: answered(pending), store: newPurchase(known, purchase, { state: 'open' }) }
  return {
    answer: answered(refusedState(refused.refused, refused.facts)),
    store: newPurchase(known, purchase, { state: 'refused', refused }),
  }
}

function waitsFor({ till, held, list }: Known, number: bigint, kept: KeptPurchase | undefined) {
  if (held !== null && kept?.open !== false && !isConfirmed(held, list, number)) return 'ownerMustConfirm'
  return till.issuingPaused ? 'issuingPaused' : null
}

/** The chain would leave this purchase out for good; better said now, at the counter. */
function fault({ till, now }: Known, purchase: Purchase): Refusal | null {
  if (/^0x0{40}$/.test(purchase.member)) return refuse('noMember')
  const seconds = Math.floor(now.getTime() / 1000)
  const earliest = till.kind === 'Import' ? 0 : seconds - saleAgeSeconds
  const latest = seconds + clockAheadSeconds
  if (purchase.soldAt < earliest || purchase.soldAt > latest) {
    return refuse('timeOfSale', { soldAt: purchase.soldAt, earliest, latest })
  }
  const limit = till.receiptLimit
  return purchase.points > limit ? refuse('overReceiptLimit', { points: purchase.points, limit }) : null
}

function newPurchase(
  { list }: Known,
  purchase: Purchase,
  fate: { state: NewPurchase['state']; kind?: 'conflict'; refused?: { refused: RefusalCode; facts: Facts } },
): NewPurchase {
  // Ours alone, never on the chain: the fastest hash at hand will do.
  const content = `${list.shop} ${list.till} ${purchase.sequence} ${bytesOfEntry(purchase)}`
  const contentHash: Hex = `0x${hash('sha256', content)}`
  const receipt = `${list.till}:${purchase.sequence}`
  return {
    ...purchase,
    contentHash,
    key: fate.kind === 'conflict' ? `conflict:${receipt}:${list.first}` : `purchase:${receipt}`,
    kind: fate.kind ?? 'purchase',
    state: fate.state,
    refused: fate.refused?.refused ?? null,
    facts: fate.refused?.facts ?? {},
  }
}
