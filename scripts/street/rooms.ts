import { join } from 'node:path'
import { childEnvironment, type Settings } from './config.ts'
import type { Database } from './database.ts'
import type { Hall } from './hall.ts'
import { checkout, indexerProgram, logOf, type StreetFiles } from './place.ts'
import { nextCli } from './portal-build.ts'
import { freePort } from './ports.ts'
import { logEnd, logFrom, untilReady } from './processes.ts'

export interface RoomOptions {
  readonly settings: Settings
  readonly files: StreetFiles
  readonly hall: Hall
  readonly database: Database
  readonly rpcUrl: string
  readonly deploymentFile: string
}

type Surroundings = Readonly<Record<string, string>>

/** Whoever can ask several nodes is told of all of them. */
const severalNodes = ({ settings: { outside } }: RoomOptions): Surroundings =>
  outside === undefined || outside.nodes.length < 2 ? {} : { RPC_URLS: outside.nodes.join(',') }

function shared({ settings, rpcUrl, deploymentFile }: RoomOptions): Surroundings {
  return {
    ...childEnvironment(),
    NODE_ENV: 'production',
    // Half of what a start costs is compiling what was compiled for the last one.
    NODE_COMPILE_CACHE: join(checkout, '.cache', 'compiled'),
    RPC_URL: rpcUrl,
    DEPLOYMENT_FILE: deploymentFile,
    LOG_LEVEL: settings.logLevel,
    TIME_ZONE: settings.timeZone,
    ...(settings.confirmations === undefined ? {} : { CONFIRMATIONS: settings.confirmations }),
  }
}

/** Starts the mirror; ready when it has reached the chain's head. It can be watched at `metricsPort`, where given. */
export async function startIndexer(options: RoomOptions, metricsPort?: number): Promise<void> {
  const { urls, scratchUrl } = options.database
  const env = {
    ...shared(options),
    ...severalNodes(options),
    ...options.settings.selfCheck,
    INDEXER_DATABASE_URL: urls.indexer,
    ...(scratchUrl === undefined ? {} : { SCRATCH_DATABASE_URL: scratchUrl }),
    ...(metricsPort === undefined ? {} : { METRICS_PORT: String(metricsPort) }),
  }
  await startRoom(options, 'indexer', { args: [...indexerProgram, 'follow'], env })
}

/** Starts the only process that holds a key of the network. */
export async function startRelayer(
  options: RoomOptions,
  { keyFile, metricsPort }: { readonly keyFile: string; readonly metricsPort: number },
): Promise<void> {
  const env = {
    ...shared(options),
    ...severalNodes(options),
    WEB_DATABASE_URL: options.database.urls.web,
    RELAYER_KEY_FILE: keyFile,
    RELAYER_METRICS_PORT: String(metricsPort),
    ...options.settings.relayer,
  }
  await startRoom(options, 'relayer', { args: [join(checkout, 'web', 'relayer', 'main.ts')], env })
}

/** Starts the process that tells shops' own programs; it calls out, and holds no key. */
export async function startWebhooks(options: RoomOptions): Promise<void> {
  const env = { ...shared(options), ...options.settings.webhooks, WEB_DATABASE_URL: options.database.urls.web }
  await startRoom(options, 'webhooks', { args: [join(checkout, 'web', 'webhooks', 'main.ts')], env })
}

async function startRoom(
  options: RoomOptions,
  role: 'indexer' | 'relayer' | 'webhooks',
  program: { readonly args: readonly string[]; readonly env: Surroundings },
): Promise<void> {
  const log = logOf(options.files, role)
  const from = logEnd(log)
  const child = await options.hall.start(role, {
    name: role,
    log,
    command: process.execPath,
    cwd: checkout,
    ...program,
  })
  await untilReady(child, () => saysReady(logFrom(log, from)), 300_000)
}

const saysReady = (said: string): boolean => /"msg":\s*"ready"/.test(said)

export interface PortalPlace {
  readonly port: number
  readonly origin: string
  readonly rpId: string
  readonly peopleFile: string | undefined
}

/**
 * Starts the portal, and before it, at the address people know, the counter; ready when the portal says through the
 * counter that it is well.
 */
export async function startPortal(options: RoomOptions, place: PortalPlace): Promise<void> {
  const { settings, files, hall, database } = options
  const portalPort = await freePort()
  const env = {
    ...shared(options),
    ...settings.portal,
    WEB_DATABASE_URL: database.urls.web,
    PUBLIC_ORIGIN: place.origin,
    RP_ID: place.rpId,
    NEXT_TELEMETRY_DISABLED: '1',
    ...(place.peopleFile === undefined ? {} : { DEMO_PEOPLE_FILE: place.peopleFile }),
  }
  const ordinary = { command: process.execPath, cwd: checkout }
  const next = [nextCli(), 'start', join(checkout, 'web'), '--hostname', '127.0.0.1']
  await hall.start('portal', {
    ...ordinary,
    name: 'portal',
    log: logOf(files, 'portal'),
    args: [...next, '--port', String(portalPort), '--keepAliveTimeout', String(portalKeepsIdleMs)],
    env: { ...env, PORT: String(portalPort) },
  })
  const child = await hall.start('counter', {
    ...ordinary,
    name: 'counter',
    log: logOf(files, 'counter'),
    // As in the portal's own bundles: what is for servers only may be imported here.
    args: ['--conditions=react-server', join(checkout, 'web', 'counter', 'main.ts')],
    env: { ...env, PORT: String(place.port), PORTAL_PORT: String(portalPort), LOG_LEVEL: settings.logLevel },
  })
  await untilReady(child, () => isWell(place.port), 120_000)
}

/** Longer than the counter keeps a connection to it that nobody uses. */
const portalKeepsIdleMs = 65_000

async function isWell(port: number): Promise<boolean> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/api/health`, { signal: AbortSignal.timeout(5_000) })
    return answer.ok && ((await answer.json()) as { ok?: boolean }).ok === true
  } catch {
    return false
  }
}
