import 'server-only'
import { randomInt } from 'node:crypto'
import type pg from 'pg'
import { z } from 'zod'
import { addressSql, pool } from '#web/queries/database.ts'
import { isRefusal, type Refusal, refuse } from './refusal.ts'
import { actingTill } from './till-standing.ts'
import { inTransaction } from './transaction.ts'
import { type Hex, pointsAmount, read, spendAmount } from './wire.ts'

/** The sale that waits for whoever joins: what they spent, in cents, and the points it gives. */
export const invitationRequest = z.object({ points: pointsAmount, spend: spendAmount })

/** A code is read aloud and typed: nothing in it can be mistaken for something else. */
export const invitationCode = z
  .string()
  .trim()
  .toUpperCase()
  .regex(/^[2-9A-HJKMNP-Z]{6}$/, { error: 'must be the six signs of an invitation' })

export interface Invited {
  readonly code: string
  readonly expiresAt: Date
}

/** Who came, for the till that asked. */
export interface InvitationState {
  readonly state: 'open' | 'joined' | 'expired'
  readonly member: Hex | null
  readonly memberCode: string | null
}

const lastsSeconds = 600
const mostOpen = 20
const signs = '23456789ABCDEFGHJKMNPQRSTUVWXYZ'

type Place = { readonly shop: number; readonly till: number }

/** A till asks somebody new to join; its own purchase waits at the till until they have. */
export async function invite(
  { shop, till }: Place,
  input: unknown,
  { now = new Date() } = {},
): Promise<Invited | Refusal> {
  const asked = read(invitationRequest, input)
  if (isRefusal(asked)) return asked
  return await inTransaction(async (client) => {
    await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`invitations ${shop} ${till}`])
    const acting = await actingTill(client, shop, till)
    if (isRefusal(acting)) return acting
    const open = await openOnes(client, { shop, till }, now)
    if (open >= BigInt(mostOpen)) return refuse('tooManyRequests', { open, most: mostOpen })
    const code = await freeCode(client, now)
    const expiresAt = new Date(now.getTime() + lastsSeconds * 1000)
    await client.query({
      name: 'keep invitation',
      text: `INSERT INTO portal.invitation (shop, till, code, points, spend, member, created_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, NULL, $6, $7)
        ON CONFLICT (shop, till, code) DO UPDATE SET points = excluded.points, spend = excluded.spend, member = NULL,
          created_at = excluded.created_at, expires_at = excluded.expires_at`,
      values: [shop, till, code, asked.points, asked.spend, now, expiresAt],
    })
    return { code, expiresAt }
  })
}

async function openOnes(client: pg.PoolClient, { shop, till }: Place, now: Date): Promise<bigint> {
  const { rows } = await client.query<{ open: bigint }>({
    name: 'open invitations',
    text: `SELECT count(*) AS open FROM portal.invitation i
      WHERE i.shop = $1 AND i.till = $2 AND i.member IS NULL AND i.expires_at > $3`,
    values: [shop, till, now],
  })
  return rows[0]?.open ?? 0n
}

async function freeCode(client: pg.PoolClient, now: Date): Promise<string> {
  for (;;) {
    const code = Array.from({ length: 6 }, () => signs[randomInt(signs.length)]).join('')
    const taken = await client.query({
      name: 'invitation code taken',
      text: 'SELECT FROM portal.invitation i WHERE i.code = $1 AND i.expires_at > $2 LIMIT 1',
      values: [code, now],
    })
    if (taken.rowCount === 0) return code
  }
}

/** Whether somebody came; told to the till that asked and to no other. */
export async function invitationState(
  { shop, till }: Place,
  typed: unknown,
  { now = new Date() } = {},
): Promise<InvitationState | Refusal> {
  const code = read(invitationCode, typed)
  if (typeof code !== 'string') return code
  const { rows } = await pool().query<{ member: Hex | null; memberCode: string | null; expiresAt: Date }>({
    name: 'invitation state',
    text: `SELECT ${addressSql('i.member')} AS member, p.code AS "memberCode", i.expires_at AS "expiresAt"
      FROM portal.invitation i LEFT JOIN portal.member_profile p ON p.member = i.member
      WHERE i.shop = $1 AND i.till = $2 AND i.code = $3`,
    values: [shop, till, code],
  })
  const [row] = rows
  if (!row) return refuse('unknownInvitation', { code })
  const { member, memberCode } = row
  if (member !== null) return { state: 'joined', member, memberCode }
  return { state: row.expiresAt > now ? 'open' : 'expired', member: null, memberCode: null }
}
