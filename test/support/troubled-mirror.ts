import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { openNodes } from '#indexer/chain/sources.ts'
import type { DatabaseUrls } from '#indexer/db/connection.ts'
import type { FailPoint } from '#indexer/ledger/fail-point.ts'
import type { TestChain } from './chain.ts'
import { testChain } from './chain.ts'
import { type Fault, type FaultProxy, type FaultRates, startFaultProxy } from './fault-proxy.ts'
import { comparable, wholeBooks } from './forks.ts'
import { deploymentFile, type RunningIndexer, startIndexer } from './indexer.ts'
import { followToHead, networkOf, openLedger } from './mirror.ts'
import { deployNetwork, type TestNetwork } from './network.ts'
import { Traffic } from './traffic.ts'
import { seeBooks, startReader, type WatchingReader } from './watching-reader.ts'

/** Where the books are kept, and where others can be filled anew to be held against them. */
export interface Shelf {
  readonly urls: DatabaseUrls
  fresh(): Promise<{ readonly url: string; drop(): Promise<void> }>
}

export interface TroubledOptions {
  readonly seed: string
  readonly shelf: Shelf
  readonly size?: { readonly shops: number; readonly members: number }
  /** Faults between the indexer and its node, from the beginning. */
  readonly rates?: FaultRates
  readonly settings?: Readonly<Record<string, string>>
  readonly patienceMs?: number
  readonly readEveryMs?: number
}

// Deeper than any fork made here: the chain is nobody's to take back.
const confirmations = 64
const undeserved = 'the indexer ended by itself'

/**
 * A street whose mirror has a hard life: a chain, a node that is not what it seems, the indexer as a process of its
 * own that may be killed at any moment, and a reader who looks at the books all the while.
 */
export class TroubledMirror {
  readonly network: TestNetwork
  readonly chain: TestChain
  readonly node: FaultProxy
  readonly reader: WatchingReader
  /** What was done so far. */
  readonly count = { started: 0, killed: 0, blocks: 0, forks: 0, deepest: 0, compared: 0, statesCompared: 0 }
  indexer: RunningIndexer | undefined
  private readonly options: TroubledOptions
  private readonly settings: Readonly<Record<string, string>>
  private readonly traffic: Traffic
  private readonly opened: number

  private constructor(options: TroubledOptions, network: TestNetwork, node: FaultProxy, opened: number) {
    this.opened = opened
    this.options = options
    this.network = network
    this.chain = network.chain
    this.node = node
    this.traffic = new Traffic(network, options.seed)
    this.reader = startReader(options.shelf.urls.web, options.readEveryMs ?? 25)
    this.settings = {
      INDEXER_DATABASE_URL: options.shelf.urls.indexer,
      RPC_URL: node.url,
      DEPLOYMENT_FILE: deploymentFile(network.deployment(false)),
      CONFIRMATIONS: String(confirmations),
      SELF_CHECK_SECONDS: '0',
      ...options.settings,
    }
  }

  static async open(options: TroubledOptions): Promise<TroubledMirror> {
    const chain = await testChain()
    try {
      const network = await deployNetwork(chain, options.size ?? { shops: 2, members: 5 })
      const { seed, rates = {} } = options
      const node = await startFaultProxy(chain.url, { seed, rates, mostCalls: 24 })
      return new TroubledMirror(options, network, node, (await chain.head()).number)
    } catch (error) {
      await chain.stop()
      throw error
    }
  }

  async close(): Promise<void> {
    this.indexer?.child.kill('SIGKILL')
    await this.indexer?.ended
    await this.reader.end()
    await this.node.stop()
    await this.chain.stop()
  }

  /** How often each fault came between the indexer and its node. */
  get faults(): ReadonlyMap<Fault, number> {
    return this.node.happened
  }

  start(failAt?: { readonly point: FailPoint; readonly time: number }): RunningIndexer {
    const doomed: Record<string, string> =
      failAt === undefined ? {} : { INDEXER_FAIL_AT: `${failAt.point}:${failAt.time}` }
    this.indexer = startIndexer(['follow'], { ...this.settings, ...doomed })
    this.count.started += 1
    return this.indexer
  }

