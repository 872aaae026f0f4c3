import { type Address, encodeFunctionData, type Hex } from 'viem'
import {
  clearingHouseAbi,
  consortiumAbi,
  eventTable,
  foundersAbi,
  scoreLogAbi,
  streetMoneyAbi,
} from '#contracts/generated.ts'
import { deployNetwork, longestFoundingSeconds, usualTerms } from '../deploy.ts'
import { type EmbeddedChain, endow, mineAt } from './chain.ts'
import { passkeyHost, settings } from './config.ts'
import type { Deployment } from './deployment.ts'
import { addressOfKey, keyFrom, newKey, newSecret } from './keys.ts'
import { blockAt } from './rpc.ts'
import { memberNames, pastSales, streetShops } from './shops.ts'
import { type Receipt, type Signed, type Signer, sendAll, settledReceipts, signerFor } from './signing.ts'
import type { Mined } from './submissions.ts'

/** The keys of everybody on an embedded street. */
export interface StreetKeys {
  readonly deployer: Hex
  /** Acts for the founders, in the board's place. */
  readonly board: Hex
  readonly guardian: Hex
  readonly relayer: Hex
  readonly owners: readonly Hex[]
  /** By shop, then by till. */
  readonly tills: readonly (readonly Hex[])[]
  readonly members: readonly Hex[]
  /** The one shop whose past sales the board lets in from the beginning, and the key it has for them. */
  readonly pastSales: Hex
}

/** New keys for everybody; from a seed the same ones every time, which is for tests. */
export function makeKeys(seed: string | undefined): StreetKeys {
  const secret = seed === undefined ? newSecret() : `highstreet ${seed}`
  const key = (label: string): Hex => (seed === undefined ? newKey() : keyFrom(secret, label))
  return {
    deployer: key('deployer'),
    board: key('board'),
    guardian: key('guardian'),
    relayer: key('relayer'),
    owners: streetShops.map((_, shop) => key(`owner ${shop}`)),
    tills: streetShops.map((shop, place) => shop.tills.map((_, till) => key(`till ${place} ${till}`))),
    members: memberNames.map((_, member) => key(`member ${member}`)),
    pastSales: key('past sales'),
  }
}

/** The embedded chain as the opening works on it: it sends, mines at a time of its own choosing, and keeps account. */
export interface Stage {
  readonly chain: EmbeddedChain
  readonly mined: Mined[]
  /** Everything in one block of that time; a failure is a bug. */
  perform(time: number, signed: readonly Signed[]): Promise<readonly Receipt[]>
}

export function stageOn(chain: EmbeddedChain): Stage {
  const mined: Mined[] = []
  return {
    chain,
    mined,
    async perform(time, signed) {
      await sendAll(chain.rpc, signed)
      await mineAt(chain, time)
      const receipts = await settledReceipts(chain.rpc, signed)
      assertNothingRefused(receipts)
      const block = await blockAt(chain.rpc, 'latest')
      if (block === undefined) throw new Error('the chain has no newest block')
      mined.push(...signed.map((one) => ({ signed: one, block: block.number, time: block.time })))
      return receipts
    },
  }
}

const eventNames: Readonly<Record<string, { readonly name: string } | undefined>> = eventTable

/** A receipt left out or a payment refused is no failure to the chain, but here it would be a bug in the diary. */
function assertNothingRefused(receipts: readonly Receipt[]): void {
  for (const log of receipts.flatMap((receipt) => receipt.logs)) {
    const name = eventNames[log.topics[0] ?? '']?.name
    if (name === 'ReceiptLeftOut' || name === 'RedemptionRefused') throw new Error(`${name} while opening: ${log.data}`)
  }
}

export interface Founders {
  readonly deployment: Deployment
  readonly deployer: Signer
  readonly board: Signer
  readonly relayer: Signer
}

const chainId = 31_337
const gasMoney = 1000n * 10n ** 18n

