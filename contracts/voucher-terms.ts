// What members and holders sign for vouchers; a till accepts uses by the acceptance of terms.ts, over their hashes.
import { type Address, type Hex, hashStruct } from 'viem'
import { type Line, termsTypes } from './terms.ts'

/** What a member agrees to buy; `nonce` is any number they have not used for a purchase or a return of vouchers. */
export type VoucherPurchase = {
  member: Address
  reward: bigint
  count: number
  nonce: bigint
  deadline: number
  lines: readonly Line[]
}

/** A holder's agreement that vouchers are used at a till; its hash is what the till's acceptance lists. */
export type VoucherUse = {
  holder: Address
  shop: number
  till: number
  reward: bigint
  count: number
  sequence: bigint
  deadline: number
}

/** A holder's agreement that vouchers go back for points of the shop. */
export type VoucherReturn = { holder: Address; reward: bigint; count: number; nonce: bigint; deadline: number }

export const voucherPurchaseTypes = {
  VoucherPurchase: [
    { name: 'member', type: 'address' },
    { name: 'reward', type: 'uint256' },
    { name: 'count', type: 'uint32' },
    { name: 'nonce', type: 'uint256' },
    { name: 'deadline', type: 'uint48' },
    { name: 'lines', type: 'Line[]' },
  ],
  Line: termsTypes.Line,
} as const

export const voucherUseTypes = {
  VoucherUse: [
    { name: 'holder', type: 'address' },
    { name: 'shop', type: 'uint32' },
    { name: 'till', type: 'uint32' },
    { name: 'reward', type: 'uint256' },
    { name: 'count', type: 'uint32' },
    { name: 'sequence', type: 'uint64' },
    { name: 'deadline', type: 'uint48' },
  ],
} as const

export const voucherReturnTypes = {
  VoucherReturn: [
    { name: 'holder', type: 'address' },
    { name: 'reward', type: 'uint256' },
    { name: 'count', type: 'uint32' },
    { name: 'nonce', type: 'uint256' },
    { name: 'deadline', type: 'uint48' },
  ],
} as const

export function rewardsDomain(chainId: number, rewards: Address) {
  return { name: 'Highstreet Rewards', version: '1', chainId, verifyingContract: rewards } as const
}

/** A purchase as signTypedData takes it. */
export function voucherPurchaseMessage(purchase: VoucherPurchase) {
  return { ...purchase, lines: purchase.lines.map(({ token, points }) => ({ token, points: Number(points) })) }
}

/** The struct hash of a use: what the till's acceptance lists. */
export function voucherUseHash(use: VoucherUse): Hex {
  return hashStruct({ types: voucherUseTypes, primaryType: 'VoucherUse', data: use })
}

/** The ERC-1155 id of a shop's reward, by its number from 1. */
export function rewardId(shop: number, number: number): bigint {
  return (BigInt(shop) << 32n) | BigInt(number)
}
