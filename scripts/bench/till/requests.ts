import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign as signBytes } from 'node:crypto'
import { type Hex, hashTypedData } from 'viem'
import { generatePrivateKey, type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts'
import { clientDataStart, memberAddress, packAssertion, rpIdHashOf } from '#contracts/passkey.ts'
import {
  acceptanceTypes,
  batchTypes,
  issuanceDomain,
  type PurchaseEntry,
  redemptionsDomain,
  runningHashNext,
  runningHashStart,
  type Terms,
  termsHash,
  termsMessage,
  termsTypes,
} from '#contracts/terms.ts'
import type { Deployment } from '../../street/deployment.ts'
import type { TillOfStreet } from './own-street.ts'

/** A member of the bench, with whatever signs for them. */
export interface BenchMember {
  readonly address: Hex
  readonly by: 'passkey' | 'key'
  /** Over what `termsMessage` says. */
  sign(terms: Terms, deployment: Deployment): Promise<Hex>
}

const termsOf = (terms: Terms, { chainId, contracts }: Deployment) =>
  ({
    domain: redemptionsDomain(chainId, contracts.redemptions),
    types: termsTypes,
    primaryType: 'Terms',
    message: termsMessage(terms),
  }) as const

export function memberWithKey(): BenchMember {
  const account = privateKeyToAccount(generatePrivateKey())
  const sign = (terms: Terms, deployment: Deployment) => account.signTypedData(termsOf(terms, deployment))
  return { address: account.address, by: 'key', sign }
}

const zeroAddress: Hex = `0x${'0'.repeat(40)}`

/** A passkey as a phone keeps one: an account at its own address, never deployed. */
export function memberWithPasskey({ contracts }: Deployment): BenchMember {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  const jwk = publicKey.export({ format: 'jwk' })
  const [x, y] = [jwk.x, jwk.y].map((part): Hex => `0x${Buffer.from(part ?? '', 'base64url').toString('hex')}`)
  const account = { x: x ?? '0x', y: y ?? '0x', guardian: zeroAddress, delay: 0 }
  const sign = async (terms: Terms, deployment: Deployment): Promise<Hex> => {
    const digest = hashTypedData(termsOf(terms, deployment))
    const packed = packAssertion({ account, rpIdHash, digest, assertion: assertionOver(digest, privateKey) })
    if ('refused' in packed) throw new Error(`the bench's passkey is refused: ${packed.refused}`)
    return packed.signature
  }
  return { address: memberAddress(contracts.accounts, account), by: 'passkey', sign }
}

const rpIdHash = rpIdHashOf('localhost')

function assertionOver(digest: Hex, key: KeyObject) {
  const clientDataJSON = `${clientDataStart(digest)}http://localhost:3000","crossOrigin":false}`
  const authenticatorData = Buffer.concat([Buffer.from(rpIdHash.slice(2), 'hex'), Buffer.from([0x1d, 0, 0, 0, 0])])
  const signed = Buffer.concat([authenticatorData, createHash('sha256').update(clientDataJSON).digest()])
  const signature = signBytes('sha256', signed, key)
  const hex = (bytes: Buffer): Hex => `0x${bytes.toString('hex')}`
  return { authenticatorData: hex(authenticatorData), clientDataJSON, signature: hex(signature) }
}

/** One request of the load, ready to go. A sale's body is made when it goes: it carries what has no answer yet. */
export type Prepared =
  | { readonly kind: 'issue'; readonly till: BenchTill; readonly sale: Sale }
  | {
      readonly kind: 'redeem'
      readonly by: BenchMember['by']
      readonly key: string
      readonly shop: number
      body: string
    }

export interface Sale {
  readonly sequence: bigint
  readonly entry: PurchaseEntry
  /** Of the till's list up to this sale. */
  readonly batch: {
    readonly firstSequence: bigint
    readonly count: number
    readonly head: Hex
    readonly signature: Hex
  }
}

/** A till as it stands at a counter: it signs the newest hash of its list with every sale, and sends what is open. */
export class BenchTill {
  readonly place: TillOfStreet
  readonly account: PrivateKeyAccount
  readonly deployment: Deployment
  readonly waiting = new Map<bigint, Sale>()
  #next: bigint
  #first: bigint
  #count = 0
  #head: Hex
  #payment: bigint

  constructor(
    place: TillOfStreet,
    deployment: Deployment,
    from: { readonly purchase: bigint; readonly payment: bigint },
  ) {
    this.place = place
    this.account = privateKeyToAccount(place.privateKey)
    this.deployment = deployment
    this.#next = from.purchase
    this.#first = from.purchase
    this.#payment = from.payment
    this.#head = this.#start()
  }

  #start(): Hex {
    return runningHashStart({ shop: this.place.shop, till: this.place.till, firstSequence: this.#first })
  }

  /** The next sale begins a new list. */
  closeList(): void {
    this.#first = this.#next
    this.#count = 0
    this.#head = this.#start()
  }

  async ring(entry: PurchaseEntry): Promise<Sale> {
    this.#head = runningHashNext(this.#head, entry)
    this.#count += 1
    const { shop, till } = this.place
    const { chainId, contracts } = this.deployment
    const message = { shop, till, firstSequence: this.#first, count: this.#count, head: this.#head }
    const signature = await this.account.signTypedData({
      domain: issuanceDomain(chainId, contracts.issuance),
      types: batchTypes,
      primaryType: 'Batch',
      message,
    })
    const { firstSequence, count, head } = message
    const sale = { sequence: this.#next, entry, batch: { firstSequence, count, head, signature } }
    this.#next += 1n
    return sale
  }

  /** What is posted for a sale: all of its list that has no answer yet, up to it. */
  bodyFor(sale: Sale): string {
    const entries = [...this.waiting.values()]
      .filter(({ batch, sequence }) => {
        return batch.firstSequence === sale.batch.firstSequence && sequence <= sale.sequence
      })
      .sort((a, b) => (a.sequence < b.sequence ? -1 : 1))
    // The server wants them without a gap, up to the last.
    let from = entries.length - 1
    while (from > 0 && (entries[from - 1]?.sequence ?? 0n) === (entries[from]?.sequence ?? 0n) - 1n) from -= 1
    const sent = entries.slice(from).map(({ sequence, entry }) => ({ sequence, ...entry }))
    const { shop, till } = this.place
    return wired({ shop, till, batch: sale.batch, entries: sent })
  }

  /** A payment both have signed for. */
  async accept(
    member: BenchMember,
    lines: Terms['lines'],
    deadline: number,
  ): Promise<{ readonly sequence: bigint; readonly body: string }> {
    const { shop, till } = this.place
    const sequence = this.#payment
    this.#payment += 1n
    const terms: Terms = { member: member.address, shop, till, sequence, purpose: 0, deadline, lines }
    const { chainId, contracts } = this.deployment
    const acceptance = await this.account.signTypedData({
      domain: redemptionsDomain(chainId, contracts.redemptions),
      types: acceptanceTypes,
      primaryType: 'Acceptance',
      message: { shop, till, terms: [termsHash(terms)] },
    })
    const signature = await member.sign(terms, this.deployment)
    const item = { member: member.address, sequence, purpose: 0, deadline, lines, signature }
    return { sequence, body: wired({ shop, till, acceptance, item }) }
  }
}

export const wired = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? `${part}` : part))

export const newApiKey = (shop: number) => {
  const id = randomBytes(5).toString('hex')
  const secret = randomBytes(32).toString('base64url')
  return { id, key: `hs_${shop}_${id}_${secret}`, hash: createHash('sha256').update(secret).digest() }
}
