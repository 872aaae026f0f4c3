import type { Hex, LocalAccount, PrivateKeyAccount } from 'viem'
import {
  acceptanceTypes,
  batchTypes,
  issuanceDomain,
  type PurchaseEntry,
  pointsDomain,
  redemptionsDomain,
  runningHashNext,
  runningHashStart,
  termsHash,
  termsTypes,
  transferWithAuthorizationTypes,
} from '#contracts/terms.ts'
import type { TestNetwork, TestShop } from './network.ts'

/** One purchase as a till rings it up. */
export interface Sale {
  readonly member: Hex
  readonly points?: bigint
  readonly spend?: bigint
  readonly soldAt?: number
}

export interface Signing {
  readonly shop?: number
  readonly till?: number
  readonly key?: PrivateKeyAccount
  readonly issuance?: Hex
  readonly redemptions?: Hex
  readonly chainId?: number
}

export const secondsNow = (): number => Math.floor(Date.now() / 1000)

/** What a till sends to the API for purchases: signs like a real one, keeps its running hash, never holds back. */
export class TillHand {
  readonly #network: TestNetwork
  readonly #shop: TestShop
  readonly #signing: Signing
  #first = 1n
  #count = 0
  #head: Hex

  constructor(network: TestNetwork, shop: TestShop, signing: Signing = {}) {
    this.#network = network
    this.#shop = shop
    this.#signing = signing
    this.#head = runningHashStart(this.#place())
  }

  /** The next list begins at this receipt. */
  startAt(first: bigint): this {
    this.#first = first
    this.#count = 0
    this.#head = runningHashStart(this.#place())
    return this
  }

  /** Rings up these sales and answers what is posted. */
  async ring(...sales: readonly Sale[]) {
    const entries = sales.map((sale) => this.#entry(sale))
    const from = this.#first + BigInt(this.#count)
    for (const entry of entries) this.#head = runningHashNext(this.#head, entry)
    this.#count += entries.length
    return {
      shop: this.#place().shop,
      till: this.#place().till,
      batch: await this.#signed(),
      entries: entries.map((entry, index) => ({
        sequence: `${from + BigInt(index)}`,
        member: entry.member,
        points: `${entry.points}`,
        spend: `${entry.spend}`,
        soldAt: entry.soldAt,
      })),
    }
  }

  #entry({ member, points = 100n, spend = 1000n, soldAt = secondsNow() }: Sale): PurchaseEntry {
    return { member, points, spend, soldAt }
  }

  #place() {
    return { shop: this.#signing.shop ?? this.#shop.shop, till: this.#signing.till ?? 1, firstSequence: this.#first }
  }

  async #signed() {
    const { chainId, contracts } = this.#network
    const message = { ...this.#place(), count: this.#count, head: this.#head }
    const signature = await (this.#signing.key ?? this.#shop.till).signTypedData({
      domain: issuanceDomain(this.#signing.chainId ?? chainId, this.#signing.issuance ?? contracts.issuance),
      types: batchTypes,
      primaryType: 'Batch',
      message,
    })
    return { firstSequence: `${this.#first}`, count: this.#count, head: this.#head, signature }
  }
}

/** Whatever signs for a member: a key of their own, or a passkey. */
export type SigningMember = Pick<LocalAccount, 'address' | 'signTypedData'>

export interface Payment {
  readonly member: SigningMember
  readonly sequence: bigint
  readonly lines: readonly { readonly token: Hex; readonly points: bigint }[]
  readonly purpose?: number
  readonly deadline?: number
}

/** What a till sends to the API for a payment both have signed. */
export async function signedPayment(network: TestNetwork, shop: TestShop, payment: Payment, signing: Signing = {}) {
  const { member, sequence, purpose = 0, deadline = secondsNow() + 86_400 } = payment
  const lines = [...payment.lines].sort((a, b) => (a.token.toLowerCase() < b.token.toLowerCase() ? -1 : 1))
  const place = { shop: signing.shop ?? shop.shop, till: signing.till ?? 1 }
  const terms = { member: member.address, ...place, sequence, purpose, deadline, lines }
  const verifying = signing.redemptions ?? network.contracts.redemptions
  const domain = redemptionsDomain(signing.chainId ?? network.chainId, verifying)
  const signature = await member.signTypedData({
    domain,
    types: termsTypes,
    primaryType: 'Terms',
    message: { ...terms, lines: lines.map(({ token, points }) => ({ token, points: Number(points) })) },
  })
  const acceptance = await (signing.key ?? shop.till).signTypedData({
    domain,
    types: acceptanceTypes,
    primaryType: 'Acceptance',
    message: { ...place, terms: [termsHash(terms)] },
  })
  const wired = lines.map(({ token, points }) => ({ token, points: `${points}` }))
  const item = {
    ...{ member: member.address, sequence: `${sequence}`, purpose, deadline: `${deadline}` },
    ...{ lines: wired, signature },
  }
  return { ...place, acceptance, item }
}

/** What a member's phone sends to the API to give points away. */
export async function signedTransfer(
  network: TestNetwork,
  shop: TestShop,
  transfer: {
    readonly from: SigningMember
    readonly to: Hex
    readonly points: bigint
    readonly nonce: number | bigint
    readonly validAfter?: number
    readonly validBefore?: number
    readonly token?: Hex
  },
) {
  const { from, to, points, validAfter = 0, validBefore = secondsNow() + 86_400, token = shop.token } = transfer
  const nonce: Hex = `0x${transfer.nonce.toString(16).padStart(64, '0')}`
  const terms = { from: from.address, to, value: points, nonce }
  const signature = await from.signTypedData({
    domain: pointsDomain(network.chainId, shop.shop, token),
    types: transferWithAuthorizationTypes,
    primaryType: 'TransferWithAuthorization',
    message: { ...terms, validAfter: BigInt(validAfter), validBefore: BigInt(validBefore) },
  })
  const times = { validAfter: `${validAfter}`, validBefore: `${validBefore}` }
  return { token: shop.token, from: from.address, to, points: `${points}`, ...times, nonce, signature }
}
