import type { Hex } from 'viem'
import { generatePrivateKey, type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts'
import { consortiumAbi } from '#contracts/generated.ts'
import { batchTypes, consortiumDomain, issuanceDomain, revocationTypes } from '#contracts/terms.ts'
import type { LivingStreet } from './living-street.ts'
import { call, openShop, settled, type TestNetwork, type TestShop } from './network.ts'
import { type SigningMember, TillHand } from './till-hand.ts'

/** A shop whose owner's key is at hand, and its till. */
export interface OwnedShop {
  readonly shop: TestShop
  readonly till: TillHand
  readonly owner: PrivateKeyAccount
}

export async function ownedShop(street: LivingStreet): Promise<OwnedShop> {
  const owner = privateKeyToAccount(generatePrivateKey())
  const shop = await openShop(street.network, 1_000_000_000n, owner.address)
  await street.mirror()
  return { shop, owner, till: new TillHand(street.network, shop) }
}

/** The owner revokes till 1; the mirror knows it at once unless told otherwise. */
export async function switchOff(street: LivingStreet, shop: TestShop, { mirrored = true } = {}): Promise<void> {
  const { consortium } = street.network.contracts
  await settled(street.chain, [call(consortiumAbi, consortium, shop.owner, 'revokeTill', [shop.shop, 1])])
  if (mirrored) await street.mirror()
}

export interface RungList {
  readonly shop: number
  readonly till: number
  readonly batch: { readonly firstSequence: string; readonly count: number; readonly head: Hex }
}

/** What an owner's browser posts about a list as its till has posted it. */
export async function countersigned(network: TestNetwork, { shop, till, batch }: RungList, owner: SigningMember) {
  const { firstSequence, count, head } = batch
  const signature = await owner.signTypedData({
    domain: issuanceDomain(network.chainId, network.contracts.issuance),
    types: batchTypes,
    primaryType: 'Batch',
    message: { shop, till, firstSequence: BigInt(firstSequence), count, head },
  })
  return { ...listOf({ shop, till, batch }), signature }
}

/** A list as the owner's page has it. */
export const listShown = (
  { shop }: TestShop,
  { firstSequence, count, head }: { readonly firstSequence: bigint; readonly count: number; readonly head: Hex },
): RungList => ({ shop, till: 1, batch: { firstSequence: `${firstSequence}`, count, head } })

export const listOf = ({ shop, till, batch: { firstSequence, count, head } }: RungList): RungList => ({
  shop,
  till,
  batch: { firstSequence, count, head },
})

/** What an owner's browser posts to switch till 1 off. */
export async function revocation(
  { chainId, contracts }: TestNetwork,
  shop: TestShop,
  { by, till = 1, deadline }: { readonly by: SigningMember; readonly till?: number; readonly deadline: number },
) {
  const signature = await by.signTypedData({
    domain: consortiumDomain(chainId, contracts.consortium),
    types: revocationTypes,
    primaryType: 'Revocation',
    message: { shop: shop.shop, till, deadline },
  })
  return { shop: shop.shop, till, deadline: `${deadline}`, signature }
}
