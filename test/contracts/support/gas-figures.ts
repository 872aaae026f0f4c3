// What the hot paths cost in gas, and what the same costs elsewhere: each act a transaction of its own, between
// accounts that hold something already, with nothing warm.
import { type Abi, type Address, encodeFunctionData, type Hex, hexToBigInt, hexToBytes, zeroAddress } from 'viem'
import { issuanceAbi, redemptionsAbi, shopPointsAbi } from '#contracts/generated.ts'
import { memberAddress } from '#contracts/passkey.ts'
import { type PurchaseEntry, packEntries } from '#contracts/terms.ts'
import { codeOutputs, compile, productionOptimizer, readSources } from '../../../scripts/proof/solidity/compiler.ts'
import { acceptedPayments, passkeyAccount, passkeyTerms, signedBatch, signedTerms } from './signing.ts'
import { keyOf, openStreet, type Street } from './street.ts'

export interface GasFigure {
  readonly name: string
  /** Of the whole transaction, divided by `each`. */
  readonly gas: number
  readonly each: number
  /** The least that any token could take for it; only where the token alone is called. */
  readonly floor?: number
  /** The figure of somebody else that it stands beside. */
  readonly peer?: string
}

const anybody: Address = '0x00000000000000000000000000000000000a4b0d'
const [from, to] = [keyOf(1).address, keyOf(2).address]
// What is signed holds these times, and so costs the same whenever it is measured: a zero byte is cheaper than another.
const today = 2_000_000_000
const tomorrow = today + 86_400
const peerFile = 'test/contracts/support/Peers.sol'

/** Every figure, the peers' first. */
export async function gasFigures(tell: (text: string) => void = () => undefined): Promise<GasFigure[]> {
  tell('opening a street')
  const street = await openStreet(2)
  await street.time.increaseTo(today)
  for (const who of [anybody, from, to, street.contracts.issuance, street.contracts.redemptions])
    await street.become(who)
  tell("OpenZeppelin's tokens")
  const peers = [...(await peerErc20(street)), ...(await peerErc1155(street))]
  tell('transfer, issue, burn')
  const points = await pointsFigures(street)
  tell('batches and payments')
  return [...peers, ...points, await batchOf500(street), ...(await paymentFigures(street))]
}

interface Act {
  readonly name: string
  readonly peer?: string
  readonly who: Address
  readonly to: Address
  readonly abi: Abi
  readonly functionName: string
  readonly args: readonly unknown[]
}

/** Runs an act that calls a token directly, and reckons its floor from what it changed and said. */
async function figureOf(street: Street, act: Act): Promise<GasFigure> {
  const data = encodeFunctionData(act)
  const transaction = { from: act.who, to: act.to, data, gas: '0xffffff' }
  const hash = await street.request<Hex>('eth_sendTransaction', [transaction])
  const receipt = await street.request<Receipt>('eth_getTransactionReceipt', [hash])
  const { structLogs } = await street.request<Trace>('debug_traceTransaction', [hash, { disableMemory: true }])
  const written = new Set(structLogs.filter(({ op, depth }) => op === 'SSTORE' && depth === 1).map(slotOf))
  const before = `0x${(hexToBigInt(receipt.blockNumber) - 1n).toString(16)}`
  let words = 0
  for (const slot of written) {
    const read = async (block: string): Promise<bigint> =>
      hexToBigInt(await street.request<Hex>('eth_getStorageAt', [act.to, slot, block]))
    const [was, is] = [await read(before), await read(receipt.blockNumber)]
    if (was !== is) words += was === 0n ? 22_100 : 5_000
  }
  const calldata = hexToBytes(data).reduce((sum, byte) => sum + (byte === 0 ? 4 : 16), 0)
  const events = receipt.logs.reduce((sum, log) => sum + 375 * (1 + log.topics.length) + 4 * (log.data.length - 2), 0)
  const gas = Number(hexToBigInt(receipt.gasUsed))
  const peer = act.peer === undefined ? {} : { peer: act.peer }
  return { name: act.name, gas, each: 1, floor: 21_000 + calldata + words + events, ...peer }
}

interface Receipt {
  readonly gasUsed: Hex
  readonly blockNumber: Hex
  readonly logs: readonly { readonly topics: readonly Hex[]; readonly data: Hex }[]
}

interface Trace {
  readonly structLogs: readonly { readonly op: string; readonly depth: number; readonly stack: readonly string[] }[]
}

function slotOf({ stack }: Trace['structLogs'][number]): Hex {
  const top = (stack.at(-1) ?? '0').replace(/^0x/, '')
  return `0x${top.padStart(64, '0')}`
}

async function peer(street: Street, name: 'PeerErc20' | 'PeerErc1155'): Promise<{ at: Address; abi: Abi }> {
  const settings = { optimizer: productionOptimizer, outputs: codeOutputs }
  const { contracts } = await compile(readSources([peerFile]), settings)
  const made = contracts?.[peerFile]?.[name]
  if (made === undefined) throw new Error(`${peerFile} has no contract ${name}, or does not compile`)
  const creation = { from: anybody, data: `0x${made.evm.bytecode.object}`, gas: '0xffffff' }
  const hash = await street.request<Hex>('eth_sendTransaction', [creation])
  const { contractAddress } = await street.request<{ contractAddress: Address }>('eth_getTransactionReceipt', [hash])
  return { at: contractAddress, abi: made.abi as Abi }
}

