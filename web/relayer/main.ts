import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { type Logger, pino } from 'pino'
import { zeroAddress } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { openPool } from '#indexer/db/client.ts'
import { secretsIn, withheld } from '#indexer/db/discretion.ts'
import { type RelayerConfig, readConfig, SettingsUnusable } from './config.ts'
import { failPointsOf } from './fail-point.ts'
import { type Leadership, lead } from './leader.ts'
import { RelayerMetrics } from './metrics.ts'
import { NodeAway } from './node.ts'
import { NodesInTurn } from './nodes.ts'
import { forgetful, freshMemory, type Lane, laneOf, type Street } from './street.ts'
import { turn } from './turn.ts'
import { openWatch } from './watch.ts'

const help = `relayer: brings the street's wishes to the chain, each exactly once

  node web/relayer/main.ts            until SIGTERM or SIGINT
  node web/relayer/main.ts --help

Settings: WEB_DATABASE_URL, RPC_URL or RPC_URLS (several nodes, with commas: the next is asked where one is away or
will not have it), RELAYER_GIVE_UP_SECONDS, DEPLOYMENT_FILE, CONFIRMATIONS, LOG_LEVEL; its keys from RELAYER_KEYS or
RELAYER_KEY_FILE (one a line, or a keystore with RELAYER_KEYSTORE_PASSWORD_FILE); RELAYER_GATHER_MS;
RELAYER_METRICS_PORT and RELAYER_METRICS_HOST for those who watch it.
Logs JSON lines; {"msg":"ready"} once it leads and has caught up with the chain.`

const restMs = 100
const patienceMs = 1_000

async function main(arguments_: readonly string[]): Promise<number> {
  if (arguments_.includes('--help')) {
    console.log(help)
    return 0
  }
  if (arguments_.length > 0) {
    console.error(`"${arguments_.join(' ')}" is not something the relayer can do.\n\n${help}`)
    return 1
  }
  const config = readConfig()
  const secrets = [...secretsIn([config.databaseUrl, ...config.rpcUrls]), ...config.keys.map(({ key }) => key.slice(2))]
  const hooks = { streamWrite: withheld(secrets) }
  const log = pino({ level: config.logLevel, base: { room: 'relayer' }, hooks })
  const stop = new AbortController()
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop.abort())
  const pool = openPool(config.databaseUrl, { name: 'highstreet relayer', connections: 2 })
  const relayer = newRelayer(config)
  const watched = config.watch && (await openWatch({ where: config.watch, pool, log, ...relayer }))
  if (watched) log.info({ event: 'watch.opened', port: watched.port }, 'can be watched')
  try {
    await relay({ config, log, pool, stop: stop.signal, relayer })
  } finally {
    await watched?.close()
    await pool.end()
  }
  log.info({ event: 'stopped' }, 'stopped')
  return 0
}

interface Surroundings {
  readonly config: RelayerConfig
  readonly log: Logger
  readonly pool: pg.Pool
  readonly stop: AbortSignal
  readonly relayer: Relayer
}

/** What lives as long as the process does, whoever leads. */
interface Relayer {
  readonly lanes: readonly Lane[]
  readonly metrics: RelayerMetrics
  readonly standing: { leads: boolean; turnedAt: number | null }
}

function newRelayer({ keys }: RelayerConfig): Relayer {
  const lanes = keys.map(({ key, retiring }) => laneOf(privateKeyToAccount(key), retiring))
  const standing: Relayer['standing'] = { leads: false, turnedAt: null }
  const metrics = new RelayerMetrics(() => {
    const named = lanes.map(({ account, retiring, memory }) => {
      return { address: account.address, retiring, waiting: memory.waiting }
    })
    return { ...standing, lanes: named }
  })
  return { lanes, metrics, standing }
}

/** Leads whenever nobody else does, and goes on after every outage, until it is told to stop. */
async function relay({ config, log, pool, stop, relayer }: Surroundings): Promise<void> {
  const nodes = new NodesInTurn(config.rpcUrls)
  const failPoint = failPointsOf(config.failAt)
  let complaint = ''
  while (!stop.aborted) {
    let leadership: Leadership | null = null
    try {
      const { node } = nodes
      await assertRightChain(nodes, config)
      const senders = relayer.lanes.map(({ account }) => account.address)
      leadership = await lead(pool, senders)
      if (leadership !== null) {
        const { network, gatherMs, giveUpMs } = config
        // What another has led with meanwhile is not remembered.
        const lanes = relayer.lanes.map(forgetful)
        const ground = { database: leadership.database, node, network, gatherMs, giveUpMs, log, failPoint, lanes }
        const street = { ...ground, asker: senders[0] ?? zeroAddress, metrics: relayer.metrics, memory: freshMemory() }
        complaint = ''
        await leadOn(street, leadership, { stop, standing: relayer.standing })
      } else if (complaint !== 'another leads') {
        complaint = 'another leads'
        log.info({ event: 'leader.awaited' }, 'another relayer leads; waiting')
      }
    } catch (error) {
      if (error instanceof SettingsUnusable) throw error
      relayer.metrics.interrupted()
      const left = error instanceof NodeAway ? nodes.next() : null
      if (left !== null) log.warn({ event: 'node.left', ...left }, 'this node is left for the next')
      const story = error instanceof Error ? error.message : String(error)
      // Said once, not every second: an outage may last for hours.
      if (story !== complaint) {
        log.error({ event: 'interrupted', error: story, stack: stackOf(error) }, 'interrupted; trying again')
      }
      complaint = story
    } finally {
      relayer.standing.leads = false
      leadership?.end()
    }
    await rest(patienceMs, stop)
  }
}

async function leadOn(
  street: Street,
  leadership: Leadership,
  { stop, standing }: { readonly stop: AbortSignal; readonly standing: Relayer['standing'] },
): Promise<void> {
  while (!stop.aborted) {
    if (leadership.lost()) throw new Error('the connection to the database is lost')
    const began = performance.now()
    const sent = await turn(street)
    street.metrics.turned((performance.now() - began) / 1000)
    standing.turnedAt = Date.now()
    if (!standing.leads) {
      const senders = street.lanes.map(({ account }) => account.address)
      street.log.info({ event: 'ready', sender: senders[0], senders }, 'ready')
    }
    standing.leads = true
    if (sent === 0) await rest(restMs, stop)
  }
}

/** Signing for another chain, or for this one made anew, would be signing for somebody else. */
async function assertRightChain({ node, only }: NodesInTurn, { network }: RelayerConfig): Promise<void> {
  const chainId = await node.chainId()
  const genesis = await node.block(0n)
  if (chainId === network.chainId && genesis?.hash === network.genesisHash) return
  const difference = `another chain (id ${chainId}) than DEPLOYMENT_FILE describes (id ${network.chainId})`
  // One of several that was set wrongly is no better than one that is away; the others may be right.
  if (!only) throw new NodeAway(`this node stands on ${difference}`)
  throw new SettingsUnusable(`RPC_URL leads to ${difference}.`)
}

async function rest(milliseconds: number, stop: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal: stop }).catch(() => undefined)
}

function stackOf(error: unknown): string | undefined {
  return error instanceof Error ? error.stack : undefined
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  console.error(error instanceof SettingsUnusable ? error.message : error)
  process.exitCode = 1
}