  /** Kills the indexer, or one that was started before it, wherever it is. */
  async kill(indexer = this.indexer): Promise<void> {
    if (indexer === undefined) return
    if (indexer === this.indexer) this.indexer = undefined
    const { exitCode, signalCode } = indexer.child
    if (exitCode !== null)
      throw new Error(`${undeserved} (${exitCode}):\n${(await indexer.ended).output.slice(-2_000)}`)
    if (signalCode === null) this.count.killed += 1
    indexer.child.kill('SIGKILL')
    await indexer.ended
  }

  /** Waits until an indexer started to fail has done so; whether it did in time. */
  async failed(withinMs: number): Promise<boolean> {
    const { indexer } = this
    if (indexer === undefined) throw new Error('no indexer runs')
    const end = await Promise.race([indexer.ended, sleep(withinMs, undefined, { ref: false })])
    if (end === undefined) return false
    if (indexer.child.signalCode !== 'SIGKILL')
      throw new Error(`${undeserved} (${end.code}): ${end.complaint}${end.output}`)
    this.count.killed += 1
    this.indexer = undefined
    return true
  }

  /** The lead of whoever was killed has run out, as it does by itself after three seconds. */
  async leadRunsOut(): Promise<void> {
    const client = new pg.Client({ connectionString: this.options.shelf.urls.owner })
    await client.connect()
    await client.query('UPDATE ledger.leader SET until = now()')
    await client.end()
  }

  /** Waits until the indexer logs this event once more. */
  async heard(event: string): Promise<void> {
    const { lines = [] } = this.indexer ?? {}
    const before = lines.length
    const deadline = Date.now() + this.patienceMs
    while (!lines.slice(before).some((line) => line['event'] === event)) {
      this.mustBeAlive()
      if (Date.now() > deadline) throw new Error(`the indexer does not say ${event}:\n${this.lastWords()}`)
      await sleep(10)
    }
  }

  /** So many blocks in which the street lives. */
  async live(blocks: number): Promise<void> {
    await this.traffic.run(blocks)
    this.count.blocks += blocks
  }

  /** How many blocks have come since the street was opened. */
  async deepestFork(): Promise<number> {
    return (await this.chain.head()).number - this.opened
  }

  /** The newest blocks vanish, others come in their place, and one more. */
  async fork(depth: number): Promise<void> {
    await this.chain.ask('anvil_reorg', [depth, []])
    await this.live(1)
    this.count.forks += 1
    this.count.deepest = Math.max(this.count.deepest, depth)
  }

  /** Goes on where a killed indexer left the books, without a process of its own. */
  async followHere(): Promise<void> {
    const ledger = await openLedger(this.options.shelf.urls.indexer, networkOf(this.network, confirmations))
    const node = openNodes([this.node.url], { firstPauseMs: 1, longestPauseMs: 20, tries: 10 })
    await followToHead(this.network, ledger, { node, embedded: false })
    await ledger.close()
  }

  /** Waits until the mirror stands on the chain's newest block. */
  async mirrored(): Promise<void> {
    const { hash } = await this.chain.head()
    const deadline = Date.now() + this.patienceMs
    for (;;) {
      this.mustBeAlive()
      if (this.reader.watched.mixed.length > 0) throw new Error(`a reader saw: ${this.reader.watched.mixed.join('\n')}`)
      if ((await this.checkpoint()) === hash.slice(2)) return
      if (Date.now() > deadline) throw new Error(`the mirror does not come to ${hash}:\n${this.lastWords()}`)
      await sleep(10)
    }
  }