async function peerErc20(street: Street): Promise<GasFigure[]> {
  const { at, abi } = await peer(street, 'PeerErc20')
  const holders = Array.from({ length: 500 }, (_, index) => keyOf(index + 1).address)
  const amounts = holders.map(() => 10_000n)
  await street.must(anybody, at, abi, 'mintEach', [holders, amounts])
  const batch = Number(await street.must(anybody, at, abi, 'mintEach', [holders, amounts]))
  const common = { to: at, abi }
  return [
    await figureOf(street, { ...common, name: 'erc20-transfer', who: from, functionName: 'transfer', args: [to, 5n] }),
    await figureOf(street, { ...common, name: 'erc20-mint', who: anybody, functionName: 'mint', args: [from, 1_000n] }),
    await figureOf(street, { ...common, name: 'erc20-burn', who: anybody, functionName: 'burn', args: [from, 500n] }),
    { name: 'erc20-mint-batch-500', gas: Math.round(batch / 500), each: 500 },
  ]
}

async function peerErc1155(street: Street): Promise<GasFigure[]> {
  const { at, abi } = await peer(street, 'PeerErc1155')
  for (const holder of [from, to]) await street.must(anybody, at, abi, 'mint', [holder, 10_000n])
  const common = { to: at, abi }
  const transfer = { functionName: 'safeTransferFrom', args: [from, to, 1n, 5n, '0x'] }
  return [
    await figureOf(street, { ...common, name: 'erc1155-transfer', who: from, ...transfer }),
    await figureOf(street, {
      ...common,
      name: 'erc1155-mint',
      who: anybody,
      functionName: 'mint',
      args: [from, 1_000n],
    }),
    await figureOf(street, { ...common, name: 'erc1155-burn', who: anybody, functionName: 'burn', args: [from, 500n] }),
  ]
}

function purchase(member: Address): readonly unknown[] {
  return [packEntries([{ member, points: 10_000n, spend: 10_000n, soldAt: 1_800_000_000 }]), 1n]
}

async function pointsFigures(street: Street): Promise<GasFigure[]> {
  const { issuance, redemptions } = street.contracts
  const token = street.shops[0]?.token ?? zeroAddress
  const common = { to: token, abi: shopPointsAbi as Abi }
  for (const holder of [from, to]) await street.must(issuance, token, shopPointsAbi, 'issue', purchase(holder))
  const issue = { who: issuance, functionName: 'issue', args: purchase(from) }
  const burn = { who: redemptions, functionName: 'burn', args: [from, 500] }
  return [
    await figureOf(street, {
      ...common,
      name: 'transfer',
      peer: 'erc20-transfer',
      who: from,
      functionName: 'transfer',
      args: [to, 5n],
    }),
    await figureOf(street, { ...common, name: 'issue', peer: 'erc20-mint', ...issue }),
    await figureOf(street, { ...common, name: 'burn', peer: 'erc20-burn', ...burn }),
  ]
}

async function submit(street: Street, first: bigint, members: readonly Address[]): Promise<number> {
  const entries: PurchaseEntry[] = members.map((member) => {
    return { member, points: 1_000n, spend: 10_000n, soldAt: today }
  })
  const args = await signedBatch(street, 1, first, entries)
  return Number(await street.must(anybody, street.contracts.issuance, issuanceAbi, 'issue', args))
}

async function batchOf500(street: Street): Promise<GasFigure> {
  const members = Array.from({ length: 500 }, (_, index) => keyOf(index + 1).address)
  await submit(street, 0n, members)
  const gas = await submit(street, 1_000n, members)
  return { name: 'issue-batch-500', gas: Math.round(gas / 500), each: 500, peer: 'erc20-mint-batch-500' }
}

/** Payments with the first shop's points at the second; its till and both shops have paid before. */
async function paymentFigures(street: Street): Promise<GasFigure[]> {
  const fifty = Array.from({ length: 50 }, (_, index) => index + 10)
  const accounts = [3, ...fifty].map((member) => memberAddress(street.contracts.accounts, passkeyAccount(member)))
  await submit(street, 2_000n, accounts)
  const lines = [{ token: street.shops[0]?.token ?? zeroAddress, points: 100n }]
  const pay = async (members: readonly number[], first: bigint, sign: typeof signedTerms): Promise<number> => {
    const terms = { shop: 2, lines, deadline: tomorrow }
    const payments = await Promise.all(
      members.map((member, index) => sign(street, { ...terms, member, sequence: first + BigInt(index) })),
    )
    const args = await acceptedPayments(street, 2, payments)
    return Number(await street.must(anybody, street.contracts.redemptions, redemptionsAbi, 'redeem', args))
  }
  await pay([4], 0n, signedTerms)
  const figure = (name: string, gas: number, each: number): GasFigure => ({ name, gas: Math.round(gas / each), each })
  return [
    figure('redeem-ecdsa', await pay([3], 1n, signedTerms), 1),
    figure('redeem-ecdsa-50', await pay(fifty, 256n, signedTerms), 50),
    figure('redeem-passkey', await pay([3], 2n, passkeyTerms), 1),
    figure('redeem-passkey-50', await pay(fifty, 512n, passkeyTerms), 50),
  ]
}
