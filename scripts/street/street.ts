import { existsSync, rmSync } from 'node:fs'
import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { assertDeployed } from '../deploy.ts'
import type { ChainKind } from './chain.ts'
import { Complaint } from './complaint.ts'
import { settings as readOwnSettings, type Settings } from './config.ts'
import { booksIn, type Database, othersBooks, removeBooks, startDatabase } from './database.ts'
import { type Deployment, readDeployment } from './deployment.ts'
import { deploymentToForget, type EmbeddedOptions, embeddedStreet } from './embedded-street.ts'
import { type Hall, takeHall } from './hall.ts'
import { nodeToAsk } from './nodes.ts'
import { checkout, filesOf, logOf, type StreetFiles } from './place.ts'
import { buildPortalIfNeeded } from './portal-build.ts'
import { freePort, portForPeople } from './ports.ts'
import type { Progress } from './progress.ts'
import { type RoomOptions, startIndexer, startPortal, startRelayer, startWebhooks } from './rooms.ts'
import { rpcAt } from './rpc.ts'

export interface StreetOptions {
  /** The data folder. */
  readonly data: string
  /** The portal's port; 0 for any that is free. */
  readonly port: number
  readonly kind: ChainKind | undefined
  readonly seed: string | undefined
  readonly inhabitants: 'demo' | 'nobody'
  /** Whether what was there is kept, or removed first. */
  readonly past: 'kept' | 'removed'
  readonly progress: Progress
}

export interface Street {
  readonly url: string
  readonly files: StreetFiles
  readonly rpcUrl: string
  readonly deployment: Deployment
  readonly database: Database
  /** Rejects when a part of the street ended by itself. */
  readonly broken: Promise<never>
  close(): Promise<void>
}

/** A street being opened can be closed at any moment; what runs by then ends, and `opened` rejects. */
export interface OpeningStreet {
  readonly opened: Promise<Street>
  close(): Promise<void>
}

/** Opens the street on a data folder, or says in one sentence why not. */
export async function openStreet(options: StreetOptions): Promise<OpeningStreet> {
  const settings = readOwnSettings()
  const files = filesOf(options.data)
  const hall = await takeHall(files)
  const pools: Database[] = []
  const close = async (): Promise<void> => {
    await Promise.all(pools.map(({ pool }) => pool.end().catch(() => undefined)))
    await hall.close()
  }
  const opened = Promise.race([open({ ...options, settings, files, hall, pools }), hall.broken]).then(
    (street) => ({ ...street, broken: hall.broken, close }),
    async (error: unknown) => {
      const reason = await causeOf(error, hall)
      await close()
      throw reason
    },
  )
  opened.catch(() => undefined)
  return { opened, close }
}

/** A question left unanswered is told before the end of whoever left it so; that end is the better reason. */
async function causeOf(error: unknown, hall: Hall): Promise<unknown> {
  if (error instanceof Complaint) return error
  return Promise.race([hall.broken, sleep(1_500, error)]).catch((ending: unknown) => ending)
}

interface Opening extends StreetOptions {
  readonly settings: Settings
  readonly files: StreetFiles
  readonly hall: Hall
  readonly pools: Database[]
}

async function open(options: Opening): Promise<Omit<Street, 'broken' | 'close'>> {
  const { settings, files, hall, progress } = options
  const port = await portForPeople(options.port)
  assertKeyFile(settings)
  if (options.past === 'removed') await removePast(options)
  const building = buildPortalIfNeeded(
    { log: logOf(files, 'portal-build'), start: hall.start.bind(hall, 'tool') },
    (work) => progress.during('building the portal, once', work),
  )
  building.catch(() => undefined)
  progress.say('starting the database')
  const database = await startDatabase(settings, files, hall)
  options.pools.push(database)
  const { rpcUrl, deploymentFile, chainPort } = await chainFor(options, database)
  const room: RoomOptions = { settings, files, hall, database, rpcUrl, deploymentFile }
  progress.say('starting the mirror and the relayer')
  const metricsPort = settings.metricsPort ?? (await freePort())
  const relayerPort = Number(settings.relayer['RELAYER_METRICS_PORT'] ?? (await freePort()))
  const relayer = { keyFile: settings.relayerKeyFile ?? files.relayerKey, metricsPort: relayerPort }
  await Promise.all([startIndexer(room, metricsPort), startRelayer(room, relayer), startWebhooks(room)])
  await building
  progress.say('starting the portal')
  const url = settings.publicOrigin ?? `http://localhost:${port}`
  const place = {
    port,
    origin: url,
    rpId: settings.rpId ?? new URL(url).hostname,
    peopleFile: settings.outside === undefined && existsSync(files.people) ? files.people : undefined,
  }
  await startPortal(room, place)
  const ports = {
    portal: port,
    metrics: metricsPort,
    relayer: relayerPort,
    ...(chainPort && { chain: chainPort }),
    ...(database.port && { postgres: database.port }),
  }
  const { scratchUrl } = database
  const databases = { ...database.urls, ...(scratchUrl === undefined ? {} : { scratch: scratchUrl }) }
  hall.publish({ url, rpcUrl, ports, databases })
  return { url, files, rpcUrl, deployment: readDeployment(deploymentFile), database }
}

function assertKeyFile(settings: Settings): void {
  if (settings.outside === undefined) return
  if (settings.relayerKeyFile === undefined) {
    throw new Complaint('On a chain of your own, name the file with the relayer’s key in RELAYER_KEY_FILE.')
  }
  if (!existsSync(settings.relayerKeyFile)) {
    throw new Complaint(`There is no key file at ${settings.relayerKeyFile}, which RELAYER_KEY_FILE names.`)
  }
}

interface ChainAtHand {
  readonly rpcUrl: string
  readonly deploymentFile: string
  readonly chainPort: number | undefined
}

/** The chain of the street, ready to be asked: its own, or the one that the settings name. */
export async function chainFor(
  options: EmbeddedOptions & Pick<Opening, 'settings'>,
  database: Database,
): Promise<ChainAtHand> {
  const { outside } = options.settings
  if (outside === undefined) {
    const chain = await embeddedStreet(options, database)
    return { rpcUrl: chain.rpc.url, deploymentFile: options.files.deployment, chainPort: chain.port }
  }
  const deploymentFile = resolve(checkout, outside.deploymentFile)
  const deployment = readDeployment(deploymentFile)
  const rpcUrl = await nodeToAsk(outside, deployment, (sentence) => options.progress.say(sentence))
  await assertDeployed(rpcAt(rpcUrl), deployment)
  if ((await booksIn(database, deployment)) === 'others') throw othersBooks(database)
  return { rpcUrl, deploymentFile, chainPort: undefined }
}

/** Begins anew: the books and every file a street makes, and nothing else that may lie in the folder. */
async function removePast({ settings, files, progress }: Opening): Promise<void> {
  progress.say(`removing the street in ${files.home}`)
  await removeBooks(settings, files, deploymentToForget(files))
  const { deployment, chain, genesis, opened, relayerKey, deployerKey, people, imports, logs } = files
  for (const path of [deployment, chain, genesis, opened, relayerKey, deployerKey, people, imports, logs]) {
    rmSync(path, { recursive: true, force: true })
  }
}
