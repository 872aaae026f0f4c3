import 'server-only'
import { z } from 'zod'
import { pool } from '#web/queries/database.ts'
import { isRefusal, type Refusal } from './refusal.ts'
import { read } from './wire.ts'

/** So many per cent more repeat purchases in so many months from today; null: no goal any more. */
export const goalWish = z.object({
  goal: z.object({ percent: z.int().min(1).max(200), months: z.int().min(1).max(24) }).nullable(),
})

export interface SetGoal {
  readonly goal: { readonly percent: number; readonly fromDay: number; readonly untilDay: number } | null
}

/**
 * Keeps an owner's goal. It counts from the day after the mirror's, so that nothing that has happened already is in it;
 * another goal begins anew.
 */
export async function setGoal(shop: number, input: unknown): Promise<SetGoal | Refusal> {
  const wish = read(goalWish, input)
  if (isRefusal(wish)) return wish
  if (wish.goal === null) {
    await pool().query({ name: 'no goal', text: 'DELETE FROM portal.goal WHERE shop = $1', values: [shop] })
    return { goal: null }
  }
  const { percent, months } = wish.goal
  const { rows } = await pool().query<{ from_day: number; until_day: number }>({
    name: 'set goal',
    text: `WITH today AS (
        SELECT (coalesce((SELECT b.time FROM ledger.block b ORDER BY b.number DESC LIMIT 1), now())
          AT TIME ZONE coalesce((SELECT f.time_zone FROM portal.shop_profile f WHERE f.shop = $1), 'UTC'))::date AS day
      )
      INSERT INTO portal.goal (shop, percent, from_day, until_day, set_at)
      SELECT $1, $2, t.day - DATE '1970-01-01' + 1,
        (t.day + make_interval(months => $3))::date - DATE '1970-01-01', clock_timestamp() FROM today t
      ON CONFLICT (shop) DO UPDATE SET percent = excluded.percent, from_day = excluded.from_day,
        until_day = excluded.until_day, set_at = excluded.set_at
      RETURNING from_day, until_day`,
    values: [shop, percent, months],
  })
  const [row] = rows
  if (row === undefined) throw new Error('a goal was kept and is not there')
  return { goal: { percent, fromDay: row.from_day, untilDay: row.until_day } }
}
