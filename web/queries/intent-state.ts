import 'server-only'
import { accountEffectSql } from './account-effect.ts'
import { type Ask, ask as askPool, type Question } from './database.ts'
import { waitsForOwnerSql } from './owners-word.ts'

/** pending: durable, not yet final on the chain. `code` of a pending purchase says what it still waits for. */
export type IntentState =
  | { readonly state: 'pending'; readonly code: WaitsFor | null }
  | { readonly state: 'final'; readonly code: null }
  | { readonly state: 'refused'; readonly code: string }

/**
 * Points on their way: a reserve, an allowance or the guardian's pause keeps the chain from giving them now, or the
 * till was switched off and its owner has yet to sign. Of a payment: the till waits until it is final.
 */
export type WaitsFor =
  | 'notFunded'
  | 'overTillAllowance'
  | 'overShopAllowance'
  | 'issuingPaused'
  | 'ownerMustConfirm'
  | 'waitForFinal'

const waiting: Readonly<Record<string, WaitsFor>> = {
  NotFunded: 'notFunded',
  OverTillAllowance: 'overTillAllowance',
  OverShopAllowance: 'overShopAllowance',
  IssuingIsPaused: 'issuingPaused',
  OwnerMustConfirm: 'ownerMustConfirm',
  FinalOnly: 'waitForFinal',
}

/**
 * SQL for the block in which an intent's effect stands in the mirror, null when it stands in none. `i` names a row of
 * portal.intent. That an intent is done is never stored beside it: a block that vanishes takes the answer with it.
 * Another content under the same receipt is somebody else's.
 */
export function mirroredBlockSql(i: string): string {
  return `(CASE ${i}.kind
    WHEN 'purchase' THEN (SELECT p.block_number FROM ledger.purchase p
      WHERE p.shop = ${i}.shop AND p.till = ${i}.till AND p.sequence = ${i}.sequence
        AND p.member = ${i}.member AND p.points = ${i}.points)
    WHEN 'payment' THEN (SELECT p.block_number FROM ledger.payment p
      WHERE p.shop = ${i}.shop AND p.till = ${i}.till AND p.sequence = ${i}.sequence
        AND p.member = ${i}.member AND p.points = ${i}.points)
    WHEN 'transfer' THEN (SELECT e.block_number FROM ledger.event e
      JOIN ledger.points_token t ON t.address = e.address AND t.shop = ${i}.shop
      WHERE e.name = 'AuthorizationUsed' AND e.args->>'authorizer' = lower(split_part(${i}.key, ':', 2))
        AND e.args->>'nonce' = lower(split_part(${i}.key, ':', 3)) LIMIT 1)
    WHEN 'reversal' THEN (SELECT min(r.block_number) FROM (SELECT v.block_number,
          sum(v.points) OVER (ORDER BY v.block_number, v.log_index) AS upto FROM ledger.reversal v
        WHERE v.shop = ${i}.shop AND v.till = ${i}.till AND v.sequence = ${i}.sequence) r
      WHERE r.upto = (${i}.payload->>'before')::bigint + ${i}.points)
    WHEN 'account' THEN ${accountEffectSql(i)}
    ELSE coalesce((${i}.payload->>'elsewhere')::bigint, (SELECT s.block_number FROM portal.submission s
      WHERE s.sender = ${i}.sent_by AND s.nonce = ${i}.sent_nonce AND s.state = 'mined'
        AND ${i}.payload->'failed' IS NULL))
    END)`
}

/** SQL for what a purchase waits for ("points on their way"), as the contracts name it; null where for nothing. */
export function waitsForSql(i: string): string {
  return `(CASE WHEN ${i}.kind = 'payment' THEN ${i}.payload->>'waits'
    WHEN ${i}.kind <> 'purchase' THEN NULL
    WHEN ${waitsForOwnerSql(i)} THEN 'OwnerMustConfirm'
    WHEN ${i}.state = 'open' AND ${issuingPausedSql} THEN 'IssuingIsPaused'
    ELSE (SELECT r.reason FROM ledger.refusal r
      WHERE r.shop = ${i}.shop AND r.till = ${i}.till AND r.kind = 'purchase' AND r.sequence = ${i}.sequence
        AND r.reason IN ('NotFunded', 'OverTillAllowance', 'OverShopAllowance')
      ORDER BY r.block_number DESC, r.log_index DESC LIMIT 1)
    END)`
}

