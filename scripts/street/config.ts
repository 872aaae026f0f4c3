import { z } from 'zod'
import { Complaint } from './complaint.ts'

/** What the person set outside. Holds passwords: never printed. */
export interface Settings {
  /** A PostgreSQL of their own, in place of the embedded one. */
  readonly databaseUrl: string | undefined
  readonly indexerDatabaseUrl: string | undefined
  readonly webDatabaseUrl: string | undefined
  readonly outside: OutsideChain | undefined
  readonly relayerKeyFile: string | undefined
  /** The relayer’s own settings, by their names. */
  readonly relayer: Readonly<Record<string, string>>
  /** Those of the process that tells webhooks. */
  readonly webhooks: Readonly<Record<string, string>>
  readonly publicOrigin: string | undefined
  readonly rpId: string | undefined
  readonly confirmations: string | undefined
  readonly logLevel: string
  readonly timeZone: string
  /** How often the mirror is held against the chain: the indexer's own settings, by their names. */
  readonly selfCheck: Readonly<Record<string, string>>
  /** The portal's own settings, by their names: what the network pays for a day, and who stands before it. */
  readonly portal: Readonly<Record<string, string>>
  /** Where the indexer can be watched; any free port where not given. */
  readonly metricsPort: number | undefined
  /** The folder in which npm was called; npm itself moves on to the checkout. */
  readonly calledFrom: string | undefined
  /** Where the embedded database may put its files when it cannot use the data folder. */
  readonly privateBase: string | undefined
}

/** A chain of their own, with the file that says where the contracts stand on it. */
export interface OutsideChain {
  /** The node for whatever asks one alone. */
  readonly rpcUrl: string
  /** All that indexer and relayer may ask, in their order; one of them or more. */
  readonly nodes: readonly string[]
  readonly deploymentFile: string
}

const text = z.string().optional()
const database = (name: string) =>
  z.url({ protocol: /^postgres(ql)?$/, error: `${name} must be a postgresql:// address` }).optional()
const selfCheckNames = ['SELF_CHECK_SECONDS', 'SELF_CHECK_SAMPLES', 'SELF_CHECK_REBUILD_HOURS'] as const
const relayerNames = [
  'RELAYER_KEYS',
  'RELAYER_KEYSTORE_PASSWORD_FILE',
  'RELAYER_GATHER_MS',
  'RELAYER_GIVE_UP_SECONDS',
  'RELAYER_METRICS_PORT',
  'RELAYER_METRICS_HOST',
] as const
const portalNames = ['SPONSOR_MEMBER_GAS_PER_DAY', 'SPONSOR_NETWORK_GAS_PER_DAY', 'TILL_IDLE_SECONDS'] as const
const digits = (name: string, most = 5) =>
  z
    .string()
    .regex(new RegExp(`^\\d{1,${most}}$`), { error: `${name} must be a whole number` })
    .optional()
const nodesError = 'RPC_URLS must be http:// addresses of nodes of one chain, with commas between'
const variables = z.object({
  DATABASE_URL: database('DATABASE_URL'),
  INDEXER_DATABASE_URL: database('INDEXER_DATABASE_URL'),
  WEB_DATABASE_URL: database('WEB_DATABASE_URL'),
  RPC_URL: z.url({ protocol: /^https?$/, error: 'RPC_URL must be an http:// address of a node' }).optional(),
  RPC_URLS: z
    .string()
    .transform((list) => list.split(',').map((one) => one.trim()))
    .pipe(z.array(z.url({ protocol: /^https?$/, error: nodesError })).min(1))
    .refine((nodes) => new Set(nodes).size === nodes.length, { error: 'RPC_URLS names a node twice' })
    .optional(),
  DEPLOYMENT_FILE: text,
  RELAYER_KEY_FILE: text,
  RELAYER_KEYS: text,
  RELAYER_KEYSTORE_PASSWORD_FILE: text,
  RELAYER_GATHER_MS: digits('RELAYER_GATHER_MS'),
  RELAYER_GIVE_UP_SECONDS: digits('RELAYER_GIVE_UP_SECONDS'),
  RELAYER_METRICS_PORT: digits('RELAYER_METRICS_PORT'),
  RELAYER_METRICS_HOST: text,
  WEBHOOKS_ANYWHERE: text,
  FORWARDED_HOPS: digits('FORWARDED_HOPS'),
  PUBLIC_ORIGIN: z
    .url({ protocol: /^https?$/, error: 'PUBLIC_ORIGIN must be an http:// or https:// address' })
    .optional(),
  RP_ID: z
    .string()
    .regex(/^[a-z0-9.-]+$/, { error: 'RP_ID must be a host name in small letters' })
    .optional(),
  CONFIRMATIONS: z
    .string()
    .regex(/^\d{1,4}$/, { error: 'CONFIRMATIONS must be a whole number' })
    .optional(),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
      error: 'LOG_LEVEL must be one of fatal, error, warn, info, debug, trace, silent',
    })
    .default('info'),
  TIME_ZONE: z
    .string()
    .refine(isTimeZone, { error: 'TIME_ZONE must be a name such as Europe/Berlin' })
    .default('Europe/Berlin'),
  SELF_CHECK_SECONDS: digits('SELF_CHECK_SECONDS'),
  SELF_CHECK_SAMPLES: digits('SELF_CHECK_SAMPLES'),
  SELF_CHECK_REBUILD_HOURS: digits('SELF_CHECK_REBUILD_HOURS'),
  SPONSOR_MEMBER_GAS_PER_DAY: digits('SPONSOR_MEMBER_GAS_PER_DAY', 15),
  SPONSOR_NETWORK_GAS_PER_DAY: digits('SPONSOR_NETWORK_GAS_PER_DAY', 15),
  TILL_IDLE_SECONDS: digits('TILL_IDLE_SECONDS'),
  METRICS_PORT: z.coerce
    .number({ error: 'METRICS_PORT must be a port' })
    .int({ error: 'METRICS_PORT must be a port' })
    .min(1, { error: 'METRICS_PORT must be a port from 1 to 65535' })
    .max(65_535, { error: 'METRICS_PORT must be a port from 1 to 65535' })
    .optional(),
  EMBEDDED_PG_BASE: text,
  INIT_CWD: text,
})

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

