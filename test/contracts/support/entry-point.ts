// The entry point of ERC-4337 as npm has it, at the address where it stands on public chains.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { type Abi, type Address, decodeErrorResult, encodeFunctionData, type Hex, type Log, parseEventLogs } from 'viem'
import { entryPoint09Abi, type PackedUserOperation } from 'viem/account-abstraction'
import { gasSponsorAbi } from '#contracts/generated.ts'
import { entryPoint } from '#contracts/user-operation.ts'
import type { Street } from './street.ts'

/** Puts the entry point onto this chain: its creation code runs at that very address, and what comes out stays. */
export async function plantEntryPoint(street: Street, by: Address): Promise<void> {
  const artifact = createRequire(import.meta.url).resolve('@account-abstraction/contracts/artifacts/EntryPoint.json')
  const { bytecode } = JSON.parse(readFileSync(artifact, 'utf8')) as { bytecode: Hex }
  // It creates a helper of its own, whose address follows from this nonce and stays in the code as a constant.
  await street.request('hardhat_setNonce', [entryPoint, '0x1'])
  await street.request('hardhat_setCode', [entryPoint, bytecode])
  const creation = { from: by, to: entryPoint, data: '0x', gas: '0xe4e1c0' }
  const runtime = await street.request<Hex>('eth_call', [creation, 'latest'])
  const hash = await street.request<Hex>('eth_sendTransaction', [creation])
  const { status } = await street.request<{ status: Hex }>('eth_getTransactionReceipt', [hash])
  if (status !== '0x1') throw new Error('the entry point did not create its helper')
  await street.request('hardhat_setCode', [entryPoint, runtime])
}

/** How an operation ended: its calls' outcome, what was taken for it, in the chain's smallest unit. */
export type Handled = { sender: Address; success: boolean; cost: bigint }

/** Brings operations in one transaction, all or none; answers how each ended, or why none was taken. */
export async function handleOps(
  street: Street,
  by: Address,
  operations: readonly PackedUserOperation[],
): Promise<{ handled: Handled[]; gasUsed: bigint } | { refused: string }> {
  const data = encodeFunctionData({ abi: entryPoint09Abi, functionName: 'handleOps', args: [[...operations], by] })
  const transaction = { from: by, to: entryPoint, data, gas: '0xe4e1c0' }
  try {
    const hash = await street.request<Hex>('eth_sendTransaction', [transaction])
    const receipt = await street.request<{ gasUsed: Hex; logs: Log[] }>('eth_getTransactionReceipt', [hash])
    const events = parseEventLogs({ abi: entryPoint09Abi, eventName: 'UserOperationEvent', logs: receipt.logs })
    const handled = events.map(({ args }) => ({ sender: args.sender, success: args.success, cost: args.actualGasCost }))
    return { handled, gasUsed: BigInt(receipt.gasUsed) }
  } catch (failure) {
    const data = /return data: (0x[0-9a-f]+)/.exec(String(failure))?.[1]
    return { refused: data === undefined ? String(failure) : reasonIn(data as Hex) }
  }
}

/** The entry point's own word, and behind it the error of the paymaster that it passes on. */
function reasonIn(data: Hex): string {
  const abi: Abi = [...entryPoint09Abi, ...gasSponsorAbi]
  const { errorName, args = [] } = decodeErrorResult({ abi, data })
  if (errorName === 'FailedOp') return String(args[1])
  return errorName === 'FailedOpWithRevert' ? `${args[1]}: ${reasonIn(args[2] as Hex)}` : errorName
}

/** The number that the account's next operation has. */
export async function nextNonce(street: Street, account: Address): Promise<bigint> {
  return (await street.read(entryPoint, entryPoint09Abi, 'getNonce', [account, 0n])) as bigint
}
