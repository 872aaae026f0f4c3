import 'server-only'
import { createHash, randomBytes, randomInt } from 'node:crypto'
import type pg from 'pg'
import { z } from 'zod'
import { agreesSql } from '#web/queries/account-facts.ts'
import { addressSql, pool } from '#web/queries/database.ts'
import { intentState } from '#web/queries/intent-state.ts'
import { spendChallenge } from './challenge.ts'
import { creationAnswer, readCreation } from './passkey-answer.ts'
import { takeOne } from './rate-limits.ts'
import { isRefusal, type Refusal, refuse } from './refusal.ts'
import type { Session } from './session.ts'
import { inTransaction } from './transaction.ts'
import { type Hex, read } from './wire.ts'

// A device that nobody is signed in on makes a passkey and waits, under a code that its owner types on another device,
// or tells a guardian. Whose account it is to be, it never says: whoever signs for it does.

export const keyRequest = z.object({ passkey: creationAnswer })

const signs = '23456789ABCDEFGHJKMNPQRSTUVWXYZ'
const codeLength = 8

/** However it was spaced; nothing in it can be mistaken for something else. */
export const keyRequestCode = z
  .string()
  .max(40)
  .transform((text) => text.replace(/[-\s]/g, '').toUpperCase())
  .pipe(z.string().regex(/^[2-9A-HJKMNP-Z]{8}$/, { error: 'must be the eight signs that the new device shows' }))

const day = 86_400
const goodForSeconds = day
/** A guardian's delay is 30 days at most. */
export const keySecretLastsSeconds = 40 * day

const everybody = { name: 'newKeys', perSecond: 5, burst: 100 } as const
const oneAccount = { name: 'keyCodes', perSecond: 0.05, burst: 15 } as const

export interface AskedForKey {
  readonly code: string
  readonly expiresAt: Date
  /** For the device's cookie and nowhere else: it lets the device ask how it stands. */
  readonly secret: string
}

/** A new device's passkey begins to wait. */
export async function askForKey(
  input: unknown,
  { device, now = new Date() }: { readonly device: string; readonly now?: Date },
): Promise<AskedForKey | Refusal> {
  const request = read(keyRequest, input)
  if (isRefusal(request)) return request
  const passkey = readCreation(request.passkey)
  if (isRefusal(passkey)) return passkey
  const { refusal } = takeOne([{ limit: everybody, whose: '' }])
  if (refusal) return refusal
  const spent = await spendChallenge(passkey.challenge, 'newKey', now)
  if (spent) return spent
  return await inTransaction(async (client) => {
    const { credentialId, key, challenge } = passkey
    await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [
      `passkey ${credentialId.toString('hex')}`,
    ])
    if (await isTaken(client, credentialId)) return refuse('passkeyTaken')
    const secret = randomBytes(32)
    const code = await freeCode(client)
    const expiresAt = new Date(now.getTime() + goodForSeconds * 1000)
    await client.query({
      name: 'keep key request',
      text: `WITH over AS (DELETE FROM portal.key_request r WHERE r.expires_at < $9::timestamptz
            - CASE WHEN r.member IS NULL THEN interval '1 day' ELSE interval '40 days' END)
        INSERT INTO portal.key_request
          (code, secret_hash, credential_id, x, y, user_handle, words, created_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $9, $8)`,
      values: [
        ...[code, hashOf(secret), credentialId, bytes(key.x), bytes(key.y), challenge, device],
        ...[expiresAt, now],
      ],
    })
    return { code, expiresAt, secret: secret.toString('base64url') }
  })
}

/** Its own name for itself is nobody else's to take. */
async function isTaken(client: pg.PoolClient, credentialId: Buffer): Promise<boolean> {
  const { rows } = await client.query<{ taken: boolean }>({
    name: 'passkey taken',
    text: `SELECT EXISTS (SELECT FROM portal.credential c WHERE c.credential_id = $1)
      OR EXISTS (SELECT FROM portal.key_request r WHERE r.credential_id = $1) AS taken`,
    values: [credentialId],
  })
  return rows[0]?.taken ?? true
}

