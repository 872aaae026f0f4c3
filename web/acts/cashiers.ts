import 'server-only'
import { createHash, randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import type pg from 'pg'
import { z } from 'zod'
import { tillKindNames } from '#contracts/generated.ts'
import { cashierNumber, openShiftRequest, pin } from '#contracts/till-api/requests.ts'
import { pool } from '#web/queries/database.ts'
import { isRefusal, type Refusal, refuse } from './refusal.ts'
import { actingTill } from './till-standing.ts'
import { inTransaction } from './transaction.ts'
import { read, shopNumber } from './wire.ts'

const name = z
  .string()
  .trim()
  .min(1)
  .max(60)
  .regex(/^\P{C}*$/u, { error: 'must be a name' })

const hired = z.object({ shop: shopNumber, cashier: cashierNumber, name, pin })

export interface Cashier {
  readonly shop: number
  readonly cashier: number
  readonly name: string
}

/** A shift as the till is told of it; the token goes along with everything done in it. */
export interface Shift {
  readonly token: string
  readonly cashier: number
  readonly name: string
  readonly closesAt: Date
}

const shiftHours = 12
/** Wrong PINs in a row before nobody looks at the next, and for how long. */
const mostFailures = 5
const lockMinutes = 15

// A PIN has few digits; what keeps it is that each try costs, here and for whoever steals the table.
const work = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1024 * 1024 }
const derive = promisify<string, Buffer, number, typeof work, Buffer>(scrypt)
const hashOfPin = (typed: string, salt: Buffer): Promise<Buffer> => derive(typed, salt, 32, work)
const hashOfToken = (token: string): Buffer => createHash('sha256').update(token).digest()

/** The owner takes somebody on, or gives them another name or PIN. */
export async function hireCashier(input: unknown, { now = new Date() } = {}): Promise<Cashier | Refusal> {
  const asked = read(hired, input)
  if (isRefusal(asked)) return asked
  const salt = randomBytes(16)
  await pool().query({
    name: 'hire cashier',
    // Whoever had this number before may have left a passkey behind.
    text: `WITH gone AS (DELETE FROM portal.cashier_passkey p WHERE p.shop = $1 AND p.cashier = $2)
      INSERT INTO portal.cashier (shop, cashier, name, pin_hash, pin_salt, active, created_at)
      VALUES ($1, $2, $3, $4, $5, true, $6)
      ON CONFLICT (shop, cashier) DO UPDATE SET name = excluded.name, pin_hash = excluded.pin_hash,
        pin_salt = excluded.pin_salt, active = true, pin_failures = 0, locked_until = NULL`,
    values: [asked.shop, asked.cashier, asked.name, await hashOfPin(asked.pin, salt), salt, now],
  })
  keepsNone.delete(asked.shop)
  return { shop: asked.shop, cashier: asked.cashier, name: asked.name }
}

/** The owner lets somebody go: their shifts end now. The same again is answered the same. */
export async function dismissCashier(
  shop: number,
  number: unknown,
  { now = new Date() } = {},
): Promise<{ readonly dismissed: true } | Refusal> {
  const asked = read(z.object({ cashier: z.coerce.number().pipe(cashierNumber) }), { cashier: number })
  if (isRefusal(asked)) return asked
  const { cashier } = asked
  return await inTransaction(async (client) => {
    const gone = 'UPDATE portal.cashier SET active = false WHERE shop = $1 AND cashier = $2'
    const { rowCount } = await client.query(gone, [shop, cashier])
    if (rowCount === 0) return refuse('unknownCashier', { shop, cashier })
    await client.query('UPDATE portal.shift SET ended_at = $3 WHERE shop = $1 AND cashier = $2 AND ended_at IS NULL', [
      shop,
      cashier,
      now,
    ])
    return { dismissed: true }
  })
}

interface KeptCashier {
  readonly name: string
  readonly hash: Buffer
  readonly salt: Buffer
  readonly failures: number
  readonly lockedUntil: Date | null
}

/** A cashier signs in at a till. The one who was there before has ended their shift by that. */
export async function openShift(input: unknown, { now = new Date() } = {}): Promise<Shift | Refusal> {
  const asked = read(openShiftRequest, input)
  if (isRefusal(asked)) return asked
  const { shop, till, cashier } = asked
  return await inTransaction(async (client) => {
    const acting = await actingTill(client, shop, till)
    if (isRefusal(acting)) return acting
    const kept = await cashierToSignIn(client, shop, cashier)
    if (kept === null) return refuse('unknownCashier', { shop, cashier })
    if (kept.lockedUntil !== null && kept.lockedUntil > now) {
      return refuse('pinLocked', { until: kept.lockedUntil.toISOString() })
    }
    if (!timingSafeEqual(await hashOfPin(asked.pin, kept.salt), kept.hash)) {
      return await noteFailure(client, { shop, cashier, failures: kept.failures + 1, now })
    }
    return await beginShift(client, { shop, till, cashier, name: kept.name, now })
  })
}

