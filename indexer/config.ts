import { readFileSync } from 'node:fs'
import type { Hex } from 'viem'
import { z } from 'zod'
import { pushUrlOf } from './chain/heads.ts'
import { type FailAt, failPoints } from './ledger/fail-point.ts'
import type { MirroredNetwork } from './ledger/ledger.ts'

/** The settings cannot be used; the message is one sentence a person can act on, and holds no secret. */
export class SettingsUnusable extends Error {
  override readonly name = 'SettingsUnusable'
}

/** What the indexer was told from outside. */
export interface IndexerConfig {
  readonly databaseUrl: string
  /** The first of `rpcUrls`. */
  readonly rpcUrl: string
  /** Nodes of the chain; the first answers, the others stand in for it and confirm it. */
  readonly rpcUrls: readonly string[]
  /** Where the node may tell of new blocks, if it does. */
  readonly pushUrl: string
  readonly network: MirroredNetwork
  /** The log of runs of scoring, where the deployment names it; only who asks for a run by its number needs it. */
  readonly scoreLog: Hex | undefined
  /** Our own chain, whose end may be lost in a crash; a public chain's may not. */
  readonly embedded: boolean
  readonly logLevel: string
  /** Where a day begins and ends for the shops. */
  readonly timeZone: string
  /** The file that says where the network stands. */
  readonly deploymentFile: string
  readonly selfCheck: SelfCheckConfig
  /** Where the process can be watched; undefined: nowhere. */
  readonly watch: WatchConfig | undefined
  /** The longest the mirror may not have stood on the chain's newest block and still call itself ready. */
  readonly mostLagSeconds: number
  /** undefined everywhere but in tests. */
  readonly failAt: FailAt | undefined
}

/** How often the mirror is held against the chain, and where it may be rebuilt for that. */
export interface SelfCheckConfig {
  /** Seconds between two looks; 0: never. */
  readonly everySeconds: number
  /** How many balances a look draws. */
  readonly samples: number
  /** Hours between two rebuilds; 0: never. */
  readonly rebuildEveryHours: number
  /** A database beside the mirror; without one nothing is rebuilt. */
  readonly scratchUrl: string | undefined
}

/** Where /health, /ready and /metrics are answered. */
export interface WatchConfig {
  readonly host: string
  /** 0: any that is free; the log says which. */
  readonly port: number
}

const settings = z.object({
  INDEXER_DATABASE_URL: z.string({
    error: 'is missing; it should look like postgresql://user:password@host:5432/name',
  }),
  // One address, since the relayer and the portal read this setting too.
  RPC_URL: z.url({ protocol: /^https?$/, error: 'is missing or no http address' }).optional(),
  RPC_URLS: z
    .string()
    .transform((text) => text.split(',').map((address) => address.trim()))
    .pipe(z.array(z.url({ protocol: /^https?$/, error: 'is no list of http addresses' })))
    .optional(),
  RPC_PUSH_URL: z.url({ protocol: /^wss?$/, error: 'is no ws address' }).optional(),
  DEPLOYMENT_FILE: z.string().min(1).default('.data/deployment.json'),
  CONFIRMATIONS: z.coerce.number({ error: 'is no number' }).int().min(1).max(128).optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  INDEXER_FAIL_AT: z
    .string()
    .regex(new RegExp(`^(${failPoints.join('|')})(:[1-9]\\d*)?$`), { error: 'names no place in the indexer' })
    .optional(),
  TIME_ZONE: z.string().refine(isTimeZone, { error: 'is no time zone such as Europe/Berlin' }).default('Europe/Berlin'),
})

const wholeNumber = (most: number) => z.coerce.number({ error: 'is no number' }).int().min(0).max(most)

const selfCheckSettings = z.object({
  SCRATCH_DATABASE_URL: z.string().min(1).optional(),
  SELF_CHECK_SECONDS: wholeNumber(86_400).default(60),
  SELF_CHECK_SAMPLES: wholeNumber(10_000).default(20),
  SELF_CHECK_REBUILD_HOURS: wholeNumber(8_760).default(24),
})

