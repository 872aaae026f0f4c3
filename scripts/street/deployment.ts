import { existsSync, readFileSync } from 'node:fs'
import type { Address, Hex } from 'viem'
import { z } from 'zod'
import { Complaint } from './complaint.ts'

export interface NetworkAddresses {
  readonly money: Address
  readonly consortium: Address
  readonly factory: Address
  readonly issuance: Address
  readonly redemptions: Address
  readonly clearingHouse: Address
  readonly standing: Address
  readonly scoreLog: Address
  readonly membership: Address
  readonly accounts: Address
  readonly rewards: Address
  /** Who may do what the others restrict. */
  readonly authority: Address
  readonly board: Address
  /** Acts in the board's place while there are too few shops to vote. */
  readonly founders: Address
  /** Brings several submissions in one transaction; networks founded earlier have none, and need none. */
  readonly courier?: Address | undefined
}

/** Where a network stands: what every room reads from DEPLOYMENT_FILE. */
export interface Deployment {
  readonly chainId: number
  readonly genesisHash: Hex
  readonly startBlock: number
  readonly embedded: boolean
  readonly confirmations: number
  /** Units of money per 0.01 point. */
  readonly parPerHundredth: string
  readonly moneyDecimals: number
  readonly moneySymbol: string
  readonly contracts: NetworkAddresses
}

/** An address as a file or a command line holds it. */
export const address = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/)
  .transform((text) => text as Address)
const deploymentShape = z.object({
  chainId: z.int().positive(),
  genesisHash: z
    .string()
    .regex(/^0x[0-9a-f]{64}$/)
    .transform((text) => text as Hex),
  startBlock: z.int().nonnegative(),
  embedded: z.boolean(),
  confirmations: z.int().nonnegative(),
  parPerHundredth: z.string().regex(/^\d+$/),
  moneyDecimals: z.int(),
  moneySymbol: z.string(),
  contracts: z.object({
    money: address,
    consortium: address,
    factory: address,
    issuance: address,
    redemptions: address,
    clearingHouse: address,
    standing: address,
    scoreLog: address,
    membership: address,
    accounts: address,
    rewards: address,
    authority: address,
    board: address,
    founders: address,
    courier: address.optional(),
  }),
})

/** Reads a deployment file; one that is not there or not whole is the person's to put right. */
export function readDeployment(path: string): Deployment {
  if (!existsSync(path)) throw new Complaint(`There is no deployment file at ${path}.`)
  try {
    return deploymentShape.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    throw new Complaint(`${path} does not say where a network stands: its fields are missing or wrong.`)
  }
}