/** SQL that is true while the guardian's pause runs, by the chain's own clock. */
export const issuingPausedSql = `EXISTS (SELECT FROM ledger.event p
    WHERE p.name = 'IssuingPaused'
      AND to_timestamp((p.args->>'until')::bigint) > (SELECT b.time FROM ledger.block b ORDER BY b.number DESC LIMIT 1)
      AND NOT EXISTS (SELECT FROM ledger.event r WHERE r.name = 'IssuingResumed'
        AND (r.block_number, r.log_index) > (p.block_number, p.log_index)))`

/**
 * SQL for a CTE of the transactions that the mirror has not reached, and for what is wished by those: the many wishes
 * that are long done are never looked at. OFFSET 0 keeps it so, whatever Postgres believes of tables that have grown
 * since it last counted them.
 */
export const underWaySql = `under_way AS MATERIALIZED (
    SELECT s.sender, s.nonce FROM portal.submission s WHERE s.block_number IS NULL
    UNION ALL
    SELECT s.sender, s.nonce FROM portal.submission s WHERE s.block_number
      > coalesce((SELECT max(c.block) FROM ledger.checkpoint c WHERE c.name = 'ledger'), 0))`
export const sentUnderWaySql = `under_way u, LATERAL (SELECT n.* FROM portal.intent n
    WHERE n.sent_by = u.sender AND n.sent_nonce = u.nonce OFFSET 0)`

export interface IntentStateRow {
  state: string
  refused: string | null
  mirrored: bigint | null
  final_block: bigint | null
  waits_for: string | null
}

/** One rule for every list: the chain's word stands above the portal's, and pending is all that is left. */
export function intentStateOf(row: IntentStateRow): IntentState {
  if (row.mirrored !== null && row.final_block !== null && row.mirrored <= row.final_block) {
    return { state: 'final', code: null }
  }
  if (row.mirrored === null && row.state === 'refused') return { state: 'refused', code: row.refused ?? 'refused' }
  const code = row.mirrored === null && row.waits_for !== null ? (waiting[row.waits_for] ?? null) : null
  return { state: 'pending', code }
}

const byKey: Question = {
  name: 'intent-state',
  text: `SELECT i.state, i.refused, ${mirroredBlockSql('i')} AS mirrored,
      (SELECT c.final_block FROM ledger.checkpoint c WHERE c.name = 'ledger') AS final_block,
      ${waitsForSql('i')} AS waits_for
    FROM portal.intent i WHERE i.shop = $1 AND i.key = $2`,
}

const bare = (kind: 'purchase' | 'payment'): Question => ({
  name: `receipt-state-${kind}`,
  text: `SELECT 'sent' AS state, NULL AS refused, p.block_number AS mirrored, NULL AS waits_for,
      (SELECT c.final_block FROM ledger.checkpoint c WHERE c.name = 'ledger') AS final_block
    FROM ledger.${kind} p WHERE p.shop = $1 AND p.till = $2 AND p.sequence = $3`,
})
const bareReceipt = { purchase: bare('purchase'), payment: bare('payment') } as const

/**
 * What became of a wish, by its natural key (purchase:TILL:SEQUENCE and so on); null when nobody knows of it. A receipt
 * that came to the chain past this portal is answered from the chain's books alone.
 */
export async function intentState(shop: number, key: string, ask: Ask = askPool): Promise<IntentState | null> {
  const [known] = await ask<IntentStateRow>(byKey, [shop, key])
  if (known) return intentStateOf(known)
  const receipt = /^(purchase|payment):(\d{1,9}):(\d{1,18})$/.exec(key)
  if (!receipt) return null
  const kind = receipt[1] === 'purchase' ? 'purchase' : 'payment'
  const [row] = await ask<IntentStateRow>(bareReceipt[kind], [shop, receipt[2], receipt[3]])
  return row ? intentStateOf(row) : null
}
