import { type Address, encodeFunctionData, type PrivateKeyAccount } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { clearingHouseAbi, consortiumAbi, issuanceAbi, redemptionsAbi, shopPointsAbi } from '#contracts/generated.ts'
import {
  acceptanceTypes,
  batchTypes,
  issuanceDomain,
  packEntries,
  pointsDomain,
  redemptionsDomain,
  runningHashNext,
  runningHashStart,
  termsHash,
  termsTypes,
  transferWithAuthorizationTypes,
} from '#contracts/terms.ts'
import { contractView } from './contract-view.ts'
import type { Deployment } from './deployment.ts'
import type { DiaryDay, Gift, PointsPayment, Sale } from './habits.ts'
import { keyFrom } from './keys.ts'
import type { Founders, Stage, StreetKeys } from './opening.ts'
import type { Rpc } from './rpc.ts'
import { streetShops } from './shops.ts'
import type { Signed } from './signing.ts'

/** Everybody who signs something on a day of the street, and what they sign about. */
interface Cast {
  readonly deployment: Deployment
  readonly members: readonly PrivateKeyAccount[]
  readonly tills: readonly (readonly PrivateKeyAccount[])[]
  readonly tokens: readonly Address[]
  readonly relayer: Founders['relayer']
  /** The next free receipt of each till, by kind. */
  readonly receipts: Map<string, bigint>
}

export interface LifeOptions {
  readonly stage: Stage
  readonly founders: Founders
  readonly keys: StreetKeys
  readonly diary: readonly DiaryDay[]
  readonly now: number
  readonly detail: (text: string) => void
}

const hour = 3_600

/** Lives the diary on the chain: payments and gifts at noon, sales in the evening, a settlement on Sundays. */
export async function liveDiary(options: LifeOptions): Promise<void> {
  const { stage, founders, diary } = options
  const cast = await castOf(options)
  for (const [index, day] of diary.entries()) {
    const noon: Signed[] = []
    for (const payment of day.payments) noon.push(await paid(cast, payment, day.midnight + 36 * hour))
    for (const gift of day.gifts) noon.push(await given(cast, gift, { midnight: day.midnight, index }))
    if (noon.length > 0) await stage.perform(day.midnight + 12 * hour, noon)
    const evening: Signed[] = []
    for (const sales of byTill(day.sales)) evening.push(await rungUp(cast, sales))
    const closing = Math.min(day.midnight + 18 * hour + 1_800, options.now)
    if (evening.length > 0) await stage.perform(closing, evening)
    if (day.settles) await stage.perform(day.midnight + 19 * hour, [await settlement(founders)])
    options.detail(`day ${index + 1} of ${diary.length}, ${stage.mined.length} transactions`)
  }
}

async function castOf({ keys, founders, stage }: LifeOptions): Promise<Cast> {
  return {
    deployment: founders.deployment,
    members: keys.members.map((key) => privateKeyToAccount(key)),
    tills: keys.tills.map((row) => row.map((key) => privateKeyToAccount(key))),
    tokens: await tokensOf(stage.chain.rpc, founders.deployment, streetShops.length),
    relayer: founders.relayer,
    receipts: new Map(),
  }
}

/** The point token of each shop, shop 1 first. */
export async function tokensOf(rpc: Rpc, deployment: Deployment, shops: number): Promise<Address[]> {
  const calls = Array.from({ length: shops }, (_, place) => [place + 1] as const)
  const found = await contractView(rpc, consortiumAbi, deployment.contracts.consortium).readMany('shopOf', calls)
  return found.map((shop) => shop.points)
}

function nextReceipts(cast: Cast, name: string, count: number): bigint {
  const first = cast.receipts.get(name) ?? 1n
  cast.receipts.set(name, first + BigInt(count))
  return first
}

function at<Item>(items: readonly Item[], place: number): Item {
  const item = items[place]
  if (item === undefined) throw new Error(`nobody stands at place ${place}`)
  return item
}

const tillOf = (cast: Cast, till: { readonly shop: number; readonly till: number }): PrivateKeyAccount =>
  at(at(cast.tills, till.shop - 1), till.till - 1)

function byTill(sales: readonly Sale[]): Sale[][] {
  const tills = new Map<string, Sale[]>()
  for (const sale of sales) {
    const name = `${sale.shop} ${sale.till}`
    const row = tills.get(name)
    if (row === undefined) tills.set(name, [sale])
    else row.push(sale)
  }
  return [...tills.values()]
}

