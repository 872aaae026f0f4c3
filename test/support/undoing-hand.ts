import {
  issuanceDomain,
  receiptName,
  redemptionsDomain,
  refundMessage,
  refundTypes,
  reversalMessage,
  reversalTypes,
} from '#contracts/terms.ts'
import type { TestNetwork, TestShop } from './network.ts'
import { type Signing, secondsNow } from './till-hand.ts'

interface Receipt {
  readonly till: number
  readonly sequence: bigint
}

/** What a till sends to the API when a purchase goes back. */
export async function signedReversal(
  network: TestNetwork,
  shop: TestShop,
  asked: {
    readonly purchase: Receipt
    readonly before: bigint
    readonly points: bigint
    readonly taken: bigint
    readonly debt: bigint
    readonly deadline?: number
  },
  signing: Signing = {},
) {
  const { purchase, deadline = secondsNow() + 3_600, ...amounts } = asked
  const place = { shop: signing.shop ?? shop.shop, till: signing.till ?? 1 }
  const named = receiptName({ shop: place.shop, ...purchase })
  const signature = await (signing.key ?? shop.till).signTypedData({
    domain: issuanceDomain(signing.chainId ?? network.chainId, signing.issuance ?? network.contracts.issuance),
    types: reversalTypes,
    primaryType: 'Reversal',
    message: reversalMessage({ ...place, purchase: named, ...amounts, deadline }),
  })
  const { before, points, taken, debt } = amounts
  return {
    ...{ ...place, purchase: { till: purchase.till, sequence: `${purchase.sequence}` }, before: `${before}` },
    ...{ points: `${points}`, taken: `${taken}`, debt: `${debt}`, deadline: `${deadline}`, signature },
  }
}

/** What a till sends to the API when a payment comes back. */
export async function signedRefund(
  network: TestNetwork,
  shop: TestShop,
  asked: {
    readonly payment: Receipt
    readonly before: readonly bigint[]
    readonly points: readonly bigint[]
    readonly deadline?: number
  },
  signing: Signing = {},
) {
  const { payment, before, points, deadline = secondsNow() + 3_600 } = asked
  const place = { shop: signing.shop ?? shop.shop, till: signing.till ?? 1 }
  const named = receiptName({ shop: place.shop, ...payment })
  const verifying = signing.redemptions ?? network.contracts.redemptions
  const signature = await (signing.key ?? shop.till).signTypedData({
    domain: redemptionsDomain(signing.chainId ?? network.chainId, verifying),
    types: refundTypes,
    primaryType: 'Refund',
    message: refundMessage({ ...place, payment: named, before, points, deadline }),
  })
  return {
    ...{
      ...place,
      payment: { till: payment.till, sequence: `${payment.sequence}` },
      deadline: `${deadline}`,
      signature,
    },
    ...{ before: before.map(String), points: points.map(String) },
  }
}