/** Reads the environment. Throws a Complaint that names the setting, never its value. */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  // An empty setting is one that was not made.
  const set = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''))
  const read = variables.safeParse(set)
  if (!read.success) throw new Complaint(read.error.issues[0]?.message ?? 'A setting cannot be read.')
  return {
    databaseUrl: read.data.DATABASE_URL,
    indexerDatabaseUrl: read.data.INDEXER_DATABASE_URL,
    webDatabaseUrl: read.data.WEB_DATABASE_URL,
    outside: outsideOf(read.data),
    relayerKeyFile: read.data.RELAYER_KEY_FILE,
    publicOrigin: read.data.PUBLIC_ORIGIN === undefined ? undefined : new URL(read.data.PUBLIC_ORIGIN).origin,
    rpId: read.data.RP_ID,
    confirmations: read.data.CONFIRMATIONS,
    logLevel: read.data.LOG_LEVEL,
    timeZone: read.data.TIME_ZONE,
    relayer: given(read.data, relayerNames),
    webhooks: given(read.data, ['WEBHOOKS_ANYWHERE']),
    selfCheck: given(read.data, selfCheckNames),
    portal: given(read.data, ['FORWARDED_HOPS', ...portalNames]),
    metricsPort: read.data.METRICS_PORT,
    calledFrom: read.data.INIT_CWD,
    privateBase: read.data.EMBEDDED_PG_BASE,
  }
}

function outsideOf({
  RPC_URL: only,
  RPC_URLS: several,
  DEPLOYMENT_FILE: deploymentFile,
}: z.output<typeof variables>): OutsideChain | undefined {
  const nodes = several ?? (only === undefined ? [] : [only])
  const [first] = nodes
  if ((first === undefined) !== (deploymentFile === undefined)) {
    throw new Complaint(
      'RPC_URL (or RPC_URLS) and DEPLOYMENT_FILE belong together: one names the chain, the other the file with the ' +
        'addresses on it.',
    )
  }
  if (first === undefined || deploymentFile === undefined) return undefined
  return { rpcUrl: only ?? first, nodes, deploymentFile }
}

function given<Name extends string>(
  data: { readonly [name in Name]?: string | undefined },
  names: readonly Name[],
): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = data[name]
      return value === undefined ? [] : [[name, value]]
    }),
  )
}

/** The host name that members' passkeys belong to. */
export const passkeyHost = ({ rpId, publicOrigin }: Pick<Settings, 'rpId' | 'publicOrigin'>): string =>
  rpId ?? new URL(publicOrigin ?? 'http://localhost').hostname

export const settings = (): Settings => readSettings(process.env)

/** What every child may know of our environment: enough to find its programs, nothing that could steer it. */
export function childEnvironment(): Record<string, string> {
  const kept = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'TZ', 'SystemRoot', 'TEMP', 'NODE_EXTRA_CA_CERTS']
  return Object.fromEntries(
    kept.flatMap((name) => {
      const value = process.env[name]
      return value === undefined ? [] : [[name, value]]
    }),
  )
}
