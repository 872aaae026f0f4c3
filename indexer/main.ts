import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { type Logger, pino } from 'pino'
import { fetchHead } from './chain/fetch.ts'
import { type Heads, listenForHeads } from './chain/heads.ts'
import { type ChainNode, NodeTrouble } from './chain/node.ts'
import { openNodes } from './chain/sources.ts'
import { type IndexerConfig, readConfig, SettingsUnusable } from './config.ts'
import { DatabaseUnusable } from './db/connection.ts'
import { secretsIn, withheld } from './db/discretion.ts'
import { stopWhenAsked } from './goodbye.ts'
import { failAt } from './ledger/fail-point.ts'
import { type FollowNews, follow } from './ledger/follow.ts'
import { type Ledger, OtherChain } from './ledger/ledger.ts'
import { newsInto } from './news.ts'
import { Pulse } from './pulse.ts'
import { askForFit } from './rescore/refit-wish.ts'
import { ScoringThread } from './rescore/scoring-thread.ts'
import type { Checking } from './self-checks.ts'
import { bearOutage, openAgain, sentenceOf, untilAnswered } from './waiting.ts'
import { openWatch, readLastChecks, type Watched } from './watch.ts'

const help = `Usage: node indexer/main.ts follow [--until BLOCK]
       node indexer/main.ts rebuild [--until BLOCK]
       node indexer/main.ts verify [--help]
       node indexer/main.ts refit
       node indexer/main.ts inputs [--run N | --block N] [--left-out] > FILE
       node indexer/main.ts compare --with WHICH [--from BLOCK] [--to BLOCK]

  follow    mirrors the chain into the database and scores the shops' members, until asked to stop (SIGINT, SIGTERM)
    --until BLOCK   stops when this block is mirrored and scored
  rebuild   empties the ledger and fills it again from the chain, up to its newest block
  verify    holds the ledger against the chain
    --ledger-only   with follow and rebuild: scores nobody
  refit     asks the indexer that leads to fit the scoring models now, and not at the end of the day
  inputs    prints what a fit was made from, for whoever does it again (npm run score -- replay): the last one, the one
            that stands on the chain as run N, or the last as of block N; inputs --help says more
  compare   holds a second node against the first; compare --help says more
  --help    this text

Settings: INDEXER_DATABASE_URL, RPC_URL or RPC_URLS, RPC_PUSH_URL, DEPLOYMENT_FILE, CONFIRMATIONS, LOG_LEVEL,
TIME_ZONE, METRICS_PORT, METRICS_HOST, READY_LAG_SECONDS (docs/operating.md says more).`

interface Wish {
  readonly command: 'follow' | 'rebuild'
  readonly until: number | undefined
  readonly extent: 'all' | 'ledger'
}

/** What was asked for on the command line; a text where it is not understood. */
function wishOf(args: readonly string[]): Wish | 'help' | { readonly complaint: string } {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { until: { type: 'string' }, 'ledger-only': { type: 'boolean' }, help: { type: 'boolean' } },
    })
    if (values.help === true) return 'help'
    const [command, ...more] = positionals
    if ((command !== 'follow' && command !== 'rebuild') || more.length > 0) {
      return { complaint: 'Say what to do: follow or rebuild. --help says more.' }
    }
    const extent = values['ledger-only'] === true ? 'ledger' : 'all'
    if (values.until === undefined) return { command, until: undefined, extent }
    if (!/^\d{1,15}$/.test(values.until)) return { complaint: '--until needs the number of a block.' }
    return { command, until: Number(values.until), extent }
  } catch (error) {
    return { complaint: `${error instanceof Error ? error.message : String(error)} --help says more.` }
  }
}

// What is at hand may end by itself for as long.
const batchMayEndMs = 2_000

// Little lives in the heap and much passes through it. Left to itself V8 lets it grow to a multiple of what lives.
setFlagsFromString('--heap-growing-percent=100')

async function main(): Promise<void> {
  if (process.argv[2] === 'verify') {
    const { verify } = await import('./verify.ts')
    process.exitCode = await verify(process.argv.slice(3))
    return
  }
  if (process.argv[2] === 'compare') {
    const { compareCommand } = await import('./compare.ts')
    process.exitCode = await compareCommand(process.argv.slice(3))
    return
  }
  if (process.argv[2] === 'refit') {
    await askForFit(readConfig().databaseUrl)
    console.log('The indexer that leads will fit the models within seconds.')
    return
  }
  if (process.argv[2] === 'inputs') {
    const { printInputs } = await import('./print-inputs.ts')
    process.exitCode = await printInputs(process.argv.slice(3))
    return
  }
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
  if (config.failAt !== undefined) failAt(config.failAt)
  const hooks = { streamWrite: withheld(secretsIn([config.databaseUrl, config.pushUrl, ...config.rpcUrls])) }
  const log = pino({ level: config.logLevel, base: { room: 'indexer' }, hooks })
  const stop = new AbortController()
  stopWhenAsked(stop, log)
  try {
    await work(wish, config, log, stop.signal)
    log.info({ event: 'stopped' }, 'stopped')
  } catch (error) {
    // Whatever gave way because we stopped, has given way because we stopped.
    if (!stop.signal.aborted) throw error
    log.info({ event: 'stopped', reason: sentenceOf(error) }, 'stopped')
  }
  // A question to a node that hangs would keep the process.
  if (stop.signal.aborted) process.exit(0)
}

/** Follows the chain, and scores beside it, until there is nothing left to do. */
async function work(wish: Wish, config: IndexerConfig, log: Logger, signal: AbortSignal): Promise<void> {
  const pulse = new Pulse({ mostLagSeconds: config.mostLagSeconds })
  const watched = await watch(config, pulse, log)
  try {
    await workWatched({ wish, config, log, signal, pulse })
  } finally {
    await watched?.close()
  }
}

