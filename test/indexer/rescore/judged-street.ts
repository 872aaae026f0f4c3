import pg from 'pg'
import { Rescorer } from '#indexer/rescore/rescorer.ts'
import { testDatabase } from '#test/support/postgres.ts'

const dayMs = 86_400_000
/** The day from which this street's days are counted. */
const opening = Date.UTC(2026, 0, 1)

export const memberHex = (member: number): string => member.toString(16).padStart(40, '0')

/** Noon of a day of this street, by number. */
const noon = (day: number): string => new Date(opening + day * dayMs + dayMs / 2).toISOString()

/** What members bought: on which day, where, for how much. */
export interface Bought {
  readonly shop: number
  readonly member: number
  readonly day: number
  readonly spend?: number
}

/** A ledger written by hand, and the scorer over it, signed in as the indexer. */
export interface JudgedStreet {
  readonly owner: pg.Client
  readonly indexerUrl: string
  readonly rescorer: Rescorer
  /** The mirror comes to noon of a day, with these purchases in a new block. */
  mirrored(day: number, bought?: readonly Bought[]): Promise<void>
  decide(member: number, given: boolean): Promise<void>
  rows<Row extends object>(sql: string, values?: readonly unknown[]): Promise<Row[]>
  /** As another leader finds it: nothing judged yet. */
  forgetJudged(): Promise<void>
  close(): Promise<void>
}

export async function judgedStreet(epoch: () => bigint | undefined = () => 1n): Promise<JudgedStreet> {
  const database = await testDatabase()
  const owner = new pg.Client({ connectionString: database.urls.owner })
  await owner.connect()
  await owner.query(`INSERT INTO ledger.leader VALUES (1, 1, gen_random_uuid(), now(), now() + interval '1 hour')`)
  const rescorer = new Rescorer({ url: database.urls.indexer, timeZone: 'UTC', epoch })
  let blocks = 0
  return {
    owner,
    indexerUrl: database.urls.indexer,
    rescorer,
    mirrored: async (day, bought = []) => {
      blocks += 1
      await mirror(owner, { block: blocks, day, bought })
    },
    decide: async (member, given) => {
      await owner.query(
        `INSERT INTO portal.consent VALUES (decode($1, 'hex'), 'personalisation', $2, clock_timestamp())
         ON CONFLICT (member, purpose) DO UPDATE SET given = excluded.given, decided_at = excluded.decided_at`,
        [memberHex(member), given],
      )
    },
    rows: async <Row extends object>(sql: string, values: readonly unknown[] = []) =>
      (await owner.query<Row>(sql, [...values])).rows,
    forgetJudged: async () => {
      const kept = `SELECT tablename FROM pg_tables WHERE schemaname = 'judged' AND tablename <> 'kept_run'`
      const { rows } = await owner.query(kept)
      await owner.query(`TRUNCATE ${rows.map(({ tablename }) => `judged.${tablename}`).join(', ')}`)
    },
    close: async () => {
      await rescorer.close()
      await owner.end()
      await database.drop()
    },
  }
}

async function mirror(
  owner: pg.Client,
  { block, day, bought }: { readonly block: number; readonly day: number; readonly bought: readonly Bought[] },
): Promise<void> {
  const hash = block.toString(16).padStart(64, '0')
  await owner.query(
    `INSERT INTO ledger.block (number, hash, parent_hash, time, evidence)
     VALUES ($1, decode($2, 'hex'), decode($2, 'hex'), $3, 'receipts')`,
    [block, hash, noon(day)],
  )
  const rows = bought.map(({ shop, member, day: on, spend = 500 }, index) => {
    return { shop, member: memberHex(member), sold_at: noon(on), spend, index }
  })
  await owner.query(
    `INSERT INTO ledger.purchase (shop, till, sequence, member, points, spend, sold_at, record, block_number, log_index,
       transaction_hash)
     SELECT b.shop, 1, $1::bigint * 100000 + b.index, decode(b.member, 'hex'), 0, b.spend, b.sold_at, 1, $1, b.index,
       decode($2, 'hex')
     FROM json_to_recordset($3) AS b(shop int, member text, sold_at timestamptz, spend bigint, index int)`,
    [block, hash, JSON.stringify(rows)],
  )
  await owner.query(
    `INSERT INTO ledger.checkpoint VALUES ('ledger', $1::bigint, decode($2, 'hex'), $1::bigint - 1, $1::bigint, now())
     ON CONFLICT (name) DO UPDATE SET block = excluded.block, hash = excluded.hash`,
    [block, hash],
  )
}
