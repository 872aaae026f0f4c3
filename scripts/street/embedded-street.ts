import { existsSync, rmSync } from 'node:fs'
import type { Address } from 'viem'
import { assertDeployed } from '../deploy.ts'
import {
  type ChainKind,
  chainKindHere,
  type EmbeddedChain,
  endow,
  letClockRun,
  mendKeptState,
  saveChain,
  startChain,
} from './chain.ts'
import { compileIfNeeded } from './compile.ts'
import { Complaint } from './complaint.ts'
import { booksIn, type Database, forgetMirror, othersBooks } from './database.ts'
import type { Deployment } from './deployment.ts'
import { readDeployment } from './deployment.ts'
import { plantEntryPoint } from './entry-point.ts'
import { writeDiary } from './habits.ts'
import type { Hall } from './hall.ts'
import { addressOfKey, keyIn } from './keys.ts'
import { liveDiary } from './life.ts'
import { foundNetwork, makeKeys, type Stage, type StreetKeys, shopsJoin, stageOn } from './opening.ts'
import { logOf, readJson, type StreetFiles, writeJson, writeSecret } from './place.ts'
import { demoPeople, depositsFor, noPeople, writePortalRows } from './portal-rows.ts'
import { freePort } from './ports.ts'
import type { Progress } from './progress.ts'
import { blockAt } from './rpc.ts'
import { memberNames } from './shops.ts'
import { firstMined, keepMined, refill, resendSigned } from './submissions.ts'

export interface EmbeddedOptions {
  readonly files: StreetFiles
  readonly hall: Hall
  readonly progress: Progress
  readonly kind: ChainKind | undefined
  readonly seed: string | undefined
  /** Who lives on a new street: the demo's people, or nobody yet. */
  readonly inhabitants: 'demo' | 'nobody'
}

interface Genesis {
  readonly kind: ChainKind
  readonly time: number
}

const day = 86_400
const weeks = 6

/** Whether this data folder has a street of its own already; a half-made one counts as none. */
export function knownDeployment(files: StreetFiles): Deployment | undefined {
  return existsSync(files.deployment) ? readDeployment(files.deployment) : undefined
}

/** The same for a street that is to be removed, where a file that cannot be read tells nothing. */
export function deploymentToForget(files: StreetFiles): Deployment | undefined {
  try {
    return knownDeployment(files)
  } catch {
    return undefined
  }
}

/** Starts the embedded chain and brings it to where the books say it was, or opens a new street on it. */
export async function embeddedStreet(options: EmbeddedOptions, database: Database): Promise<EmbeddedChain> {
  const deployment = knownDeployment(options.files)
  const books = await booksIn(database, deployment)
  if (books === 'others') throw othersBooks(database)
  if (books === 'empty') assertNobodyElses(options.files, database)
  return books === 'ours' && deployment !== undefined
    ? comeBack(options, database, deployment)
    : openAnew(options, database)
}

/** Written when a street stands: an empty database beside it is the wrong one, and no reason to begin anew. */
function noteOpened(files: StreetFiles, database: Database): void {
  writeJson(files.opened, { books: database.name })
}

function assertNobodyElses(files: StreetFiles, database: Database): void {
  const opened = readJson(files.opened) as { readonly books?: string } | undefined
  if (opened === undefined) return
  throw new Complaint(
    `${files.home} holds a street whose books are in the ${opened.books ?? 'database it was opened with'}, and the ` +
      `${database.name} is empty: give that database again (DATABASE_URL), name another folder with --data, or ` +
      'remove that street with --reset.',
  )
}

function startHere(options: EmbeddedOptions, port: number, genesis: Genesis): Promise<EmbeddedChain> {
  const { files, hall } = options
  const start = hall.start.bind(hall, 'chain')
  return startChain({ kind: genesis.kind, files, port, genesisTime: genesis.time, start })
}

