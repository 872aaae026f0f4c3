import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import { InputsHash } from '#indexer/scoring/inputs-hash.ts'
import { historiesOf, type PurchaseDay, scoreShop } from '#indexer/scoring/recency-frequency-value.ts'

/** The name under which runs of this definition are kept; another definition needs another name. */
export const model = 'recency-frequency-value/1'

/** How far the mirror has come: scores count from there, so that a mirror that lags does not look like silence. */
export interface Watermark {
  readonly block: number
  readonly time: Date
  /** Days since 1970-01-01 in the shops' time zone. */
  readonly day: number
}

export interface RunReport {
  readonly run: string
  readonly block: number
  readonly watermarkDay: number
  readonly shops: number
  readonly members: number
}

export async function readWatermark(client: pg.Client, timeZone: string): Promise<Watermark | undefined> {
  const { rows } = await client.query<{ number: string; time: Date; day: number }>(
    `SELECT b.number, b.time, (b.time AT TIME ZONE $1)::date - DATE '1970-01-01' AS day
     FROM ledger.checkpoint c JOIN ledger.block b ON b.number = c.block WHERE c.name = 'ledger'`,
    [timeZone],
  )
  const [row] = rows
  return row === undefined ? undefined : { block: Number(row.number), time: row.time, day: row.day }
}

/** Every shop with purchases, or with scores left from purchases that vanished. */
export async function shopsToScore(client: pg.Client): Promise<number[]> {
  const { rows } = await client.query<{ shop: number }>(
    'SELECT shop FROM ledger.purchase UNION SELECT shop FROM judged.score ORDER BY shop',
  )
  return rows.map((row) => row.shop)
}

interface RunInputs {
  /** Ascending. */
  readonly shops: readonly number[]
  readonly timeZone: string
  /** The epoch under which we lead. */
  readonly epoch: bigint
}

/**
 * Scores these shops anew, in one transaction that sees one state of the ledger; undefined where it is empty. One
 * scorer at a time, and none of an epoch that is over: the moment that the transaction sees begins after the lock is
 * held, and a successor ends the connection of whoever holds it.
 */
export async function scoreShops(client: pg.Client, inputs: RunInputs): Promise<RunReport | undefined> {
  try {
    await client.query(
      `BEGIN ISOLATION LEVEL REPEATABLE READ; LOCK TABLE judged.run IN SHARE ROW EXCLUSIVE MODE;
       SELECT ledger.require_leader(${inputs.epoch})`,
    )
    const watermark = await readWatermark(client, inputs.timeZone)
    const report = watermark === undefined ? undefined : await scoreAt(client, watermark, inputs)
    await client.query('COMMIT')
    return report
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined)
    throw error
  }
}

async function scoreAt(client: pg.Client, watermark: Watermark, inputs: RunInputs): Promise<RunReport> {
  const run = randomUUID()
  let members = 0
  for (const shop of inputs.shops) {
    const days = await readDays(client, shop, inputs.timeZone)
    const hash = new InputsHash(model, watermark.day)
    hash.add(days)
    const scored = await writeScores(client, { run, shop, days, watermarkDay: watermark.day })
    await client.query(
      `INSERT INTO judged.run (shop, id, model, block, watermark, inputs_hash, members, finished_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, now())`,
      [shop, run, model, watermark.block, watermark.time, hash.digest(), scored],
    )
    members += scored
  }
  return { run, block: watermark.block, watermarkDay: watermark.day, shops: inputs.shops.length, members }
}

interface DayWithTimes extends PurchaseDay {
  readonly firstAt: Date
  readonly lastAt: Date
}

/**
 * The purchase days at a shop of everybody who has not said no, ascending by member and day. A purchase wholly undone
 * is none; of one undone in part the spend counts in proportion to the points it kept, rounded up.
 */
async function readDays(client: pg.Client, shop: number, timeZone: string): Promise<DayWithTimes[]> {
  const { rows } = await client.query<{ member: string; day: number; spend: string; first: Date; last: Date }>({
    name: 'purchase days',
    text: `SELECT encode(p.member, 'hex') AS member, (p.sold_at AT TIME ZONE $2)::date - DATE '1970-01-01' AS day,
         sum(p.spend - CASE WHEN back.points > 0 THEN div(p.spend * back.points, p.points) ELSE 0 END)::text AS spend,
         min(p.sold_at) AS first, max(p.sold_at) AS last
       FROM ledger.purchase p LEFT JOIN (
         SELECT r.shop, r.till, r.sequence, sum(r.points) AS points FROM ledger.reversal r
         WHERE r.shop = $1 GROUP BY r.shop, r.till, r.sequence) back USING (shop, till, sequence)
       WHERE p.shop = $1 AND (back.points IS NULL OR back.points < p.points) AND NOT EXISTS (
         SELECT FROM portal.consent c
         WHERE c.member = p.member AND c.purpose = 'personalisation' AND NOT c.given)
       GROUP BY p.member, day ORDER BY p.member, day`,
    values: [shop, timeZone],
  })
  return rows.map((row) => ({
    shop,
    member: `0x${row.member}`,
    day: row.day,
    spend: BigInt(row.spend),
    firstAt: row.first,
    lastAt: row.last,
  }))
}

/** Replaces a shop's scores; says how many members it has now. */
async function writeScores(
  client: pg.Client,
  scoring: {
    readonly run: string
    readonly shop: number
    readonly days: readonly DayWithTimes[]
    readonly watermarkDay: number
  },
): Promise<number> {
  const { run, shop, days, watermarkDay } = scoring
  const firstAt = new Map<string, Date>()
  const lastAt = new Map<string, Date>()
  for (const day of days) {
    if (!firstAt.has(day.member)) firstAt.set(day.member, day.firstAt)
    lastAt.set(day.member, day.lastAt)
  }
  const rows = scoreShop(historiesOf(days), watermarkDay).map((scored) => ({
    shop,
    member: `\\x${scored.member.slice(2)}`,
    run,
    first_at: firstAt.get(scored.member),
    last_at: lastAt.get(scored.member),
    recency_days: scored.recencyDays,
    frequency: scored.frequency,
    spend: scored.spend.toString(),
    recency_score: scored.recencyScore,
    frequency_score: scored.frequencyScore,
    value_score: scored.valueScore,
  }))
  await client.query('DELETE FROM judged.score WHERE shop = $1', [shop])
  await client.query(
    `INSERT INTO judged.score (shop, member, run, first_at, last_at, recency_days, frequency, spend, recency_score,
       frequency_score, value_score)
     SELECT shop, member, run, first_at, last_at, recency_days, frequency, spend, recency_score, frequency_score,
       value_score
     FROM json_populate_recordset(null::judged.score, $1)`,
    [JSON.stringify(rows)],
  )
  return rows.length
}
