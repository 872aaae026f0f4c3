import type pg from 'pg'

/** How far the mirror has come: scores count from there, so that a mirror that lags does not look like silence. */
export interface Watermark {
  readonly block: number
  readonly blockHash: Buffer
  readonly time: Date
  /** Days since 1970-01-01 in the shops' time zone. */
  readonly day: number
}

export async function readWatermark(client: pg.ClientBase, timeZone: string): Promise<Watermark | undefined> {
  const { rows } = await client.query<{ number: string; hash: Buffer; time: Date; day: number }>(
    `SELECT b.number, b.hash, b.time, (b.time AT TIME ZONE $1)::date - DATE '1970-01-01' AS day
     FROM ledger.checkpoint c JOIN ledger.block b ON b.number = c.block WHERE c.name = 'ledger'`,
    [timeZone],
  )
  const [row] = rows
  if (row === undefined) return undefined
  return { block: Number(row.number), blockHash: row.hash, time: row.time, day: row.day }
}

/** Every shop with purchases, or with scores left from purchases that vanished; ascending. */
export async function shopsToScore(client: pg.ClientBase): Promise<number[]> {
  const { rows } = await client.query<{ shop: number }>(
    'SELECT shop FROM ledger.purchase UNION SELECT shop FROM judged.score ORDER BY shop',
  )
  return rows.map((row) => row.shop)
}

/** With more members than this a fit is not soon out of date. */
const young = 5_000

/**
 * Whether the models must be fitted anew: they never were, a day has gone by, somebody asked for it, the block to which
 * the last fit had looked is no longer on the chain, or a young street has twice the members that the last fit knew.
 */
export async function fitIsDue(client: pg.ClientBase, timeZone: string): Promise<boolean> {
  const { rows } = await client.query<{ stands: boolean }>(
    `SELECT NOT EXISTS (SELECT FROM judged.refit_wish) AND EXISTS (
       SELECT FROM (SELECT r.block, r.block_hash, r.watermark, r.members FROM judged.run r
           WHERE r.shop = 0 AND r.kind = 'fit' ORDER BY r.finished_at DESC LIMIT 1) last
         JOIN ledger.block b ON b.number = last.block AND b.hash = last.block_hash
         JOIN ledger.checkpoint c ON c.name = 'ledger' JOIN ledger.block now ON now.number = c.block
       WHERE (now.time AT TIME ZONE $1)::date = (last.watermark AT TIME ZONE $1)::date
         AND (last.members > ${young} OR (SELECT count(*) FROM judged.score) <= 2 * last.members + 10)) AS stands`,
    [timeZone],
  )
  return rows[0]?.stands !== true
}