async function freeCode(client: pg.PoolClient): Promise<string> {
  for (;;) {
    const code = Array.from({ length: codeLength }, () => signs[randomInt(signs.length)]).join('')
    const taken = await client.query({
      name: 'key request code taken',
      text: 'SELECT FROM portal.key_request r WHERE r.code = $1',
      values: [code],
    })
    if (taken.rowCount === 0) return code
  }
}

/** How the device stands that asked: nothing in it says whose account it is about. */
export type WaitingKey =
  | { readonly state: 'open'; readonly code: string; readonly expiresAt: Date }
  | { readonly state: 'expired' | 'pending' | 'ready' | 'stopped' }
  | { readonly state: 'waiting'; readonly readyAt: Date }

interface WaitingRow {
  code: string
  expiresAt: Date
  intentKey: string | null
  agrees: boolean | null
  readyAt: Date | null
}

/** For the device itself, by the secret in its cookie. */
export async function waitingKey(secret: string | undefined, { now = new Date() } = {}): Promise<WaitingKey | Refusal> {
  if (secret === undefined || !/^[A-Za-z0-9_-]{43}$/.test(secret)) return refuse('unknownKeyRequest')
  const { rows } = await pool().query<WaitingRow>({
    name: 'waiting key',
    text: `SELECT r.code, r.expires_at AS "expiresAt", r.intent_key AS "intentKey",
        (SELECT bool_or(${agreesSql('c')}) FROM portal.credential c
          WHERE c.member = r.member AND c.credential_id = r.credential_id) AS agrees,
        (SELECT a.recovery_ready_at FROM ledger.account a
          WHERE a.account = r.member AND a.recovery_x = r.x AND a.recovery_y = r.y) AS "readyAt"
      FROM portal.key_request r WHERE r.secret_hash = $1`,
    values: [hashOf(Buffer.from(secret, 'base64url'))],
  })
  const [row] = rows
  if (row === undefined) return refuse('unknownKeyRequest')
  const { code, expiresAt, intentKey, agrees, readyAt } = row
  if (intentKey === null) return expiresAt > now ? { state: 'open', code, expiresAt } : { state: 'expired' }
  if (agrees === true) return { state: 'ready' }
  if (readyAt !== null) return { state: 'waiting', readyAt }
  const order = await intentState(0, intentKey)
  return { state: order?.state === 'pending' ? 'pending' : 'stopped' }
}

/** A device that waits, as whoever helps may see it. */
export interface KeyRequest {
  readonly code: string
  /** Such as "Chrome on Android". */
  readonly device: string
  readonly askedAt: Date
  readonly expiresAt: Date
}

export type OpenKeyRequest = KeyRequest & {
  readonly x: Hex
  readonly y: Hex
  readonly credentialId: Buffer
  readonly userHandle: Buffer
}

/** The open request under a code; one that ran out or was used is told from one that never was by nobody. */
export async function openKeyRequest(
  session: Pick<Session, 'account'>,
  typed: unknown,
  now: Date,
): Promise<OpenKeyRequest | Refusal> {
  const code = read(keyRequestCode, typed)
  if (typeof code !== 'string') return code
  const { refusal } = takeOne([{ limit: oneAccount, whose: session.account }])
  if (refusal) return refusal
  const { rows } = await pool().query<OpenKeyRequest>({
    name: 'open key request',
    text: `SELECT r.code, r.words AS device, r.created_at AS "askedAt", r.expires_at AS "expiresAt",
        ${addressSql('r.x')} AS x, ${addressSql('r.y')} AS y, r.credential_id AS "credentialId",
        r.user_handle AS "userHandle"
      FROM portal.key_request r WHERE r.code = $1 AND r.member IS NULL AND r.expires_at > $2`,
    values: [code, now],
  })
  return rows[0] ?? refuse('unknownKeyRequest')
}

/** What whoever is inside sees under a code that was told to them. */
export async function lookAtKeyRequest(
  session: Session | null,
  typed: unknown,
  { now = new Date() } = {},
): Promise<KeyRequest | Refusal> {
  if (session === null) return refuse('notInside')
  const open = await openKeyRequest(session, typed, now)
  if (isRefusal(open)) return open
  const { code, device, askedAt, expiresAt } = open
  return { code, device, askedAt, expiresAt }
}

const hashOf = (secret: Buffer): Buffer => createHash('sha256').update(secret).digest()
const bytes = (hex: Hex): Buffer => Buffer.from(hex.slice(2), 'hex')
