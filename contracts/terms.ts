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

/** A till's agreement that a purchase is undone, wholly or in part; amounts in hundredths, deadline in seconds UTC. */
export type Reversal = {
  shop: number
  till: number
  /** The name of the purchase's receipt. */
  purchase: bigint
  /** What had been reversed of the receipt before. */
  before: bigint
  points: bigint
  /** So much of it is taken from the member's points. */
  taken: bigint
  /** So much of it the shop waives for now; what is neither was deducted from the cash. */
  debt: bigint
  deadline: number
}

/** The owner's order to revoke a till, to be sent by anyone; deadline in seconds UTC. */
export type Revocation = { shop: number; till: number; deadline: number }

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

/** A till's agreement that a purchase is undone; `purchase` is the name of its receipt, amounts in hundredths. */
export const reversalTypes = {
  Reversal: [
    { name: 'shop', type: 'uint32' },
    { name: 'till', type: 'uint32' },
    { name: 'purchase', type: 'uint256' },
    { name: 'before', type: 'uint48' },
    { name: 'points', type: 'uint48' },
    { name: 'taken', type: 'uint48' },
    { name: 'debt', type: 'uint48' },
    { name: 'deadline', type: 'uint48' },
  ],
} as const

/** The shop's owner signs it, for the consortium. */
export const revocationTypes = {
  Revocation: [
    { name: 'shop', type: 'uint32' },
    { name: 'till', type: 'uint32' },
    { name: 'deadline', type: 'uint48' },
  ],
} as const

/** Set in a purpose, the member and the till agree to points of defaulted shops at their price. */
export const AT_DEFAULT_PRICE = 0x8000_0000

/** A till's agreement that a payment is undone, wholly or in part: amounts by line, in hundredths. */
export type Refund = {
  shop: number
  till: number
  /** The name of the payment's receipt. */
  payment: bigint
  /** What had been refunded of each line before. */
  before: readonly bigint[]
  points: readonly bigint[]
  deadline: number
}

/** A refund as signTypedData takes it. */
export function refundMessage(refund: Refund) {
  return { ...refund, before: refund.before.map(Number), points: refund.points.map(Number) }
}

/** The same purpose, with consent to the price of defaulted shops' points. */
export function atDefaultPrice(purpose: number): number {
  return purpose >= AT_DEFAULT_PRICE ? purpose : purpose + AT_DEFAULT_PRICE
}

/** A till's agreement that a payment is undone; `payment` is the name of its receipt, amounts by line in hundredths. */
export const refundTypes = {
  Refund: [
    { name: 'shop', type: 'uint32' },
    { name: 'till', type: 'uint32' },
    { name: 'payment', type: 'uint256' },
    { name: 'before', type: 'uint48[]' },
    { name: 'points', type: 'uint48[]' },
    { name: 'deadline', type: 'uint48' },
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

export function consortiumDomain(chainId: number, consortium: Address) {
  return { name: 'Highstreet Consortium', version: '1', chainId, verifyingContract: consortium } as const
}

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

/** A reversal as signTypedData takes it. */
export function reversalMessage(reversal: Reversal) {
  const { before, points, taken, debt } = reversal
  const amounts = { before: Number(before), points: Number(points), taken: Number(taken), debt: Number(debt) }
  return { ...reversal, ...amounts }
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