/** Opens the door for those who watch, where one is wished for. */
async function watch(config: IndexerConfig, pulse: Pulse, log: Logger): Promise<Watched | undefined> {
  const { watch: where, databaseUrl } = config
  if (where === undefined) return undefined
  const watched = await openWatch({ where, pulse, lastChecks: () => readLastChecks(databaseUrl) })
  log.info({ event: 'watch.opened', host: where.host, port: watched.port }, 'can be watched')
  return watched
}

interface Working {
  readonly wish: Wish
  readonly config: IndexerConfig
  readonly log: Logger
  readonly signal: AbortSignal
  readonly pulse: Pulse
}

async function workWatched({ wish, config, log, signal, pulse }: Working): Promise<void> {
  const node = openNodes(config.rpcUrls, {
    seed: process.pid,
    listen: (one, place) => pulse.listenTo(one, place),
    news: {
      left(news) {
        pulse.metrics.nodeLeft(news.place)
        log.warn({ event: 'node.left', ...news }, 'left a node for another')
      },
    },
  })
  await untilAnswered(node, config, log, signal)
  const lead: Lead = { ledger: undefined }
  if (wish.extent === 'ledger') {
    const scoreTheRest = async () => undefined
    const news = pulse.listenIn(newsInto(log, () => undefined))
    await mirror({ wish, config, log, signal, pulse, node, news, lead, scoreTheRest })
    return
  }
  const rescorer = new ScoringThread({
    url: config.databaseUrl,
    timeZone: config.timeZone,
    epoch: () => (lead.ledger?.leads === true ? lead.ledger.epoch : undefined),
  })
  const scoring = new AbortController()
  let scored: Promise<void> | undefined
  const news = pulse.listenIn(
    newsInto(
      log,
      () => {
        scored ??= Promise.all([
          keepScoring(rescorer, log, scoring.signal),
          checkBeside({ config, log, signal: scoring.signal }),
        ]).then(() => undefined)
      },
      rescorer,
    ),
  )
  try {
    const scoreTheRest = async () => {
      scoring.abort()
      await scored
      if (!signal.aborted) await rescorer.run()
    }
    await mirror({ wish, config, log, signal, pulse, node, news, lead, scoreTheRest })
  } finally {
    scoring.abort()
    await Promise.all([scored, rescorer.close()])
  }
}

/** The ledger at hand while this indexer leads, for those who write beside it. */
interface Lead {
  ledger: Ledger | undefined
}

interface Mirroring extends Working {
  readonly lead: Lead
  /** What is left to do while we still lead. */
  readonly scoreTheRest: () => Promise<void>
  readonly node: ChainNode
  readonly news: FollowNews
}

/** Follows the chain, told of new blocks where the node tells of them. */
async function mirror(mirroring: Mirroring): Promise<void> {
  const heads = listenForHeads(mirroring.config.pushUrl)
  try {
    await mirrorOn(mirroring, heads)
  } finally {
    heads.close()
  }
}

/** Follows the chain over as many connections to the database as it takes. */
async function mirrorOn(mirroring: Mirroring, heads: Heads): Promise<void> {
  const { wish, config, log, signal, pulse, node, news, lead } = mirroring
  const until = wish.until ?? (wish.command === 'rebuild' ? (await fetchHead(node, undefined)).head.number : undefined)
  let emptied = wish.command !== 'rebuild'
  for (let losses = 0; !signal.aborted; losses += 1) {
    const ledger = await openAgain(config, log, signal, losses)
    lead.ledger = ledger
    const giveUp = () => setTimeout(() => void ledger.abandon(), batchMayEndMs).unref()
    signal.addEventListener('abort', giveUp, { once: true })
    try {
      if (!emptied) await ledger.empty()
      emptied = true
      pulse.opened(ledger)
      const block = ledger.tip?.number ?? null
      log.info({ event: 'follow.began', block, embedded: config.embedded }, 'following')
      await follow({ node, heads, ledger, embedded: config.embedded, until, signal, news })
      await mirroring.scoreTheRest()
      return
    } catch (error) {
      if (signal.aborted) throw error
      await bearOutage(error, ledger, log, signal)
    } finally {
      pulse.opened(undefined)
      signal.removeEventListener('abort', giveUp)
      await ledger.close()
    }
  }
}

/** What checks is read in when it is time for it: the mirror need not wait for it to begin. */
async function checkBeside(checking: Checking): Promise<void> {
  const { keepChecking } = await import('./self-checks.ts')
  await keepChecking(checking)
}

const scoreEveryMs = 1_000

/** Scores what changed, beside the following, until told to end. */
async function keepScoring(rescorer: ScoringThread, log: Logger, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      const run = await rescorer.run()
      if (run !== undefined) log.info({ event: 'members.scored', ...run }, 'scored')
    } catch (error) {
      log.warn({ event: 'scoring.failed', reason: sentenceOf(error) }, 'scoring failed; trying again')
      await sleep(scoreEveryMs * 2, undefined, { signal }).catch(() => undefined)
    }
    await sleep(scoreEveryMs, undefined, { signal }).catch(() => undefined)
  }
}

main().catch((error: unknown) => {
  const kinds = [SettingsUnusable, DatabaseUnusable, OtherChain, NodeTrouble]
  const expected = kinds.some((kind) => error instanceof kind)
  console.error(`highstreet indexer: ${sentenceOf(error)}`)
  if (!expected && error instanceof Error) console.error(error.stack)
  process.exitCode = 1
})