/** Deploys the network on an empty embedded chain, in the minutes after `time`, and gives its officers gas money. */
export async function foundNetwork(stage: Stage, keys: StreetKeys, time: number): Promise<Founders> {
  const { rpc } = stage.chain
  const deployer = await signerFor(rpc, keys.deployer, chainId)
  await endow(stage.chain, deployer.address)
  let blocks = 0
  const deployment = await deployNetwork({
    rpc,
    signer: deployer,
    founding: {
      ...usualTerms,
      foundersKey: addressOfKey(keys.board),
      foundersUntil: time + longestFoundingSeconds,
      guardian: addressOfKey(keys.guardian),
      passkeyHost: passkeyHost(settings()),
    },
    embedded: true,
    deliver: (signed) => stage.perform(time + blocks++, signed),
  })
  const board = await signerFor(rpc, keys.board, chainId)
  const relayer = await signerFor(rpc, keys.relayer, chainId)
  const gifts: Signed[] = []
  for (const to of [board.address, relayer.address, addressOfKey(keys.guardian)])
    gifts.push(await gasMoneyFor(deployer, to))
  await stage.perform(time + 60, gifts)
  await stage.perform(time + 61, [await scorerAppointed({ board, deployment }, relayer.address)])
  return { deployment, deployer, board, relayer }
}

/** Whoever relays also commits the runs of scoring. */
function scorerAppointed(founders: Pick<Founders, 'board' | 'deployment'>, scorer: Address): Promise<Signed> {
  const data = encodeFunctionData({ abi: scoreLogAbi, functionName: 'appointScorer', args: [scorer] })
  const target = founders.deployment.contracts.scoreLog
  return foundersAct(founders, { target, data, gas: 200_000n, purpose: 'appoint who commits score runs' })
}

export function gasMoneyFor(deployer: Signer, to: Address): Promise<Signed> {
  return deployer.sign({ to, value: gasMoney, gas: 21_000n, purpose: 'gas money' })
}

/** Deposits by shop, in units of money. */
export type Deposits = ReadonlyMap<number, bigint>

/** The shops join, one after the other so that their numbers are those of the list, add tills and lock reserves. */
export async function shopsJoin(
  stage: Stage,
  founders: Founders,
  options: { readonly keys: StreetKeys; readonly time: number; readonly deposits: Deposits },
): Promise<void> {
  const { contracts } = founders.deployment
  const owners: Signer[] = []
  for (const key of options.keys.owners) owners.push(await signerFor(stage.chain.rpc, key, chainId))
  const money: Signed[] = []
  for (const [place, owner] of owners.entries()) {
    money.push(await gasMoneyFor(founders.deployer, owner.address))
    const amount = options.deposits.get(place + 1) ?? 0n
    if (amount > 0n) money.push(await mintedFor(founders, owner.address, amount))
  }
  await stage.perform(options.time, money)
  for (const [place, owner] of owners.entries()) {
    const data = encodeFunctionData({ abi: consortiumAbi, functionName: 'applyToJoin' })
    const purpose = `apply as shop ${place + 1}`
    const apply = await owner.sign({ to: contracts.consortium, data, gas: 300_000n, purpose })
    await stage.perform(options.time + 60 * (place + 1), [apply])
  }
  const admissions: Signed[] = []
  for (const [place, shop] of streetShops.entries()) {
    admissions.push(await admission(founders, place + 1, shop.isCharity))
  }
  // A token each: two to a block keeps well below what a block may use.
  for (let from = 0; from < admissions.length; from += 2) {
    await stage.perform(options.time + 900 + from * 30, admissions.slice(from, from + 2))
  }
  const furnishing: Signed[] = []
  for (const [place, owner] of owners.entries()) {
    const tills = (options.keys.tills[place] ?? []).map(addressOfKey)
    for (const key of tills) furnishing.push(await tillAdded(founders, owner, { shop: place + 1, key }))
    furnishing.push(
      ...(await deposited(founders, owner, { shop: place + 1, amount: options.deposits.get(place + 1) ?? 0n })),
    )
  }
  await stage.perform(options.time + 3_600, furnishing)
  await importAllowed(stage, founders, { owner: owners[pastSales.shop - 1], ...options })
}

