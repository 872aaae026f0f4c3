import 'server-only'
import { z } from 'zod'

/** What the portal needs to know about where it stands. Holds a password: never log it, never hand it to a page. */
export interface Config {
  readonly databaseUrl: string
  readonly rpcUrl: string
  readonly deploymentFile: string
  /** Scheme, host and port as a browser sends them, without a trailing slash. */
  readonly publicOrigin: string
  readonly rpId: string
  /** How many proxies stand before the portal, each of which adds to X-Forwarded-For whom it heard. */
  readonly forwardedHops: number
  /** Only on a street of demo people. */
  readonly demoPeopleFile: string | null
  /** Gas that the network pays for on a day UTC, of one member and of all, beside its own purchases and payments. */
  readonly sponsoring: { readonly memberGasPerDay: bigint; readonly networkGasPerDay: bigint }
  /** So long nobody touches a shop's till before it asks who is there. */
  readonly tillIdleSeconds: number
}

/** A variable of the environment is missing or makes no sense. The sentence names the variable, never its value. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError'
  readonly variable: string

  constructor(variable: string, complaint: string) {
    super(`${variable} ${complaint}`)
    this.variable = variable
  }
}

const missing = (issue: { input?: unknown }): string | undefined =>
  issue.input === undefined || issue.input === '' ? 'is not set' : undefined

const filePath = (what: string) => z.string({ error: missing }).min(1, { error: `is not set: ${what}` })

const gas = (usual: string) =>
  z
    .string()
    .regex(/^\d{1,15}$/, { error: 'must be gas in digits' })
    .default(usual)
    .transform((digits) => BigInt(digits))

const USUAL_TILL_IDLE_SECONDS = 300

const variables = z.object({
  WEB_DATABASE_URL: z.url({
    protocol: /^postgres(ql)?$/,
    error: (issue) => missing(issue) ?? 'must be a postgresql:// address of the portal’s database role',
  }),
  RPC_URL: z.url({
    protocol: /^(https?|wss?)$/,
    error: (issue) => missing(issue) ?? 'must be an http:// or ws:// address of a node of the chain',
  }),
  DEPLOYMENT_FILE: filePath('it names the file that says where the contracts stand'),
  PUBLIC_ORIGIN: z
    .url({
      protocol: /^https?$/,
      abort: true,
      error: (issue) => missing(issue) ?? 'must be an http:// or https:// address',
    })
    .refine((address) => new URL(address).pathname === '/', {
      error: 'must be an origin only, without a path, such as http://localhost:3000',
    })
    .transform((address) => new URL(address).origin),
  RP_ID: z.string({ error: missing }).regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/, {
    error: (issue) => missing(issue) ?? 'must be a host name in small letters, such as localhost',
  }),
  FORWARDED_HOPS: z
    .string()
    .regex(/^[1-9]?$/, { error: 'must be how many proxies stand before the portal, such as 1' })
    .optional(),
  DEMO_PEOPLE_FILE: z.string().optional(),
  SPONSOR_MEMBER_GAS_PER_DAY: gas('3000000'),
  SPONSOR_NETWORK_GAS_PER_DAY: gas('500000000'),
  TILL_IDLE_SECONDS: z.coerce
    .number({ error: 'must be seconds' })
    .int({ error: 'must be whole seconds' })
    .min(15, { error: 'must be 15 seconds or more: nobody serves a customer in less' })
    .max(12 * 3_600, { error: 'must be 12 hours or less, as long as a shift is' })
    .default(USUAL_TILL_IDLE_SECONDS),
})

/** @throws ConfigurationError with one sentence about the first variable that is wrong. */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const read = variables.safeParse(environment)
  if (!read.success) {
    const first = read.error.issues[0]
    throw new ConfigurationError(String(first?.path[0] ?? 'The environment'), first?.message ?? 'cannot be read')
  }
  return {
    databaseUrl: read.data.WEB_DATABASE_URL,
    rpcUrl: read.data.RPC_URL,
    deploymentFile: read.data.DEPLOYMENT_FILE,
    publicOrigin: read.data.PUBLIC_ORIGIN,
    rpId: read.data.RP_ID,
    forwardedHops: Number(read.data.FORWARDED_HOPS || 1),
    demoPeopleFile: read.data.DEMO_PEOPLE_FILE ? read.data.DEMO_PEOPLE_FILE : null,
    sponsoring: {
      memberGasPerDay: read.data.SPONSOR_MEMBER_GAS_PER_DAY,
      networkGasPerDay: read.data.SPONSOR_NETWORK_GAS_PER_DAY,
    },
    tillIdleSeconds: read.data.TILL_IDLE_SECONDS,
  }
}

let known: Config | undefined

/** Read on first use, not on import, so that a build needs no environment. */
export function config(): Config {
  known ??= readConfig(process.env)
  return known
}
