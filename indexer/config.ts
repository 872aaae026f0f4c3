import { readFileSync } from 'node:fs'
import { z } from 'zod'
import type { MirroredNetwork } from './ledger/ledger.ts'

/** The settings cannot be used; the message is one sentence a person can act on, and holds no secret. */
export class SettingsUnusable extends Error {
  override readonly name = 'SettingsUnusable'
}

/** What the indexer was told from outside. */
export interface IndexerConfig {
  readonly databaseUrl: string
  readonly rpcUrl: string
  readonly network: MirroredNetwork
  /** Our own chain, whose end may be lost in a crash; a public chain's may not. */
  readonly embedded: boolean
  readonly logLevel: string
  /** Where a day begins and ends for the shops. */
  readonly timeZone: string
}

const settings = z.object({
  INDEXER_DATABASE_URL: z.string({
    error: 'is missing; it should look like postgresql://user:password@host:5432/name',
  }),
  RPC_URL: z.url({ protocol: /^https?$/, error: 'is missing or no http address' }),
  DEPLOYMENT_FILE: z.string().min(1).default('.data/deployment.json'),
  CONFIRMATIONS: z.coerce.number({ error: 'is no number' }).int().min(1).max(128).optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  TIME_ZONE: z.string().refine(isTimeZone, { error: 'is no time zone such as Europe/Berlin' }).default('Europe/Berlin'),
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
  }),
})

/** Reads the settings and the deployment they name; throws SettingsUnusable. */
export function readConfig(environment: Readonly<Record<string, string | undefined>> = process.env): IndexerConfig {
  const read = settings.safeParse(environment)
  if (!read.success) throw new SettingsUnusable(`The settings cannot be used: ${firstOf(read.error)}.`)
  const { data } = read
  const deployed = readDeployment(data.DEPLOYMENT_FILE)
  return {
    databaseUrl: data.INDEXER_DATABASE_URL,
    rpcUrl: data.RPC_URL,
    network: {
      chainId: deployed.chainId,
      genesisHash: deployed.genesisHash,
      startBlock: deployed.startBlock,
      confirmations: data.CONFIRMATIONS ?? deployed.confirmations,
      contracts: deployed.contracts,
    },
    embedded: deployed.embedded,
    logLevel: data.LOG_LEVEL,
    timeZone: data.TIME_ZONE,
  }
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
