import { readFileSync } from 'node:fs'
import type { Address, Hex } from 'viem'
import { z } from 'zod'

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
  readonly rpcUrl: string
  readonly key: Hex
  readonly logLevel: string
  readonly network: RelayedNetwork
  /** null everywhere but in tests; `time` counts from 1. */
  readonly failAt: { readonly point: FailPoint; readonly time: number } | null
}

export interface RelayedNetwork {
  readonly chainId: number
  readonly genesisHash: Hex
  /** Blocks that must stand on a block before it counts. */
  readonly confirmations: bigint
  readonly contracts: RelayedContracts
}

/** What the relayer calls; a network deployed before there were score runs has no log of them. */
export interface RelayedContracts {
  readonly issuance: Address
  readonly redemptions: Address
  readonly clearingHouse: Address
  readonly scoreLog?: Address | undefined
}

const settings = z.object({
  WEB_DATABASE_URL: z.string({ error: 'is missing; it should look like postgresql://user:password@host:5432/name' }),
  RPC_URL: z.url({ protocol: /^https?$/, error: 'is missing or no http address' }),
  DEPLOYMENT_FILE: z.string().min(1).default('.data/deployment.json'),
  RELAYER_KEY_FILE: z.string().min(1).default('.data/relayer.key'),
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
  contracts: z.object({
    issuance: address,
    redemptions: address,
    clearingHouse: address,
    scoreLog: address.optional(),
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
    rpcUrl: data.RPC_URL,
    key: readKey(data.RELAYER_KEY_FILE),
    logLevel: data.LOG_LEVEL,
    network: { chainId, genesisHash, contracts, confirmations },
    failAt: failAtOf(data.RELAYER_FAIL_AT),
  }
}

function failAtOf(setting: string | undefined): RelayerConfig['failAt'] {
  const [name, time = '1'] = setting?.split(':') ?? []
  const point = failPoints.find((known) => known === name)
  return point === undefined ? null : { point, time: Number(time) }
}

function readKey(file: string): Hex {
  const text = contentOf(file, 'RELAYER_KEY_FILE').trim()
  const digits = /^(?:0x)?([0-9a-fA-F]{64})$/.exec(text)?.[1]
  // The content is a secret, also where it is a wrong one.
  if (digits === undefined) throw new SettingsUnusable(`${file}, which RELAYER_KEY_FILE names, holds no private key.`)
  return `0x${digits}`
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
