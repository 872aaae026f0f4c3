import { join } from 'node:path'
import type pg from 'pg'
import { getContractAddress, isAddressEqual } from 'viem'
import { openPool } from '#indexer/db/client.ts'
import { codeOf, DatabaseUnusable, type DatabaseUrls, databaseIn, urlTo } from '#indexer/db/connection.ts'
import { removeEmbedded, startEmbedded } from '#indexer/db/embedded.ts'
import { migrate } from '#indexer/db/migrate.ts'
import { keptPasswords, runtimeUrls } from '#indexer/db/roles.ts'
import { Complaint } from './complaint.ts'
import type { Settings } from './config.ts'
import type { Deployment } from './deployment.ts'
import type { Hall } from './hall.ts'
import type { StreetFiles } from './place.ts'
import { identityOf } from './processes.ts'
import { bytesOf, hexOf } from './submissions.ts'

export interface Database {
  readonly urls: DatabaseUrls
  /** A database beside it, signed in as the indexer, in which the ledger can be rebuilt to be compared. */
  readonly scratchUrl: string | undefined
  /** As the owner, for opening and mending; the rooms have roles of their own. */
  readonly pool: pg.Pool
  /** What to call it in a sentence. */
  readonly name: string
  readonly port: number | undefined
}

/** The database, embedded or the person's own, brought to the shape of this checkout. */
export async function startDatabase(settings: Settings, files: StreetFiles, hall: Hall): Promise<Database> {
  const { urls, port } =
    settings.databaseUrl === undefined
      ? await embedded(settings, files, hall)
      : { urls: outside(settings, files), port: undefined }
  await migrate({ urls })
  const scratchUrl = await scratchBeside(urls)
  const url = new URL(urls.owner)
  const name = port === undefined ? `database ${url.pathname.slice(1)} at ${url.host}` : 'embedded database'
  return { urls, scratchUrl, pool: openPool(urls.owner, { name: 'highstreet start', connections: 3 }), name, port }
}

/** Makes the second database where that is allowed; undefined where it is not, and then nothing can be rebuilt. */
export async function scratchBeside(urls: DatabaseUrls): Promise<string | undefined> {
  const name = `${databaseIn(new URL(urls.owner))}_verify`
  const scratch = {
    owner: urlTo(urls.owner, name),
    indexer: urlTo(urls.indexer, name),
    web: urlTo(urls.web, name),
  }
  try {
    await migrate({ urls: scratch })
    return scratch.indexer
  } catch (error) {
    if (error instanceof DatabaseUnusable && codeOf(error.cause) === '42501') return undefined
    throw error
  }
}

async function embedded(settings: Settings, files: StreetFiles, hall: Hall) {
  const base = settings.privateBase === undefined ? {} : { privateBase: settings.privateBase }
  const starting = startEmbedded({ directory: files.home, database: 'highstreet', ...base })
  const adopted = starting.then((server) => {
    const log = join(files.home, 'postgres.log')
    return { name: 'database', identity: identityOf(server.pid), log, end: () => server.stop() }
  })
  await hall.adopt('postgres', adopted)
  const server = await starting
  return { urls: server.urls, port: server.port }
}

function outside(settings: Settings, files: StreetFiles): DatabaseUrls {
  const owner = settings.databaseUrl ?? ''
  const made = runtimeUrls(owner, keptPasswords(files.home))
  return { owner, indexer: settings.indexerDatabaseUrl ?? made.indexer, web: settings.webDatabaseUrl ?? made.web }
}

/** Whose books a database holds: nobody's yet, those of this deployment, or another chain's. */
export type Books = 'empty' | 'ours' | 'others'

export async function booksIn(database: Database, deployment: Deployment | undefined): Promise<Books> {
  const { pool } = database
  const mirrored = await pool.query<{ chain_id: bigint; consortium: Buffer }>(
    'SELECT chain_id, consortium FROM ledger.chain',
  )
  const signed = await pool.query<{ ours: boolean }>(
    `SELECT EXISTS (SELECT FROM portal.shop_profile) OR EXISTS (SELECT FROM portal.submission)
         OR EXISTS (SELECT FROM portal.intent) AS ours`,
  )
  const chain = mirrored.rows[0]
  if (chain === undefined) return signed.rows[0]?.ours === true ? await openedFor(database, deployment) : 'empty'
  const same =
    deployment !== undefined &&
    Number(chain.chain_id) === deployment.chainId &&
    chain.consortium.equals(bytesOf(deployment.contracts.consortium))
  return same ? 'ours' : 'others'
}

/** Before the first block is mirrored, the transaction that made the consortium tells whose the books are. */
async function openedFor(database: Database, deployment: Deployment | undefined): Promise<Books> {
  if (deployment === undefined) return 'others'
  if (!deployment.embedded) return 'ours'
  const found = await database.pool.query<{ sender: Buffer; nonce: bigint }>(
    `SELECT sender, nonce FROM portal.submission WHERE purpose = 'deploy Consortium'`,
  )
  const addresses = found.rows.map((row) => getContractAddress({ from: hexOf(row.sender), nonce: row.nonce }))
  return addresses.some((address) => isAddressEqual(address, deployment.contracts.consortium)) ? 'ours' : 'others'
}

export function othersBooks(database: Database): Complaint {
  return new Complaint(
    `The ${database.name} holds the books of another chain: give an empty database in DATABASE_URL, or the data ` +
      'folder that belongs to these books in --data.',
  )
}

/** Forgets the mirror; the indexer writes it again from the chain. */
export async function forgetMirror(database: Database): Promise<void> {
  const tables = await database.pool.query<{ name: string }>(
    `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname = 'ledger'`,
  )
  await database.pool.query(`TRUNCATE ${tables.rows.map((row) => row.name).join(', ')}`)
}

/** Removes the books. A database of the person's own is emptied only of what belongs to this street. */
export async function removeBooks(
  settings: Settings,
  files: StreetFiles,
  deployment: Deployment | undefined,
): Promise<void> {
  if (settings.databaseUrl === undefined) return removeEmbedded(files.home)
  const urls = outside(settings, files)
  await migrate({ urls })
  const pool = openPool(urls.owner, { connections: 1 })
  try {
    const name = `database at ${new URL(urls.owner).host}`
    const database = { urls, scratchUrl: undefined, pool, name, port: undefined }
    const books = await booksIn(database, deployment)
    if (books === 'others') throw othersBooks(database)
    const tables = await pool.query<{ name: string }>(
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
        WHERE schemaname IN ('ledger', 'judged', 'portal')`,
    )
    await pool.query(`TRUNCATE ${tables.rows.map((row) => row.name).join(', ')}`)
  } finally {
    await pool.end()
  }
}
