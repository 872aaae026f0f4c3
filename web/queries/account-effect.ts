// What became of an order about an account's keys or guardian is read off the chain's journal: whoever brought it.

/** SQL for the events of an account, as the index of the journal knows them. */
export const accountEventsSql = `('AccountDeployed', 'KeyAdded', 'KeyRemoved', 'GuardianChosen', 'GuardianKept',
  'RecoveryStarted', 'RecoveryVetoed', 'Recovered')`

/**
 * SQL for the block of the event by which an order took effect, null where there is none; `i` names a row of
 * portal.intent. Its payload says what the account tells then (`event`, `told`), which of its numbered orders that is
 * (`nth`), and what must have come before (`after`).
 */
export function accountEffectSql(i: string): string {
  const before = (other: string) => `(${other}.block_number, ${other}.log_index) < (e.block_number, e.log_index)`
  return `(SELECT min(e.block_number) FROM ledger.event e
    WHERE e.address = ${i}.member AND e.name IN ${accountEventsSql}
      AND e.name = ${i}.payload->>'event' AND e.args @> (${i}.payload->'told')
      AND (${i}.payload->>'nth' IS NULL OR (${i}.payload->>'nth')::bigint = (SELECT count(*) FROM ledger.event o
        WHERE o.address = e.address AND o.name IN ${accountEventsSql}
          AND o.name IN ('KeyAdded', 'KeyRemoved', 'GuardianChosen') AND ${before('o')}))
      AND (${i}.payload->'after' IS NULL OR EXISTS (SELECT FROM ledger.event g
        WHERE g.address = e.address AND g.name IN ${accountEventsSql}
          AND g.name = 'GuardianChosen' AND g.args @> (${i}.payload->'after') AND ${before('g')})))`
}
