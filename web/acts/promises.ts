import 'server-only'
import type pg from 'pg'
import { availableOf, type Holding, pendingAtOthers } from '#web/queries/available.ts'
import { askOver, bytesOf } from '#web/queries/database.ts'
import { type Standing as ShopStanding, standings } from '#web/queries/standings.ts'
import { type Facts, type Refusal, refuse } from './refusal.ts'
import { beginImpatiently } from './transaction.ts'
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

/**
 * How a transaction begins that locks these members at once, in one message and in one order for all; the addresses are
 * as their schema left them.
 */
export function beginWithMembers(members: readonly Hex[]): string {
  const locks = [...members].sort().map((member) => {
    if (!/^0x[0-9a-f]{40}$/.test(member)) throw new Error('a member is an address in small letters')
    return `SELECT pg_advisory_xact_lock(hashtextextended('member ${member}', 0))`
  })
  return [beginImpatiently, ...locks].join('; ')
}

/** From here to the end of the transaction nobody else promises this member's points. */
export async function lockMember(client: pg.PoolClient, member: Hex): Promise<void> {
  await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`member ${member}`])
}

interface Agreed {
  readonly lines: readonly AgreedLine[]
  readonly deadline: number
}

/**
 * Whether the member has these points beyond what open payments have spoken for, live until `deadline` (seconds UTC);
 * with the issuer of each line. The caller holds the member's lock.
 */
export async function coveredLines(
  client: pg.PoolClient,
  member: Hex,
  agreed: Agreed,
): Promise<Promised['lines'] | Refusal> {
  const [covered] = await coveredAll(client, [{ member, ...agreed }])
  return covered ?? refuse('unavailable')
}

/** The same for several members, each once, in their order. */
export async function coveredAll(
  client: pg.PoolClient,
  agreed: readonly (Agreed & { readonly member: Hex })[],
): Promise<(Promised['lines'] | Refusal)[]> {
  const wanted = agreed.map(({ member, deadline }) => ({ member, at: deadline }))
  const all = await availableOf(wanted, askOver(client))
  const issuers = await issuersOf(
    client,
    agreed.flatMap(({ lines }) => lines),
  )
  return agreed.map(({ lines }, place) => namedLines(lines, all[place] ?? [], issuers))
}