async function cashierToSignIn(client: pg.PoolClient, shop: number, cashier: number): Promise<KeptCashier | null> {
  const { rows } = await client.query<KeptCashier>({
    name: 'cashier to sign in',
    text: `SELECT c.name, c.pin_hash AS hash, c.pin_salt AS salt, c.pin_failures AS failures,
        c.locked_until AS "lockedUntil"
      FROM portal.cashier c WHERE c.shop = $1 AND c.cashier = $2 AND c.active FOR UPDATE`,
    values: [shop, cashier],
  })
  return rows[0] ?? null
}

interface Failed {
  readonly shop: number
  readonly cashier: number
  readonly failures: number
  readonly now: Date
}

// Returned, not thrown: what it writes must stand.
async function noteFailure(client: pg.PoolClient, { shop, cashier, failures, now }: Failed): Promise<Refusal> {
  const locked = failures >= mostFailures
  const until = new Date(now.getTime() + lockMinutes * 60_000)
  await client.query({
    name: 'note wrong pin',
    text: 'UPDATE portal.cashier SET pin_failures = $3, locked_until = $4 WHERE shop = $1 AND cashier = $2',
    values: [shop, cashier, locked ? 0 : failures, locked ? until : null],
  })
  if (locked) return refuse('pinLocked', { until: until.toISOString() })
  return refuse('wrongPin', { triesLeft: mostFailures - failures })
}

/** Opens a cashier's shift; whose it is has been shown. The one who was there before has ended theirs by that. */
export async function beginShift(
  client: pg.PoolClient,
  place: { readonly shop: number; till: number; readonly cashier: number; readonly name: string; readonly now: Date },
): Promise<Shift> {
  const { shop, till, cashier, now } = place
  const token = randomBytes(24).toString('base64url')
  const closesAt = new Date(now.getTime() + shiftHours * 3_600_000)
  await client.query(
    'UPDATE portal.cashier SET pin_failures = 0, locked_until = NULL WHERE shop = $1 AND cashier = $2',
    [shop, cashier],
  )
  await client.query('UPDATE portal.shift SET ended_at = $3 WHERE shop = $1 AND till = $2 AND ended_at IS NULL', [
    shop,
    till,
    now,
  ])
  await client.query({
    name: 'open shift',
    text: `INSERT INTO portal.shift (shop, token_hash, till, cashier, opened_at, closes_at)
      VALUES ($1, $2, $3, $4, $5, $6)`,
    values: [shop, hashOfToken(token), till, cashier, now, closesAt],
  })
  return { token, cashier, name: place.name, closesAt }
}

/** The cashier goes home. */
export async function endShift(
  shop: number,
  token: string,
  { now = new Date() } = {},
): Promise<{ readonly ended: true }> {
  await pool().query({
    name: 'end shift',
    text: `UPDATE portal.shift SET ended_at = $3 WHERE shop = $1 AND token_hash = $2 AND ended_at IS NULL`,
    values: [shop, hashOfToken(token), now],
  })
  return { ended: true }
}

interface OnDuty {
  readonly keeps: boolean
  readonly unmanned: boolean
  readonly cashier: number | null
  readonly over: boolean
}

/** Who stands at a till; null where the shop keeps no cashiers. */
export interface Duty {
  readonly cashier: number | null
}

const atACounter = tillKindNames.indexOf('Counter')

// Most shops keep none, and their tills need not ask with every request.
const keepsNone = new Map<number, number>()
const servesMs = 2_000

/**
 * Who does what this till asks for. A shop that has taken cashiers on does nothing at a counter that nobody has signed
 * in at; then: what was done in a shift that is over by now is still that cashier's.
 */
export async function cashierOnDuty(
  { shop, till }: { readonly shop: number; readonly till: number },
  token: string | null,
  { when = 'now', now = new Date() }: { readonly when?: 'now' | 'then'; readonly now?: Date } = {},
): Promise<Duty | Refusal> {
  const since = now.getTime() - (keepsNone.get(shop) ?? Number.NEGATIVE_INFINITY)
  if (since >= 0 && since < servesMs) return { cashier: null }
  const { rows } = await pool().query<OnDuty>({
    name: 'cashier on duty',
    text: `SELECT EXISTS (SELECT FROM portal.cashier c WHERE c.shop = $1 AND c.active) AS keeps, s.cashier,
        EXISTS (SELECT FROM ledger.till t WHERE t.shop = $1 AND t.till = $2 AND t.kind <> ${atACounter}) AS unmanned,
        coalesce(s.ended_at IS NOT NULL OR s.closes_at <= $4, false) AS over
      FROM (SELECT) one LEFT JOIN portal.shift s ON s.shop = $1 AND s.till = $2 AND s.token_hash = $3`,
    values: [shop, till, token === null ? Buffer.alloc(0) : hashOfToken(token), now],
  })
  const [duty] = rows
  if (!duty?.keeps) {
    keepsNone.set(shop, now.getTime())
    return { cashier: null }
  }
  // Past sales and campaigns are signed by a key of their own, at no counter.
  if (duty.unmanned) return { cashier: null }
  if (duty.cashier === null) return refuse(token === null ? 'shiftNeeded' : 'shiftOver', { shop, till })
  return duty.over && when === 'now' ? refuse('shiftOver', { shop, till }) : { cashier: duty.cashier }
}
