import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { from as copyFrom, to as copyTo } from 'pg-copy-streams'
import { codeOf, connect, DatabaseUnusable, type DatabaseUrls, databaseIn, settingOf, urlTo } from './connection.ts'
import { migrate, ownMigrationTexts } from './migrate.ts'

export interface RebuildOptions {
  readonly urls: DatabaseUrls
  /** Mirrors the chain into an empty ledger at this address, signed in as the indexer, up to this block. */
  readonly fill: (indexerUrl: string, block: number) => Promise<void>
  readonly report?: (line: string) => void
}

export interface Rebuilt {
  readonly block: number
  readonly tables: number
  readonly rows: number
  /** Tables whose rows were others before: what was wrong with the books. */
  readonly corrected: readonly string[]
}

/** These say what happened to this mirror, which no chain can tell again; they are kept as they are. */
const kept = ['chain', 'checkpoint', 'reorg', 'leader', 'self_check']

// Any number, as long as every rebuild uses the same.
const rebuildLock = 0x72_65_62_75
// The one that every writing transaction of the indexer takes before anything else.
const writersLock = 0x68_69_67_68
const patienceMs = 30_000

/**
 * Drops the ledger and makes it again from the migrations and the chain, while it is read and written. The new books
 * are filled in a database beside, then copied in beside the old ones, and take their name in one transaction. Readers
 * see the old books, then the new ones, and never a mixture; the indexer waits for the copying and notices no more.
 */
export async function rebuildLedger(options: RebuildOptions): Promise<Rebuilt> {
  const report = options.report ?? (() => undefined)
  await migrate({ urls: options.urls })
  const keeper = await connect(options.urls.owner, settingOf.owner)
  try {
    const { rows } = await keeper.query<{ held: boolean }>('SELECT pg_try_advisory_lock($1) AS held', [rebuildLock])
    if (rows[0]?.held !== true) throw new DatabaseUnusable('Another rebuild of these books is at work: wait for it.')
    return await rebuildAlone(keeper, { ...options, scratch: scratchOf(options.urls), report })
  } finally {
    await keeper.end()
  }
}

async function rebuildAlone(keeper: pg.Client, options: Replacing): Promise<Rebuilt> {
  const { urls, scratch, report } = options
  try {
    await keeper.query('DROP SCHEMA IF EXISTS ledger_rebuilt CASCADE')
    await dropDatabase(urls.owner, scratch.owner)
    await migrate({ urls: scratch })
    const { block } = await checkpointIn(keeper)
    report(`filling new books beside the old ones, up to block ${block}`)
    await options.fill(scratch.indexer, block)
    return await replace(options)
  } finally {
    await keeper.query('DROP SCHEMA IF EXISTS ledger_rebuilt CASCADE').catch(() => undefined)
    await dropDatabase(urls.owner, scratch.owner)
  }
}

function scratchOf(urls: DatabaseUrls): DatabaseUrls {
  const name = `${databaseIn(new URL(urls.owner))}_rebuild`
  return { owner: urlTo(urls.owner, name), indexer: urlTo(urls.indexer, name), web: urlTo(urls.web, name) }
}

async function dropDatabase(owner: string, scratch: string): Promise<void> {
  const client = await connect(owner, settingOf.owner)
  try {
    const name = pg.escapeIdentifier(databaseIn(new URL(scratch)))
    await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
  } finally {
    await client.end()
  }
}

interface Checkpoint {
  readonly block: number
  readonly hash: string
}

async function checkpointIn(client: pg.Client): Promise<Checkpoint> {
  const { rows } = await client.query<{ block: string; hash: string }>(
    `SELECT block, encode(hash, 'hex') AS hash FROM ledger.checkpoint WHERE name = 'ledger'`,
  )
  const [row] = rows
  if (row === undefined) throw new DatabaseUnusable('The ledger is empty: there is nothing to rebuild.')
  return { block: Number(row.block), hash: row.hash }
}

type Replacing = RebuildOptions & { readonly scratch: DatabaseUrls; readonly report: (line: string) => void }

/** Holds the writer, brings the new books to the very block of the old ones, and puts them in their place. */
async function replace({ urls, fill, scratch, report }: Replacing): Promise<Rebuilt> {
  const swapper = await connect(urls.owner, settingOf.owner)
  const builder = await connect(urls.owner, settingOf.owner)
  const source = await connect(scratch.owner, settingOf.owner)
  try {
    await swapper.query('BEGIN')
    await holdWriter(swapper)
    const live = await checkpointIn(swapper)
    await fill(scratch.indexer, live.block)
    if ((await checkpointIn(source)).hash !== live.hash) {
      throw new DatabaseUnusable('The chain forked during the rebuild; the old books stand. Run it again.')
    }
    report(`copying the new books in, at block ${live.block}`)
    const built = await buildBeside(builder, source)
    await untilNobodyLooksFromBefore(builder)
    await swap(swapper)
    return { block: live.block, ...built }
  } catch (error) {
    await swapper.query('ROLLBACK').catch(() => undefined)
    throw error
  } finally {
    for (const client of [swapper, builder, source]) await client.end().catch(() => undefined)
  }
}

async function holdWriter(client: pg.Client): Promise<void> {
  try {
    await client.query(`SET LOCAL lock_timeout = ${patienceMs}`)
    await client.query('SELECT pg_advisory_xact_lock($1)', [writersLock])
    await client.query('SET LOCAL lock_timeout = 0')
  } catch (error) {
    if (codeOf(error) !== '55P03') throw error
    throw new DatabaseUnusable(
      `The indexer did not pause within ${patienceMs / 1000} seconds; the old books stand. Stop it, and try again.`,
      { cause: error },
    )
  }
}

