import 'server-only'
import type pg from 'pg'
import { openPool, openPrisma, type PrismaClient } from '#indexer/db/client.ts'
import { config } from './config.ts'
import type { Address } from './network.ts'

interface Connections {
  readonly pool: pg.Pool
  /** Opened when somebody first asks for it: most questions are SQL. */
  prisma: PrismaClient | undefined
}

// A reload of the development server makes this module anew but keeps the process: without a place outside the
// module every saved file would leave a pool behind.
const kept = globalThis as typeof globalThis & { highstreetPortalDatabase?: Connections | undefined }

function connections(): Connections {
  kept.highstreetPortalDatabase ??= {
    pool: openPool(config().databaseUrl, { name: 'highstreet portal', connections: 10 }),
    prisma: undefined,
  }
  return kept.highstreetPortalDatabase
}

/** The portal's connections, signed in as its own role. Wide whole numbers arrive as bigint, bytea as Buffer. */
export function pool(): pg.Pool {
  return connections().pool
}

export function prisma(): PrismaClient {
  const held = connections()
  held.prisma ??= openPrisma(config().databaseUrl, { connections: 4 })
  return held.prisma
}

/** For a process that ends, and for tests. */
export async function closeDatabase(): Promise<void> {
  const held = kept.highstreetPortalDatabase
  kept.highstreetPortalDatabase = undefined
  await Promise.all([held?.pool.end(), held?.prisma?.$disconnect()])
}

/** A question with a name: Postgres keeps its plan per connection, so asking again costs no planning. */
export interface Question {
  readonly name: string
  readonly text: string
}

/** The rows as the question's own SELECT list shapes them; who writes the SQL states the row's type beside it. */
export async function ask<Row extends object>(question: Question, values: readonly unknown[] = []): Promise<Row[]> {
  const answer = await pool().query<Row>({ ...question, values: [...values] })
  return answer.rows
}

/** An address as the database keeps it. */
export function bytesOf(address: Address): Buffer {
  return Buffer.from(address.slice(2), 'hex')
}
