import 'server-only'
import type pg from 'pg'
import { z } from 'zod'
import { pool } from '#web/queries/database.ts'
import { isOutage } from './outage.ts'
import { isRefusal, type Refusal, refuse } from './refusal.ts'
import { address, type Hex, pointsAmount, purposeNumber, seconds48 } from './wire.ts'

/** What a till asks a member to approve, as it is kept. */
export interface KeptRequest {
  readonly shop: number
  readonly till: number
  readonly sequence: bigint
  readonly code: string
  readonly points: bigint
  readonly purpose: number
  readonly state: 'open' | 'approved' | 'accepted' | 'cancelled'
  readonly member: Hex | null
  readonly terms: ApprovedTerms | null
  readonly memberSignature: Hex | null
  readonly createdAt: Date
  readonly expiresAt: Date
}

export const approvedTerms = z.object({
  purpose: purposeNumber,
  deadline: seconds48,
  lines: z.array(z.object({ token: address, points: pointsAmount })),
})
export type ApprovedTerms = z.output<typeof approvedTerms>

/** A code is read aloud and typed: nothing in it can be mistaken for something else. */
export const requestCode = z
  .string()
  .trim()
  .toUpperCase()
  .regex(/^[2-9A-HJKMNP-Z]{6}$/, { error: 'must be the six signs of a payment code' })

interface Row extends Omit<KeptRequest, 'purpose' | 'member' | 'terms' | 'memberSignature'> {
  readonly purpose: bigint
  readonly member: Buffer | null
  readonly terms: unknown
  readonly memberSignature: Buffer | null
}

const columns = `r.shop, r.till, r.sequence, r.code, r.points, r.purpose, r.state, r.member, r.terms,
  r.member_signature AS "memberSignature", r.created_at AS "createdAt", r.expires_at AS "expiresAt"`

// A code may come back after months: the newest request under it is meant.
const seen = {
  name: 'payment request',
  text: `SELECT ${columns} FROM portal.payment_request r WHERE r.code = $1 ORDER BY r.created_at DESC LIMIT 1`,
}
const locked = { name: 'payment request locked', text: `${seen.text} FOR UPDATE` }

export async function requestByCode(database: pg.Pool | pg.PoolClient, code: string): Promise<KeptRequest | Refusal> {
  return await find(database, code, seen)
}

/** At which till a payment is asked for; nulls where nobody knows the code, or the books are away. */
export async function placeOfRequest(
  code: string,
): Promise<{ readonly shop: number | null; readonly till: number | null }> {
  const found = await requestByCode(pool(), code).catch((error: unknown) => {
    if (isOutage(error)) return null
    throw error
  })
  return found === null || isRefusal(found) ? { shop: null, till: null } : { shop: found.shop, till: found.till }
}

/** The same, and nobody else changes it until the end of the transaction. */
export async function requestToChange(client: pg.PoolClient, code: string): Promise<KeptRequest | Refusal> {
  return await find(client, code, locked)
}

async function find(
  database: pg.Pool | pg.PoolClient,
  code: string,
  question: { readonly name: string; readonly text: string },
): Promise<KeptRequest | Refusal> {
  const wanted = requestCode.safeParse(code)
  if (!wanted.success) return refuse('unknownRequest', { code })
  const { rows } = await database.query<Row>({ ...question, values: [wanted.data] })
  const [row] = rows
  if (!row) return refuse('unknownRequest', { code: wanted.data })
  return {
    ...row,
    purpose: Number(row.purpose),
    member: hexOrNull(row.member),
    terms: row.terms === null ? null : approvedTerms.parse(row.terms),
    memberSignature: hexOrNull(row.memberSignature),
  }
}

const hexOrNull = (bytes: Buffer | null): Hex | null => (bytes === null ? null : `0x${bytes.toString('hex')}`)
