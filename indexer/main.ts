import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { type Logger, pino } from 'pino'
import { fetchHead } from './chain/fetch.ts'
import { type ChainNode, NodeRefused, NodeUnreachable, openNode } from './chain/node.ts'
import { type IndexerConfig, readConfig, SettingsUnusable } from './config.ts'
import { DatabaseUnusable } from './db/connection.ts'
import { type FollowNews, follow } from './ledger/follow.ts'
import { Ledger, OtherChain, requireSameChain } from './ledger/ledger.ts'
import { Rescorer } from './rescore/rescorer.ts'

const help = `Usage: node indexer/main.ts follow [--until BLOCK]
       node indexer/main.ts rebuild

  follow    mirrors the chain into the database and scores the shops' members, until asked to stop (SIGINT, SIGTERM)
    --until BLOCK   stops when this block is mirrored and scored
  rebuild   empties the ledger and fills it again from the chain, up to its newest block
  --help    this text

Settings: INDEXER_DATABASE_URL, RPC_URL, DEPLOYMENT_FILE, CONFIRMATIONS, LOG_LEVEL, TIME_ZONE (README.md says more).`

interface Wish {
  readonly command: 'follow' | 'rebuild'
  readonly until: number | undefined
}

/** What was asked for on the command line; a text where it is not understood. */
function wishOf(args: readonly string[]): Wish | 'help' | { readonly complaint: string } {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { until: { type: 'string' }, help: { type: 'boolean' } },
    })
    if (values.help === true) return 'help'
    const [command, ...more] = positionals
    if ((command !== 'follow' && command !== 'rebuild') || more.length > 0) {
      return { complaint: 'Say what to do: follow or rebuild. --help says more.' }
    }
    if (values.until === undefined) return { command, until: undefined }
    if (command !== 'follow' || !/^\d{1,15}$/.test(values.until)) {
      return { complaint: '--until belongs to follow and needs the number of a block.' }
    }
    return { command, until: Number(values.until) }
  } catch (error) {
    return { complaint: `${error instanceof Error ? error.message : String(error)} --help says more.` }
  }
}

const longestGoodbyeMs = 5_000

async function main(): Promise<void> {
  const wish = wishOf(process.argv.slice(2))
  if (wish === 'help') {
    console.log(help)
    return
  }
  if ('complaint' in wish) {
    console.error(`highstreet indexer: ${wish.complaint}`)
    process.exitCode = 1
    return
  }
  const config = readConfig()
  const log = pino({ level: config.logLevel, base: { room: 'indexer' } })
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      log.info({ signal }, 'asked to stop')
      stop.abort()
      // A node that hangs is not waited for; what was begun in the database is taken back by itself.
      setTimeout(() => process.exit(0), longestGoodbyeMs).unref()
    })
  }
  try {
    await work(wish, config, log, stop.signal)
    log.info('stopped')
  } catch (error) {
    if (stop.signal.aborted && error instanceof Error && error.name === 'AbortError') return
    throw error
  }
}

/** Follows the chain, and scores beside it, until there is nothing left to do. */
async function work(wish: Wish, config: IndexerConfig, log: Logger, signal: AbortSignal): Promise<void> {
  const node = openNode(config.rpcUrl)
  await untilAnswered(node, config, log, signal)
  const rescorer = new Rescorer({ url: config.databaseUrl, timeZone: config.timeZone })
  const scoring = new AbortController()
  let scored: Promise<void> | undefined
  const news = newsInto(log, rescorer, () => {
    scored ??= keepScoring(rescorer, log, scoring.signal)
  })
  try {
    await mirror({ wish, config, log, signal, node, news })
    scoring.abort()
    await scored
    if (!signal.aborted) await rescorer.run()
  } finally {
    scoring.abort()
    await scored
    await rescorer.close()
  }
}

interface Mirroring {
  readonly wish: Wish
  readonly config: IndexerConfig
  readonly log: Logger
  readonly signal: AbortSignal
  readonly node: ChainNode
  readonly news: FollowNews
}

