// What tills and members do with contracts/terms.ts: the same few lines that a till or a phone would run.
import { type Address, type Hex, hashTypedData, zeroAddress } from 'viem'
import type { PrivateKeyAccount } from 'viem/accounts'
import { type AccountArguments, memberAddress, packAssertion, rpIdHashOf } from '#contracts/passkey.ts'
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
  type Terms,
  termsHash,
  termsMessage,
  termsTypes,
} from '#contracts/terms.ts'
import { passkeyOf } from './passkey.ts'
import { chainId, keyOf, type Street } from './street.ts'

const noSignature = '0x'

/** The arguments of `issue` for a batch as its till signs it, and beside it the owner of a till that is revoked. */
export async function batchArguments(
  street: Street,
  place: { shop: number; till: number; firstSequence: bigint },
  entries: readonly PurchaseEntry[],
  signers: { till: PrivateKeyAccount; owner?: PrivateKeyAccount | undefined },
) {
  const head = entries.reduce(runningHashNext, runningHashStart(place))
  const typed = {
    domain: issuanceDomain(chainId, street.contracts.issuance),
    types: batchTypes,
    primaryType: 'Batch' as const,
    message: { ...place, count: entries.length, head },
  }
  const signature = await signers.till.signTypedData(typed)
  const beside = signers.owner === undefined ? noSignature : await signers.owner.signTypedData(typed)
  return [place.shop, place.till, place.firstSequence, packEntries(entries), signature, beside] as const
}

/** The arguments of `issue` for a batch that the shop's first till has signed. */
export function signedBatch(street: Street, shop: number, firstSequence: bigint, entries: PurchaseEntry[]) {
  return batchArguments(street, { shop, till: 1, firstSequence }, entries, { till: keyOf(2_000 + shop) })
}

/** What a member signs of one payment. */
export function typedTerms(street: Street, terms: Terms) {
  return {
    domain: redemptionsDomain(chainId, street.contracts.redemptions),
    types: termsTypes,
    primaryType: 'Terms' as const,
    message: termsMessage(terms),
  }
}

/** What a till signs of payments that it accepts together. */
export function typedAcceptance(street: Street, shop: number, till: number, terms: readonly Terms[]) {
  return {
    domain: redemptionsDomain(chainId, street.contracts.redemptions),
    types: acceptanceTypes,
    primaryType: 'Acceptance' as const,
    message: { shop, till, terms: terms.map(termsHash) },
  }
}

/** A member's signed terms, as an item of a submission. */
export async function signedTerms(
  street: Street,
  payment: { member: number; shop: number; sequence: bigint; lines: Line[]; deadline: number },
) {
  const terms: Terms = {
    member: keyOf(payment.member).address,
    shop: payment.shop,
    till: 1,
    sequence: payment.sequence,
    purpose: 0,
    deadline: payment.deadline,
    lines: payment.lines,
  }
  const signature = await keyOf(payment.member).signTypedData(typedTerms(street, terms))
  return { terms, item: { ...terms, signature } }
}

/** The same by the passkey of that number, whose account is not deployed. */
export async function passkeyTerms(street: Street, payment: Parameters<typeof signedTerms>[1]) {
  const account = passkeyAccount(payment.member)
  const { terms: theirs } = await signedTerms(street, payment)
  const terms: Terms = { ...theirs, member: memberAddress(street.contracts.accounts, account) }
  const digest = hashTypedData(typedTerms(street, terms))
  const assertion = passkeyOf(payment.member).assert(digest)
  const packed = packAssertion({ account, rpIdHash: rpIdHashOf('localhost'), digest, assertion })
  if ('refused' in packed) throw new Error(packed.refused)
  return { terms, item: { ...terms, signature: packed.signature } }
}

/** What the address of a member with that passkey and no guardian is made of. */
export function passkeyAccount(member: number): AccountArguments {
  const { x, y } = passkeyOf(member)
  return { x, y, guardian: zeroAddress, delay: 0 }
}

/** The arguments of `redeem` for payments that the shop's first till accepts together. */
export async function acceptedPayments(
  street: Street,
  shop: number,
  payments: { terms: Terms; item: { member: Address; signature: Hex } }[],
) {
  const terms = payments.map((payment) => payment.terms)
  const signature = await keyOf(2_000 + shop).signTypedData(typedAcceptance(street, shop, 1, terms))
  return [shop, 1, payments.map((payment) => payment.item), signature] as const
}
