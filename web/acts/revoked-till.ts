import 'server-only'
import type pg from 'pg'
import { confirmedSql } from '#web/queries/owners-word.ts'
import type { ListSoFar, SignedList } from './purchase-list.ts'
import { isRefusal, type Refusal, refuse } from './refusal.ts'
import type { Till } from './till-standing.ts'

// Sales of a till that its owner has switched off are kept, and wait for the owner's signature (N-7). So many and no
// more: whoever holds a stolen key shall not fill the owner's list, and what was declined makes no room for more.
export const mostHeldLists = 100
export const mostHeldSales = 2_000

/** What stands at a till that was switched off when one of its lists comes. */
export interface Held {
  /** Lists of the till that wait or were declined, and how many sales it has signed in them. */
  readonly lists: number
  readonly sales: number
  /** So many of the list that comes, from its first on, bear the owner's signature. */
  readonly confirmed: number
  /** Some sale under the numbers of that list was declined: it can never be confirmed. */
  readonly declined: boolean
}

const question = {
  name: 'held at switched off tills',
  text: `SELECT h.lists, h.sales, coalesce(c.count, 0) AS confirmed,
      EXISTS (SELECT FROM portal.intent i WHERE i.shop = k.shop AND i.till = k.till AND i.kind = 'purchase'
        AND i.sequence >= k.first AND i.sequence < k.first + k.count AND i.refused = 'ownerDeclined') AS declined
    FROM unnest($1::int[], $2::int[], $3::bigint[], $4::int[]) WITH ORDINALITY AS k(shop, till, first, count, place)
    LEFT JOIN portal.owner_word c ON c.shop = k.shop AND c.till = k.till AND c.first_sequence = k.first
      AND ${confirmedSql('c')}
    CROSS JOIN LATERAL (
      SELECT count(*)::int AS lists, coalesce(sum(b.count - coalesce(w.count, 0)), 0)::int AS sales
      FROM portal.till_batch b
      LEFT JOIN portal.owner_word w ON w.shop = b.shop AND w.till = b.till AND w.first_sequence = b.first_sequence
        AND ${confirmedSql('w')}
      WHERE b.shop = k.shop AND b.till = k.till AND w.count IS DISTINCT FROM b.count
        AND (b.submitted_count < b.count OR EXISTS (SELECT FROM portal.owner_word d WHERE d.shop = b.shop
          AND d.till = b.till AND d.first_sequence = b.first_sequence AND d.word = 'declined'))) h
    ORDER BY k.place`,
}

/** For each list what is held at its till, in their order; null where the till may act by itself. */
export async function heldAtRevoked(
  client: pg.PoolClient,
  asked: readonly { readonly list: SignedList; readonly till: Till | Refusal | undefined }[],
): Promise<(Held | null)[]> {
  const isRevoked = ({ till = refuse('unknownTill') }: (typeof asked)[number]) => !isRefusal(till) && till.revoked
  const lists = asked.filter(isRevoked).map(({ list }) => list)
  if (lists.length === 0) return asked.map(() => null)
  const { rows } = await client.query<Held>({
    ...question,
    values: [
      lists.map(({ shop }) => shop),
      lists.map(({ till }) => till),
      lists.map(({ first }) => first),
      lists.map(({ count }) => count),
    ],
  })
  const found = rows.values()
  return asked.map((one) => (isRevoked(one) ? (found.next().value ?? null) : null))
}

/** Why nothing more is kept for the owner to confirm, or null while it is. */
export function tooMuchHeld(
  held: Held,
  { list, soFar }: { readonly list: SignedList; readonly soFar: ListSoFar },
): Refusal | null {
  const lists = held.lists + (soFar.count === 0 ? 1 : 0)
  const sales = held.sales + list.count - soFar.count
  if (!held.declined && lists <= mostHeldLists && sales <= mostHeldSales) return null
  return refuse('tillRevoked', { shop: list.shop, till: list.till })
}

export function isConfirmed({ confirmed }: Held, { first }: SignedList, sequence: bigint): boolean {
  return sequence < first + BigInt(confirmed)
}