/** Follows the chain over as many connections to the database as it takes. */
async function mirror({ wish, config, log, signal, node, news }: Mirroring): Promise<void> {
  const until = wish.command === 'rebuild' ? (await fetchHead(node, undefined)).head.number : wish.until
  let emptied = wish.command !== 'rebuild'
  for (let losses = 0; !signal.aborted; losses += 1) {
    const ledger = await openAgain(config, log, signal, losses)
    try {
      if (!emptied) await ledger.empty()
      emptied = true
      log.info({ block: ledger.tip?.number ?? null, embedded: config.embedded }, 'following')
      await follow({ node, ledger, embedded: config.embedded, until, signal, news })
      return
    } catch (error) {
      if (!ledger.isLostBy(error)) throw error
      log.error({ reason: sentenceOf(error) }, 'the connection to the database is lost; opening another')
    } finally {
      await ledger.close()
    }
  }
}

/** Waits for the node, and makes sure that it stands on the right chain. */
async function untilAnswered(node: ChainNode, config: IndexerConfig, log: Logger, signal: AbortSignal): Promise<void> {
  for (let pauseMs = 250; ; pauseMs = Math.min(5_000, pauseMs * 2)) {
    try {
      await requireSameChain(node, config.network)
      return
    } catch (error) {
      if (!(error instanceof NodeUnreachable || error instanceof NodeRefused)) throw error
      log.warn({ reason: error.message }, 'waiting for the node')
      await sleep(pauseMs, undefined, { signal })
    }
  }
}

/** Opens the ledger. The first time a failure is the settings' fault; later it is an outage, and waited out. */
async function openAgain(config: IndexerConfig, log: Logger, signal: AbortSignal, losses: number): Promise<Ledger> {
  const waiting = () => log.warn('another indexer writes to this database; waiting until it stops')
  for (;;) {
    try {
      return await Ledger.open(config.databaseUrl, config.network, { waiting, signal })
    } catch (error) {
      if (losses === 0 || error instanceof OtherChain || signal.aborted) throw error
      log.warn({ reason: sentenceOf(error) }, 'waiting for the database')
      await sleep(1_000, undefined, { signal })
    }
  }
}

const progressEveryMs = 2_000

function newsInto(log: Logger, rescorer: Rescorer, startScoring: () => void): FollowNews {
  let toldAt = 0
  let events = 0
  return {
    recorded(news) {
      rescorer.touch(news.shops)
      events += news.events
      const behind = news.head - news.tip
      if (behind > 0 ? Date.now() - toldAt > progressEveryMs : news.events > 0) {
        log.info({ block: news.tip, head: news.head, events }, behind > 0 ? 'catching up' : 'mirrored')
        toldAt = Date.now()
        events = 0
      }
    },
    undone({ ancestor, from, how }) {
      rescorer.touchAll()
      const message = how === 'putBack' ? 'the chain forked: went back' : 'the chain forked: filling the ledger again'
      log.warn({ ancestor, from }, message)
    },
    caughtUp({ block }) {
      log.info({ block }, 'ready')
      startScoring()
    },
    troubled({ what }) {
      log.warn({ reason: what }, 'trying again')
    },
    forkedBelowFinal({ ancestor, finalBlock }) {
      log.fatal({ ancestor, finalBlock }, 'ALARM: the chain forked below finality; nothing is written until it returns')
    },
  }
}

const scoreEveryMs = 1_000

/** Scores what changed, beside the following, until told to end. */
async function keepScoring(rescorer: Rescorer, log: Logger, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      const run = await rescorer.run()
      if (run !== undefined) log.info(run, 'scored')
    } catch (error) {
      log.warn({ reason: sentenceOf(error) }, 'scoring failed; trying again')
      await sleep(scoreEveryMs * 2, undefined, { signal }).catch(() => undefined)
    }
    await sleep(scoreEveryMs, undefined, { signal }).catch(() => undefined)
  }
}

function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

main().catch((error: unknown) => {
  const expected = error instanceof SettingsUnusable || error instanceof DatabaseUnusable || error instanceof OtherChain
  console.error(`highstreet indexer: ${sentenceOf(error)}`)
  if (!expected && error instanceof Error) console.error(error.stack)
  process.exitCode = 1
})
