import type { Hex } from 'viem'
import type { PrivateKeyAccount } from 'viem/accounts'
import { rewardsAbi } from '#contracts/generated.ts'
import { acceptanceTypes, type Line } from '#contracts/terms.ts'
import {
  rewardsDomain,
  voucherPurchaseMessage,
  voucherPurchaseTypes,
  voucherUseHash,
  voucherUseTypes,
} from '#contracts/voucher-terms.ts'
import type { TestTransaction } from './chain.ts'
import { ascending, call, type TestNetwork, type TestShop } from './network.ts'

const domainOf = ({ chainId, contracts }: TestNetwork) => rewardsDomain(chainId, contracts.rewards)

const anybody: Hex = '0x00000000000000000000000000000000000a4b0d'

/** The shop sells twenty vouchers at this price, from now on for so many seconds. */
export async function offer(
  network: TestNetwork,
  shop: TestShop,
  { price, lasts }: { readonly price: number; readonly lasts: number },
): Promise<TestTransaction> {
  const { time } = await network.chain.head()
  const period = { opensAt: time, closesAt: time + lasts }
  const what = { shop: shop.shop, price, stock: 20, perMember: 0, ...period, tier: 0, tierShop: 0, transferable: true }
  return call(rewardsAbi, network.contracts.rewards, shop.owner, 'offer', [what, `0x${'0f'.repeat(32)}`])
}

/** A member agrees to buy vouchers; anybody submits it. */
export async function buyVouchers(
  network: TestNetwork,
  member: PrivateKeyAccount,
  bought: { readonly reward: bigint; readonly count: number; readonly nonce: bigint; readonly lines: readonly Line[] },
): Promise<TestTransaction> {
  const { time } = await network.chain.head()
  const lines = ascending(bought.lines)
  const message = voucherPurchaseMessage({ ...bought, lines, member: member.address, deadline: time + 86_400 })
  const signature = await member.signTypedData({
    domain: domainOf(network),
    types: voucherPurchaseTypes,
    primaryType: 'VoucherPurchase',
    message,
  })
  return call(rewardsAbi, network.contracts.rewards, anybody, 'buy', [[{ ...message, signature }]])
}

/** A holder and the shop's till agree that vouchers are used; anybody submits it. */
export async function useVouchers(
  network: TestNetwork,
  shop: TestShop,
  holder: PrivateKeyAccount,
  used: { readonly reward: bigint; readonly count: number; readonly sequence: bigint },
): Promise<TestTransaction> {
  const domain = domainOf(network)
  const { time } = await network.chain.head()
  const place = { shop: shop.shop, till: 1 }
  const one = { ...used, holder: holder.address, deadline: time + 86_400 }
  const message = { ...one, ...place }
  const signature = await holder.signTypedData({ domain, types: voucherUseTypes, primaryType: 'VoucherUse', message })
  const terms = [voucherUseHash(message)]
  const accepted = await shop.till.signTypedData({
    domain,
    types: acceptanceTypes,
    primaryType: 'Acceptance',
    message: { ...place, terms },
  })
  return call(rewardsAbi, network.contracts.rewards, anybody, 'use', [
    place.shop,
    place.till,
    [{ ...one, signature }],
    accepted,
  ])
}
