// Sales of a till that was switched off wait for the owner's signature (N-7): how the books say so.

/** SQL that is true where the owner's signature on a list stands. `w` names a row of portal.owner_word. */
export const confirmedSql = (w: string): string => `(${w}.word = 'confirmed' AND ${w}.refused IS NULL)`

/** SQL that is true while a purchase waits for its shop's owner. `i` names a row of portal.intent. */
export function waitsForOwnerSql(i: string): string {
  return `(${i}.state = 'open' AND ${i}.kind = 'purchase'
    AND EXISTS (SELECT FROM ledger.till t WHERE t.shop = ${i}.shop AND t.till = ${i}.till AND t.revoked)
    AND NOT EXISTS (SELECT FROM portal.owner_word w
      WHERE w.shop = ${i}.shop AND w.till = ${i}.till AND ${confirmedSql('w')}
        AND ${i}.sequence >= w.first_sequence AND ${i}.sequence < w.first_sequence + w.count))`
}
