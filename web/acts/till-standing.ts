import 'server-only'
import type pg from 'pg'
import { shopStatusNames, tillKindNames } from '#contracts/generated.ts'
import { issuingPausedSql } from '#web/queries/intent-state.ts'
import { isRefusal, type Refusal, refuse } from './refusal.ts'
import type { Hex } from './wire.ts'

/** What the books say about a till that asks for something. */
export interface Till {
  readonly shop: number
  readonly till: number
  readonly key: Hex
  readonly kind: (typeof tillKindNames)[number]
  /** The most one receipt can ever give, in hundredths of a point: by the shop's limit, allowances and the budget. */
  readonly receiptLimit: bigint
  /** What a campaign's or import's key may ever give, in hundredths; 0 of a till at a counter. */
  readonly budget: bigint
  /** A shop that leaves accepts points and gives none. */
  readonly shopStatus: 'Active' | 'Exiting'
  readonly redeemsOnly: boolean
  /** The guardian has paused issuing: the chain gives nothing for now. */
  readonly issuingPaused: boolean
  /** Its owner has switched it off: what it signs counts under the owner's signature only. */
  readonly revoked: boolean
}

interface Row {
  /** null where there is no such shop. */
  readonly status: number | null
  readonly redeemsOnly: boolean
  readonly receiptLimit: bigint
  readonly shopDaily: bigint
  readonly key: Buffer | null
  readonly kind: number
  readonly revoked: boolean
  readonly tillDaily: bigint
  readonly budget: bigint
  readonly issuingPaused: boolean
}

const standing = {
  name: 'standing of tills',
  text: `SELECT s.status, s.redeems_only AS "redeemsOnly", s.receipt_limit AS "receiptLimit",
      s.daily_points AS "shopDaily", t.key, t.kind, t.revoked, t.daily_points AS "tillDaily", t.budget,
      ${issuingPausedSql} AS "issuingPaused"
    FROM unnest($1::int[], $2::int[]) WITH ORDINALITY AS k(shop, till, place)
    LEFT JOIN ledger.shop s ON s.shop = k.shop LEFT JOIN ledger.till t ON t.shop = k.shop AND t.till = k.till
    ORDER BY k.place`,
}

/** The till if it may act now: known, not revoked, its shop active or leaving. */
export async function actingTill(
  database: pg.Pool | pg.PoolClient,
  shop: number,
  till: number,
): Promise<Till | Refusal> {
  const [acting] = await actingTills(database, [{ shop, till }])
  return acting ?? refuse('unknownTill', { shop, till })
}

/** An import key as the board might yet approve one for this shop: within the shop's own limit, without a budget. */
export async function importKeyToBe(database: pg.Pool | pg.PoolClient, shop: number): Promise<Till | Refusal> {
  const { rows } = await database.query<Row>({ ...standing, values: [[shop], [0]] })
  const [row] = rows
  if (row === undefined) return refuse('unknownShop', { shop })
  const kind = tillKindNames.indexOf('Import')
  const most = row.receiptLimit
  return standingOf({ shop, till: 0 }, { ...row, key: Buffer.alloc(20), kind, revoked: false, budget: most })
}

/** The same for several places, in their order. */
export async function actingTills(...asked: Parameters<typeof knownTills>): Promise<(Till | Refusal)[]> {
  return (await knownTills(...asked)).map((known) => {
    return isRefusal(known) || !known.revoked ? known : refuse('tillRevoked', { shop: known.shop, till: known.till })
  })
}

/** The same with those that their owners have switched off among them. */
export async function knownTills(
  database: pg.Pool | pg.PoolClient,
  places: readonly { readonly shop: number; readonly till: number }[],
): Promise<(Till | Refusal)[]> {
  const values = [places.map(({ shop }) => shop), places.map(({ till }) => till)]
  const { rows } = await database.query<Row>({ ...standing, values })
  return places.map((place, index) => standingOf(place, rows[index]))
}

function standingOf({ shop, till }: { readonly shop: number; readonly till: number }, row?: Row): Till | Refusal {
  if (!row || row.status === null) return refuse('unknownShop', { shop })
  if (!row.key) return refuse('unknownTill', { shop, till })
  const status = shopStatusNames[row.status] ?? 'None'
  if (status !== 'Active' && status !== 'Exiting') return refuse('shopNotActive', { shop, status })
  const kind = tillKindNames[row.kind] ?? 'None'
  const { redeemsOnly, issuingPaused, budget, revoked } = row
  const key: Hex = `0x${row.key.toString('hex')}`
  const receiptLimit = highestReceipt(row, kind)
  return { shop, till, key, kind, receiptLimit, budget, shopStatus: status, redeemsOnly, issuingPaused, revoked }
}

/** Allowances gather up to so many days' worth (N-8). */
const gathersDays = 3n

/** What is above this waits for ever, so it is better refused at the counter; what is below may have to wait. */
function highestReceipt({ receiptLimit, shopDaily, tillDaily, budget }: Row, kind: Till['kind']): bigint {
  const bounds = [receiptLimit, kind === 'Counter' ? tillDaily * gathersDays : budget]
  if (kind !== 'Import') bounds.push(shopDaily * gathersDays)
  return bounds.reduce((least, bound) => (bound < least ? bound : least))
}

/** Why this till gives no points at all, or null where it does. */
export function notGiving({ shop, shopStatus, redeemsOnly }: Till): Refusal | null {
  if (redeemsOnly) return refuse('shopRedeemsOnly', { shop })
  return shopStatus === 'Active' ? null : refuse('shopNotActive', { shop, status: shopStatus })
}
