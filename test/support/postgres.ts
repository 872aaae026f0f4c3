import { randomUUID } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { type DatabaseUrls, urlTo } from '#indexer/db/connection.ts'
import { templateDatabase } from './postgres-server.ts'

export interface TestDatabase {
  readonly urls: DatabaseUrls
  /** Ends every connection to it and removes it. Optional: all are gone at the end of the run. */
  drop(): Promise<void>
}

const patienceMs = 90_000

/** A fresh, migrated database for this test file alone: owner, indexer and web role addresses. */
export async function testDatabase(): Promise<TestDatabase> {
  const server = await testServer()
  const name = `street_${randomUUID().replaceAll('-', '')}`
  const database = pg.escapeIdentifier(name)
  await asOwner(server, `CREATE DATABASE ${database} TEMPLATE ${pg.escapeIdentifier(templateDatabase)}`)
  return {
    urls: { owner: urlTo(server.owner, name), indexer: urlTo(server.indexer, name), web: urlTo(server.web, name) },
    drop: () => asOwner(server, `DROP DATABASE IF EXISTS ${database} WITH (FORCE)`),
  }
}

/** The run's own server, for tests that make databases themselves. */
export async function testServer(): Promise<DatabaseUrls> {
  // Asked for here: programs that tests share with a drill may not even look at vitest.
  const { inject } = await import('vitest')
  const folder = inject('testServer')
  writeFileSync(join(folder, 'wanted'), '')
  const deadline = Date.now() + patienceMs
  while (!existsSync(join(folder, 'ready'))) {
    if (existsSync(join(folder, 'failed'))) {
      throw new Error(`the test database did not start: ${readFileSync(join(folder, 'failed'), 'utf8')}`)
    }
    if (Date.now() > deadline) throw new Error(`the test database was not ready within ${patienceMs / 1000} seconds`)
    await sleep(20)
  }
  return JSON.parse(readFileSync(join(folder, 'ready'), 'utf8')) as DatabaseUrls
}

async function asOwner(server: DatabaseUrls, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: urlTo(server.owner, 'postgres') })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}

/**
 * Asks whether somebody waits for this table of the ledger. Every test's database is a copy of one template, so their
 * tables have the same numbers: without its name another test's wait would be taken for this one's.
 */
export const waitersFor = (table: string): string =>
  `SELECT 1 FROM pg_locks WHERE relation = 'ledger.${table}'::regclass AND NOT granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`
