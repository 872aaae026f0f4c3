import { type Address, encodeFunctionData } from 'viem'
import { shopPointsAbi } from '#contracts/generated.ts'
import {
  type MemberOperation,
  memberOperation,
  NO_FEES,
  operationHash,
  outwardCallData,
} from '#contracts/user-operation.ts'
import type { Hex } from '#web/acts/wire.ts'
import { passkeysOf } from '#web/queries/passkeys.ts'
import type { EmbeddedChain } from '../../scripts/street/chain.ts'
import { plantEntryPoint } from '../../scripts/street/entry-point.ts'
import { nobody, type PasskeyMember } from './account-people.ts'
import type { LivingStreet } from './living-street.ts'
import type { TestShop } from './network.ts'
import { signedTransfer } from './till-hand.ts'

const gas = { callGas: 200_000n, verificationGas: 300_000n, preVerificationGas: 60_000n }

/** The entry point stands on the street's chain from now on. */
export async function withEntryPoint(street: LivingStreet): Promise<void> {
  await plantEntryPoint({ kind: 'anvil', rpc: { ask: street.chain.ask } } as unknown as EmbeddedChain)
}

export interface OperationWish {
  readonly callData: Hex
  readonly nonce?: bigint
  readonly deploys?: boolean
  readonly change?: Partial<MemberOperation>
}

/** An operation as the member's page would post it, signed as it stands. */
export async function operationOf(
  street: LivingStreet,
  member: PasskeyMember,
  { callData, nonce = 0n, deploys = true, change = {} }: OperationWish,
) {
  const { accounts } = street.network.contracts
  const known = await passkeysOf(member.account)
  const made = { ...member.phone.key, guardian: known?.guardian ?? nobody, delay: known?.delaySeconds ?? 0 }
  const deploy = { accounts: accounts.toLowerCase() as Hex, arguments: made }
  const plain = memberOperation({
    ...{ account: member.account, nonce, callData, gas, fees: NO_FEES },
    ...(deploys ? { deploy } : {}),
  })
  const asked = { ...plain, ...change }
  const signing = await member.signing()
  const signature = await signing.sign?.({ hash: operationHash(street.network.chainId, asked) })
  const text = JSON.stringify({ ...asked, signature }, (_, part) => (typeof part === 'bigint' ? `${part}` : part))
  return { operation: JSON.parse(text) as Record<string, unknown> }
}

/** What an account calls to send points of a shop. */
export function sendingOf(shop: TestShop, points: bigint, to: Address): Hex {
  const data = encodeFunctionData({ abi: shopPointsAbi, functionName: 'transfer', args: [to, points] })
  return outwardCallData([{ to: shop.token, data }])
}

/** Points that go another way, by the member's signature in a stranger's hands. */
export async function givesAway(
  street: LivingStreet,
  shop: TestShop,
  { member, points, to }: { readonly member: PasskeyMember; readonly points: bigint; readonly to: Address },
) {
  const gift = { from: await member.signing(), to, points, nonce: 1 }
  const { validAfter, validBefore, nonce, signature } = await signedTransfer(street.network, shop, gift)
  const terms = [member.account, to, points, BigInt(validAfter), BigInt(validBefore), nonce, signature] as const
  const functionName = 'transferWithAuthorization'
  return { from: to, to: shop.token, data: encodeFunctionData({ abi: shopPointsAbi, functionName, args: terms }) }
}
