import { join } from 'node:path'
import type { DatabaseUrls } from '#indexer/db/connection.ts'
import { migrate } from '#indexer/db/migrate.ts'
import { repository } from '../../proof/program.ts'
import { indexerProgram } from '../../street/place.ts'
import { freePort } from '../../street/ports.ts'
import { startBetween } from './between.ts'
import type { BenchNode, KeptChain } from './chain.ts'
import { noReceipts } from './meddlers.ts'
import { installedPeer, loopbackOnly } from './peers.ts'
import { admittedTopic } from './topics.ts'

export const armNames = ['ours, proven', 'ours, unproven', 'ponder', 'subsquid'] as const
export type ArmName = (typeof armNames)[number]

/** A program to start, in a folder, with an environment that holds nothing of ours. */
export interface Launch {
  readonly args: readonly string[]
  readonly directory: string
  readonly environment: Readonly<Record<string, string>>
  /** What was opened for it alone. */
  readonly close?: () => Promise<void>
}

/** How the books of an indexer are read; every address in lower case with 0x before it. */
export interface Books {
  /** Newest block that readers see: one row, `number`. */
  readonly newestBlock: string
  /** The same with its `hash`. */
  readonly newestHash: string
  /** `token`, `account`, `amount`; what is nothing is left out. */
  readonly balances: string
  /** One row, `count`. */
  readonly transfers: string
}

export interface Arm {
  readonly name: ArmName
  readonly books: Books
  launch(place: ArmPlace): Promise<Launch>
}

export interface ArmPlace {
  readonly chain: KeptChain
  readonly node: BenchNode
  readonly urls: DatabaseUrls
  readonly tell: (text: string) => void
}

// Blocks that peers hold back or keep undoable, as our own deployment says.
const confirmations = 64

const ourBooks: Books = {
  newestBlock: 'SELECT max(block)::int AS number FROM ledger.checkpoint',
  newestHash: `SELECT block::int AS number, '0x' || encode(hash, 'hex') AS hash FROM ledger.checkpoint`,
  balances: `SELECT '0x' || encode(t.address, 'hex') AS token, '0x' || encode(b.member, 'hex') AS account,
      (b.lane0 + b.lane1 + b.lane2 + b.lane3 + b.lane4)::text AS amount
    FROM ledger.balance b JOIN ledger.points_token t USING (shop)
    WHERE b.lane0 + b.lane1 + b.lane2 + b.lane3 + b.lane4 <> 0`,
  // What moved points stands with the members it moved them to and from, what moved none among the other events.
  transfers: `SELECT ((SELECT count(DISTINCT (block_number, log_index)) FROM ledger.movement WHERE kind <> 'debtPaid')
    + (SELECT count(*) FROM ledger.event WHERE name = 'Transfer'))::int AS count`,
}

const peerBooks = (schema: string, newest: Pick<Books, 'newestBlock' | 'newestHash'>): Books => ({
  ...newest,
  balances: `SELECT lower(token) AS token, lower(account) AS account, amount::text FROM ${schema}.balance
    WHERE amount <> 0`,
  transfers: `SELECT count(*)::int AS count FROM ${schema}.transfer`,
})

async function ours({ chain, urls }: ArmPlace, rpcUrl: string): Promise<Launch> {
  await migrate({ urls })
  return {
    args: [...indexerProgram, 'follow', '--ledger-only'],
    directory: repository,
    environment: {
      INDEXER_DATABASE_URL: urls.indexer,
      RPC_URL: rpcUrl,
      DEPLOYMENT_FILE: chain.deploymentFile,
      LOG_LEVEL: 'warn',
    },
  }
}

const proven: Arm = {
  name: 'ours, proven',
  books: ourBooks,
  launch: (place) => ours(place, place.node.url),
}

const unproven: Arm = {
  name: 'ours, unproven',
  books: ourBooks,
  async launch(place) {
    const { url, close } = await startBetween(place.node.url, noReceipts)
    return { ...(await ours(place, url)), close }
  },
}

const ponder: Arm = {
  name: 'ponder',
  books: peerBooks('mirror', {
    newestBlock: 'SELECT max(number)::int AS number FROM mirror.block',
    newestHash: 'SELECT number::int AS number, hash FROM mirror.block ORDER BY mirror.block.number DESC LIMIT 1',
  }),
  async launch({ chain, node, urls, tell }) {
    const directory = await installedPeer('ponder', tell)
    const port = String(await freePort())
    const program = join(directory, 'node_modules/ponder/dist/esm/bin/ponder.js')
    const words = ['start', '--schema', 'mirror', '--hostname', '127.0.0.1', '--port', port, '--log-level', 'warn']
    return {
      args: ['--import', loopbackOnly, program, ...words],
      directory,
      environment: {
        DATABASE_URL: urls.owner,
        BENCH_RPC_URL: node.url,
        BENCH_WS_URL: node.wsUrl,
        BENCH_CONSORTIUM: chain.consortium,
        BENCH_START_BLOCK: String(chain.startBlock),
        NODE_ENV: 'production',
        PONDER_TELEMETRY_DISABLED: 'true',
        DO_NOT_TRACK: '1',
      },
    }
  },
}

// Its own table of blocks has a text for a key; these rows are written in the same transaction.
const squidNewest = {
  newestBlock: `SELECT greatest((SELECT max(height) FROM squid_processor.status),
    (SELECT max(height) FROM squid_processor.hot_block)) AS number`,
  newestHash: `SELECT height AS number, hash FROM (SELECT height, hash FROM squid_processor.status
    UNION ALL SELECT height, hash FROM squid_processor.hot_block) newest ORDER BY height DESC LIMIT 1`,
}

const subsquid: Arm = {
  name: 'subsquid',
  books: peerBooks('public', squidNewest),
  async launch({ chain, node, urls, tell }) {
    const directory = await installedPeer('subsquid', tell)
    const place = ['--rpc', node.url, '--database', urls.owner, '--consortium', chain.consortium.toLowerCase()]
    const start = ['--start', String(chain.startBlock), '--confirmations', String(confirmations)]
    return {
      args: ['--import', loopbackOnly, join(directory, 'main.js'), ...place, ...start, '--admitted', admittedTopic],
      directory,
      environment: { DB_URL: urls.owner, NODE_ENV: 'production', SQD_WARN: '*', DO_NOT_TRACK: '1' },
    }
  },
}

export const arms: Readonly<Record<ArmName, Arm>> = {
  'ours, proven': proven,
  'ours, unproven': unproven,
  ponder,
  subsquid,
}
