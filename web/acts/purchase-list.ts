import { nextOfList, startOfList } from '#contracts/digests.ts'
import type { KeptPurchase, Purchase } from './purchase-books.ts'
import { type Refusal, refuse } from './refusal.ts'
import type { Hex } from './wire.ts'

/** A till's list from receipt `first` on: a running hash over purchases, the newest hash signed (N-7). */
export interface SignedList {
  readonly shop: number
  readonly till: number
  readonly first: bigint
  readonly count: number
  readonly head: Hex
  readonly signature: Hex
}

/** What is known of the list already: how many purchases, and the hash after them. */
export interface ListSoFar {
  readonly count: number
  readonly head: Hex
}

/**
 * Runs the till's hash over what is kept of the list and what has come now, and says whether both belong to one list:
 * `kept` reaches from its first receipt to just before the first of `come`, or is empty where that is not known.
 */
export function checkRunningHash(
  list: SignedList,
  soFar: ListSoFar,
  { kept, come }: { readonly kept: readonly Purchase[]; readonly come: readonly Purchase[] },
): Refusal | null {
  const before = list.count - come.length
  const goesOnFromHead = soFar.count > 0 && before === soFar.count
  if (!goesOnFromHead && kept.length !== before) return refuse('earlierEntriesMissing', missing(list, soFar))
  let head = goesOnFromHead ? soFar.head : startOfList(list)
  let count = goesOnFromHead ? before : 0
  for (const purchase of goesOnFromHead ? come : [...kept, ...come]) {
    head = nextOfList(head, purchase)
    count += 1
    // Passing the length that an earlier signature covered, the hash must be the one signed then: two continuations
    // of one list would each leave the other's purchases without a signature.
    if (count === soFar.count && head !== soFar.head) return refuse('batchForked', { firstSequence: list.first, count })
  }
  return head === list.head ? null : refuse('badTillSignature', { firstSequence: list.first, head, sent: list.head })
}

/** What is kept of this list before the purchases that have come: of two under one number, the one it signed. */
export function beginning(list: SignedList, kept: readonly KeptPurchase[], come: number): Purchase[] {
  const before = list.first + BigInt(list.count - come)
  const bySequence = new Map<bigint, KeptPurchase>()
  for (const purchase of kept) {
    if (purchase.sequence >= before) continue
    if (purchase.kind === 'conflict' && purchase.batch !== list.first) continue
    if (purchase.kind === 'conflict' || !bySequence.has(purchase.sequence)) bySequence.set(purchase.sequence, purchase)
  }
  return [...bySequence.values()].sort((a, b) => (a.sequence < b.sequence ? -1 : 1))
}

function missing(list: SignedList, soFar: ListSoFar) {
  return { firstSequence: list.first, sendFrom: list.first + BigInt(soFar.count) }
}