  /**
   * Holds the books against others filled anew, row by row, and, block by block, what readers saw against what those
   * others say at the same block. Answers with what differs.
   */
  async differences(): Promise<string[]> {
    const other = await this.options.shelf.fresh()
    const client = new pg.Client({ connectionString: other.url })
    const found: string[] = []
    try {
      await client.connect()
      const ledger = await openLedger(other.url, networkOf(this.network, confirmations))
      for (const seen of await this.statesThatStand()) {
        await followToHead(this.network, ledger, { until: seen.block, embedded: false })
        const truth = await seeBooks(client)
        this.count.statesCompared += 1
        if (truth.hash !== seen.hash || truth.digest !== seen.digest) {
          found.push(`a reader saw at block ${seen.block} (${seen.hash}) ${seen.digest}, it is ${truth.digest}`)
        }
        this.reader.forget(seen.hash)
      }
      await followToHead(this.network, ledger, { embedded: false })
      await ledger.close()
      const [ours, theirs] = [await wholeBooks(this.options.shelf.urls.indexer), await wholeBooks(other.url)]
      found.push(...differing(comparable(ours, theirs), comparable(theirs, ours)))
      this.count.compared += 1
    } finally {
      await client.end()
      await other.drop()
    }
    return [...this.reader.watched.mixed, ...found]
  }

  /** The product's own check of itself; what it says where it does not hold. */
  async verify(): Promise<string | undefined> {
    // Final blocks are compared, so everything that happened becomes final.
    await this.chain.mineEmpty(confirmations + 1)
    await this.mirrored()
    const scratch = await this.options.shelf.fresh()
    const own = { RPC_URL: this.chain.url, SCRATCH_DATABASE_URL: scratch.url }
    const args = ['verify', '--seed', this.options.seed, '--samples', '50']
    const end = await startIndexer(args, { ...this.settings, ...own }).ended
    await scratch.drop()
    return end.code === 0 ? undefined : `${end.complaint}${end.output}`
  }

  /** States that readers saw at blocks which stand to this day, oldest first. */
  private async statesThatStand(): Promise<{ block: number; hash: string; digest: string }[]> {
    const standing = []
    for (const { block, hash, digest } of [...this.reader.watched.states.values()]) {
      if (block === undefined) continue
      const number = `0x${block.toString(16)}`
      const said = await this.chain.ask<{ hash: string } | null>('eth_getBlockByNumber', [number, false])
      if (said?.hash === `0x${hash}`) standing.push({ block, hash, digest })
    }
    return standing.sort((one, two) => one.block - two.block)
  }

  private get patienceMs(): number {
    return this.options.patienceMs ?? 40_000
  }

  private async checkpoint(): Promise<string | undefined> {
    const client = new pg.Client({ connectionString: this.options.shelf.urls.web, query_timeout: 10_000 })
    client.on('error', () => undefined)
    try {
      await client.connect()
      const { rows } = await client.query<{ hash: string }>(`SELECT encode(hash, 'hex') AS hash FROM ledger.checkpoint`)
      return rows[0]?.hash
    } catch {
      return undefined
    } finally {
      await client.end().catch(() => undefined)
    }
  }

  private mustBeAlive(): void {
    const { indexer } = this
    if (indexer === undefined) throw new Error('no indexer runs')
    const { exitCode, signalCode } = indexer.child
    if (exitCode !== null || signalCode !== null)
      throw new Error(`${undeserved} (${exitCode ?? signalCode}):\n${this.lastWords()}`)
    const alarm = indexer.lines.find(({ level }) => level === 60)
    if (alarm !== undefined) throw new Error(`the indexer raised an alarm: ${JSON.stringify(alarm)}`)
  }

  private lastWords(): string {
    return (this.indexer?.lines ?? [])
      .slice(-12)
      .map((line) => JSON.stringify(line))
      .join('\n')
  }
}

type Contents = Record<string, unknown[]>

/** In words, table by table, with the first rows that only one side has. */
function differing(ours: Contents, theirs: Contents): string[] {
  return [...new Set([...Object.keys(ours), ...Object.keys(theirs)])].flatMap((table) => {
    const [has, should] = [ours[table] ?? [], theirs[table] ?? []].map((rows) => rows.map((row) => JSON.stringify(row)))
    const [known, wanted] = [new Set(has), new Set(should)]
    const tooMuch = (has ?? []).filter((row) => !wanted.has(row))
    const missing = (should ?? []).filter((row) => !known.has(row))
    if (tooMuch.length === 0 && missing.length === 0 && has?.length === should?.length) return []
    const counts = `${tooMuch.length} rows too many, ${missing.length} missing`
    return [`${table}: ${counts}\n  mirror: ${tooMuch[0] ?? 'nothing'}\n  rebuilt: ${missing[0] ?? 'nothing'}`]
  })
}
