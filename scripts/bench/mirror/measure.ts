import { type ChildProcess, spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { codeOf, connect, type DatabaseUrls, urlTo } from '#indexer/db/connection.ts'
import type { EmbeddedPostgres } from '#indexer/db/embedded.ts'
import type { Arm, ArmName, Launch } from './arms.ts'
import { type BenchNode, type KeptChain, stopped } from './chain.ts'
import { usedByFamily, Watch } from './processes.ts'
import { forkLatency } from './reorg.ts'
import { type Latencies, tipLatencies } from './tip.ts'
import { differences, type Truth } from './truth.ts'

/** What one indexer took for one chain, from its start to its newest block's row. */
export interface Measured {
  readonly arm: ArmName
  readonly seconds: number
  readonly cpuSeconds: number
  readonly postgresCpuSeconds: number
  readonly nodeCpuSeconds: number
  readonly peakMegabytes: number
  readonly tip: Latencies
  /** Milliseconds from a fork of 64 blocks to consistent reads; undefined where it was not tried. */
  readonly forkMs: number | undefined
  /** Where its books differed from the chain; empty where they were identical, after the backfill and at the end. */
  readonly differences: readonly string[]
}

export interface Bench {
  readonly chain: KeptChain
  readonly node: BenchNode
  readonly server: EmbeddedPostgres
  readonly truth: Truth
  readonly tipBlocks: number
  readonly signal: AbortSignal
  readonly tell: (text: string) => void
}

/** An empty database on the bench's server for the length of the work. */
export async function withDatabase<Result>(
  server: EmbeddedPostgres,
  work: (urls: DatabaseUrls) => Promise<Result>,
): Promise<Result> {
  const name = 'bench_mirror'
  const urls = {
    owner: urlTo(server.urls.owner, name),
    indexer: urlTo(server.urls.indexer, name),
    web: urlTo(server.urls.web, name),
  }
  const owner = await connect(urlTo(server.urls.owner, 'postgres'), 'DATABASE_URL')
  try {
    await owner.query(`DROP DATABASE IF EXISTS ${pg.escapeIdentifier(name)} WITH (FORCE)`)
    await owner.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}`)
    // Nobody pays for what the one before has left to be written.
    await owner.query('CHECKPOINT')
    return await work(urls)
  } finally {
    // Should it fail, the whole server goes all the same.
    await owner.query(`DROP DATABASE IF EXISTS ${pg.escapeIdentifier(name)} WITH (FORCE)`).catch(() => undefined)
    await owner.end()
  }
}

/** Runs one indexer from an empty database to the chain's newest block, then at the tip; then all is as before. */
export async function measure(arm: Arm, bench: Bench): Promise<Measured> {
  return await withDatabase(bench.server, async (urls) => {
    const { chain, node, tell } = bench
    const launch = await arm.launch({ chain, node, urls, tell })
    const client = await connect(urls.owner, 'DATABASE_URL')
    try {
      return await measureLaunched(arm, bench, launch, client)
    } finally {
      await client.end()
      await launch.close?.()
      // Asked to stop by the keyboard, the node may be gone before us.
      if (!bench.signal.aborted) await node.rewind()
    }
  })
}

async function measureLaunched(arm: Arm, bench: Bench, launch: Launch, client: pg.Client): Promise<Measured> {
  const { chain, node, server, signal, tell } = bench
  const before = { postgres: usedByFamily(server.pid).cpuSeconds, node: usedByFamily(node.pid).cpuSeconds }
  const begun = performance.now()
  const program = start(launch)
  const watch = new Watch(program.child.pid ?? 0)
  try {
    await untilMirrored({ arm, program, client, node, block: chain.blocks, signal, tell })
    const seconds = (performance.now() - begun) / 1000
    const used = watch.now()
    const postgresCpuSeconds = usedByFamily(server.pid).cpuSeconds - before.postgres
    const nodeCpuSeconds = usedByFamily(node.pid).cpuSeconds - before.node
    const truth = { ...bench.truth, balances: new Map(bench.truth.balances) }
    const atFirst = await differences(client, arm.books, truth)
    tell(`${bench.tipBlocks} blocks at the tip`)
    const tip = await tipLatencies({ node, client, books: arm.books, truth, blocks: bench.tipBlocks, signal })
    const atTip = await differences(client, arm.books, truth)
    const { newestBlock, newestHash } = arm.books
    const forking = { node, client, newestBlock, truth, pid: program.child.pid ?? 0, signal }
    const forkMs = newestHash === undefined ? undefined : await forkLatency({ ...forking, newestHash })
    const atLast = forkMs === undefined ? [] : await differences(client, arm.books, truth)
    const found = [...atFirst, ...atTip, ...atLast]
    return { arm: arm.name, seconds, ...used, postgresCpuSeconds, nodeCpuSeconds, tip, forkMs, differences: found }
  } catch (error) {
    if (signal.aborted) throw error
    const sentence = error instanceof Error ? error.message : String(error)
    throw new Error(`${arm.name}: ${sentence}\n${program.lastWords()}`)
  } finally {
    await watch.end()
    await stopped(program.child)
  }
}

interface Started {
  readonly child: ChildProcess
  lastWords(): string
}

function start({ args, directory, environment }: Launch): Started {
  // Only what it was given: a stray variable must not change what runs.
  const env = { PATH: '/usr/bin:/bin', ...environment } as unknown as NodeJS.ProcessEnv
  const child = spawn(process.execPath, args, { cwd: directory, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  const take = (chunk: Buffer): void => {
    said = (said + chunk.toString()).slice(-4_000)
  }
  child.stdout.on('data', take)
  child.stderr.on('data', take)
  return { child, lastWords: () => said.trim() }
}

interface Waiting {
  readonly arm: Arm
  readonly program: Started
  readonly client: pg.Client
  readonly node: BenchNode
  readonly block: number
  readonly signal: AbortSignal
  readonly tell: (text: string) => void
}

const lookEveryMs = 20
// undefined table, undefined schema: not made yet.
const notYet = ['42P01', '3F000']

// The unfinished end of a chain, of which some read nothing before the node announces another block.
const unfinished = 64
const nextBlockAfterMs = 500

async function untilMirrored({ arm, program, client, node, block, signal, tell }: Waiting): Promise<void> {
  let minedAt = 0
  for (;;) {
    signal.throwIfAborted()
    if (program.child.exitCode !== null) throw new Error('it ended by itself')
    const newest = await client.query<{ number: number | null }>(arm.books.newestBlock).then(
      ({ rows }) => rows[0]?.number ?? -1,
      (error: unknown) => {
        if (notYet.includes(codeOf(error) ?? '')) return -1
        throw error
      },
    )
    if (newest >= block) return
    if (newest >= block - unfinished && performance.now() - minedAt > nextBlockAfterMs) {
      // An empty one, as on a chain that lives.
      await node.rpc.ask('evm_mine')
      minedAt = performance.now()
    }
    tell(`block ${Math.max(0, newest)} of ${block}`)
    await sleep(lookEveryMs)
  }
}