/**
 * Makes the tables of the ledger by the migrations, under another schema's name, and copies the rows in. The live
 * schemas step aside for that within the one transaction, so nobody else ever sees them do it.
 */
async function buildBeside(builder: pg.Client, source: pg.Client): Promise<Omit<Rebuilt, 'block'>> {
  await builder.query('BEGIN')
  try {
    for (const schema of schemas) await builder.query(`ALTER SCHEMA ${schema} RENAME TO ${schema}_aside`)
    for (const sql of ownMigrationTexts()) await builder.query(sql)
    await builder.query('DROP SCHEMA judged, portal CASCADE; ALTER SCHEMA ledger RENAME TO ledger_rebuilt')
    for (const schema of schemas) await builder.query(`ALTER SCHEMA ${schema}_aside RENAME TO ${schema}`)
    const tables = (await tablesOf(builder)).filter((table) => !kept.includes(table))
    const corrected: string[] = []
    let rows = 0
    for (const table of tables) {
      await copy(source, builder, table)
      const before = await digestOf(builder, `ledger.${table}`)
      const after = await digestOf(builder, `ledger_rebuilt.${table}`)
      rows += after.rows
      if (before.rows !== after.rows || before.sum !== after.sum) corrected.push(table)
    }
    await builder.query('COMMIT')
    return { tables: tables.length, rows, corrected }
  } catch (error) {
    await builder.query('ROLLBACK').catch(() => undefined)
    throw error
  }
}

const schemas = ['ledger', 'judged', 'portal']

/** The ledger's tables; blocks come first, since the others refer to them. */
async function tablesOf(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'ledger' ORDER BY tablename <> 'block', tablename`,
  )
  return rows.map(({ name }) => name)
}

async function copy(source: pg.Client, builder: pg.Client, table: string): Promise<void> {
  await pipeline(
    source.query(copyTo(`COPY ledger.${table} TO STDOUT (FORMAT binary)`)),
    builder.query(copyFrom(`COPY ledger_rebuilt.${table} FROM STDIN (FORMAT binary)`)),
  )
  await builder.query(`ANALYZE ledger_rebuilt.${table}`)
}

/** How many rows a table has, and a sum over them that no order changes. */
async function digestOf(client: pg.Client, table: string): Promise<{ readonly rows: number; readonly sum: string }> {
  const { rows } = await client.query<{ rows: string; sum: string }>(
    `SELECT count(*) AS rows, coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)::text AS sum FROM ${table} t`,
  )
  return { rows: Number(rows[0]?.rows ?? 0), sum: rows[0]?.sum ?? '' }
}

/**
 * Waits for everybody whose moment may lie before the new rows were there: after the swap they would find the new
 * tables, but none of their rows.
 */
async function untilNobodyLooksFromBefore(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ id: string }>(
    `SELECT l.virtualtransaction AS id FROM pg_locks l JOIN pg_stat_activity a USING (pid)
     WHERE l.locktype = 'virtualxid' AND l.granted AND a.datname = current_database()
       AND l.pid <> pg_backend_pid()
       AND NOT EXISTS (SELECT FROM pg_locks w WHERE w.pid = l.pid AND w.locktype = 'advisory'
         AND w.classid = 0 AND w.objid = $1)`,
    [writersLock],
  )
  const before = rows.map(({ id }) => id)
  await retried('Somebody has been reading the books', async () => {
    const left = await client.query(
      `SELECT 1 FROM pg_locks WHERE locktype = 'virtualxid' AND granted AND virtualtransaction = ANY ($1)`,
      [before],
    )
    return left.rowCount === 0
  })
}

/** The new books take the name of the old ones, and the old ones go. Readers in the middle of a look are waited for. */
async function swap(client: pg.Client): Promise<void> {
  const tables = await tablesOf(client)
  const all = tables.map((table) => `ledger.${table}`).join(', ')
  await client.query('SAVEPOINT before_lock')
  await retried('Somebody has been reading the books', async () => {
    try {
      // All at once or none: whoever held one and waited for another would make readers wait for readers.
      await client.query(`LOCK TABLE ${all} IN ACCESS EXCLUSIVE MODE NOWAIT`)
      return true
    } catch (error) {
      await client.query('ROLLBACK TO before_lock')
      if (codeOf(error) !== '55P03') throw error
      return false
    }
  })
  for (const table of tables.filter((name) => kept.includes(name))) {
    await client.query(`DROP TABLE ledger_rebuilt.${table}`)
    await client.query(`ALTER TABLE ledger.${table} SET SCHEMA ledger_rebuilt`)
  }
  await client.query('ALTER SCHEMA ledger RENAME TO ledger_old')
  await client.query('ALTER SCHEMA ledger_rebuilt RENAME TO ledger')
  await client.query('DROP SCHEMA ledger_old CASCADE')
  await client.query('COMMIT')
}

async function retried(what: string, attempt: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + patienceMs; ; ) {
    if (await attempt()) return
    if (Date.now() > deadline) {
      throw new DatabaseUnusable(
        `${what} for more than ${patienceMs / 1000} seconds; the old books stand. Run it again.`,
      )
    }
    await sleep(20)
  }
}
