import 'server-only'
import {
  type Address,
  decodeAbiParameters,
  decodeFunctionData,
  parseAbiParameters,
  size,
  slice,
  type Hex as ViemHex,
} from 'viem'
import { z } from 'zod'
import { memberAccountAbi } from '#contracts/generated.ts'
import { deployCall, type MemberOperation, outwardCallData } from '#contracts/user-operation.ts'
import type { AccountFacts } from '#web/queries/account-facts.ts'
import { bytesOf, pool } from '#web/queries/database.ts'
import { network } from '#web/queries/network.ts'
import { argumentsOf } from './order-promise.ts'
import { type Refusal, refuse } from './refusal.ts'
import { address, type Hex, signature, wholeNumber } from './wire.ts'

// What the network pays for of a user operation: calls into its own contracts, and orders about keys and guardian;
// without fees, without a paymaster, and no larger than such a thing ever is.

const uint128 = wholeNumber(2n ** 128n - 1n)
const bytes = (most: number) =>
  z
    .string()
    .max(2 + 2 * most)
    .regex(/^0x([0-9a-fA-F]{2})*$/, { error: 'must be bytes: 0x and hexadecimal digits' })
    .transform((text) => text.toLowerCase() as Hex)

const sponsored = z.unknown().optional()

/** An operation as viem writes it (EntryPoint 0.9), numbers as digits. */
export const memberOperationShape = z.strictObject({
  sender: address,
  /** Only the numbers of the account's one order: 0, 1, 2, … */
  nonce: wholeNumber(2n ** 64n - 1n),
  factory: address.optional(),
  factoryData: bytes(512).optional(),
  callData: bytes(8_192),
  callGasLimit: uint128,
  verificationGasLimit: uint128,
  preVerificationGas: uint128,
  maxFeePerGas: uint128,
  maxPriorityFeePerGas: uint128,
  ...{ paymaster: sponsored, paymasterData: sponsored, paymasterSignature: sponsored },
  ...{ paymasterVerificationGasLimit: sponsored, paymasterPostOpGasLimit: sponsored },
  signature,
})

export type AskedOperation = z.output<typeof memberOperationShape>

/** The most gas of each part. A check of a passkey takes 40,000; a deployment 100,000 more. */
const mostGas = { callGasLimit: 1_000_000n, verificationGasLimit: 400_000n, preVerificationGas: 100_000n } as const
/** What the entry point takes beside. */
const gasBeside = 80_000n
const mostCalls = 20

/** The most gas that bringing it may take. */
export function gasOf({ callGasLimit, verificationGasLimit, preVerificationGas }: AskedOperation): bigint {
  return callGasLimit + verificationGasLimit + preVerificationGas + gasBeside
}

/** Why the network would not pay for an operation of this account; null where it would. */
export async function unsponsored(asked: AskedOperation, facts: AccountFacts): Promise<Refusal | null> {
  const fees = asked.maxFeePerGas !== 0n || asked.maxPriorityFeePerGas !== 0n
  if (fees || Object.entries(asked).some(([name, value]) => name.startsWith('paymaster') && value !== undefined)) {
    return refuse('feesNotCarried')
  }
  for (const [name, most] of Object.entries(mostGas)) {
    const limit = asked[name as keyof typeof mostGas]
    if (limit > most) return refuse('operationTooLarge', { field: name, limit, most })
  }
  return factoryObjection(asked, facts) ?? (await actObjection(asked))
}

function factoryObjection({ factory, factoryData }: AskedOperation, facts: AccountFacts): Refusal | null {
  if (factory === undefined && factoryData === undefined) {
    if (facts.deployed) return null
    return refuse('malformed', { field: 'factory', complaint: 'must be given: the account does not stand yet' })
  }
  const { accounts } = network().contracts
  // The entry point passes over it where the account stands already, as when somebody else has deployed it meanwhile.
  const own = deployCall(accounts, argumentsOf(facts)).data
  return factory === accounts && factoryData === own ? null : refuse('foreignFactory', { factory: factory ?? null })
}

const executeUserOp = '0x8dd7712f'
const ordersAllowed = new Set(['addKey', 'removeKey', 'chooseGuardian', 'keepGuardian', 'veto'])
const callsShape = parseAbiParameters('(address target, uint256 value, bytes data)[]')

async function actObjection({ callData, sender }: AskedOperation): Promise<Refusal | null> {
  if (size(callData) < 8 || slice(callData, 0, 4) !== executeUserOp) return refuse('foreignAct')
  const act = decodedOrNull(slice(callData, 4))
  if (act === null) return refuse('foreignAct')
  if (ordersAllowed.has(act.functionName)) return null
  if (act.functionName !== 'execute') return refuse('foreignAct', { act: act.functionName })
  const calls = callsIn(act.args[1] as ViemHex)
  // Written in the one usual way, so that the account reads in it what was read here.
  if (calls === null || outwardCallData(calls) !== callData) return refuse('foreignAct', { act: 'execute' })
  if (calls.length > mostCalls) return refuse('operationTooLarge', { calls: calls.length, most: mostCalls })
  if (calls.some(({ value }) => value !== 0n)) return refuse('valueNotCarried')
  return await foreignTarget(sender, calls)
}

function decodedOrNull(data: ViemHex): { functionName: string; args: readonly unknown[] } | null {
  try {
    const { functionName, args } = decodeFunctionData({ abi: memberAccountAbi, data })
    return { functionName, args: args ?? [] }
  } catch {
    // Not every four bytes name something that an account does.
    return null
  }
}

function callsIn(encoded: ViemHex): readonly { to: Address; data: ViemHex; value: bigint }[] | null {
  try {
    const [calls] = decodeAbiParameters(callsShape, encoded)
    return calls.map(({ target, data, value }) => ({ to: target.toLowerCase() as Address, data, value }))
  } catch {
    return null
  }
}

/** Points of the street's shops, payments and rewards: never an account, which would let in calls within calls. */
async function foreignTarget(sender: Hex, calls: readonly { readonly to: Address }[]): Promise<Refusal | null> {
  const { redemptions, rewards } = network().contracts
  const others = [...new Set(calls.map(({ to }) => to))].filter((to) => to !== redemptions && to !== rewards)
  const { rows } = await pool().query<{ address: Buffer }>({
    name: 'tokens among',
    text: 'SELECT t.address FROM ledger.points_token t WHERE t.address = ANY($1)',
    values: [others.map(bytesOf)],
  })
  const tokens = new Set(rows.map((row) => `0x${row.address.toString('hex')}`))
  const foreign = others.find((to) => to === sender || !tokens.has(to))
  return foreign === undefined ? null : refuse('foreignTarget', { target: foreign })
}

/** The operation as the entry point and viem know it. */
export function operationOf(asked: AskedOperation): MemberOperation {
  const { factory, factoryData } = asked
  return {
    ...{ sender: asked.sender, nonce: asked.nonce, callData: asked.callData, callGasLimit: asked.callGasLimit },
    ...{ verificationGasLimit: asked.verificationGasLimit, preVerificationGas: asked.preVerificationGas },
    ...{ maxFeePerGas: 0n, maxPriorityFeePerGas: 0n, signature: asked.signature },
    ...(factory === undefined || factoryData === undefined ? {} : { factory, factoryData }),
  }
}
