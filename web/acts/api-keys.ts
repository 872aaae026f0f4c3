import 'server-only'
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import { ask, pool } from '#web/queries/database.ts'
import { isRefusal, type Refusal, refuse } from './refusal.ts'
import { read, shopNumber } from './wire.ts'

/** A key as it is told to its shop: the one time it is made. */
export interface NewKey {
  readonly id: string
  readonly key: string
  readonly label: string
  readonly createdAt: Date
}

export interface ListedKey {
  readonly id: string
  readonly label: string
  readonly createdAt: Date
  /** A key that was rotated serves until then. */
  readonly expiresAt: Date | null
  readonly revokedAt: Date | null
  /** To the minute; null for one that nothing was opened with yet. */
  readonly lastUsedAt: Date | null
}

/** A key that was rotated goes on serving for so long, so that every till can be told of the new one in peace. */
const graceSeconds = 86_400
const shape = /^hs_([1-9]\d{0,9})_([a-z0-9]{10})_([A-Za-z0-9_-]{43})$/
const mostKeys = 50

const wanted = z.object({
  shop: shopNumber,
  label: z
    .string()
    .trim()
    .min(1)
    .max(60)
    .regex(/^\P{C}*$/u, { error: 'must be words' }),
})

/** Makes a key for the shop's own programs. Only its hash is kept, so it is told this once. */
export async function createKey(input: unknown, { now = new Date() } = {}): Promise<NewKey | Refusal> {
  const asked = read(wanted, input)
  if (isRefusal(asked)) return asked
  const { shop, label } = asked
  const [count] = await ask<{ keys: bigint }>(
    {
      name: 'count api keys',
      text: `SELECT count(*) AS keys FROM portal.api_key k
        WHERE k.shop = $1 AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > $2)`,
    },
    [shop, now],
  )
  if ((count?.keys ?? 0n) >= BigInt(mostKeys)) return refuse('tooManyRequests', { most: mostKeys })
  const id = Array.from(randomBytes(10), (byte) => signs[byte % signs.length]).join('')
  const secret = randomBytes(32).toString('base64url')
  await pool().query({
    name: 'keep api key',
    text: `INSERT INTO portal.api_key (shop, id, secret_hash, label, created_at) VALUES ($1, $2, $3, $4, $5)`,
    values: [shop, id, hashOf(secret), label, now],
  })
  return { id, key: `hs_${shop}_${id}_${secret}`, label, createdAt: now }
}

const signs = 'abcdefghijkmnpqrstuvwxyz23456789'

/** A new key in the place of this one, which serves for another day. */
export async function rotateKey(
  { shop, id }: { readonly shop: number; readonly id: string },
  { now = new Date() } = {},
): Promise<NewKey | Refusal> {
  const until = new Date(now.getTime() + graceSeconds * 1000)
  const { rows } = await pool().query<{ label: string }>({
    name: 'retire api key',
    text: `UPDATE portal.api_key SET expires_at = least(expires_at, $3)
      WHERE shop = $1 AND id = $2 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $4) RETURNING label`,
    values: [shop, id, until, now],
  })
  const [old] = rows
  return old ? await createKey({ shop, label: old.label }, { now }) : refuse('unknownKey', { shop, id })
}

/** The key serves no longer, from this second on at this portal and within two at every other. */
export async function revokeKey(
  { shop, id }: { readonly shop: number; readonly id: string },
  { now = new Date() } = {},
): Promise<{ readonly revokedAt: Date } | Refusal> {
  const { rows } = await pool().query<{ revokedAt: Date }>({
    name: 'revoke api key',
    text: `UPDATE portal.api_key SET revoked_at = coalesce(revoked_at, $3) WHERE shop = $1 AND id = $2
      RETURNING revoked_at AS "revokedAt"`,
    values: [shop, id, now],
  })
  known.delete(`${shop} ${id}`)
  return rows[0] ?? refuse('unknownKey', { shop, id })
}

/** The newest first. */
export async function keysOf(shop: number): Promise<ListedKey[]> {
  return await ask<ListedKey>(
    {
      name: 'api keys',
      text: `SELECT k.id, k.label, k.created_at AS "createdAt", k.expires_at AS "expiresAt",
          k.revoked_at AS "revokedAt", k.last_used_at AS "lastUsedAt"
        FROM portal.api_key k WHERE k.shop = $1 ORDER BY k.created_at DESC, k.id`,
    },
    [shop],
  )
}

interface Known {
  readonly hash: Buffer
  readonly expiresAt: Date | null
  readonly revokedAt: Date | null
  readonly lookedAt: number
}

/** Asked for with every request of a busy till, so an answer serves for two seconds. */
const known = new Map<string, Known | null>()
const servesMs = 2_000
const mostKnown = 5_000

/** Whose key this is, or why it opens nothing. */
export async function shopOfKey(
  key: string,
  { now = new Date() } = {},
): Promise<{ readonly shop: number; readonly id: string } | Refusal> {
  const [, number = '', id = '', secret = ''] = shape.exec(key) ?? []
  const shop = Number(number)
  if (secret === '' || shop > 2 ** 31 - 1) return refuse('badApiKey')
  const kept = await lookedUp(shop, id, now)
  // The same work whether there is such a key or not.
  const fits = timingSafeEqual(hashOf(secret), kept?.hash ?? Buffer.alloc(32))
  if (!fits || !kept || kept.revokedAt !== null) return refuse('badApiKey')
  if (kept.expiresAt !== null && kept.expiresAt <= now) return refuse('badApiKey')
  await noteUse(shop, id, now)
  return { shop, id }
}

const noted = new Map<string, number>()
const noteAgainMs = 60_000

/** Once a minute: a busy till is no reason for a write with every sale. */
async function noteUse(shop: number, id: string, now: Date): Promise<void> {
  const name = `${shop} ${id}`
  const since = now.getTime() - (noted.get(name) ?? Number.NEGATIVE_INFINITY)
  if (since >= 0 && since < noteAgainMs) return
  if (noted.size >= mostKnown) noted.clear()
  noted.set(name, now.getTime())
  await pool().query({
    name: 'api key used',
    text: `UPDATE portal.api_key SET last_used_at = greatest(last_used_at, $3) WHERE shop = $1 AND id = $2`,
    values: [shop, id, now],
  })
}

async function lookedUp(shop: number, id: string, now: Date): Promise<Known | null> {
  const name = `${shop} ${id}`
  const before = known.get(name)
  if (before && now.getTime() - before.lookedAt < servesMs && now.getTime() >= before.lookedAt) return before
  const [row] = await ask<Omit<Known, 'lookedAt'>>(
    {
      name: 'api key',
      text: `SELECT k.secret_hash AS hash, k.expires_at AS "expiresAt", k.revoked_at AS "revokedAt"
        FROM portal.api_key k WHERE k.shop = $1 AND k.id = $2`,
    },
    [shop, id],
  )
  const found = row ? { ...row, lookedAt: now.getTime() } : null
  if (known.size >= mostKnown) known.clear()
  if (found) known.set(name, found)
  return found
}

// 256 bits by chance need no slow hash: there is nothing to guess.
const hashOf = (secret: string): Buffer => createHash('sha256').update(secret).digest()
