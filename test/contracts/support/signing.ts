// What tills and members do with contracts/terms.ts: the same few lines that a till or a phone would run.
import type { Address, Hex } from 'viem'
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
import { chainId, keyOf, type Street } from './street.ts'

const noSignature = '0x'

/** The arguments of `issue` for a batch that the shop's first till has signed. */
export async function signedBatch(street: Street, shop: number, firstSequence: bigint, entries: PurchaseEntry[]) {
  const place = { shop, till: 1, firstSequence }
  const head = entries.reduce(runningHashNext, runningHashStart(place))
  const signature = await keyOf(2_000 + shop).signTypedData({
    domain: issuanceDomain(chainId, street.contracts.issuance),
    types: batchTypes,
    primaryType: 'Batch',
    message: { ...place, count: entries.length, head },
  })
  return [shop, 1, firstSequence, packEntries(entries), signature, noSignature] as const
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
  const signature = await keyOf(payment.member).signTypedData({
    domain: redemptionsDomain(chainId, street.contracts.redemptions),
    types: termsTypes,
    primaryType: 'Terms',
    message: termsMessage(terms),
  })
  return { terms, item: { ...terms, signature } }
}

/** The arguments of `redeem` for payments that the shop's first till accepts together. */
export async function acceptedPayments(
  street: Street,
  shop: number,
  payments: { terms: Terms; item: { member: Address; signature: Hex } }[],
) {
  const terms = payments.map((payment) => termsHash(payment.terms))
  const signature = await keyOf(2_000 + shop).signTypedData({
    domain: redemptionsDomain(chainId, street.contracts.redemptions),
    types: acceptanceTypes,
    primaryType: 'Acceptance',
    message: { shop, till: 1, terms },
  })
  return [shop, 1, payments.map((payment) => payment.item), signature] as const
}
