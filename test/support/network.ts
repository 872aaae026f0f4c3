import {
  type Abi,
  type ContractFunctionArgs,
  type ContractFunctionName,
  type ContractFunctionReturnType,
  decodeFunctionResult,
  encodeFunctionData,
  type Hex,
} from 'viem'
import { type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts'
import { consortiumAbi, issuanceAbi, redemptionsAbi, shopPointsAbi } from '#contracts/generated.ts'
import {
  acceptanceTypes,
  batchTypes,
  issuanceDomain,
  type Line,
  type PurchaseEntry,
  packEntries,
  redemptionsDomain,
  runningHashNext,
  runningHashStart,
  termsHash,
  termsMessage,
  termsTypes,
} from '#contracts/terms.ts'
import type { TestChain, TestTransaction } from './chain.ts'
import { board, deployer, founding, guardian, opening, par, type TestContracts } from './founding.ts'

export interface TestShop {
  readonly shop: number
  readonly owner: Hex
  readonly token: Hex
  readonly till: PrivateKeyAccount
}

/** A small street on a test chain: contracts deployed, shops admitted with one till each and money in reserve. */
export interface TestNetwork {
  readonly chain: TestChain
  readonly chainId: number
  readonly genesisHash: Hex
  readonly startBlock: number
  readonly board: Hex
  readonly guardian: Hex
  readonly contracts: TestContracts
  readonly shops: TestShop[]
  readonly members: readonly PrivateKeyAccount[]
  /** What DEPLOYMENT_FILE would hold. */
  deployment(embedded: boolean): object
}

export const quarterSeconds = 30 * 86_400
const gasForAll = '0x3635c9adc5dea00000'

/** A key that is the same in every run. */
export function keyOf(kind: 'till' | 'member', number: number): PrivateKeyAccount {
  return privateKeyToAccount(secretOf(kind, number))
}

export function secretOf(kind: 'till' | 'member', number: number): Hex {
  const prefix = kind === 'till' ? '71' : '3e'
  return `0x${prefix.repeat(28)}${number.toString(16).padStart(8, '0')}`
}

export async function deployNetwork(
  chain: TestChain,
  size: { readonly shops: number; readonly members: number },
): Promise<TestNetwork> {
  const startBlock = (await chain.head()).number + 1
  await chain.ask('anvil_setBalance', [deployer, gasForAll])
  const contracts = await foundNetwork(chain)
  const network: TestNetwork = {
    chain,
    chainId: Number(await chain.ask<Hex>('eth_chainId')),
    genesisHash: (await chain.ask<{ hash: Hex }>('eth_getBlockByNumber', ['0x0', false])).hash,
    startBlock,
    board,
    guardian,
    contracts,
    shops: [],
    members: Array.from({ length: size.members }, (_, index) => keyOf('member', index + 1)),
    deployment: (embedded) => ({
      chainId: network.chainId,
      genesisHash: network.genesisHash,
      startBlock,
      embedded,
      confirmations: 1,
      parPerHundredth: `${par}`,
      moneyDecimals: 6,
      moneySymbol: 'EUR',
      contracts,
    }),
  }
  for (let count = 0; count < size.shops; count += 1) await openShop(network, 1_000_000_000n)
  return network
}

async function foundNetwork(chain: TestChain): Promise<TestContracts> {
  const nonce = BigInt(await chain.ask<Hex>('eth_getTransactionCount', [deployer, 'latest']))
  const { contracts, creations, grants } = founding({ nonce, quarterLength: quarterSeconds })
  await settled(chain, creations)
  await settled(chain, grants)
  return contracts
}

/** Sends and mines; every one of them must succeed. */
export async function settled(chain: TestChain, transactions: readonly TestTransaction[]): Promise<void> {
  const hashes = await chain.send(...transactions)
  await chain.mine()
  for (const [index, receipt] of (await chain.receipts(hashes)).entries()) {
    if (receipt?.status !== '0x1') throw new Error(`transaction ${index} of ${transactions.length} failed`)
  }
}

/** Opens one more shop, with a till and this much money (millionths) in reserve. */
export async function openShop(network: TestNetwork, reserve: bigint, ownedBy?: Hex): Promise<TestShop> {
  const { chain, contracts } = network
  const shop = network.shops.length + 1
  const owner: Hex = ownedBy ?? `0x${shop.toString(16).padStart(40, '0').replace(/^0{4}/, '5405')}`
  const till = keyOf('till', shop)
  const { applies, opens } = opening(contracts, { shop, owner, till: till.address, given: reserve * 2n, reserve })
  await settled(chain, [applies])
  await settled(chain, opens)
  const { points: token } = await read(network, consortiumAbi, contracts.consortium, 'shopOf', [shop])
  const opened = { shop, owner, token, till }
  network.shops.push(opened)
  return opened
}

/** A call of a contract as a transaction from `from`. */
export function call<const abi extends Abi, name extends ContractFunctionName<abi, 'nonpayable'>>(
  abi: abi,
  to: Hex,
  from: Hex,
  functionName: name,
  args: ContractFunctionArgs<abi, 'nonpayable', name>,
): TestTransaction {
  const data = encodeFunctionData({
    abi: abi as Abi,
    functionName: functionName as string,
    args: args as readonly unknown[],
  })
  return { from, to, data }
}

type Views = 'view' | 'pure'

/** Asks a contract as it stands at the newest block. */
export async function read<const abi extends Abi, name extends ContractFunctionName<abi, Views>>(
  network: TestNetwork,
  abi: abi,
  to: Hex,
  functionName: name,
  args: ContractFunctionArgs<abi, Views, name>,
): Promise<ContractFunctionReturnType<abi, Views, name>> {
  const data = encodeFunctionData({
    abi: abi as Abi,
    functionName: functionName as string,
    args: args as readonly unknown[],
  })
  const answer = await network.chain.ask<Hex>('eth_call', [{ to, data }, 'latest'])
  return decodeFunctionResult({ abi: abi as Abi, functionName: functionName as string, data: answer }) as never
}

/** A till's signed batch of purchases, submitted by anybody. */
export async function issue(
  network: TestNetwork,
  shop: TestShop,
  firstSequence: bigint,
  entries: readonly PurchaseEntry[],
): Promise<TestTransaction> {
  const till = 1
  const start = runningHashStart({ shop: shop.shop, till, firstSequence })
  const head = entries.reduce(runningHashNext, start)
  const signature = await shop.till.signTypedData({
    domain: issuanceDomain(network.chainId, network.contracts.issuance),
    types: batchTypes,
    primaryType: 'Batch',
    message: { shop: shop.shop, till, firstSequence, count: entries.length, head },
  })
  return call(issuanceAbi, network.contracts.issuance, deployer, 'issue', [
    shop.shop,
    till,
    firstSequence,
    packEntries(entries),
    signature,
    '0x',
  ])
}

/** What a member pays with at a shop. */
export interface TestPayment {
  readonly member: PrivateKeyAccount
  readonly sequence: bigint
  readonly deadline: number
  readonly lines: readonly Line[]
  /** 0 where not given. */
  readonly purpose?: number
}

/** Payments that members and the till have signed for, submitted by anybody. */
export async function redeem(
  network: TestNetwork,
  shop: TestShop,
  payments: readonly TestPayment[],
): Promise<TestTransaction> {
  const till = 1
  const domain = redemptionsDomain(network.chainId, network.contracts.redemptions)
  const terms = payments.map(({ member, sequence, deadline, lines, purpose = 0 }) => {
    return { member: member.address, shop: shop.shop, till, sequence, purpose, deadline, lines: ascending(lines) }
  })
  const items = await Promise.all(
    terms.map(async (signed, index) => {
      const message = termsMessage(signed)
      const types = termsTypes
      const signature = await payments[index]?.member.signTypedData({ domain, types, primaryType: 'Terms', message })
      return { ...message, signature: signature ?? '0x' }
    }),
  )
  const acceptance = await shop.till.signTypedData({
    domain,
    types: acceptanceTypes,
    primaryType: 'Acceptance',
    message: { shop: shop.shop, till, terms: terms.map(termsHash) },
  })
  return call(redemptionsAbi, network.contracts.redemptions, deployer, 'redeem', [shop.shop, till, items, acceptance])
}

/** The lines in the order the contracts want. */
export const ascending = (lines: readonly Line[]): Line[] =>
  [...lines].sort((one, other) => (one.token.toLowerCase() < other.token.toLowerCase() ? -1 : 1))

/** Points from one member to another. */
export function sendPoints(from: PrivateKeyAccount, to: Hex, shop: TestShop, points: bigint): TestTransaction {
  return call(shopPointsAbi, shop.token, from.address, 'transfer', [to, points])
}