/** One shop asks for an import key, and the founders approve it: the next number after its tills. */
async function importAllowed(
  stage: Stage,
  founders: Founders,
  { owner, keys, time }: { readonly owner: Signer | undefined; readonly keys: StreetKeys; readonly time: number },
): Promise<void> {
  if (owner === undefined) throw new Error(`shop ${pastSales.shop} has no owner`)
  const args = [pastSales.shop, addressOfKey(keys.pastSales), Number(pastSales.budget)] as const
  const { consortium } = founders.deployment.contracts
  const ask = encodeFunctionData({ abi: consortiumAbi, functionName: 'askImport', args })
  const purpose = `an import at shop ${pastSales.shop}`
  const asked = await owner.sign({ to: consortium, data: ask, gas: 150_000n, purpose: `ask for ${purpose}` })
  await stage.perform(time + 3_660, [asked])
  const data = encodeFunctionData({ abi: consortiumAbi, functionName: 'approveImport', args })
  await stage.perform(time + 3_720, [
    await foundersAct(founders, { data, gas: 400_000n, purpose: `approve ${purpose}` }),
  ])
}

export function admission(founders: Pick<Founders, 'board' | 'deployment'>, shop: number, redeemsOnly: boolean) {
  const data = encodeFunctionData({ abi: consortiumAbi, functionName: 'admit', args: [shop, redeemsOnly] })
  return foundersAct(founders, { data, gas: 8_000_000n, purpose: `admit shop ${shop}` })
}

/** What the founders do in the board's place: at the register, where no other contract is named. */
export function foundersAct(
  { board, deployment }: Pick<Founders, 'board' | 'deployment'>,
  act: { readonly target?: Address; readonly data: Hex; readonly gas: bigint; readonly purpose: string },
): Promise<Signed> {
  const { consortium, founders } = deployment.contracts
  const { target = consortium, gas, purpose } = act
  const data = encodeFunctionData({ abi: foundersAbi, functionName: 'act', args: [target, act.data] })
  return board.sign({ gas, purpose, to: founders, data })
}

function tillAdded(founders: Founders, owner: Signer, till: { readonly shop: number; readonly key: Address }) {
  const data = encodeFunctionData({ abi: consortiumAbi, functionName: 'addTill', args: [till.shop, till.key] })
  const to = founders.deployment.contracts.consortium
  return owner.sign({ to, data, gas: 300_000n, purpose: `add a till to shop ${till.shop}` })
}

export function mintedFor(founders: Pick<Founders, 'deployer' | 'deployment'>, to: Address, amount: bigint) {
  const data = encodeFunctionData({ abi: streetMoneyAbi, functionName: 'mint', args: [to, amount] })
  const money = founders.deployment.contracts.money
  return founders.deployer.sign({ to: money, data, gas: 150_000n, purpose: 'make street money' })
}

/** Approval and deposit, in that order; nothing for nothing. */
export async function deposited(
  founders: Pick<Founders, 'deployment'>,
  owner: Signer,
  what: { readonly shop: number; readonly amount: bigint },
): Promise<Signed[]> {
  if (what.amount === 0n) return []
  const { money, clearingHouse } = founders.deployment.contracts
  const approval = encodeFunctionData({
    abi: streetMoneyAbi,
    functionName: 'approve',
    args: [clearingHouse, what.amount],
  })
  const deposit = encodeFunctionData({ abi: clearingHouseAbi, functionName: 'deposit', args: [what.shop, what.amount] })
  return [
    await owner.sign({ to: money, data: approval, gas: 100_000n, purpose: `approve the deposit of shop ${what.shop}` }),
    await owner.sign({ to: clearingHouse, data: deposit, gas: 250_000n, purpose: `deposit of shop ${what.shop}` }),
  ]
}
