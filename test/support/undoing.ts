import { type Abi, encodeAbiParameters, type Hex, keccak256, parseEventLogs, type RpcLog } from 'viem'
import type { PrivateKeyAccount } from 'viem/accounts'
import { issuanceAbi, redemptionsAbi, shopPointsAbi } from '#contracts/generated.ts'
import { issuanceDomain, receiptName, redemptionsDomain, refundTypes, reversalTypes } from '#contracts/terms.ts'
import type { TestTransaction } from './chain.ts'
import { call, type TestNetwork, type TestShop } from './network.ts'

/** A chunk of purchases as the chain announced it, with what a reversal must show of it. */
export interface KeptChunk {
  readonly record: bigint
  readonly chunk: {
    readonly till: number
    readonly firstSequence: bigint
    readonly issuedBits: bigint
    readonly quarter: number
    readonly entries: Hex
  }
}

/** A payment as the chain announced it, with what a refund must show of it. */
export interface KeptPayment {
  readonly record: bigint
  readonly till: number
  readonly recordedAt: bigint
  readonly results: readonly Hex[]
  readonly index: bigint
  readonly member: Hex
  readonly sequence: bigint
  readonly lines: readonly { readonly token: Hex; readonly points: number }[]
  readonly lanes: readonly bigint[]
  readonly value: bigint
}

async function logsOf(network: TestNetwork, address: Hex): Promise<RpcLog[]> {
  return await network.chain.ask<RpcLog[]>('eth_getLogs', [{ address, fromBlock: '0x0', toBlock: 'latest' }])
}

/** Every chunk the shop's tills had issued, oldest first. */
export async function chunksOf(network: TestNetwork, shop: TestShop): Promise<KeptChunk[]> {
  const abi: Abi = shopPointsAbi
  const began = parseEventLogs({ abi, logs: await logsOf(network, shop.token), eventName: 'QuarterBegan' }).map(
    (log) => ({ block: log.blockNumber, index: log.logIndex, quarter: (log.args as { quarter: number }).quarter }),
  )
  const logs = await logsOf(network, network.contracts.issuance)
  const issued = parseEventLogs({ abi: issuanceAbi, logs, eventName: 'Issued' })
  return issued
    .filter((log) => log.args.shop === shop.shop)
    .map(({ args, blockNumber, logIndex }) => {
      const { till, firstSequence, issuedBits, record, entries } = args
      // The event comes before the token is touched: in that very transaction a quarter may have begun behind it.
      const within = began.filter(({ block, index }) => {
        return block < blockNumber || (block === blockNumber && (index < logIndex || index === logIndex + 1))
      })
      return { record, chunk: { till, firstSequence, issuedBits, quarter: within.at(-1)?.quarter ?? 0, entries } }
    })
}

export interface TestReversal {
  /** Which entry of the chunk. */
  readonly index?: number
  readonly before?: number
  readonly points: number
  readonly taken: number
  readonly debt?: number
}

/** A till agrees that a purchase is undone; anybody submits it. */
export async function reverse(
  network: TestNetwork,
  shop: TestShop,
  { record, chunk }: KeptChunk,
  { index = 0, before = 0, points, taken, debt = 0 }: TestReversal,
): Promise<TestTransaction> {
  const deadline = await soon(network)
  const sequence = chunk.firstSequence + BigInt(index)
  const purchase = receiptName({ shop: shop.shop, till: chunk.till, sequence })
  const signature = await shop.till.signTypedData({
    domain: issuanceDomain(network.chainId, network.contracts.issuance),
    types: reversalTypes,
    primaryType: 'Reversal',
    message: { shop: shop.shop, till: 1, purchase, before, points, taken, debt, deadline },
  })
  const agreed = { till: 1, index, before, points, taken, debt, deadline, signature }
  return call(issuanceAbi, network.contracts.issuance, anybody, 'reverse', [shop.shop, record, chunk, agreed])
}

/** Every payment that stands at the shop and was worth its points at par, oldest first. */
export async function paymentsOf(network: TestNetwork, shop: TestShop, par = 100n): Promise<KeptPayment[]> {
  const logs = await logsOf(network, network.contracts.redemptions)
  const redeemed = parseEventLogs({ abi: redemptionsAbi, logs, eventName: 'Redeemed' }).filter((log) => {
    return log.args.shop === shop.shop
  })
  const bodies = redeemed.map(({ args, blockNumber }) => {
    const { member, sequence, lines, lanes, record, till } = args
    const value = lines.reduce((sum, line) => sum + BigInt(line.points) * par, 0n)
    return { record, till, member, sequence, lines, lanes, value, blockNumber }
  })
  const times = new Map<bigint, bigint>()
  for (const { blockNumber } of bodies) {
    if (times.has(blockNumber)) continue
    const params = [`0x${blockNumber.toString(16)}`, false]
    times.set(
      blockNumber,
      BigInt((await network.chain.ask<{ timestamp: Hex }>('eth_getBlockByNumber', params)).timestamp),
    )
  }
  return bodies.map(({ blockNumber, ...body }) => {
    const together = bodies.filter(({ record }) => record === body.record)
    return {
      ...body,
      recordedAt: times.get(blockNumber) ?? 0n,
      results: together.map(resultOf),
      index: BigInt(together.findIndex(({ sequence }) => sequence === body.sequence)),
    }
  })
}

const resultTypes = [
  { type: 'address' },
  { type: 'uint64' },
  {
    type: 'tuple[]',
    components: [
      { name: 'token', type: 'address' },
      { name: 'points', type: 'uint48' },
    ],
  },
  { type: 'uint256[]' },
  { type: 'uint256' },
] as const

function resultOf({
  member,
  sequence,
  lines,
  lanes,
  value,
}: Omit<KeptPayment, 'results' | 'index' | 'recordedAt'>): Hex {
  return keccak256(encodeAbiParameters(resultTypes, [member, sequence, lines, lanes, value]))
}

/** A till agrees that so much of each line of a payment is undone; anybody submits it. */
export async function refund(
  network: TestNetwork,
  shop: TestShop,
  payment: KeptPayment,
  {
    before,
    points,
    key = shop.till,
  }: {
    readonly before?: readonly number[]
    readonly points: readonly number[]
    readonly key?: PrivateKeyAccount
  },
): Promise<TestTransaction> {
  const deadline = await soon(network)
  const agreed = { till: 1, before: before ?? points.map(() => 0), points, deadline }
  const name = receiptName({ shop: shop.shop, till: payment.till, sequence: payment.sequence })
  const signature = await key.signTypedData({
    domain: redemptionsDomain(network.chainId, network.contracts.redemptions),
    types: refundTypes,
    primaryType: 'Refund',
    message: { shop: shop.shop, payment: name, ...agreed },
  })
  const { redemptions } = network.contracts
  return call(redemptionsAbi, redemptions, anybody, 'refund', [shop.shop, payment, { ...agreed, signature }])
}

const anybody: Hex = '0x00000000000000000000000000000000000a4b0d'

async function soon({ chain }: TestNetwork): Promise<number> {
  return (await chain.head()).time + 90 * 86_400
}