/** A till's day as one batch, under the one signature over its running hash. */
async function rungUp(cast: Cast, sales: readonly Sale[]): Promise<Signed> {
  const { shop, till } = at(sales, 0)
  const firstSequence = nextReceipts(cast, `purchase ${shop} ${till}`, sales.length)
  const entries = sales.map(({ member, points, spend, soldAt }) => {
    return { member: at(cast.members, member).address, points, spend, soldAt }
  })
  const head = entries.reduce(runningHashNext, runningHashStart({ shop, till, firstSequence }))
  const { chainId, contracts } = cast.deployment
  const signature = await tillOf(cast, { shop, till }).signTypedData({
    domain: issuanceDomain(chainId, contracts.issuance),
    types: batchTypes,
    primaryType: 'Batch',
    message: { shop, till, firstSequence, count: entries.length, head },
  })
  const args = [shop, till, firstSequence, packEntries(entries), signature, '0x'] as const
  const data = encodeFunctionData({ abi: issuanceAbi, functionName: 'issue', args })
  const gas = 250_000n + 80_000n * BigInt(entries.length)
  return cast.relayer.sign({ to: contracts.issuance, data, gas, purpose: 'issue' })
}

/** The member's terms and the till's acceptance of them. */
async function paid(cast: Cast, payment: PointsPayment, deadline: number): Promise<Signed> {
  const { chainId, contracts } = cast.deployment
  const { shop, till, purpose } = payment
  const member = at(cast.members, payment.member)
  const sequence = nextReceipts(cast, `payment ${shop} ${till}`, 1)
  const lines = payment.lines
    .map((line) => ({ token: at(cast.tokens, line.issuer - 1), points: line.points }))
    .sort((one, other) => (BigInt(one.token) < BigInt(other.token) ? -1 : 1))
  const terms = { member: member.address, shop, till, sequence, purpose, deadline, lines }
  const domain = redemptionsDomain(chainId, contracts.redemptions)
  const wire = lines.map((line) => ({ token: line.token, points: Number(line.points) }))
  const signature = await member.signTypedData({
    domain,
    types: termsTypes,
    primaryType: 'Terms',
    message: { ...terms, lines: wire },
  })
  const acceptance = { shop, till, terms: [termsHash(terms)] }
  const accepted = await tillOf(cast, payment).signTypedData({
    domain,
    types: acceptanceTypes,
    primaryType: 'Acceptance',
    message: acceptance,
  })
  const item = { member: member.address, sequence, purpose, deadline, lines: wire, signature }
  const data = encodeFunctionData({ abi: redemptionsAbi, functionName: 'redeem', args: [shop, till, [item], accepted] })
  const gas = 300_000n + 120_000n * BigInt(lines.length)
  return cast.relayer.sign({ to: contracts.redemptions, data, gas, purpose: 'redeem' })
}

/** Points from one member to another, on the giver's authorization (ERC-3009). */
async function given(
  cast: Cast,
  gift: Gift,
  day: { readonly midnight: number; readonly index: number },
): Promise<Signed> {
  const token = at(cast.tokens, gift.issuer - 1)
  const giver = at(cast.members, gift.from)
  const message = {
    from: giver.address,
    to: at(cast.members, gift.to).address,
    value: gift.points,
    validAfter: 0n,
    validBefore: BigInt(day.midnight + 36 * hour),
    nonce: keyFrom('gift', `${day.index} ${giver.address} ${gift.to}`),
  }
  const signature = await giver.signTypedData({
    domain: pointsDomain(cast.deployment.chainId, gift.issuer, token),
    types: transferWithAuthorizationTypes,
    primaryType: 'TransferWithAuthorization',
    message,
  })
  const { from, to, value, validAfter, validBefore, nonce } = message
  const args = [from, to, value, validAfter, validBefore, nonce, signature] as const
  const data = encodeFunctionData({ abi: shopPointsAbi, functionName: 'transferWithAuthorization', args })
  return cast.relayer.sign({ to: token, data, gas: 300_000n, purpose: 'transfer' })
}

function settlement(founders: Founders): Promise<Signed> {
  const shops = streetShops.map((_, place) => place + 1)
  const data = encodeFunctionData({ abi: clearingHouseAbi, functionName: 'settle', args: [shops] })
  const to = founders.deployment.contracts.clearingHouse
  return founders.relayer.sign({ to, data, gas: 1_500_000n, purpose: 'settle' })
}
