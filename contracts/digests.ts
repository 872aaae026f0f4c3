// The digests that tills and members sign, and the running hash of a list, put together by hand from the definitions in
// terms.ts: what every request of a busy counter needs, at a fraction of what a general encoder takes. For servers. A
// test holds each against viem's own for values of every size.
import { createKeccak } from 'hash-wasm'
import { type Address, domainSeparator, type Hex } from 'viem'
import {
  acceptanceTypes,
  batchTypes,
  issuanceDomain,
  type PurchaseEntry,
  redemptionsDomain,
  type Terms,
  termsTypes,
} from './terms.ts'

// In WebAssembly: a tenth of what the hashes in JavaScript take.
const hasher = await createKeccak(256)
const keccak256 = (bytes: Hex): Hex =>
  `0x${hasher
    .init()
    .update(Buffer.from(bytes.slice(2), 'hex'))
    .digest('hex')}`

type Whole = bigint | number

/** A whole number in so many bytes, as digits; throws where it does not fit. */
function whole(value: Whole, bytes: number): string {
  const digits = value.toString(16)
  if (value < 0 || digits.length > 2 * bytes) throw new RangeError(`${value} does not fit into ${bytes} bytes`)
  return digits.padStart(2 * bytes, '0')
}

function ofBytes(value: Hex, bytes: number): string {
  if (value.length !== 2 + 2 * bytes) throw new RangeError(`${value} is not ${bytes} bytes`)
  return value.slice(2).toLowerCase()
}

/** A word whose value has a narrower type. */
const word = (value: Whole, bytes: number): string => whole(value, bytes).padStart(64, '0')
const addressWord = (value: Address): string => ofBytes(value, 20).padStart(64, '0')

const typeHash = (types: Record<string, readonly { readonly name: string; readonly type: string }[]>): string => {
  const texts = Object.entries(types).map(
    ([name, fields]) => `${name}(${fields.map((field) => `${field.type} ${field.name}`).join(',')})`,
  )
  return keccak256(`0x${Buffer.from(texts.join('')).toString('hex')}`).slice(2)
}

const batchHash = typeHash(batchTypes)
const acceptanceHash = typeHash(acceptanceTypes)
const termsTypeHash = typeHash(termsTypes)
const lineHash = typeHash({ Line: termsTypes.Line })

/** EIP-712: what is signed is the domain's separator and the struct's hash behind two bytes. */
const signed = (separator: Hex, struct: Hex): Hex => keccak256(`0x1901${separator.slice(2)}${struct.slice(2)}`)

const separators = new Map<string, Hex>()

function separatorOf(domain: ReturnType<typeof issuanceDomain> | ReturnType<typeof redemptionsDomain>): Hex {
  const name = `${domain.name} ${domain.chainId} ${domain.verifyingContract}`
  const known = separators.get(name)
  if (known !== undefined) return known
  const separator = domainSeparator({ domain })
  separators.set(name, separator)
  return separator
}

/** Where signatures are checked. */
export interface SignedFor {
  readonly chainId: number
  readonly contract: Address
}

/** What a till's key signs over its list after `count` entries. */
export function batchDigest(
  batch: {
    readonly shop: number
    readonly till: number
    readonly first: bigint
    readonly count: number
    readonly head: Hex
  },
  { chainId, contract }: SignedFor,
): Hex {
  const fields = [word(batch.shop, 4), word(batch.till, 4), word(batch.first, 8), word(batch.count, 4)]
  const struct = keccak256(`0x${batchHash}${fields.join('')}${ofBytes(batch.head, 32)}`)
  return signed(separatorOf(issuanceDomain(chainId, contract)), struct)
}

/** The struct hash of a member's terms: what the till's acceptance lists. */
export function hashOfTerms({ member, shop, till, sequence, purpose, deadline, lines }: Terms): Hex {
  const hashes = lines.map(({ token, points }) => keccak256(`0x${lineHash}${addressWord(token)}${word(points, 6)}`))
  const list = keccak256(`0x${hashes.map((hash) => hash.slice(2)).join('')}`)
  const numbers = [word(shop, 4), word(till, 4), word(sequence, 8), word(purpose, 4), word(deadline, 6)]
  return keccak256(`0x${termsTypeHash}${addressWord(member)}${numbers.join('')}${list.slice(2)}`)
}

/** What a member signs to pay; `terms` is the struct hash of their terms. */
export function termsDigest(terms: Hex, { chainId, contract }: SignedFor): Hex {
  return signed(separatorOf(redemptionsDomain(chainId, contract)), terms)
}

/** What a till signs to take payments with these struct hashes of terms. */
export function acceptanceDigest(
  { shop, till, terms }: { readonly shop: number; readonly till: number; readonly terms: readonly Hex[] },
  { chainId, contract }: SignedFor,
): Hex {
  const list = keccak256(`0x${terms.map((hash) => ofBytes(hash, 32)).join('')}`)
  const struct = keccak256(`0x${acceptanceHash}${word(shop, 4)}${word(till, 4)}${list.slice(2)}`)
  return signed(separatorOf(redemptionsDomain(chainId, contract)), struct)
}

/** The 36 bytes of one entry, as the contract reads them. */
export function bytesOfEntry({ member, points, spend, soldAt }: PurchaseEntry): Hex {
  return `0x${ofBytes(member, 20)}${whole(points, 6)}${whole(spend, 6)}${whole(soldAt, 4)}`
}

/** h(0) of a till's running hash. */
export function startOfList(list: { readonly shop: number; readonly till: number; readonly first: bigint }): Hex {
  return keccak256(`0x${word(list.shop, 4)}${word(list.till, 4)}${word(list.first, 8)}`)
}

/** h(n) from h(n-1) and entry n. */
export function nextOfList(head: Hex, entry: PurchaseEntry): Hex {
  return keccak256(`0x${ofBytes(head, 32)}${bytesOfEntry(entry).slice(2)}`)
}
