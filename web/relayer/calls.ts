import { type Address, encodeFunctionData, type Hex } from 'viem'
import { z } from 'zod'
import { clearingHouseAbi, consortiumAbi, issuanceAbi, redemptionsAbi, shopPointsAbi } from '#contracts/generated.ts'
import { packEntries } from '#contracts/terms.ts'
import { capped } from './job.ts'

// The calls by which wishes reach the contracts. What an act has kept is read again here: the relayer signs for it.

export interface KeptPurchase {
  readonly sequence: bigint
  readonly member: Address
  readonly points: bigint
  readonly spend: bigint
  readonly soldAt: number
}

// A purchase of a member who never held such points writes a new word and is the dearest; its share of words, events
// and calldata is in it too.
const gasPerPurchase = 32_000n
const gasPerBatch = 300_000n

interface SignedBatch {
  readonly shop: number
  readonly till: number
  readonly first: bigint
  readonly signature: Hex
  /** Of a till that was switched off; empty where the till's own suffices. */
  readonly ownerSignature: Hex
}

export function issuing(
  { shop, till, first, signature, ownerSignature }: SignedBatch,
  purchases: readonly KeptPurchase[],
): Call {
  const entries = packEntries(purchases)
  const data = encodeFunctionData({
    abi: issuanceAbi,
    functionName: 'issue',
    args: [shop, till, first, entries, signature, ownerSignature],
  })
  const gas = gasPerBatch + gasPerPurchase * BigInt(purchases.length)
  return { data, gas: capped(ownerSignature === '0x' ? gas : gas + gasOfConsent(ownerSignature, ownerSignature)) }
}

const hexText = z.templateLiteral(['0x', z.string().regex(/^[0-9a-f]*$/)])
const digits = z.union([z.string().regex(/^\d+$/), z.int().nonnegative()]).transform((text) => BigInt(text))

const agreed = z.object({
  purpose: z.int(),
  deadline: digits,
  lines: z.array(z.object({ token: hexText, points: digits })),
  signature: hexText,
  acceptance: hexText,
})

export function redeeming(
  receipt: { readonly shop: number; readonly till: number; readonly sequence: bigint; readonly member: Address },
  payload: unknown,
): Call {
  const { purpose, deadline, lines, signature, acceptance } = agreed.parse(payload)
  const { shop, till, sequence, member } = receipt
  const item = {
    ...{ member, sequence, purpose, deadline: Number(deadline), signature },
    lines: lines.map(({ token, points }) => ({ token, points: Number(points) })),
  }
  const data = encodeFunctionData({
    abi: redemptionsAbi,
    functionName: 'redeem',
    args: [shop, till, [item], acceptance],
  })
  return { data, gas: gasPerPayment + gasPerLine * BigInt(lines.length) + gasOfConsent(signature, data) }
}

/** A call's bytes, and gas that surely suffices for it, the transaction's own included. */
export interface Call {
  readonly data: Hex
  readonly gas: bigint
}

// A payment alone costs 131,000 gas with one line of another shop (docs/acts/redeem.md), a gift less; a line more, a
// token's words and two events.
const gasPerPayment = 90_000n
const gasPerLine = 75_000n
const gasPerGift = 160_000n
/** Whoever answers for itself is given this much for it, whatever it does (N-26); a key takes none of it. */
const gasOfAnAccount = 200_000n
const gasPerByte = 16n

/** `data`: what travels because of it. */
function gasOfConsent(signature: Hex, data: Hex): bigint {
  return (signature.length === 132 ? 0n : gasOfAnAccount) + (gasPerByte * BigInt(data.length - 2)) / 2n
}

const authorization = z.object({
  token: hexText,
  from: hexText,
  to: hexText,
  points: digits,
  validAfter: digits,
  validBefore: digits,
  nonce: hexText,
  signature: hexText,
})

export function authorizedTransfer(payload: unknown): { readonly to: Address } & Call {
  const { token, from, to, points, validAfter, validBefore, nonce, signature } = authorization.parse(payload)
  const data = encodeFunctionData({
    abi: shopPointsAbi,
    functionName: 'transferWithAuthorization',
    args: [from, to, points, validAfter, validBefore, nonce, signature],
  })
  return { to: token, data, gas: gasPerGift + gasOfConsent(signature, data) }
}

const revocation = z.object({ deadline: digits, signature: hexText })

/** Switches a till off, as its owner has signed. */
export function revoking(shop: number, till: number, payload: unknown): Hex {
  const { deadline, signature } = revocation.parse(payload)
  return encodeFunctionData({
    abi: consortiumAbi,
    functionName: 'revokeTillBySignature',
    args: [shop, till, Number(deadline), signature],
  })
}

export function settling(shops: readonly number[]): Hex {
  return encodeFunctionData({ abi: clearingHouseAbi, functionName: 'settle', args: [shops] })
}
