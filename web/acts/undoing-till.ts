import 'server-only'
import type pg from 'pg'
import { shopStatusNames, tillKindNames } from '#contracts/generated.ts'
import { type Refusal, refuse } from './refusal.ts'
import type { Hex } from './wire.ts'

/** Purchases and payments can be undone for so long, whatever the shop (docs/acts/reverse.md, refund.md). */
export const undoWindowSeconds = 30 * 86_400

const question = {
  name: 'undoing till',
  text: `SELECT s.status, t.key, t.kind, t.revoked FROM ledger.shop s
    LEFT JOIN ledger.till t ON t.shop = s.shop AND t.till = $2 WHERE s.shop = $1`,
}

/** The key of a counter that may undo something; a suspended or leaving shop may as well, one in default may not. */
export async function undoingTill(client: pg.PoolClient, shop: number, till: number): Promise<Hex | Refusal> {
  const { rows } = await client.query<{ status: number; key: Buffer | null; kind: number; revoked: boolean }>({
    ...question,
    values: [shop, till],
  })
  const [row] = rows
  if (!row) return refuse('unknownShop', { shop })
  if (row.key === null) return refuse('unknownTill', { shop, till })
  if (row.revoked) return refuse('tillRevoked', { shop, till })
  const kind = tillKindNames[row.kind] ?? 'None'
  if (kind !== 'Counter') return refuse('tillNotAccepting', { shop, till, kind })
  const status = shopStatusNames[row.status] ?? 'None'
  if (!['Active', 'Suspended', 'Exiting'].includes(status)) return refuse('shopNotActive', { shop, status })
  return `0x${row.key.toString('hex')}`
}
