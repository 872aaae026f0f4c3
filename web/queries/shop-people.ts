import 'server-only'
import { atOneMoment, type Question } from './database.ts'

/** Somebody who works at the shop's tills. */
export interface ShopCashier {
  readonly cashier: number
  readonly name: string
  /** Wrong PINs have shut them out until then; null where they have not. */
  readonly lockedUntil: Date | null
  /** At which till they stand now, and since when; null where at none. */
  readonly stands: { readonly till: number; readonly since: Date } | null
}

/** A shift at a till, the newest first. */
export interface ShopShift {
  readonly till: number
  readonly cashier: number
  readonly name: string
  readonly openedAt: Date
  /** null: it still goes on. */
  readonly endedAt: Date | null
  /** What was done in it: purchases rung up and payments taken. */
  readonly sales: number
  readonly payments: number
}

export interface ShopPeople {
  /** By their numbers; whom the owner let go is not among them. */
  readonly cashiers: readonly ShopCashier[]
  readonly shifts: readonly ShopShift[]
  /** The lowest number that nobody ever had. */
  readonly nextNumber: number
}

const cashiers: Question = {
  name: 'shop cashiers',
  text: `SELECT c.cashier, c.name, CASE WHEN c.locked_until > $2 THEN c.locked_until END AS "lockedUntil",
      s.till, s.opened_at AS since
    FROM portal.cashier c LEFT JOIN LATERAL (
      SELECT s.till, s.opened_at FROM portal.shift s
      WHERE s.shop = c.shop AND s.cashier = c.cashier AND s.ended_at IS NULL AND s.closes_at > $2
      ORDER BY s.opened_at DESC LIMIT 1) s ON true
    WHERE c.shop = $1 AND c.active ORDER BY c.cashier`,
}

const most = 12

// What a wish bears is the cashier and its moment; at one till only one shift is open at a time.
const shifts: Question = {
  name: 'shop shifts',
  text: `WITH latest AS (
      SELECT s.shop, s.till, s.cashier, s.opened_at, least(s.ended_at, CASE WHEN s.closes_at <= $2 THEN s.closes_at END)
        AS ended_at
      FROM portal.shift s WHERE s.shop = $1 ORDER BY s.opened_at DESC LIMIT ${most})
    SELECT l.till, l.cashier, c.name, l.opened_at AS "openedAt", l.ended_at AS "endedAt",
      done.sales::int AS sales, done.payments::int AS payments
    FROM latest l JOIN portal.cashier c ON c.shop = l.shop AND c.cashier = l.cashier
    CROSS JOIN LATERAL (
      SELECT count(*) FILTER (WHERE i.kind = 'purchase') AS sales,
        count(*) FILTER (WHERE i.kind = 'payment') AS payments
      FROM portal.intent i WHERE i.shop = l.shop AND i.till = l.till AND i.cashier = l.cashier
        AND i.kind IN ('purchase', 'payment') AND i.created_at >= l.opened_at
        AND (l.ended_at IS NULL OR i.created_at <= l.ended_at)) done
    ORDER BY l.opened_at DESC`,
}

const numbers: Question = {
  name: 'shop cashier numbers',
  text: 'SELECT coalesce(max(c.cashier), 0) + 1 AS next FROM portal.cashier c WHERE c.shop = $1',
}

interface CashierRow extends Omit<ShopCashier, 'stands'> {
  readonly till: number | null
  readonly since: Date | null
}

/** Who works at a shop's tills, and when. */
export async function shopPeople(shop: number, { now = new Date() } = {}): Promise<ShopPeople> {
  return await atOneMoment(async (ask) => {
    const rows = await ask<CashierRow>(cashiers, [shop, now])
    const [number] = await ask<{ next: number }>(numbers, [shop])
    return {
      cashiers: rows.map(({ till, since, ...row }) => ({
        ...row,
        stands: till === null || since === null ? null : { till, since },
      })),
      shifts: await ask<ShopShift>(shifts, [shop, now]),
      nextNumber: number?.next ?? 1,
    }
  })
}
