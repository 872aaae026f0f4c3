import 'server-only'
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { ConfigurationError, config } from './config.ts'

export type Address = `0x${string}`

export interface Network {
  readonly chainId: number
  /** The chain runs inside this street and can be made anew. */
  readonly embedded: boolean
  readonly genesisHash: `0x${string}`
  readonly startBlock: bigint
  /** Blocks that must stand on a block before the mirror calls it final. */
  readonly confirmations: number
  readonly contracts: {
    readonly money: Address
    readonly consortium: Address
    readonly factory: Address
    readonly issuance: Address
    readonly redemptions: Address
    readonly clearingHouse: Address
    /** Where members' accounts come from (MemberAccounts). */
    readonly accounts: Address
    /** Where score runs are committed; absent on a network that was founded before there were any. */
    readonly scoreLog?: Address | undefined
    /** Absent on a network that was founded before there were rewards on the chain. */
    readonly rewards?: Address | undefined
  }
  /** Smallest units of the settlement money for 0.01 point. */
  readonly par: bigint
  readonly moneyDecimals: number
  readonly moneySymbol: string
  readonly publicOrigin: string
  /** The host name that members' passkeys belong to. */
  readonly rpId: string
  /** So long nobody touches a shop's till before it asks who is there. */
  readonly tillIdleSeconds: number
  /** Demo people may be chosen: only on an embedded chain that was given such people. */
  readonly demo: boolean
}

const address = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/, { error: 'is not an address' })
  .transform((text) => text.toLowerCase() as Address)

const hash = z
  .string()
  .regex(/^0x[0-9a-fA-F]{64}$/, { error: 'is not a hash' })
  .transform((text) => text.toLowerCase() as `0x${string}`)

const wholeNumber = z
  .union([z.int().nonnegative(), z.string().regex(/^\d+$/, { error: 'is not a whole number' })])
  .transform((digits) => BigInt(digits))

const deployment = z.object({
  chainId: z.int().positive(),
  genesisHash: hash,
  startBlock: wholeNumber,
  embedded: z.boolean(),
  confirmations: z.int().nonnegative(),
  parPerHundredth: wholeNumber.refine((par) => par > 0n, { error: 'must be above 0' }),
  moneyDecimals: z.int().min(6).max(18),
  moneySymbol: z.string().min(1),
  contracts: z.object({
    money: address,
    consortium: address,
    factory: address,
    issuance: address,
    redemptions: address,
    clearingHouse: address,
    accounts: address,
    scoreLog: address.optional(),
    rewards: address.optional(),
  }),
})

/** @throws ConfigurationError when the file is absent or does not say where the contracts stand. */
export function readNetwork(file: string): Omit<Network, 'publicOrigin' | 'rpId' | 'tillIdleSeconds' | 'demo'> {
  let text: string
  try {
    text = readFileSync(/* turbopackIgnore: true */ file, 'utf8')
  } catch {
    throw new ConfigurationError('DEPLOYMENT_FILE', `names a file that cannot be read: ${file}`)
  }
  const read = deployment.safeParse(parsedOrNull(text))
  if (!read.success) {
    const first = read.error.issues[0]
    const where = first?.path.join('.') || 'its content'
    throw new ConfigurationError('DEPLOYMENT_FILE', `does not describe a network: ${where}: ${first?.message}`)
  }
  const { parPerHundredth, ...rest } = read.data
  return { ...rest, par: parPerHundredth }
}

function parsedOrNull(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

let known: Network | undefined

/** Where this street's contracts stand and what its points are worth; read once per process. */
export function network(): Network {
  if (!known) {
    const { deploymentFile, publicOrigin, rpId, tillIdleSeconds, demoPeopleFile } = config()
    const stands = readNetwork(deploymentFile)
    known = { ...stands, publicOrigin, rpId, tillIdleSeconds, demo: stands.embedded && demoPeopleFile !== null }
  }
  return known
}
