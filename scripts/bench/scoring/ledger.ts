import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import type { GammaGamma } from '#indexer/scoring/gamma-gamma.ts'
import type { FittedPurchases } from '#indexer/scoring/purchase-models.ts'
import { chanceFrom, gamma, returnsOf } from './simulate.ts'

export interface LedgerAsked {
  readonly purchases: number
  readonly model: FittedPurchases
  readonly spend: GammaGamma
  readonly seed: number
}

/** Days that the ledger reaches back; its last one is the mirror's. */
export const ledgerDays = 729
export const firstDay = 20_000
const shops = 20
const rowsAtOnce = 20_000

/**
 * Bytes a purchase takes: the row and its indexes (310), what is judged of its third of a member (230), and what
 * sorting and the log of writes need meanwhile.
 */
export const bytesPerPurchase = 900

/**
 * Fills `ledger.purchase` of a migrated, empty database with purchases that members make as the model says, and one
 * block a day for them to stand in, the last of which is mirrored. Answers how many (shop, member) there are.
 */
export async function fillLedger(client: pg.Client, asked: LedgerAsked, tell: (text: string) => void): Promise<number> {
  await client.query(
    `INSERT INTO ledger.block (number, hash, parent_hash, time, evidence)
     SELECT n, sha256(n::text::bytea), sha256((n - 1)::text::bytea),
            to_timestamp((${firstDay} + n) * 86400.0), 'receipts'
     FROM generate_series(0, ${ledgerDays - 1}) n`,
  )
  await client.query(
    `INSERT INTO ledger.checkpoint (name, block, hash, final_block, head, updated_at)
     SELECT 'ledger', b.number, b.hash, b.number, b.number, now() FROM ledger.block b ORDER BY b.number DESC LIMIT 1`,
  )
  // Whoever scores asks whether it leads.
  await client.query(`INSERT INTO ledger.leader VALUES (1, 1, gen_random_uuid(), now(), now() + interval '1 day')`)
  const { rows: indexes } = await client.query<{ name: string; definition: string }>(
    `SELECT indexname AS name, indexdef AS definition FROM pg_indexes
     WHERE schemaname = 'ledger' AND tablename = 'purchase' AND indexname <> 'purchase_pkey'`,
  )
  // Every purchase has its block; asking for each of ten million would take longer than all that is measured.
  await client.query('SET session_replication_role = replica')
  for (const { name } of indexes) await client.query(`DROP INDEX ledger.${name}`)
  let members = 0
  const pieces = purchaseRows(asked, (rows, known) => {
    members = known
    tell(`${rows.toLocaleString('en')} purchases`)
  })
  const columns =
    'shop, till, sequence, member, points, spend, sold_at, record, block_number, log_index, transaction_hash'
  await pipeline(Readable.from(pieces), client.query(copyFrom(`COPY ledger.purchase (${columns}) FROM STDIN`)))
  for (const { name, definition } of indexes) {
    tell(`index ${name}`)
    await client.query(definition)
  }
  await client.query('SET session_replication_role = origin')
  tell('statistics')
  await client.query('VACUUM ANALYZE ledger.purchase')
  return members
}

/** Lines for COPY, many at once; members come one after the other, as no real ledger has them. */
function* purchaseRows(asked: LedgerAsked, told: (rows: number, members: number) => void): Generator<string> {
  const chance = chanceFrom(asked.seed)
  const transaction = `\\\\x${'5c'.repeat(32)}`
  let lines: string[] = []
  let rows = 0
  for (let member = 0; rows < asked.purchases; member += 1) {
    const account = `\\\\x${createHash('sha256').update(String(member)).digest('hex').slice(0, 40)}`
    const began = Math.floor(chance() * ledgerDays)
    const rate = gamma(chance, asked.spend.q) / asked.spend.v
    const days = [0, ...returnsOf(asked.model, chance, ledgerDays - began)].map((age) => began + Math.floor(age))
    for (const day of days) {
      if (day >= ledgerDays || rows === asked.purchases) break
      rows += 1
      const spend = Math.max(1, Math.round(gamma(chance, asked.spend.p) / rate))
      const soldAt = new Date((firstDay + day) * 86_400_000 + Math.floor(chance() * 86_399_000)).toISOString()
      const shop = 1 + (member % shops)
      lines.push(
        `${[shop, 1, rows, account, spend, spend, soldAt, 0, day, rows % 1_000_000, transaction].join('\t')}\n`,
      )
    }
    if (lines.length >= rowsAtOnce) {
      told(rows, member + 1)
      yield lines.join('')
      lines = []
    }
    told(rows, member + 1)
  }
  yield lines.join('')
}
