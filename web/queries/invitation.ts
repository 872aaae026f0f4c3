import 'server-only'
import { type Ask, ask as askPool, type Question } from './database.ts'

/** What somebody new is told before they join: who asks, and what waits for them. */
export interface Invitation {
  readonly code: string
  readonly shop: number
  readonly shopName: string
  readonly hue: number
  /** Hundredths; 0 where no purchase waits. */
  readonly points: bigint
  /** Minor units of money. */
  readonly spend: bigint
}

const invitation: Question = {
  name: 'invitation',
  text: `SELECT i.code, i.shop, coalesce(f.name, 'Shop ' || i.shop) AS "shopName", coalesce(f.hue, 0) AS hue, i.points,
      i.spend
    FROM portal.invitation i LEFT JOIN portal.shop_profile f ON f.shop = i.shop
    WHERE i.code = $1 AND i.member IS NULL AND i.expires_at > $2 LIMIT 1`,
}

/** null where no till waits under that code. */
export async function invitationUnder(
  code: string,
  { now = new Date(), ask = askPool as Ask } = {},
): Promise<Invitation | null> {
  if (!/^[2-9A-HJKMNP-Z]{6}$/.test(code)) return null
  const [row] = await ask<Invitation>(invitation, [code, now])
  return row ?? null
}
