import type pg from 'pg'
import { connect } from '#indexer/db/connection.ts'
import { compareRows } from './compare.ts'
import { type CheckResult, type Ruling, resultOf, ruling } from './findings.ts'
import { hexOf, type Mirror } from './mirror.ts'
import { comparedTables, imagesAtSql, imageTable, type LedgerTable, rowsAtSql } from './tables.ts'

// Anything but the number the indexer locks on: who rebuilds must be able to hold this one meanwhile.
const scratchLock = 0x73_63_72_61
const lockAskedEveryMs = 500

/** The database beside the mirror in which it is rebuilt; one rebuild at a time. */
export interface Scratch {
  readonly client: pg.Client
  /** Empties it and lets the next one in. */
  close(): Promise<void>
}

export async function openScratch(
  url: string,
  waiting: () => void,
  pause: (ms: number) => Promise<void>,
): Promise<Scratch> {
  const client = await connect(url, 'SCRATCH_DATABASE_URL')
  try {
    for (let asked = 0; ; asked += 1) {
      const { rows } = await client.query<{ held: boolean }>('SELECT pg_try_advisory_lock($1) AS held', [scratchLock])
      if (rows[0]?.held === true) break
      if (asked === 0) waiting()
      await pause(lockAskedEveryMs)
    }
    await client.query(`SET TIME ZONE 'UTC'`)
    // What a killed rebuild left may be of another chain.
    await emptied(client)
  } catch (error) {
    await client.end().catch(() => undefined)
    throw error
  }
  return {
    client,
    close: async () => {
      await emptied(client).catch(() => undefined)
      await client.end().catch(() => undefined)
    },
  }
}

/** What was rebuilt is compared and then of no use to anybody; the chain it was of is forgotten with it. */
async function emptied(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname = 'ledger'`,
  )
  await client.query(`TRUNCATE ${rows.map(({ name }) => name).join(', ')}`)
}

/** Holds the mirror against books filled from nothing up to `block`, table by table. */
export async function judgeRebuilt(
  mirror: Mirror,
  scratch: Scratch,
  at: { readonly block: number; readonly began: Date },
): Promise<CheckResult> {
  const { block } = at
  const { rows } = await scratch.client.query<{ hash: Buffer }>('SELECT hash FROM ledger.block WHERE number = $1', [
    block,
  ])
  const [filled] = rows
  if (filled === undefined) throw new Error(`the rebuilt books do not reach block ${block}`)
  const rulings: Ruling[] = []
  for (const table of await comparedTables(mirror.client)) {
    const sql = rowsAtSql(table, block)
    rulings.push(await tableRuling(table, { mirror, scratch, sql }))
  }
  const sql = imagesAtSql(await blocksWithImages(mirror.client, scratch.client, block))
  rulings.push(await tableRuling(imageTable, { mirror, scratch, sql }))
  return resultOf('rebuild', { began: at.began, block, hash: hexOf(filled.hash) }, rulings)
}

async function tableRuling(
  table: LedgerTable,
  { mirror, scratch, sql }: { readonly mirror: Mirror; readonly scratch: Scratch; readonly sql: string },
): Promise<Ruling> {
  const { rows, differing, first } = await compareRows(
    table,
    { client: mirror.client, sql },
    { client: scratch.client, sql },
  )
  const says = `Every row of ${table.name} is what the chain makes of it`
  return { ...ruling({ rule: `table ${table.name}`, says, detail: `${rows} rows` }, rows, first), differing }
}

/** Blocks of which both books kept every image; the mark is an image of a fold named block. */
async function blocksWithImages(one: pg.Client, other: pg.Client, upTo: number): Promise<number[]> {
  const marked = async (client: pg.Client): Promise<Set<number>> => {
    const { rows } = await client.query<{ number: string }>(
      `SELECT block_number AS number FROM ledger.before_image WHERE fold = 'block' AND block_number <= $1`,
      [upTo],
    )
    return new Set(rows.map(({ number }) => Number(number)))
  }
  const [ours, fresh] = [await marked(one), await marked(other)]
  return [...ours].filter((number) => fresh.has(number))
}

/** Whether the mirror can be put back to `block`: every block above it kept its images. */
export async function canBePutBack(mirror: Mirror, block: number): Promise<boolean> {
  const [row] = await mirror.rows<{ kept: string }>(
    `SELECT count(*)::text AS kept FROM ledger.before_image WHERE block_number > $1 AND fold = 'block'`,
    [block],
  )
  return Number(row?.kept ?? 0) === mirror.block - block
}
