// A network on Hardhat's own chain inside the test's process: nothing to start, a snapshot for every run.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import '@nomicfoundation/hardhat-network-helpers'
import { network } from 'hardhat'
import {
  type Abi,
  type Address,
  decodeFunctionResult,
  encodeDeployData,
  encodeFunctionData,
  getContractAddress,
  type Hex,
  hexToBigInt,
  numberToHex,
} from 'viem'
import { type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts'
import { clearingHouseAbi, consortiumAbi, streetMoneyAbi } from '#contracts/generated.ts'
import { testConfig } from '../../support/config.ts'

export const par = 100n
export const quarterSeconds = 91 * 86_400
export const chainId = 31337
const deployer: Address = '0x00000000000000000000000000000000000de901'
export const board: Address = '0x00000000000000000000000000000000000b0a4d'

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
  const read = async (to: Address, abi: Abi, functionName: string, args: readonly unknown[]): Promise<unknown> => {
    const data = await request<Hex>('eth_call', [
      { to, data: encodeFunctionData({ abi, functionName, args }) },
      'latest',
    ])
    return decodeFunctionResult({ abi, functionName, data })
  }

  for (const who of [deployer, board]) await become(who)
  const at = (nonce: bigint) => getContractAddress({ from: deployer, nonce })
  const named = {
    money: at(0n),
    consortium: at(1n),
    factory: at(2n),
    issuance: at(3n),
    redemptions: at(4n),
    clearingHouse: at(5n),
  }
  const contracts = { ...named, standing: at(6n), scoreLog: scoreLogOf(at(6n)) }
  const founding = { par, quarterLength: quarterSeconds, board, requiredRatioBps: 3_000 }
  await send(deployer, undefined, creation('StreetMoney', []))
  await send(deployer, undefined, creation('Consortium', [named, founding]))
  for (const name of ['PointsFactory', 'Issuance', 'Redemptions', 'ClearingHouse', 'Standing']) {
    await send(deployer, undefined, creation(name, [contracts.consortium]))
  }
  const shops: { shop: number; owner: PrivateKeyAccount; till: PrivateKeyAccount; token: Address }[] = []
  for (let shop = 1; shop <= shopCount; shop += 1) {
    const owner = keyOf(1_000 + shop)
    const till = keyOf(2_000 + shop)
    const reserve = 10n ** 15n
    await become(owner.address)
    await must(owner.address, contracts.consortium, consortiumAbi, 'applyToJoin', [])
    await must(board, contracts.consortium, consortiumAbi, 'admit', [shop, false])
    await must(owner.address, contracts.consortium, consortiumAbi, 'addTill', [shop, till.address])
    await must(deployer, contracts.money, streetMoneyAbi, 'mint', [owner.address, reserve])
    await must(owner.address, contracts.money, streetMoneyAbi, 'approve', [contracts.clearingHouse, reserve])
    await must(owner.address, contracts.clearingHouse, clearingHouseAbi, 'deposit', [shop, reserve])
    const row = (await read(contracts.consortium, consortiumAbi, 'shopOf', [shop])) as { points: Address }
    shops.push({ shop, owner, till, token: row.points })
  }
  return { contracts, shops, call, must, read, request, send, become, time: networkHelpers.time, networkHelpers }
}

/** A standing brings its log along, as the first thing it creates. */
const scoreLogOf = (standing: Address): Address => getContractAddress({ from: standing, nonce: 1n })

/** The creation code of one of the contracts with its arguments. */
function creation(name: string, args: readonly unknown[]): Hex {
  const file = path.join(testConfig.root, 'artifacts', 'contracts', `${name}.sol`, `${name}.json`)
  const artifact: { abi: Abi; bytecode: Hex } = JSON.parse(readFileSync(file, 'utf8'))
  return encodeDeployData({ abi: artifact.abi, bytecode: artifact.bytecode, args })
}

/** The name of the custom error in what Hardhat says of a refused transaction. */
function errorName(failure: unknown): string {
  return /custom error '(\w+)/.exec(String(failure))?.[1] ?? String(failure)
}
