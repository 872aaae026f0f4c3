import 'server-only'
import type pg from 'pg'
import { z } from 'zod'
import { pool } from '#web/queries/database.ts'
import { isRefusal, type Refusal, refuse } from './refusal.ts'
import { knownTills } from './till-standing.ts'
import { read, shopNumber, tillNumber } from './wire.ts'

/** The next free receipt number of each kind. */
export interface NextReceipt {
  readonly purchase: bigint
  readonly payment: bigint
}

const tillAddress = z.object({ shop: shopNumber, till: tillNumber })

// A conflict's number belongs to the purchase it collided with, or to one the chain alone knows: both are counted.
const question = {
  name: 'next receipt',
  text: `SELECT greatest(
        (SELECT max(i.sequence) FROM portal.intent i
          WHERE i.shop = $1 AND i.till = $2 AND i.kind IN ('purchase', 'conflict')),
        (SELECT max(p.sequence) FROM ledger.purchase p WHERE p.shop = $1 AND p.till = $2), 0) + 1 AS purchase,
      greatest(
        (SELECT max(i.sequence) FROM portal.intent i WHERE i.shop = $1 AND i.till = $2 AND i.kind = 'payment'),
        (SELECT max(p.sequence) FROM ledger.payment p WHERE p.shop = $1 AND p.till = $2),
        (SELECT max(r.sequence) FROM portal.payment_request r WHERE r.shop = $1 AND r.till = $2), 0) + 1 AS payment`,
}

/** Where a till goes on counting, also after it lost its memory. */
export async function nextReceipt(input: unknown): Promise<NextReceipt | Refusal> {
  const asked = read(tillAddress, input)
  if (isRefusal(asked)) return asked
  // A till that was switched off still has to ring up again what its owner may confirm.
  const [till = refuse('unknownTill')] = await knownTills(pool(), [asked])
  return isRefusal(till) ? till : await nextNumbers(pool(), asked)
}

export async function nextNumbers(
  database: pg.Pool | pg.PoolClient,
  { shop, till }: { readonly shop: number; readonly till: number },
): Promise<NextReceipt> {
  const { rows } = await database.query<NextReceipt>({ ...question, values: [shop, till] })
  const [row] = rows
  if (!row) throw new Error('a question without a FROM has one answer')
  return row
}
