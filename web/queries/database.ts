import 'server-only'
import { createHash } from 'node:crypto'
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
    pool: openPool(config().databaseUrl, { name: 'highstreet portal', connections: 10, plansOnce: true }),
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

/** Answers a question with rows as its own SELECT list shapes them; who writes the SQL states the row's type. */
export type Ask = <Row extends object>(question: Question, values?: readonly unknown[]) => Promise<Row[]>

/** Asks over one connection, such as that of a transaction an act has open. */
export function askOver(client: Pick<pg.ClientBase, 'query'>): Ask {
  return async <Row extends object>(question: Question, values: readonly unknown[] = []) => {
    const answer = await client.query<Row>({ name: planName(question), text: question.text, values: [...values] })
    return answer.rows
  }
}

/** Asks over whichever connection of the pool is free. */
export const ask: Ask = async <Row extends object>(question: Question, values: readonly unknown[] = []) => {
  const answer = await pool().query<Row>({ name: planName(question), text: question.text, values: [...values] })
  return answer.rows
}

const planNames = new WeakMap<Question, string>()

/** A connection outlives an edit under the development server; the same name over another text would be refused. */
function planName(question: Question): string {
  const known = planNames.get(question)
  if (known !== undefined) return known
  const name = `${question.name} ${createHash('sha256').update(question.text).digest('hex').slice(0, 8)}`
  planNames.set(question, name)
  return name
}

/** Several questions answered from one state of the books: a block that arrives meanwhile is not half seen. */
export async function atOneMoment<Answer>(work: (ask: Ask) => Promise<Answer>): Promise<Answer> {
  const client = await pool().connect()
  let broken: Error | undefined
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
    return await work(askOver(client))
  } catch (error) {
    broken = error instanceof Error ? error : new Error(String(error))
    throw error
  } finally {
    // Nothing was written, so ending is the same either way; a connection that cannot even end is thrown away.
    const ended = await client.query('COMMIT').then(
      () => true,
      () => false,
    )
    client.release(ended ? undefined : (broken ?? true))
  }
}

/** An address as the database keeps it. */
export function bytesOf(address: Address): Buffer {
  return Buffer.from(address.slice(2), 'hex')
}

/** SQL that gives a bytea column as the portal writes addresses. */
export function addressSql(column: string): string {
  return `('0x' || encode(${column}, 'hex'))`
}

export function secondsOf(moment: Date): number {
  return Math.floor(moment.getTime() / 1000)
}

export function dateOf(seconds: number): Date {
  return new Date(seconds * 1000)
}
