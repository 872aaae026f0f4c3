import { join } from 'node:path'
import { childEnvironment, type Settings } from './config.ts'
import type { Database } from './database.ts'
import type { Hall } from './hall.ts'
import { checkout, indexerProgram, logOf, type StreetFiles } from './place.ts'
import { nextCli } from './portal-build.ts'
import { type Child, logEnd, logFrom, untilReady } from './processes.ts'

export interface RoomOptions {
  readonly settings: Settings
  readonly files: StreetFiles
  readonly hall: Hall
  readonly database: Database
  readonly rpcUrl: string
  readonly deploymentFile: string
}

type Surroundings = Readonly<Record<string, string>>

function shared({ settings, rpcUrl, deploymentFile }: RoomOptions): Surroundings {
  return {
    ...childEnvironment(),
    NODE_ENV: 'production',
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

/** Starts the portal; ready when it says that it is well. */
export async function startPortal(options: RoomOptions, place: PortalPlace): Promise<Child> {
  const { settings, ...rest } = options
  const env = {
    ...shared({ settings, ...rest }),
    ...settings.portal,
    WEB_DATABASE_URL: options.database.urls.web,
    PORT: String(place.port),
    PUBLIC_ORIGIN: place.origin,
    RP_ID: place.rpId,
    NEXT_TELEMETRY_DISABLED: '1',
    ...(place.peopleFile === undefined ? {} : { DEMO_PEOPLE_FILE: place.peopleFile }),
  }
  const child = await options.hall.start('portal', {
    name: 'portal',
    log: logOf(options.files, 'portal'),
    command: process.execPath,
    args: [nextCli(), 'start', join(checkout, 'web'), '--port', String(place.port), '--hostname', '127.0.0.1'],
    cwd: checkout,
    env,
  })
  await untilReady(child, () => isWell(place.port), 120_000)
  return child
}

async function isWell(port: number): Promise<boolean> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/api/health`, { signal: AbortSignal.timeout(5_000) })
    return answer.ok && ((await answer.json()) as { ok?: boolean }).ok === true
  } catch {
    return false
  }
}
