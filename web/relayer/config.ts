import { readFileSync } from 'node:fs'
import type { Address, Hex } from 'viem'
import { z } from 'zod'
import { isKeystore, keyInKeystore, keysIn, type RelayerKey, type Unreadable } from './keys.ts'

/** The settings cannot be used; the message is one sentence a person can act on, and holds no secret. */
export class SettingsUnusable extends Error {
  override readonly name = 'SettingsUnusable'
}

/** Where a test may end this process by force, to see what is left standing. */
export const failPoints = ['beforeWriting', 'afterWriting', 'afterSending', 'afterNoting'] as const
export type FailPoint = (typeof failPoints)[number]

/** What the relayer was told from outside. Holds a key and a password: never log it. */
export interface RelayerConfig {
  readonly databaseUrl: string
  /** Nodes of one chain; the first is asked, and the next where it is away. At least one. */
  readonly rpcUrls: readonly string[]
  /** At least one of them in service. */
  readonly keys: readonly RelayerKey[]
  readonly gatherMs: number
  /** What the node has not even tried for so long is given up. */
  readonly giveUpMs: number
  /** Where the relayer can be watched; nowhere where null. */
  readonly watch: { readonly host: string; readonly port: number } | null
  readonly logLevel: string
  readonly network: RelayedNetwork
  /** null everywhere but in tests; `time` counts from 1. */
  readonly failAt: { readonly point: FailPoint; readonly time: number } | null
}

export interface RelayedNetwork {
  readonly chainId: number
  readonly genesisHash: Hex
  /** Smallest units of money for 0.01 point. */
  readonly par: bigint
  /** Blocks that must stand on a block before it counts. */
  readonly confirmations: bigint
  readonly contracts: RelayedContracts
}

/** What the relayer calls. */
export interface RelayedContracts {
  readonly issuance: Address
  readonly redemptions: Address
  readonly clearingHouse: Address
  readonly consortium: Address
  /** Absent on a network that was founded without one: everything goes in a transaction of its own. */
  readonly courier?: Address | undefined
  /** Absent on a network that was founded before there were score runs. */
  readonly scoreLog?: Address | undefined
  /** Where members' accounts come from; absent on a network that was founded before there were any. */
  readonly accounts?: Address | undefined
}

const node = (error: string) => z.url({ protocol: /^https?$/, error })

const settings = z.object({
  WEB_DATABASE_URL: z.string({ error: 'is missing; it should look like postgresql://user:password@host:5432/name' }),
  RPC_URL: node('is missing or no http address').optional(),
  RPC_URLS: z
    .string()
    .transform((list) => list.split(',').map((one) => one.trim()))
    .pipe(z.array(node('must be http addresses with commas between')).min(1))
    .optional(),
  DEPLOYMENT_FILE: z.string().min(1).default('.data/deployment.json'),
  RELAYER_KEYS: z.string().optional(),
  RELAYER_KEY_FILE: z.string().min(1).default('.data/relayer.key'),
  RELAYER_KEYSTORE_PASSWORD_FILE: z.string().min(1).optional(),
  RELAYER_GATHER_MS: z.coerce.number({ error: 'is no number' }).int().min(0).max(10_000).default(250),
  RELAYER_GIVE_UP_SECONDS: z.coerce.number({ error: 'is no number' }).int().min(1).max(604_800).default(3_600),
  RELAYER_METRICS_PORT: z.coerce.number({ error: 'is no port' }).int().min(0).max(65_535).optional(),
  RELAYER_METRICS_HOST: z.string().min(1).default('127.0.0.1'),
  CONFIRMATIONS: z.coerce.number({ error: 'is no number' }).int().min(1).max(128).optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  RELAYER_FAIL_AT: z
    .string()
    .regex(new RegExp(`^(${failPoints.join('|')})(:[1-9]\\d*)?$`), { error: 'names no place in the relayer' })
    .optional(),
})

const address = z.templateLiteral(['0x', z.string().regex(/^[0-9a-fA-F]{40}$/)])
const hash = z.templateLiteral(['0x', z.string().regex(/^[0-9a-fA-F]{64}$/)])

