import 'server-only'
import { z } from 'zod'
import { pool } from '#web/queries/database.ts'
import { owedSql } from '#web/queries/unpaid.ts'
import { isRefusal, type Refusal, refuse } from './refusal.ts'
import { read, sequence, shopNumber, tillNumber } from './wire.ts'

/** Which payment that came to nothing, by its receipt. */
const receipt = z.object({ till: tillNumber, sequence })

/** At a till somebody takes the money. */
export const paidRequest = z.object({ shop: shopNumber, till: tillNumber, payment: receipt })
/** At the desk the owner may also let it be. */
export const settledRequest = z.object({ shop: shopNumber, payment: receipt, how: z.enum(['paid', 'waived']) })

export interface MadeGood {
  readonly how: 'paid' | 'waived'
  readonly at: Date
}

/** A cashier took the money for a payment that came to nothing: from here on the member is as good as before (N-27). */
export async function takeOwed(
  input: unknown,
  { cashier, now = new Date() }: { readonly cashier: number | null; readonly now?: Date },
): Promise<MadeGood | Refusal> {
  const asked = read(paidRequest, input)
  if (isRefusal(asked)) return asked
  return await makeGood({ ...asked, how: 'paid', cashier, now })
}

/** The owner says so, or lets the member off. */
export async function settleOwed(input: unknown, { now = new Date() } = {}): Promise<MadeGood | Refusal> {
  const asked = read(settledRequest, input)
  if (isRefusal(asked)) return asked
  return await makeGood({ ...asked, till: null, cashier: null, now })
}

interface Making {
  readonly shop: number
  readonly payment: z.output<typeof receipt>
  readonly how: MadeGood['how']
  readonly till: number | null
  readonly cashier: number | null
  readonly now: Date
}

// Once is for good: the same again is answered as the first time, whoever says it.
async function makeGood({ shop, payment, how, till, cashier, now }: Making): Promise<MadeGood | Refusal> {
  const key = `payment:${payment.till}:${payment.sequence}`
  const { rows } = await pool().query<MadeGood>({
    name: 'make good',
    text: `WITH kept AS (
        INSERT INTO portal.made_good (shop, key, member, how, till, cashier, at)
        SELECT i.shop, i.key, i.member, $3, $4, $5, $6 FROM portal.intent i
        WHERE i.shop = $1 AND i.key = $2 AND ${owedSql('i')}
        ON CONFLICT (shop, key) DO NOTHING RETURNING how, at)
      SELECT how, at FROM kept
      UNION ALL SELECT g.how, g.at FROM portal.made_good g WHERE g.shop = $1 AND g.key = $2`,
    values: [shop, key, how, till, cashier, now],
  })
  return rows[0] ?? refuse('nothingOwed', { shop, key })
}