function namedLines(
  lines: readonly AgreedLine[],
  holdings: readonly Holding[],
  issuers: ReadonlyMap<Hex, number>,
): Promised['lines'] | Refusal {
  const held = new Map(holdings.map((holding) => [holding.token, holding.freePoints]))
  const named: (AgreedLine & { issuer: number })[] = []
  for (const line of lines) {
    const issuer = issuers.get(line.token)
    if (issuer === undefined) return refuse('unknownToken', { token: line.token })
    const available = held.get(line.token) ?? 0n
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

interface CarriedPayment {
  readonly shop: number
  readonly purpose: number
  readonly lines: Promised['lines']
}

/**
 * Whether each issuer's reserve still carries these points at other shops (N-13), open payments counted, and those
 * before it in the list. null for each payment that is carried.
 */
export async function carriedElsewhere(
  client: pg.PoolClient,
  payments: readonly CarriedPayment[],
): Promise<(Refusal | null)[]> {
  const foreign = payments.map(({ shop, lines }) => lines.filter((line) => line.issuer !== shop))
  const issuers = [...new Set(foreign.flatMap((lines) => lines.map(({ issuer }) => issuer)))]
  if (issuers.length === 0) return payments.map(() => null)
  // In the order of their numbers, so that two payments never wait for each other.
  const locks = issuers
    .sort((a, b) => a - b)
    .map((issuer) => `pg_advisory_xact_lock(hashtextextended('issuer ${issuer}', 0))`)
  await client.query(locks.map((lock) => `SELECT ${lock}`).join('; '))
  const ask = askOver(client)
  // In this order: what a block brings in between is counted twice rather than not at all.
  const pending = new Map(await pendingAtOthers(ask))
  const street = await standings(ask)
  return payments.map(({ purpose }, place) => {
    const lines = foreign[place] ?? []
    for (const line of lines) {
      const fault = carriedFault(line, purpose, { standing: street.shops.get(line.issuer), pending })
      if (fault) return fault
    }
    for (const { issuer, points } of lines) pending.set(issuer, (pending.get(issuer) ?? 0n) + points)
    return null
  })
}

function carriedFault(
  { issuer, points }: Promised['lines'][number],
  purpose: number,
  { standing, pending }: { readonly standing: ShopStanding | undefined; readonly pending: ReadonlyMap<number, bigint> },
): Refusal | null {
  // The price was fixed so that the money there is pays for all of its points.
  if (standing?.status === 'Defaulted') return purpose < atDefaultPrice ? refuse('issuerDefaulted', { issuer }) : null
  const left = (standing?.redeemableElsewhere ?? 0n) - (pending.get(issuer) ?? 0n)
  return points > left ? refuse('issuerStressed', { issuer, asked: points, carried: left > 0n ? left : 0n }) : null
}

/** Keeps the wish and its holds. The caller has made sure that the key is free and the points are there. */
export async function keepPromise(client: pg.PoolClient, promised: Promised, at: Date): Promise<void> {
  await keepPromises(client, [{ ...promised, at }])
}

const keep = {
  name: 'keep promises and holds',
  text: `WITH promises AS (INSERT INTO portal.intent
      (shop, key, kind, till, sequence, member, points, content_hash, payload, state, attempts, created_at, cashier)
      SELECT n.shop, n.key, n.kind, n.till, n.sequence, n.member, n.points, n.content_hash, n.payload, 'open', 0, n.at,
        n.cashier
      FROM unnest($1::int[], $2::text[], $3::text[], $4::int[], $5::bigint[], $6::bytea[], $7::bigint[], $8::bytea[],
        $9::jsonb[], $10::timestamptz[], $11::int[])
        AS n(shop, key, kind, till, sequence, member, points, content_hash, payload, at, cashier))
    INSERT INTO portal.hold (member, issuer, intent_shop, intent_key, points)
    SELECT l.member, l.issuer, l.shop, l.key, l.points
    FROM unnest($12::bytea[], $13::int[], $14::int[], $15::text[], $16::bigint[])
      AS l(member, issuer, shop, key, points)`,
}

/** The same for several, in one message. */
export async function keepPromises(
  client: pg.PoolClient,
  promises: readonly (Promised & { readonly at: Date })[],
): Promise<void> {
  if (promises.length === 0) return
  const column = <Value>(of: (promised: Promised & { readonly at: Date }) => Value) => promises.map(of)
  const holds = promises.flatMap((promised) => promised.lines.map((line) => ({ promised, line })))
  const ofHold = <Value>(of: (hold: (typeof holds)[number]) => Value) => holds.map(of)
  await client.query({
    ...keep,
    values: [
      column(({ shop }) => shop),
      column(({ key }) => key),
      column(({ kind }) => kind),
      column(({ till }) => till),
      column(({ sequence }) => sequence),
      column(({ member }) => bytesOf(member)),
      column(({ points, lines }) => points ?? lines.reduce((sum, line) => sum + line.points, 0n)),
      column(({ contentHash }) => bytesOf(contentHash)),
      column(({ payload }) => JSON.stringify(payload, (_, value) => (typeof value === 'bigint' ? `${value}` : value))),
      column(({ at }) => at),
      column(({ cashier }) => cashier ?? null),
      ofHold(({ promised }) => bytesOf(promised.member)),
      ofHold(({ line }) => line.issuer),
      ofHold(({ promised }) => promised.shop),
      ofHold(({ promised }) => promised.key),
      ofHold(({ line }) => line.points),
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
