import 'server-only'
import { createHash, randomBytes } from 'node:crypto'
import type pg from 'pg'
import { agreesSql } from '#web/queries/account-facts.ts'
import { type Ask, addressSql, ask as askPool, bytesOf, pool, type Question } from '#web/queries/database.ts'
import { network } from '#web/queries/network.ts'
import type { Hex } from './wire.ts'

/** Who stands before the screen. */
export type Person =
  | { readonly role: 'member'; readonly member: Hex }
  | { readonly role: 'till'; readonly shop: number; readonly till: number }
  | { readonly role: 'owner'; readonly shop: number }
  | { readonly role: 'auditor' }

/** How somebody showed who they are. */
export type Way = 'passkey' | 'wallet' | 'demo'

/** Somebody who is inside, on one device. */
export interface Session {
  readonly person: Person
  /** What they showed to be theirs: a member's account, an owner's, a till's key. */
  readonly account: Hex
  readonly way: Way
  /** The passkey they came in by, as it names itself. */
  readonly credential: Buffer | null
  readonly tokenHash: Buffer
}

/** What the device keeps: 20 bytes of account and 32 that nobody can guess, in base64url. */
export interface OpenedSession {
  readonly token: string
  readonly lastsSeconds: number
}

const hour = 3_600
const day = 24 * hour

/** A shopper stays inside on their own phone, where points still need a touch; who works for a shop comes in daily. */
const lifetimes: { readonly [role in Person['role']]: { readonly idle: number; readonly whole: number } } = {
  member: { idle: 30 * day, whole: 180 * day },
  till: { idle: 12 * hour, whole: 7 * day },
  owner: { idle: 12 * hour, whole: 7 * day },
  auditor: { idle: 12 * hour, whole: 7 * day },
}
const noteAgainSeconds = 60

export interface Entry {
  readonly account: Hex
  readonly person: Person
  readonly way: Way
  readonly credential?: Buffer | null
  /** Such as "Chrome on Android". */
  readonly device: string
}

/** Lets somebody in who has just shown who they are; whether they are is the caller's to know. */
export async function beginSession(
  { account, person, way, credential = null, device }: Entry,
  { now = new Date(), client = pool() as Pick<pg.ClientBase, 'query'> } = {},
): Promise<OpenedSession> {
  const secret = randomBytes(32)
  const { idle, whole } = lifetimes[person.role]
  await client.query({
    name: 'begin session',
    text: `WITH over AS (DELETE FROM portal.session s WHERE s.expires_at < $10)
      INSERT INTO portal.session (account, token_hash, role, shop, till, way, credential, device, created_at, seen_at,
        idle_at, expires_at)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $10, $10, $9, $11)`,
    values: [
      ...[bytesOf(account), hashOf(secret), person.role, ...placeOf(person), way, credential, device],
      ...[later(now, Math.min(idle, whole)), now, later(now, whole)],
    ],
  })
  return { token: Buffer.concat([bytesOf(account), secret]).toString('base64url'), lastsSeconds: whole }
}

interface Row {
  account: Hex
  role: Person['role']
  shop: number | null
  till: number | null
  way: Way
  credential: Buffer | null
  seen_at: Date
  expires_at: Date
}

// What a session wishes to be is compared with the mirror on every visit: a shop that changed hands, a passkey that was
// taken off the account, and nobody has to be thrown out.
const inside: Question = {
  name: 'session',
  text: `SELECT ${addressSql('s.account')} AS account, s.role, s.shop, s.till, s.way, s.credential, s.seen_at,
      s.expires_at
    FROM portal.session s
    WHERE s.account = $1 AND s.token_hash = $2 AND s.expires_at > $3 AND s.idle_at > $3
      AND (s.way <> 'demo' OR $4)
      AND (s.credential IS NULL OR EXISTS (
        SELECT FROM portal.credential c WHERE c.member = s.account AND c.credential_id = s.credential
          AND ${agreesSql('c')}))
      AND CASE s.role
        WHEN 'owner' THEN EXISTS (SELECT FROM ledger.shop h WHERE h.shop = s.shop AND h.owner = s.account)
        WHEN 'till' THEN EXISTS (
          SELECT FROM ledger.till t WHERE t.shop = s.shop AND t.till = s.till AND t.key = s.account)
        ELSE true END`,
}

/** Who is inside under this token; null where it opens nothing, or nothing any more. */
export async function sessionUnder(
  token: string | undefined,
  { now = new Date(), ask = askPool as Ask } = {},
): Promise<Session | null> {
  const parts = partsOf(token)
  if (parts === null) return null
  const tokenHash = hashOf(parts.secret)
  const [row] = await ask<Row>(inside, [parts.account, tokenHash, now, network().demo])
  if (!row) return null
  if (now.getTime() - row.seen_at.getTime() > noteAgainSeconds * 1000) await noteSeen(row, tokenHash, now)
  return { person: personOf(row), account: row.account, way: row.way, credential: row.credential, tokenHash }
}

async function noteSeen({ account, role, expires_at }: Row, tokenHash: Buffer, now: Date): Promise<void> {
  const idle = later(now, lifetimes[role].idle)
  await pool().query({
    name: 'session seen',
    text: 'UPDATE portal.session SET seen_at = $3, idle_at = $4 WHERE account = $1 AND token_hash = $2',
    values: [bytesOf(account), tokenHash, now, idle < expires_at ? idle : expires_at],
  })
}

/** Ends the session under this token, if there is one. */
export async function endSession(token: string | undefined): Promise<void> {
  const parts = partsOf(token)
  if (parts === null) return
  await pool().query({
    name: 'end session',
    text: 'DELETE FROM portal.session WHERE account = $1 AND token_hash = $2',
    values: [parts.account, hashOf(parts.secret)],
  })
}

function partsOf(token: string | undefined): { readonly account: Buffer; readonly secret: Buffer } | null {
  if (token === undefined || !/^[A-Za-z0-9_-]{70}$/.test(token)) return null
  const bytes = Buffer.from(token, 'base64url')
  return { account: bytes.subarray(0, 20), secret: bytes.subarray(20) }
}

function personOf({ role, shop, till, account }: Row): Person {
  if (role === 'member') return { role, member: account }
  if (role === 'till' && shop !== null && till !== null) return { role, shop, till }
  if (role === 'owner' && shop !== null) return { role, shop }
  return { role: 'auditor' }
}

const placeOf = (person: Person): [number | null, number | null] => [
  'shop' in person ? person.shop : null,
  'till' in person ? person.till : null,
]

const hashOf = (secret: Buffer): Buffer => createHash('sha256').update(secret).digest()

const later = (moment: Date, seconds: number): Date => new Date(moment.getTime() + seconds * 1000)
