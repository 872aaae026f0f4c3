// A network on Hardhat's own chain inside the test's process: nothing to start, a snapshot for every run.
import '@nomicfoundation/hardhat-network-helpers'
import { network } from 'hardhat'
import {
  type Abi,
  type Address,
  decodeFunctionResult,
  encodeFunctionData,
  type Hex,
  hexToBigInt,
  numberToHex,
} from 'viem'
import { type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts'
import { consortiumAbi } from '#contracts/generated.ts'
import type { TestTransaction } from '../../support/chain.ts'
import { board, deployer, founding, guardian, opening } from '../../support/founding.ts'

export const quarterSeconds = 91 * 86_400
export const chainId = 31337

export type Outcome = { done: boolean; error: string; gasUsed: bigint }
export type Street = Awaited<ReturnType<typeof openStreet>>

/** A key that is the same in every run. */
export function keyOf(number: number): PrivateKeyAccount {
  return privateKeyToAccount(numberToHex(0xace0000 + number, { size: 32 }))
}

/** Deploys the network and opens so many shops, each with an owner, one till and a large reserve. */
export async function openStreet(shopCount: number) {
  const { provider, networkHelpers } = await network.create({ network: 'default', chainType: 'l1' })
  const request = async <result>(method: string, params: readonly unknown[]): Promise<result> => {
    return (await provider.request({ method, params: [...params] })) as result
  }
  const become = async (who: Address): Promise<void> => {
    await networkHelpers.impersonateAccount(who)
    await networkHelpers.setBalance(who, 10n ** 24n)
  }

  /** Sends a transaction; says how it ended instead of throwing. */
  const send = async (from: Address, to: Address | undefined, data: Hex): Promise<Outcome> => {
    const transaction = { from, data, gas: '0xffffff', ...(to === undefined ? {} : { to }) }
    try {
      const hash = await request<Hex>('eth_sendTransaction', [transaction])
      const receipt = await request<{ gasUsed: Hex }>('eth_getTransactionReceipt', [hash])
      return { done: true, error: '', gasUsed: hexToBigInt(receipt.gasUsed) }
    } catch (failure) {
      return { done: false, error: errorName(failure), gasUsed: 0n }
    }
  }
  const call = async (from: Address, to: Address, abi: Abi, functionName: string, args: readonly unknown[]) =>
    send(from, to, encodeFunctionData({ abi, functionName, args }))
  const must = async (...parameters: Parameters<typeof call>): Promise<bigint> => {
    const outcome = await call(...parameters)
    if (!outcome.done) throw new Error(`${parameters[3]}: ${outcome.error}`)
    return outcome.gasUsed
  }
  const mustSend = async ({ from, to, data }: TestTransaction): Promise<void> => {
    const { done, error } = await send(from, to, data)
    if (!done) throw new Error(error)
  }
  const read = async (to: Address, abi: Abi, functionName: string, args: readonly unknown[]): Promise<unknown> => {
    const data = await request<Hex>('eth_call', [
      { to, data: encodeFunctionData({ abi, functionName, args }) },
      'latest',
    ])
    return decodeFunctionResult({ abi, functionName, data })
  }

  for (const who of [deployer, board, guardian]) await become(who)
  const { contracts, creations, grants } = founding({ nonce: 0n, quarterLength: quarterSeconds })
  for (const one of [...creations, ...grants]) await mustSend(one)
  const shops: { shop: number; owner: PrivateKeyAccount; till: PrivateKeyAccount; token: Address }[] = []
  for (let shop = 1; shop <= shopCount; shop += 1) {
    const owner = keyOf(1_000 + shop)
    const till = keyOf(2_000 + shop)
    const reserve = 10n ** 15n
    await become(owner.address)
    const place = { shop, owner: owner.address, till: till.address }
    const { applies, opens } = opening(contracts, { ...place, given: reserve, reserve })
    for (const one of [applies, ...opens]) await mustSend(one)
    const row = (await read(contracts.consortium, consortiumAbi, 'shopOf', [shop])) as { points: Address }
    shops.push({ shop, owner, till, token: row.points })
  }
  return { contracts, shops, call, must, read, request, send, become, time: networkHelpers.time, networkHelpers }
}

/** The name of the custom error in what Hardhat says of a refused transaction. */
function errorName(failure: unknown): string {
  return /custom error '(\w+)/.exec(String(failure))?.[1] ?? String(failure)
}
