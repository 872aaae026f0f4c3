import { createHash, randomUUID } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import {
  codeOf,
  connect,
  DatabaseUnusable,
  type DatabaseUrls,
  databaseIn,
  parseUrl,
  settingOf,
  urlTo,
  userIn,
} from './connection.ts'
import { checkRuntimeRoles, createRuntimeRoles } from './roles.ts'

/** The migrations that belong to this checkout. */
export const ownMigrations = fileURLToPath(new URL('./migrations', import.meta.url))

/** What the migrations of this checkout do, in their order. */
export const ownMigrationTexts = (): readonly string[] => readMigrations(ownMigrations).map(({ sql }) => sql)

export interface MigrateOptions {
  readonly urls: DatabaseUrls
  readonly directory?: string
  readonly report?: (line: string) => void
}

interface Migration {
  readonly name: string
  readonly sql: string
  readonly checksum: string
}

// The number Prisma's own engine locks on, so that it and this runner never work at once.
const migrationLock = 72707369

/**
 * Brings a database to the shape of this checkout: makes the database and the two runtime roles where they are
 * missing, and applies every migration not yet applied, each in one transaction. Keeps Prisma's own bookkeeping table,
 * so Prisma's tools agree with it. Returns the names applied. Throws DatabaseUnusable with a sentence to act on.
 */
export async function migrate(options: MigrateOptions): Promise<string[]> {
  const report = options.report ?? (() => undefined)
  const migrations = readMigrations(options.directory ?? ownMigrations)
  await createDatabaseIfMissing(options.urls.owner)
  const client = await connect(options.urls.owner, settingOf.owner)
  try {
    await client.query('SELECT pg_advisory_lock($1)', [migrationLock])
    await createRuntimeRoles(client, options.urls)
    await client.query(bookkeeping)
    const pending = pendingOf(migrations, await recorded(client))
    for (const migration of pending) {
      await apply(client, migration)
      report(`applied ${migration.name}`)
    }
    await checkRuntimeRoles(options.urls)
    return pending.map((migration) => migration.name)
  } finally {
    await client.end()
  }
}

const bookkeeping = `CREATE TABLE IF NOT EXISTS public._prisma_migrations (
  id varchar(36) PRIMARY KEY NOT NULL,
  checksum varchar(64) NOT NULL,
  finished_at timestamptz,
  migration_name varchar(255) NOT NULL,
  logs text,
  rolled_back_at timestamptz,
  started_at timestamptz NOT NULL DEFAULT now(),
  applied_steps_count integer NOT NULL DEFAULT 0
)`

function readMigrations(directory: string): Migration[] {
  if (!existsSync(directory)) throw new DatabaseUnusable(`There is no folder of migrations at ${directory}.`)
  const names = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  return names
    .map((entry) => entry.name)
    .sort()
    .map((name) => {
      const sql = readFileSync(join(directory, name, 'migration.sql'), 'utf8')
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') }
    })
}

async function createDatabaseIfMissing(address: string): Promise<void> {
  const url = parseUrl(address, settingOf.owner)
  const missing = await connect(address, settingOf.owner).then(
    (client) => client.end().then(() => false),
    (error: unknown) => {
      if (error instanceof DatabaseUnusable && codeOf(error.cause) === '3D000') return true
      throw error
    },
  )
  if (!missing) return
  const name = databaseIn(url)
  const server = await connect(urlTo(url.href, 'postgres'), settingOf.owner)
  try {
    await server.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}`)
  } catch (error) {
    // Somebody else made it meanwhile: that is what was wanted.
    if (codeOf(error) === '42P04' || codeOf(error) === '23505') return
    if (codeOf(error) !== '42501') throw error
    throw new DatabaseUnusable(
      `There is no database "${name}", and "${userIn(url)}" may not create it. ` +
        `Create it (CREATE DATABASE ${pg.escapeIdentifier(name)}), or name another in ${settingOf.owner}.`,
      { cause: error },
    )
  } finally {
    await server.end()
  }
}

interface RecordedMigration {
  readonly migration_name: string
  readonly checksum: string
  readonly finished_at: Date | null
}

async function recorded(client: pg.Client): Promise<RecordedMigration[]> {
  const found = await client.query<RecordedMigration>(
    'SELECT migration_name, checksum, finished_at FROM public._prisma_migrations WHERE rolled_back_at IS NULL',
  )
  return found.rows
}

/** What is still to be applied; refuses to go on from a history that is not this checkout's. */
function pendingOf(migrations: readonly Migration[], history: readonly RecordedMigration[]): Migration[] {
  const known = new Map(migrations.map((migration) => [migration.name, migration]))
  for (const row of history) {
    const migration = known.get(row.migration_name)
    if (migration === undefined) {
      throw new DatabaseUnusable(
        `The database has migration ${row.migration_name}, which this checkout does not have: the database is newer. ` +
          'Update the checkout, or use another database.',
      )
    }
    if (row.finished_at === null) {
      throw new DatabaseUnusable(
        `Migration ${row.migration_name} was begun by another tool and never finished. ` +
          'Look at what it did, then mark its row in _prisma_migrations as finished or rolled back.',
      )
    }
    if (row.checksum !== migration.checksum) {
      throw new DatabaseUnusable(
        `Migration ${row.migration_name} was edited after it was applied. ` +
          'Put the file back as it was and write a new migration for the change.',
      )
    }
  }
  const applied = new Set(history.map((row) => row.migration_name))
  return migrations.filter((migration) => !applied.has(migration.name))
}

/** The change and the note that it happened are one transaction, so a crash leaves both or neither. */
async function apply(client: pg.Client, migration: Migration): Promise<void> {
  const id = randomUUID()
  const startedAt = new Date()
  try {
    await client.query('BEGIN')
    await client.query(migration.sql)
    await client.query(
      `INSERT INTO public._prisma_migrations
         (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
       VALUES ($1, $2, $3, $4, clock_timestamp(), 1)`,
      [id, migration.checksum, migration.name, startedAt],
    )
    await client.query('COMMIT')
  } catch (error) {
    await client.query('ROLLBACK')
    await client.query(
      `INSERT INTO public._prisma_migrations (id, checksum, migration_name, started_at, rolled_back_at, logs)
       VALUES ($1, $2, $3, $4, clock_timestamp(), $5)`,
      [id, migration.checksum, migration.name, startedAt, String(error)],
    )
    throw new DatabaseUnusable(
      `Migration ${migration.name} failed and was undone: ${messageWithPlace(error, migration.sql)}`,
      { cause: error },
    )
  }
}

function messageWithPlace(error: unknown, sql: string): string {
  if (!(error instanceof pg.DatabaseError)) return String(error)
  if (error.position === undefined) return error.message
  const line = sql.slice(0, Number(error.position)).split('\n').length
  return `${error.message} (line ${line})`
}
