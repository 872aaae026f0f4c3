// Members with passkeys on a street with the real entry point and a sponsor: they make user operations as their page
// does, and a relayer brings them.
import { type Address, encodeFunctionData, getContractAddress, type Hex, zeroAddress } from 'viem'
import { entryPoint09Abi } from 'viem/account-abstraction'
import { gasSponsorAbi, issuanceAbi, shopPointsAbi } from '#contracts/generated.ts'
import { type AccountArguments, memberAddress, packAssertion, rpIdHashOf } from '#contracts/passkey.ts'
import {
  approvalWindow,
  entryPoint,
  type GasFees,
  type MemberOperation,
  memberOperation,
  NO_FEES,
  operationHash,
  outwardCallData,
  packedOperation,
  type Sponsorship,
  typedApproval,
} from '#contracts/user-operation.ts'
import { creation } from '../../support/founding.ts'
import { type Handled, handleOps, nextNonce, plantEntryPoint } from './entry-point.ts'
import { type Passkey, passkeyOf } from './passkey.ts'
import { signedBatch } from './signing.ts'
import { chainId, keyOf, openStreet, type Street } from './street.ts'

export const relayer: Address = '0x00000000000000000000000000000000000be1a7'
export const owner: Address = '0x0000000000000000000000000000000000000e45'
export const shopOwner: Address = '0x0000000000000000000000000000000000005409'
export const fees: GasFees = { most: 10n ** 9n, tip: 10n ** 9n }
/** What the sponsor pays in a day for one member; twice that for all. */
export const budget = 10n ** 16n
const signer = keyOf(77)
const gas = { callGas: 200_000n, verificationGas: 250_000n, preVerificationGas: 60_000n }

/** What a member wants; with fees the sponsor is to pay them. */
export type Wish = {
  member: number
  callData: Hex
  by?: Passkey
  fees?: GasFees
  window?: { validAfter: number; validUntil: number }
  signedBy?: ReturnType<typeof keyOf>
}

export type Operations = Awaited<ReturnType<typeof openOperations>>

/** One shop, five members with points and no account deployed, an entry point, and a sponsor with a deposit. */
export async function openOperations() {
  const street = await openStreet(1)
  const { accounts } = street.contracts
  for (const who of [relayer, owner]) await street.become(who)
  await plantEntryPoint(street, relayer)
  const sponsor = await placedSponsor(street)
  const token = street.shops[0]?.token ?? zeroAddress
  const addressOf = (number: number): Address => memberAddress(accounts, argumentsOf(number))
  const give = async (first: bigint, numbers: readonly number[], points: bigint): Promise<void> => {
    const soldAt = await street.time.latest()
    const entries = numbers.map((number) => ({ member: addressOf(number), points, spend: 1n, soldAt }))
    const args = await signedBatch(street, 1, first, entries)
    await street.must(relayer, street.contracts.issuance, issuanceAbi, 'issue', args)
  }
  await give(0n, [1, 2, 3, 4, 5], 1_000n)
  const sending = (to: Address, points: bigint): Hex =>
    outwardCallData([
      { to: token, data: encodeFunctionData({ abi: shopPointsAbi, functionName: 'transfer', args: [to, points] }) },
    ])
  const ground = { street, accounts, sponsor, token, addressOf, give, sending }
  return {
    ...ground,
    operation: (wish: Wish) => operationOf(ground, wish),
    bring: (...operations: MemberOperation[]): Promise<{ handled: Handled[]; gasUsed: bigint } | { refused: string }> =>
      handleOps(street, relayer, operations.map(packedOperation)),
    balanceOf: async (who: Address): Promise<bigint> =>
      (await street.read(token, shopPointsAbi, 'balanceOf', [who])) as bigint,
    deposit: async (): Promise<bigint> =>
      (await street.read(entryPoint, entryPoint09Abi, 'balanceOf', [sponsor])) as bigint,
    payIn: (value: bigint) => payIn(street, sponsor, value),
  }
}

async function placedSponsor(street: Street): Promise<Address> {
  const nonce = BigInt(await street.request<Hex>('eth_getTransactionCount', [owner, 'latest']))
  const args = [street.contracts.consortium, owner, signer.address, 10n ** 18n]
  const { error } = await street.send(owner, undefined, creation('accounts/GasSponsor', args))
  if (error !== '') throw new Error(error)
  const sponsor = getContractAddress({ from: owner, nonce })
  await street.must(owner, sponsor, gasSponsorAbi, 'setBudgets', [budget, budget * 2n])
  await payIn(street, sponsor, 10n ** 17n)
  return sponsor
}

async function payIn(street: Street, sponsor: Address, value: bigint): Promise<void> {
  const data = encodeFunctionData({ abi: gasSponsorAbi, functionName: 'deposit' })
  await street.request('eth_sendTransaction', [{ from: owner, to: sponsor, data, value: `0x${value.toString(16)}` }])
}

/** What the address of the member of that number is made of. */
export function argumentsOf(number: number): AccountArguments {
  const { x, y } = passkeyOf(number)
  return { x, y, guardian: shopOwner, delay: 259_200 }
}

type Ground = { street: Street; accounts: Address; sponsor: Address; addressOf: (number: number) => Address }

async function operationOf({ street, accounts, sponsor, addressOf }: Ground, wish: Wish): Promise<MemberOperation> {
  const { member, callData, by } = wish
  const account = addressOf(member)
  const code = await street.request<Hex>('eth_getCode', [account, 'latest'])
  const plain = {
    account,
    nonce: await nextNonce(street, account),
    callData,
    gas,
    fees: wish.fees ?? NO_FEES,
    ...(code === '0x' ? { deploy: { accounts, arguments: argumentsOf(member) } } : {}),
  }
  if (wish.fees === undefined) return signedOperation(member, memberOperation(plain), by)
  const window = wish.window ?? approvalWindow(await street.time.latest(), 600)
  const sponsorship: Sponsorship = { sponsor, verificationGas: 150_000n, ...window, signature: '0x' }
  const approval = typedApproval(chainId, memberOperation({ ...plain, sponsorship }), sponsorship)
  const signature = await (wish.signedBy ?? signer).signTypedData(approval)
  return signedOperation(member, memberOperation({ ...plain, sponsorship: { ...sponsorship, signature } }), by)
}

/** The operation with the touch of the member's first device, or of another. */
export function signedOperation(member: number, one: MemberOperation, by: Passkey = passkeyOf(member)) {
  const digest = operationHash(chainId, one)
  const account = { ...argumentsOf(member), x: by.x, y: by.y }
  const packed = packAssertion({ account, rpIdHash: rpIdHashOf('localhost'), digest, assertion: by.assert(digest) })
  if ('refused' in packed) throw new Error(packed.refused)
  return { ...one, signature: packed.signature } satisfies MemberOperation
}
