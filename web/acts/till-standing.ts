import 'server-only'
import type pg from 'pg'
import { shopStatusNames, tillKindNames } from '#contracts/generated.ts'
import { type Refusal, refuse } from './refusal.ts'
import type { Hex } from './wire.ts'

/** What the books say about a till that asks for something. */
export interface Till {
  readonly shop: number
  readonly till: number
  readonly key: Hex
  readonly kind: (typeof tillKindNames)[number]
  /** The most one receipt may give, in hundredths of a point. */
  readonly receiptLimit: bigint
  readonly redeemsOnly: boolean
}

interface Row {
  readonly status: number
  readonly redeemsOnly: boolean
  readonly receiptLimit: bigint
  readonly key: Buffer | null
  readonly kind: number
  readonly revoked: boolean
}

const standing = {
  name: 'till standing',
  text: `SELECT s.status, s.redeems_only AS "redeemsOnly", s.receipt_limit AS "receiptLimit", t.key, t.kind, t.revoked
    FROM ledger.shop s LEFT JOIN ledger.till t ON t.shop = s.shop AND t.till = $2 WHERE s.shop = $1`,
}

/** The till if it may act now: known, not revoked, its shop active. */
export async function actingTill(
  database: pg.Pool | pg.PoolClient,
  shop: number,
  till: number,
): Promise<Till | Refusal> {
  const { rows } = await database.query<Row>({ ...standing, values: [shop, till] })
  const [row] = rows
  if (!row) return refuse('unknownShop', { shop })
  if (!row.key) return refuse('unknownTill', { shop, till })
  if (row.revoked) return refuse('tillRevoked', { shop, till })
  const status = shopStatusNames[row.status] ?? 'None'
  if (status !== 'Active') return refuse('shopNotActive', { shop, status })
  const kind = tillKindNames[row.kind] ?? 'None'
  const { receiptLimit, redeemsOnly } = row
  return { shop, till, key: `0x${row.key.toString('hex')}`, kind, receiptLimit, redeemsOnly }
}