const deployment = z.object({
  chainId: z.int().positive(),
  genesisHash: hash,
  confirmations: z.int().min(1).max(128),
  parPerHundredth: z.string().regex(/^\d+$/),
  contracts: z.object({
    issuance: address,
    redemptions: address,
    clearingHouse: address,
    consortium: address,
    courier: address.optional(),
    scoreLog: address.optional(),
    accounts: address.optional(),
  }),
})

/** Reads the settings and the files they name; throws SettingsUnusable. */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): RelayerConfig {
  const read = settings.safeParse(environment)
  if (!read.success) throw new SettingsUnusable(`The settings cannot be used: ${firstOf(read.error)}.`)
  const { data } = read
  const deployed = readDeployment(data.DEPLOYMENT_FILE)
  const { chainId, genesisHash, contracts } = deployed
  const confirmations = BigInt(data.CONFIRMATIONS ?? deployed.confirmations)
  return {
    databaseUrl: data.WEB_DATABASE_URL,
    rpcUrls: nodesIn(data),
    keys: readKeys(data),
    gatherMs: data.RELAYER_GATHER_MS,
    giveUpMs: data.RELAYER_GIVE_UP_SECONDS * 1_000,
    watch:
      data.RELAYER_METRICS_PORT === undefined
        ? null
        : { host: data.RELAYER_METRICS_HOST, port: data.RELAYER_METRICS_PORT },
    logLevel: data.LOG_LEVEL,
    network: { chainId, genesisHash, contracts, confirmations, par: BigInt(deployed.parPerHundredth) },
    failAt: failAtOf(data.RELAYER_FAIL_AT),
  }
}

function nodesIn({ RPC_URL: only, RPC_URLS: several }: z.output<typeof settings>): readonly string[] {
  if (several !== undefined) return several
  if (only === undefined) throw new SettingsUnusable('The settings cannot be used: RPC_URL is missing.')
  return [only]
}

function failAtOf(setting: string | undefined): RelayerConfig['failAt'] {
  const [name, time = '1'] = setting?.split(':') ?? []
  const point = failPoints.find((known) => known === name)
  return point === undefined ? null : { point, time: Number(time) }
}

/** From RELAYER_KEYS, or else from a file: keys one a line, or a keystore with its password in another file. */
function readKeys(data: z.output<typeof settings>): readonly RelayerKey[] {
  if (data.RELAYER_KEYS !== undefined && data.RELAYER_KEYS !== '') {
    return readable('RELAYER_KEYS', keysIn(data.RELAYER_KEYS))
  }
  const file = data.RELAYER_KEY_FILE
  const text = contentOf(file, 'RELAYER_KEY_FILE')
  const name = `${file}, which RELAYER_KEY_FILE names,`
  if (!isKeystore(text)) return readable(name, keysIn(text))
  const passwordFile = data.RELAYER_KEYSTORE_PASSWORD_FILE
  if (passwordFile === undefined) {
    throw new SettingsUnusable(`${name} is a keystore: say in RELAYER_KEYSTORE_PASSWORD_FILE where its password is.`)
  }
  const password = contentOf(passwordFile, 'RELAYER_KEYSTORE_PASSWORD_FILE').replace(/\r?\n$/, '')
  return readable(name, keyInKeystore(text, password))
}

// The content is a secret, also where it is a wrong one.
function readable(name: string, keys: readonly RelayerKey[] | Unreadable): readonly RelayerKey[] {
  if ('unreadable' in keys) throw new SettingsUnusable(`${name} ${keys.unreadable}.`)
  return keys
}

function readDeployment(file: string): z.infer<typeof deployment> {
  const text = contentOf(file, 'DEPLOYMENT_FILE')
  let content: unknown
  try {
    content = JSON.parse(text)
  } catch {
    throw new SettingsUnusable(`The deployment in ${file} is not JSON.`)
  }
  const read = deployment.safeParse(content)
  if (!read.success) throw new SettingsUnusable(`The deployment in ${file} cannot be used: ${firstOf(read.error)}.`)
  return read.data
}

function contentOf(file: string, setting: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    throw new SettingsUnusable(`${setting} names ${file}, which cannot be read.`)
  }
}

function firstOf(error: z.ZodError): string {
  const [issue] = error.issues
  return issue === undefined ? 'something is wrong with them' : `${issue.path.join('.')} ${issue.message}`
}
