import pg from 'pg'
import { connect, type DatabaseUrls, urlTo } from '#indexer/db/connection.ts'
import type { EmbeddedPostgres } from '#indexer/db/embedded.ts'
import type { Arm, ArmName, Launch } from './arms.ts'
import { type BenchNode, type KeptChain, stopped } from './chain.ts'
import { type Launched, launched, untilMirrored } from './launched.ts'
import { usedByFamily, Watch } from './processes.ts'
import { type ForkFollowed, forkDepths, forkLatency } from './reorg.ts'
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
  /** By depth; none deeper is tried once one was not followed. */
  readonly forks: readonly ForkFollowed[]
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
  const program = launched(launch)
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
    tell('forks')
    const { forks, atLast } = await throughForks(arm, { ...bench, truth }, program, client)
    const found = [...atFirst, ...atTip, ...atLast]
    return { arm: arm.name, seconds, ...used, postgresCpuSeconds, nodeCpuSeconds, tip, forks, differences: found }
  } catch (error) {
    if (signal.aborted) throw error
    const sentence = error instanceof Error ? error.message : String(error)
    throw new Error(`${arm.name}: ${sentence}\n${program.lastWords()}`)
  } finally {
    await watch.end()
    await stopped(program.child)
  }
}

/** One fork after the other, until one is not followed. What was followed must have left the chain's balances. */
async function throughForks(
  { books }: Arm,
  { node, truth, signal }: Bench,
  { child }: Launched,
  client: pg.Client,
): Promise<{ readonly forks: readonly ForkFollowed[]; readonly atLast: readonly string[] }> {
  const forks: ForkFollowed[] = []
  const atLast: string[] = []
  for (const depth of forkDepths) {
    const followed = await forkLatency(depth, { node, client, books, truth, child, signal })
    forks.push(followed)
    if (typeof followed.ms === 'string') break
    atLast.push(...(await differences(client, books, truth)))
  }
  return { forks, atLast }
}
