// User operations of members' accounts (ERC-4337, EntryPoint 0.9): building and hashing them, and what the gas sponsor
// signs. Pure viem, for the page that asks the passkey and for whoever brings operations to the entry point.
import { type Address, concat, encodeAbiParameters, encodeFunctionData, encodePacked, type Hex } from 'viem'
import {
  entryPoint09Address,
  getUserOperationHash,
  type PackedUserOperation,
  toPackedUserOperation,
  type UserOperation,
} from 'viem/account-abstraction'
import type { AccountCall, AccountOrder } from './account-orders.ts'
import { accountOrderCall } from './account-orders.ts'
import { memberAccountAbi, memberAccountsAbi } from './generated.ts'
import type { AccountArguments } from './passkey.ts'

export type MemberOperation = UserOperation<'0.9'>

/** A call that the account makes; value in the chain's smallest unit. */
export type OutwardCall = { to: Address; data: Hex; value?: bigint }

/** What an operation may use, in gas. */
export type GasLimits = { callGas: bigint; verificationGas: bigint; preVerificationGas: bigint }

/** What is paid for gas at most, in the chain's smallest unit; zero where the network brings the operation itself. */
export type GasFees = { most: bigint; tip: bigint }

/** The sponsor's part: gas for its own check, between which seconds UTC its approval is good, its signature. */
export type Sponsorship = {
  sponsor: Address
  verificationGas: bigint
  validAfter: number
  validUntil: number
  signature: Hex
}

export const entryPoint: Address = entryPoint09Address

/** Self-relayed: nothing is paid for, and nothing has to be deposited. */
export const NO_FEES: GasFees = { most: 0n, tip: 0n }

/** ERC-7821: several calls, all or none. */
const BATCH: Hex = `0x01${'00'.repeat(31)}`

const callsParameters = [
  {
    type: 'tuple[]',
    components: [
      { name: 'target', type: 'address' },
      { name: 'value', type: 'uint256' },
      { name: 'callData', type: 'bytes' },
    ],
  },
] as const

/** `executeUserOp` of ERC-4337: the entry point hands the whole operation on, so the account knows whose key it is. */
const EXECUTE_USER_OP: Hex = '0x8dd7712f'

/** The call data of an operation that calls other contracts, all or none. */
export function outwardCallData(calls: readonly OutwardCall[]): Hex {
  const tuples = calls.map(({ to, value = 0n, data }) => ({ target: to, value, callData: data }))
  const executed = encodeAbiParameters(callsParameters, [tuples])
  const act = encodeFunctionData({ abi: memberAccountAbi, functionName: 'execute', args: [BATCH, executed] })
  return concat([EXECUTE_USER_OP, act])
}

/** The call data of an operation that gives an order about keys or guardian, with no signature but its own. */
export function orderCallData(account: Address, order: AccountOrder): Hex {
  return concat([EXECUTE_USER_OP, accountOrderCall(account, order).data])
}

/** An operation that is not signed yet. With `deploy` it deploys the account first; `nonce` is the entry point's. */
export function memberOperation(asked: {
  account: Address
  nonce: bigint
  callData: Hex
  gas: GasLimits
  fees: GasFees
  deploy?: { accounts: Address; arguments: AccountArguments }
  sponsorship?: Sponsorship
}): MemberOperation {
  const { deploy, sponsorship } = asked
  return {
    sender: asked.account,
    nonce: asked.nonce,
    callData: asked.callData,
    callGasLimit: asked.gas.callGas,
    verificationGasLimit: asked.gas.verificationGas,
    preVerificationGas: asked.gas.preVerificationGas,
    maxFeePerGas: asked.fees.most,
    maxPriorityFeePerGas: asked.fees.tip,
    signature: '0x',
    ...(deploy === undefined
      ? {}
      : { factory: deploy.accounts, factoryData: deployCall(deploy.accounts, deploy.arguments).data }),
    ...(sponsorship === undefined ? {} : sponsored(sponsorship)),
  }
}

