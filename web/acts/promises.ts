import 'server-only'
import type pg from 'pg'
import { availablePoints, pendingAtOthers } from '#web/queries/available.ts'
import { askOver, bytesOf } from '#web/queries/database.ts'
import { standings } from '#web/queries/standings.ts'
import { type Facts, type Refusal, refuse } from './refusal.ts'
import type { Hex } from './wire.ts'

/** Points of one issuer that a member has agreed to part with, in hundredths. */
export interface AgreedLine {
  readonly token: Hex
  readonly points: bigint
}

/** A wish to move a member's points, to be kept with holds on them until the chain has moved them. */
export interface Promised {
  readonly shop: number
  readonly key: string
  readonly kind: 'payment' | 'transfer' | 'reversal' | 'refund'
  readonly till: number | null
  readonly sequence: bigint | null
  readonly member: Hex
  readonly lines: readonly (AgreedLine & { readonly issuer: number })[]
  /** The lines' sum where not given. */
  readonly points?: bigint
  readonly contentHash: Hex
  readonly payload: Facts
  /** Who stood at the till; null for a gift, and where the shop keeps no cashiers. */
  readonly cashier?: number | null
}

/** How a transaction begins that locks the member at once, in one message; the address is as its schema left it. */
export function beginWithMember(member: Hex): string {
  if (!/^0x[0-9a-f]{40}$/.test(member)) throw new Error('a member is an address in small letters')
  return `BEGIN; SELECT pg_advisory_xact_lock(hashtextextended('member ${member}', 0))`
}

/** From here to the end of the transaction nobody else promises this member's points. */
export async function lockMember(client: pg.PoolClient, member: Hex): Promise<void> {
  await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`member ${member}`])
}

/**
 * Whether the member has these points beyond what open payments have spoken for, live until `deadline` (seconds UTC);
 * with the issuer of each line. The caller holds the member's lock.
 */
export async function coveredLines(
  client: pg.PoolClient,
  member: Hex,
  { lines, deadline }: { readonly lines: readonly AgreedLine[]; readonly deadline: number },
): Promise<Promised['lines'] | Refusal> {
  const ask = askOver(client)
  const holdings = new Map((await availablePoints(member, { at: deadline, ask })).map((held) => [held.token, held]))
  const issuers = await issuersOf(client, lines)
  const named: (AgreedLine & { issuer: number })[] = []
  for (const line of lines) {
    const issuer = issuers.get(line.token)
    if (issuer === undefined) return refuse('unknownToken', { token: line.token })
    const available = holdings.get(line.token)?.freePoints ?? 0n
    if (available < line.points) return refuse('balance', { token: line.token, asked: line.points, available })
    named.push({ ...line, issuer })
  }
  return named
}

async function issuersOf(client: pg.PoolClient, lines: readonly AgreedLine[]): Promise<Map<Hex, number>> {
  const { rows } = await client.query<{ shop: number; address: Buffer }>({
    name: 'issuers of tokens',
    text: 'SELECT t.shop, t.address FROM ledger.points_token t WHERE t.address = ANY($1)',
    values: [lines.map((line) => bytesOf(line.token))],
  })
  return new Map(rows.map((row) => [`0x${row.address.toString('hex')}`, row.shop]))
}

/** Set in a purpose, the member and the till agree to points of defaulted shops at their price (N-17). */
export const atDefaultPrice = 2 ** 31

/** Whether each issuer's reserve still carries these points at another shop (N-13), open payments counted. */
export async function carriedElsewhere(
  client: pg.PoolClient,
  { shop, purpose }: { readonly shop: number; readonly purpose: number },
  lines: Promised['lines'],
): Promise<Refusal | null> {
  const foreign = lines.filter((line) => line.issuer !== shop)
  if (foreign.length === 0) return null
  // In the order of their numbers, so that two payments never wait for each other.
  for (const issuer of foreign.map((line) => line.issuer).sort((a, b) => a - b)) {
    await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`issuer ${issuer}`])
  }
  const ask = askOver(client)
  const street = await standings(ask)
  const pending = await pendingAtOthers(ask)
  for (const { issuer, points } of foreign) {
    const standing = street.shops.get(issuer)
    if (standing?.status === 'Defaulted') {
      if (purpose < atDefaultPrice) return refuse('issuerDefaulted', { issuer })
      // The price was fixed so that the money there is pays for all of its points.
      continue
    }
    const most = standing?.redeemableElsewhere ?? 0n
    const left = most - (pending.get(issuer) ?? 0n)
    if (points > left) return refuse('issuerStressed', { issuer, asked: points, carried: left > 0n ? left : 0n })
  }
  return null
}

/** Keeps the wish and its holds. The caller has made sure that the key is free and the points are there. */
export async function keepPromise(client: pg.PoolClient, promised: Promised, at: Date): Promise<void> {
  const { shop, key, kind, till, sequence, member, lines, contentHash, payload } = promised
  const points = promised.points ?? lines.reduce((sum, line) => sum + line.points, 0n)
  const content = JSON.stringify(payload, (_, value) => (typeof value === 'bigint' ? `${value}` : value))
  await client.query({
    name: 'keep promise and holds',
    text: `WITH promise AS (INSERT INTO portal.intent
        (shop, key, kind, till, sequence, member, points, content_hash, payload, state, attempts, created_at, cashier)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'open', 0, $10, $11))
      INSERT INTO portal.hold (member, issuer, intent_shop, intent_key, points)
      SELECT $6, l.issuer, $1, $2, l.points FROM unnest($12::int[], $13::bigint[]) AS l(issuer, points)`,
    values: [
      shop,
      key,
      kind,
      till,
      sequence,
      bytesOf(member),
      points,
      bytesOf(contentHash),
      content,
      at,
      promised.cashier ?? null,
      lines.map((line) => line.issuer),
      lines.map((line) => line.points),
    ],
  })
}

/** The content kept under this key, null where the key is free. */
export async function keptContent(client: pg.PoolClient, shop: number, key: string): Promise<Hex | null> {
  const { rows } = await client.query<{ hash: Buffer }>({
    name: 'kept content',
    text: 'SELECT i.content_hash AS hash FROM portal.intent i WHERE i.shop = $1 AND i.key = $2',
    values: [shop, key],
  })
  return rows[0] ? `0x${rows[0].hash.toString('hex')}` : null
}
