import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { DatabaseUrls } from '#indexer/db/connection.ts'
import { rebuildLedger } from '#indexer/db/rebuild.ts'
import { keptPasswords, runtimeUrls } from '#indexer/db/roles.ts'
import { Complaint, runToItsEnd } from './street/complaint.ts'
import { childEnvironment, settings as readOwnSettings, type Settings } from './street/config.ts'
import type { RunningStreet } from './street/hall.ts'
import { checkout, filesOf, indexerProgram, readJson, type StreetFiles } from './street/place.ts'
import { lives } from './street/processes.ts'

const usage = `npm run rebuild -- [options]
Drops the ledger and makes it again: its tables from the migrations, its rows from the chain. The street may be open:
readers see the old books until the new ones take their place at one blow. Scores, wishes and people stay as they are.
Says which tables were not as they are now.

  --data DIR   the street's data folder (default .data)
  --help       this page

An embedded street must be open, since its chain is asked. With a database and a chain of your own, DATABASE_URL,
RPC_URL and DEPLOYMENT_FILE are enough. The owner must be allowed to make a database beside (NAME_rebuild) for
the while.`

function valuesOf(args: readonly string[]) {
  const flags = { data: { type: 'string', default: '.data' }, help: { type: 'boolean', default: false } } as const
  try {
    return parseArgs({ args: [...args], options: flags }).values
  } catch (error) {
    throw new Complaint(
      `${error instanceof Error ? error.message.split('. ')[0] : error}. See npm run rebuild -- --help.`,
    )
  }
}

interface Books {
  readonly urls: DatabaseUrls
  readonly rpcUrl: string
  readonly deploymentFile: string
}

/** The books of the street on this data folder, or those that the settings name. */
function booksOf(files: StreetFiles, settings: Settings): Books {
  const { databaseUrl, outside } = settings
  const running = readJson(files.running) as RunningStreet | undefined
  const { owner, indexer, web } = running?.databases ?? {}
  if (running !== undefined && lives(running.starter) && running.rpcUrl !== undefined && owner && indexer && web) {
    const deploymentFile = outside === undefined ? files.deployment : resolve(checkout, outside.deploymentFile)
    return { urls: { owner, indexer, web }, rpcUrl: running.rpcUrl, deploymentFile }
  }
  if (databaseUrl === undefined || outside === undefined) {
    throw new Complaint(
      `No street is open on ${files.home}: open it with npm start, or name its folder with --data. With a database ` +
        'and a chain of your own, set DATABASE_URL, RPC_URL and DEPLOYMENT_FILE.',
    )
  }
  const made = runtimeUrls(databaseUrl, keptPasswords(files.home))
  const urls = {
    owner: databaseUrl,
    indexer: settings.indexerDatabaseUrl ?? made.indexer,
    web: settings.webDatabaseUrl ?? made.web,
  }
  return { urls, rpcUrl: outside.rpcUrl, deploymentFile: resolve(checkout, outside.deploymentFile) }
}

/** Mirrors the chain into a ledger beside, by the indexer's own program. */
async function fill(books: Books, settings: Settings, indexerUrl: string, block: number): Promise<void> {
  const { confirmations, timeZone } = settings
  const child = spawn(process.execPath, [...indexerProgram, 'follow', '--until', String(block), '--ledger-only'], {
    cwd: checkout,
    env: {
      ...childEnvironment(),
      NODE_ENV: 'production',
      INDEXER_DATABASE_URL: indexerUrl,
      RPC_URL: books.rpcUrl,
      DEPLOYMENT_FILE: books.deploymentFile,
      LOG_LEVEL: 'error',
      TIME_ZONE: timeZone,
      ...(confirmations === undefined ? {} : { CONFIRMATIONS: confirmations }),
    },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const [code] = (await once(child, 'exit')) as [number | null]
  if (code !== 0) throw new Complaint('The books could not be filled beside the old ones, which stand as they were.')
}

async function main(): Promise<void> {
  const values = valuesOf(process.argv.slice(2))
  if (values.help) {
    console.log(usage)
    return
  }
  const settings = readOwnSettings()
  const books = booksOf(filesOf(values.data), settings)
  const { block, tables, rows, corrected } = await rebuildLedger({
    urls: books.urls,
    fill: (indexerUrl, until) => fill(books, settings, indexerUrl, until),
    report: (line) => console.log(line),
  })
  const were = corrected.length === 0 ? 'exactly as they were before' : `other than before in ${corrected.join(', ')}`
  console.log(`The ledger stands rebuilt at block ${block}: ${rows} rows in ${tables} tables, ${were}.`)
}

runToItsEnd(main)