/** The call that deploys an account; anybody may send it, and it changes no answer. */
export function deployCall(accounts: Address, { x, y, guardian, delay }: AccountArguments): AccountCall {
  const args = [x, y, guardian, delay] as const
  return { to: accounts, data: encodeFunctionData({ abi: memberAccountsAbi, functionName: 'deploy', args }) }
}

/** What the passkey is asked to sign: the hash by which the entry point knows the operation. */
export function operationHash(chainId: number, operation: MemberOperation): Hex {
  return getUserOperationHash({
    chainId,
    entryPointAddress: entryPoint,
    entryPointVersion: '0.9',
    userOperation: operation,
  })
}

/** The operation as `handleOps` takes it. */
export function packedOperation(operation: MemberOperation): PackedUserOperation {
  return toPackedUserOperation(operation)
}

// ---------------------------------------------------------------- the gas sponsor

const DAY = 86_400

/** An approval must begin and end within one day UTC, which is the day whose budget it counts against. */
export function approvalWindow(now: number, seconds: number): { validAfter: number; validUntil: number } {
  const dayBegins = now - (now % DAY)
  // The entry point wants a moment after the first one; so one that begins a day is good from its second second on.
  return { validAfter: Math.max(dayBegins, now - 60), validUntil: Math.min(dayBegins + DAY - 1, now + seconds) }
}

export function sponsorDomain(chainId: number, sponsor: Address) {
  return { name: 'Highstreet gas sponsor', version: '1', chainId, verifyingContract: sponsor } as const
}

/** What the sponsor's signer signs of an operation (OpenZeppelin's PaymasterSigner). */
export const sponsorTypes = {
  UserOperationRequest: [
    { name: 'sender', type: 'address' },
    { name: 'nonce', type: 'uint256' },
    { name: 'initCode', type: 'bytes' },
    { name: 'callData', type: 'bytes' },
    { name: 'accountGasLimits', type: 'bytes32' },
    { name: 'preVerificationGas', type: 'uint256' },
    { name: 'gasFees', type: 'bytes32' },
    { name: 'paymasterVerificationGasLimit', type: 'uint256' },
    { name: 'paymasterPostOpGasLimit', type: 'uint256' },
    { name: 'validAfter', type: 'uint48' },
    { name: 'validUntil', type: 'uint48' },
  ],
} as const

/** The approval of an operation as `signTypedData` takes it; the operation may name its sponsor already or not. */
export function typedApproval(
  chainId: number,
  operation: MemberOperation,
  sponsorship: Omit<Sponsorship, 'signature'>,
) {
  const { initCode, accountGasLimits, gasFees } = packedOperation(operation)
  return {
    domain: sponsorDomain(chainId, sponsorship.sponsor),
    types: sponsorTypes,
    primaryType: 'UserOperationRequest' as const,
    message: {
      sender: operation.sender,
      nonce: operation.nonce,
      initCode,
      callData: operation.callData,
      accountGasLimits,
      preVerificationGas: operation.preVerificationGas,
      gasFees,
      paymasterVerificationGasLimit: sponsorship.verificationGas,
      paymasterPostOpGasLimit: 0n,
      validAfter: sponsorship.validAfter,
      validUntil: sponsorship.validUntil,
    },
  }
}

/** The most that an operation may cost, which is what it counts with in the sponsor's budgets. */
export function mostCost(operation: MemberOperation): bigint {
  const sponsors = (operation.paymasterVerificationGasLimit ?? 0n) + (operation.paymasterPostOpGasLimit ?? 0n)
  const gas = operation.verificationGasLimit + operation.callGasLimit + operation.preVerificationGas + sponsors
  return gas * operation.maxFeePerGas
}

function sponsored({ sponsor, verificationGas, validAfter, validUntil, signature }: Sponsorship) {
  return {
    paymaster: sponsor,
    paymasterVerificationGasLimit: verificationGas,
    paymasterPostOpGasLimit: 0n,
    paymasterData: encodePacked(['uint48', 'uint48', 'bytes'], [validAfter, validUntil, signature]),
  }
}
