import 'server-only'
import { type Ask, addressSql, ask as askPool, type Question } from './database.ts'
import { type IntentState, intentState } from './intent-state.ts'
import type { Address } from './network.ts'

/** What a till asks a member to approve, and how far it has come. */
export interface PaymentRequest {
  readonly shop: number
  readonly shopName: string
  readonly hue: number
  /** Whether it is a charity that asks: then the points are a gift. */
  readonly isCharity: boolean
  readonly till: number
  readonly tillName: string
  readonly sequence: bigint
  readonly code: string
  readonly points: bigint
  /** 0 for a payment, otherwise the reward's number. */
  readonly purpose: bigint
  readonly reward: { readonly title: string; readonly detail: string } | null
  readonly state: 'open' | 'approved' | 'accepted' | 'cancelled' | 'expired'
  readonly member: Address | null
  /** The terms as the member signed them, for the till to countersign. */
  readonly terms: unknown
  readonly memberSignature: `0x${string}` | null
  readonly createdAt: Date
  readonly expiresAt: Date
  /** What became of the payment once the till accepted. */
  readonly outcome: IntentState | null
}

interface Row {
  shop: number
  shop_name: string | null
  hue: number | null
  is_charity: boolean | null
  till: number
  till_name: string | null
  sequence: bigint
  code: string
  points: bigint
  purpose: bigint
  title: string | null
  detail: string | null
  state: 'open' | 'approved' | 'accepted' | 'cancelled'
  over: boolean
  member: Address | null
  terms: unknown
  member_signature: `0x${string}` | null
  created_at: Date
  expires_at: Date
}

// Codes are short and come round again: the one that is meant is the newest.
const question: Question = {
  name: 'request-by-code',
  text: `SELECT q.shop, f.name AS shop_name, f.hue, f.is_charity, q.till, t.name AS till_name, q.sequence, q.code,
      q.points, q.purpose, r.title, r.detail, q.state, q.expires_at <= now() AS over,
      ${addressSql('q.member')} AS member, q.terms, ${addressSql('q.member_signature')} AS member_signature,
      q.created_at, q.expires_at
    FROM portal.payment_request q
    LEFT JOIN portal.shop_profile f ON f.shop = q.shop
    LEFT JOIN portal.till_profile t ON t.shop = q.shop AND t.till = q.till
    LEFT JOIN portal.reward r ON r.shop = q.shop AND r.reward = q.purpose
    WHERE q.code = $1 ORDER BY q.created_at DESC LIMIT 1`,
}

/** The newest request under a code, however the code was spaced; null when there never was one. */
export async function requestByCode(code: string, ask: Ask = askPool): Promise<PaymentRequest | null> {
  const wanted = code.trim().toUpperCase()
  // A code has letters and digits; other signs are nobody's, and some of them no text that Postgres keeps.
  if (!/^[0-9A-Z]+$/.test(wanted)) return null
  const [row] = await ask<Row>(question, [wanted])
  if (!row) return null
  const waiting = row.state === 'open' || row.state === 'approved'
  return {
    shop: row.shop,
    shopName: row.shop_name ?? `Shop ${row.shop}`,
    hue: row.hue ?? 0,
    isCharity: row.is_charity ?? false,
    till: row.till,
    tillName: row.till_name ?? `Till ${row.till}`,
    sequence: row.sequence,
    code: row.code,
    points: row.points,
    purpose: row.purpose,
    reward: row.title === null ? null : { title: row.title, detail: row.detail ?? '' },
    state: waiting && row.over ? 'expired' : row.state,
    member: row.member,
    terms: row.terms,
    memberSignature: row.member_signature,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    outcome: row.state === 'accepted' ? await intentState(row.shop, `payment:${row.till}:${row.sequence}`, ask) : null,
  }
}