/** A chain that remembers is mended where a kill cut it short; one that forgot is refilled from the first block. */
async function comeBack(options: EmbeddedOptions, database: Database, deployment: Deployment): Promise<EmbeddedChain> {
  const { files, progress } = options
  const last = readJson(files.genesis) as Genesis | undefined
  const genesis = { kind: options.kind ?? last?.kind ?? chainKindHere(), time: last?.time ?? 0 }
  const origin = { time: genesis.time, first: await firstMined(database.pool) }
  if (genesis.kind === 'hardhat' || genesis.kind !== last?.kind || !mendKeptState(files.chain, origin)) {
    rmSync(files.chain, { force: true })
  }
  writeJson(files.genesis, genesis)
  const chain = await startHere(options, await freePort(), genesis)
  if (!chain.remembered) await endow(chain, addressIn(files.deployerKey))
  await plantEntryPoint(chain)
  const what = chain.remembered ? 'bringing the chain to where the books are' : 'building the chain again'
  const restored = await progress.during(what, (detail) => refill({ chain, db: database.pool, detail }))
  if (restored > 0) progress.say(`${restored} transactions put back`)
  if (!chain.remembered) {
    const first = await blockAt(chain.rpc, 0)
    if (first !== undefined) writeJson(files.deployment, { ...deployment, genesisHash: first.hash })
    // The same acts in other blocks: the mirror is written again from them.
    await forgetMirror(database)
  }
  await assertDeployed(chain.rpc, readDeployment(files.deployment))
  await letClockRun(chain)
  await resendSigned({ rpc: chain.rpc, db: database.pool, relayer: addressIn(files.relayerKey) })
  noteOpened(files, database)
  return chain
}

const addressIn = (keyFile: string): Address => addressOfKey(keyIn(keyFile))

/** A new street: everything on the chain first, then its books in one transaction, so that it is open or not at all. */
async function openAnew(options: EmbeddedOptions, database: Database): Promise<EmbeddedChain> {
  const { files, progress, hall } = options
  for (const left of [files.chain, files.deployment, files.genesis, files.people]) rmSync(left, { force: true })
  const now = Math.floor(Date.now() / 1000)
  const firstMidnight = Math.floor(now / day) * day - weeks * 7 * day
  const genesis = { kind: options.kind ?? chainKindHere(), time: firstMidnight - day }
  writeJson(files.genesis, genesis)
  const log = logOf(files, 'compiler')
  const compiled = compileIfNeeded({ log, start: hall.start.bind(hall, 'tool') }, (work) =>
    progress.during('compiling the contracts', work),
  )
  const [chain] = await Promise.all([startHere(options, await freePort(), genesis), compiled])
  await plantEntryPoint(chain)
  const keys = makeKeys(options.seed)
  const stage = stageOn(chain)
  const deployment = await progress.during('opening the street', (detail) =>
    live({ ...options, stage, keys, database, firstMidnight, now, detail }),
  )
  noteOpened(files, database)
  await letClockRun(chain)
  await saveChain(chain, files)
  progress.say(`the network stands at ${deployment.contracts.consortium}`)
  return chain
}

interface LiveOptions extends EmbeddedOptions {
  readonly stage: Stage
  readonly keys: StreetKeys
  readonly database: Database
  readonly firstMidnight: number
  readonly now: number
  readonly detail: (text: string) => void
}

async function live(options: LiveOptions): Promise<Deployment> {
  const { stage, keys, firstMidnight, now, detail, files, database } = options
  const founders = await foundNetwork(stage, keys, firstMidnight - day + 3_600)
  const { deployment } = founders
  const seed = options.seed ?? 'highstreet'
  const inhabited = options.inhabitants === 'demo'
  const diary = inhabited ? writeDiary({ seed, members: memberNames.length, firstMidnight, now }) : []
  if (inhabited) {
    const deposits = depositsFor(diary, BigInt(deployment.parPerHundredth))
    await shopsJoin(stage, founders, { keys, time: firstMidnight - day + 7_200, deposits })
    await liveDiary({ stage, founders, keys, diary, now, detail })
  }
  writeSecret(files.relayerKey, `${keys.relayer}\n`)
  writeSecret(files.deployerKey, `${keys.deployer}\n`)
  writeJson(files.people, inhabited ? demoPeople(keys) : noPeople(keys), 0o600)
  writeJson(files.deployment, deployment)
  const client = await database.pool.connect()
  try {
    await client.query('BEGIN')
    await keepMined(client, stage.mined)
    if (inhabited) await writePortalRows(client, { keys, diary, seed, since: new Date(firstMidnight * 1000) })
    await client.query('COMMIT')
  } catch (error) {
    await client.query('ROLLBACK')
    throw error
  } finally {
    client.release()
  }
  return deployment
}