const watchSettings = z.object({
  METRICS_PORT: z.coerce.number({ error: 'is no port' }).int().min(0).max(65_535).optional(),
  METRICS_HOST: z.union([z.ipv4(), z.ipv6()], { error: 'is no IP address' }).default('127.0.0.1'),
  READY_LAG_SECONDS: z.coerce.number({ error: 'is no number' }).int().min(1).max(86_400).default(30),
})

const address = z.templateLiteral(['0x', z.string().regex(/^[0-9a-fA-F]{40}$/)])
const hash = z.templateLiteral(['0x', z.string().regex(/^[0-9a-fA-F]{64}$/)])

const deployment = z.object({
  chainId: z.int().positive(),
  genesisHash: hash,
  startBlock: z.int().nonnegative(),
  embedded: z.boolean(),
  confirmations: z.int().min(1).max(128),
  contracts: z.object({
    consortium: address,
    issuance: address,
    redemptions: address,
    clearingHouse: address,
    accounts: address,
    scoreLog: address.optional(),
  }),
})

/** Reads the settings and the deployment they name; throws SettingsUnusable. */
export function readConfig(environment: Readonly<Record<string, string | undefined>> = process.env): IndexerConfig {
  const read = settings.and(selfCheckSettings).and(watchSettings).safeParse(environment)
  if (!read.success) throw new SettingsUnusable(`The settings cannot be used: ${firstOf(read.error)}.`)
  const { data } = read
  const rpcUrls = data.RPC_URLS ?? (data.RPC_URL === undefined ? [] : [data.RPC_URL])
  const [rpcUrl] = rpcUrls
  if (rpcUrl === undefined) {
    throw new SettingsUnusable('The settings cannot be used: RPC_URL is missing or no http address.')
  }
  const deployed = readDeployment(data.DEPLOYMENT_FILE)
  const { scoreLog, ...contracts } = deployed.contracts
  return {
    databaseUrl: data.INDEXER_DATABASE_URL,
    rpcUrl,
    rpcUrls,
    pushUrl: data.RPC_PUSH_URL ?? pushUrlOf(rpcUrl),
    network: {
      chainId: deployed.chainId,
      genesisHash: deployed.genesisHash,
      startBlock: deployed.startBlock,
      confirmations: data.CONFIRMATIONS ?? deployed.confirmations,
      contracts,
    },
    scoreLog,
    embedded: deployed.embedded,
    logLevel: data.LOG_LEVEL,
    timeZone: data.TIME_ZONE,
    deploymentFile: data.DEPLOYMENT_FILE,
    selfCheck: {
      everySeconds: data.SELF_CHECK_SECONDS,
      samples: data.SELF_CHECK_SAMPLES,
      rebuildEveryHours: data.SELF_CHECK_REBUILD_HOURS,
      scratchUrl: data.SCRATCH_DATABASE_URL,
    },
    watch: data.METRICS_PORT === undefined ? undefined : { host: data.METRICS_HOST, port: data.METRICS_PORT },
    mostLagSeconds: data.READY_LAG_SECONDS,
    failAt: failAtOf(data.INDEXER_FAIL_AT),
  }
}

function failAtOf(setting: string | undefined): FailAt | undefined {
  const [name, time = '1'] = setting?.split(':') ?? []
  const point = failPoints.find((known) => known === name)
  return point === undefined ? undefined : { point, time: Number(time) }
}

function readDeployment(file: string): z.infer<typeof deployment> {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    throw new SettingsUnusable(`DEPLOYMENT_FILE names ${file}, which cannot be read. Deploy the network first.`)
  }
  const read = deployment.safeParse(jsonIn(text, file))
  if (!read.success) throw new SettingsUnusable(`The deployment in ${file} cannot be used: ${firstOf(read.error)}.`)
  return read.data
}

function jsonIn(text: string, file: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new SettingsUnusable(`The deployment in ${file} is not JSON.`)
  }
}

function firstOf(error: z.ZodError): string {
  const [issue] = error.issues
  return issue === undefined ? 'something is wrong with them' : `${issue.path.join('.')} ${issue.message}`
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}
