// What members and tills sign: the EIP-712 domains and types that the Solidity beside this file checks.
// Pure viem, so that a till, a phone, the relayer and an auditor all use these very definitions.
import { type Address, concat, encodeAbiParameters, encodePacked, type Hex, keccak256 } from 'viem'

/** One purchase of a batch; points in hundredths, spend in minor units, soldAt in seconds UTC. */
export type PurchaseEntry = { member: Address; points: bigint; spend: bigint; soldAt: number }

/** The till's signature over its running hash after `count` entries from `firstSequence` on. */
export type Batch = { shop: number; till: number; firstSequence: bigint; count: number; head: Hex }

/** Points of one issuer within a payment, in hundredths. */
export type Line = { token: Address; points: bigint }

/** What a member agrees to pay; deadline in seconds UTC, lines strictly ascending by token, purpose 0 = payment. */
export type Terms = {
  member: Address
  shop: number
  till: number
  sequence: bigint
  purpose: number
  deadline: number
  lines: readonly Line[]
}

/** The till's acceptance of payments: the struct hashes of their terms, in the order of the submission. */
export type Acceptance = { shop: number; till: number; terms: readonly Hex[] }

/** Most entries that one signature may cover. */
export const MOST_ENTRIES = 500

/** Entries whose hash is stored together. */
export const CHUNK_ENTRIES = 100

/** Bytes of one packed entry. */
export const ENTRY_BYTES = 36

export const batchTypes = {
  Batch: [
    { name: 'shop', type: 'uint32' },
    { name: 'till', type: 'uint32' },
    { name: 'firstSequence', type: 'uint64' },
    { name: 'count', type: 'uint32' },
    { name: 'head', type: 'bytes32' },
  ],
} as const

export const termsTypes = {
  Terms: [
    { name: 'member', type: 'address' },
    { name: 'shop', type: 'uint32' },
    { name: 'till', type: 'uint32' },
    { name: 'sequence', type: 'uint64' },
    { name: 'purpose', type: 'uint32' },
    { name: 'deadline', type: 'uint48' },
    { name: 'lines', type: 'Line[]' },
  ],
  Line: [
    { name: 'token', type: 'address' },
    { name: 'points', type: 'uint48' },
  ],
} as const

export const acceptanceTypes = {
  Acceptance: [
    { name: 'shop', type: 'uint32' },
    { name: 'till', type: 'uint32' },
    { name: 'terms', type: 'bytes32[]' },
  ],
} as const

const authorizationFields = [
  { name: 'from', type: 'address' },
  { name: 'to', type: 'address' },
  { name: 'value', type: 'uint256' },
  { name: 'validAfter', type: 'uint256' },
  { name: 'validBefore', type: 'uint256' },
  { name: 'nonce', type: 'bytes32' },
] as const

/** ERC-3009: anyone may submit it. */
export const transferWithAuthorizationTypes = { TransferWithAuthorization: authorizationFields } as const

/** ERC-3009: only the receiver may submit it. */
export const receiveWithAuthorizationTypes = { ReceiveWithAuthorization: authorizationFields } as const

/** ERC-3009: takes an authorization back that was not used yet. */
export const cancelAuthorizationTypes = {
  CancelAuthorization: [
    { name: 'authorizer', type: 'address' },
    { name: 'nonce', type: 'bytes32' },
  ],
} as const

/** ERC-2612. */
export const permitTypes = {
  Permit: [
    { name: 'owner', type: 'address' },
    { name: 'spender', type: 'address' },
    { name: 'value', type: 'uint256' },
    { name: 'nonce', type: 'uint256' },
    { name: 'deadline', type: 'uint256' },
  ],
} as const

export function issuanceDomain(chainId: number, issuance: Address) {
  return { name: 'Highstreet Issuance', version: '1', chainId, verifyingContract: issuance } as const
}

export function redemptionsDomain(chainId: number, redemptions: Address) {
  return { name: 'Highstreet Redemptions', version: '1', chainId, verifyingContract: redemptions } as const
}

export function pointsDomain(chainId: number, shop: number, points: Address) {
  return { name: `Highstreet points ${shop}`, version: '1', chainId, verifyingContract: points } as const
}

/** The 36 bytes of one entry, as the contract reads them. */
export function entryBytes(entry: PurchaseEntry): Hex {
  return encodePacked(
    ['address', 'uint48', 'uint48', 'uint32'],
    [entry.member, Number(entry.points), Number(entry.spend), entry.soldAt],
  )
}

/** The entries of a batch, one behind the other. */
export function packEntries(entries: readonly PurchaseEntry[]): Hex {
  return concat(entries.map(entryBytes))
}

/** h(0) of a till's running hash. */
export function runningHashStart(batch: { shop: number; till: number; firstSequence: bigint }): Hex {
  return keccak256(
    encodeAbiParameters(
      [{ type: 'uint32' }, { type: 'uint32' }, { type: 'uint64' }],
      [batch.shop, batch.till, batch.firstSequence],
    ),
  )
}

/** h(n) from h(n-1) and entry n. */
export function runningHashNext(head: Hex, entry: PurchaseEntry): Hex {
  return keccak256(concat([head, entryBytes(entry)]))
}

/** The name of a receipt, and of the record whose first receipt it is. */
export function receiptName(receipt: { shop: number; till: number; sequence: bigint }): bigint {
  return (BigInt(receipt.shop) << 96n) | (BigInt(receipt.till) << 64n) | receipt.sequence
}

/** Terms as signTypedData takes them: viem has numbers up to 48 bits, we have bigint for every amount. */
export function termsMessage(terms: Terms) {
  return { ...terms, lines: terms.lines.map((line) => ({ token: line.token, points: Number(line.points) })) }
}

/** The struct hash of a member's terms: what the till's acceptance lists. */
export function termsHash(terms: Terms): Hex {
  const lineHashes = terms.lines.map((line) =>
    keccak256(
      encodeAbiParameters(
        [{ type: 'bytes32' }, { type: 'address' }, { type: 'uint48' }],
        [LINE_TYPEHASH, line.token, Number(line.points)],
      ),
    ),
  )
  return keccak256(
    encodeAbiParameters(
      [
        { type: 'bytes32' },
        { type: 'address' },
        { type: 'uint32' },
        { type: 'uint32' },
        { type: 'uint64' },
        { type: 'uint32' },
        { type: 'uint48' },
        { type: 'bytes32' },
      ],
      [
        TERMS_TYPEHASH,
        terms.member,
        terms.shop,
        terms.till,
        terms.sequence,
        terms.purpose,
        terms.deadline,
        keccak256(concat(lineHashes)),
      ],
    ),
  )
}

/** The type hash of a struct with the structs it refers to, as EIP-712 encodes a type. */
function typeHash(types: Record<string, readonly { name: string; type: string }[]>): Hex {
  const text = Object.entries(types).map(
    ([name, fields]) => `${name}(${fields.map((field) => `${field.type} ${field.name}`).join(',')})`,
  )
  return keccak256(encodePacked(['string'], [text.join('')]))
}

const LINE_TYPEHASH = typeHash({ Line: termsTypes.Line })
const TERMS_TYPEHASH = typeHash(termsTypes)
