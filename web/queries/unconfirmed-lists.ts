import 'server-only'
import { type Ask, addressSql, ask as askPool, type Question } from './database.ts'
import type { Address } from './network.ts'
import { waitsForOwnerSql } from './owners-word.ts'

/** A list of a till that was switched off, with what of it waits for the owner's word. Points in hundredths. */
export interface UnconfirmedList {
  readonly till: number
  readonly tillName: string
  /** What the owner signs: the whole list, as the till has signed it last. */
  readonly firstSequence: bigint
  readonly count: number
  readonly head: Address
  readonly sales: number
  readonly points: bigint
  readonly members: readonly Address[]
  /** Times of sale. */
  readonly from: Date
  readonly until: Date
  /** After this the chain no longer takes the oldest of them; null where it always will. */
  readonly confirmBy: Date | null
  /** Who stood at the till; nobody where the shop keeps no cashiers. */
  readonly cashiers: readonly string[]
  /** Some of its sales were declined, so the list cannot be confirmed any more. */
  readonly partlyDeclined: boolean
  /** The owner has signed it, and the chain did not take that signature. */
  readonly signedInVain: boolean
}

// A purchase counts with the list it came in. Kind 3 is an import key, whose sales may be of any age.
const question: Question = {
  name: 'unconfirmed lists',
  text: `WITH waiting AS (
      SELECT i.till, (i.payload->>'batch')::bigint AS first, count(*)::int AS sales, sum(i.points)::bigint AS points,
        array_agg(DISTINCT ${addressSql('i.member')}) AS members, min(i.sold_at) AS "from", max(i.sold_at) AS until,
        array_remove(array_agg(DISTINCT c.name), NULL) AS cashiers
      FROM portal.intent i LEFT JOIN portal.cashier c ON c.shop = i.shop AND c.cashier = i.cashier
      WHERE i.shop = $1 AND ${waitsForOwnerSql('i')} GROUP BY 1, 2)
    SELECT l.till, coalesce(f.name, 'Till ' || l.till) AS "tillName", l.first AS "firstSequence", b.count,
      ${addressSql('b.head')} AS head, l.sales, l.points, l.members, l."from", l.until, l.cashiers,
      CASE WHEN t.kind <> 3 THEN l."from" + interval '7 days' END AS "confirmBy",
      EXISTS (SELECT FROM portal.intent d WHERE d.shop = $1 AND d.till = l.till AND d.kind = 'purchase'
        AND d.sequence >= l.first AND d.sequence < l.first + b.count AND d.refused = 'ownerDeclined')
        AS "partlyDeclined",
      EXISTS (SELECT FROM portal.owner_word w WHERE w.shop = $1 AND w.till = l.till AND w.first_sequence = l.first
        AND w.word = 'confirmed' AND w.refused IS NOT NULL) AS "signedInVain"
    FROM waiting l JOIN portal.till_batch b ON b.shop = $1 AND b.till = l.till AND b.first_sequence = l.first
    JOIN ledger.till t ON t.shop = $1 AND t.till = l.till
    LEFT JOIN portal.till_profile f ON f.shop = $1 AND f.till = l.till
    ORDER BY l.till, l.first`,
}

/** What waits for the owner's word, till by till, in the order of their numbers. */
export async function unconfirmedAt(shop: number, ask: Ask = askPool): Promise<UnconfirmedList[]> {
  return await ask<UnconfirmedList>(question, [shop])
}
