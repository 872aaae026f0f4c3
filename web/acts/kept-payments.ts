import 'server-only'
import type pg from 'pg'
import {
  type IntentState,
  type IntentStateRow,
  intentStateOf,
  mirroredBlockSql,
  waitsForSql,
} from '#web/queries/intent-state.ts'
import type { Hex } from './wire.ts'

/** What is known under a payment's receipt. */
export interface KeptPayment {
  /** The struct hash of the terms that were promised; null where the chain got them past this portal. */
  readonly content: Hex | null
  readonly state: IntentState
}

const question = {
  name: 'kept payments',
  text: `SELECT k.place, i.content_hash AS content, coalesce(i.state, 'sent') AS state, i.refused,
      CASE WHEN i.shop IS NULL THEN p.block_number ELSE ${mirroredBlockSql('i')} END AS mirrored,
      (SELECT c.final_block FROM ledger.checkpoint c WHERE c.name = 'ledger') AS final_block,
      ${waitsForSql('i')} AS waits_for
    FROM unnest($1::int[], $2::int[], $3::bigint[], $4::text[]) WITH ORDINALITY AS k(shop, till, sequence, key, place)
    LEFT JOIN portal.intent i ON i.shop = k.shop AND i.key = k.key
    LEFT JOIN ledger.payment p ON p.shop = k.shop AND p.till = k.till AND p.sequence = k.sequence
    WHERE i.shop IS NOT NULL OR p.shop IS NOT NULL`,
}

interface Row extends IntentStateRow {
  readonly place: bigint
  readonly content: Buffer | null
}

interface Receipt {
  readonly shop: number
  readonly till: number
  readonly sequence: bigint
  /** Its natural name among the shop's wishes. */
  readonly key: string
}

/** What became of the payments under these receipts, in their order; null where a receipt is free. */
export async function keptPayments(
  client: pg.PoolClient,
  receipts: readonly Receipt[],
): Promise<(KeptPayment | null)[]> {
  const { rows } = await client.query<Row>({
    ...question,
    values: [
      receipts.map(({ shop }) => shop),
      receipts.map(({ till }) => till),
      receipts.map(({ sequence }) => sequence),
      receipts.map(({ key }) => key),
    ],
  })
  const found: (KeptPayment | null)[] = receipts.map(() => null)
  for (const row of rows) {
    const content: Hex | null = row.content === null ? null : `0x${row.content.toString('hex')}`
    found[Number(row.place) - 1] = { content, state: intentStateOf(row) }
  }
  return found
}
