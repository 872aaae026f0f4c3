import { type Address, encodeFunctionData, type Hex } from 'viem'
import { z } from 'zod'
import { clearingHouseAbi, issuanceAbi, redemptionsAbi, shopPointsAbi } from '#contracts/generated.ts'
import { packEntries } from '#contracts/terms.ts'

// The calls by which wishes reach the contracts. What an act has kept is read again here: the relayer signs for it.

export interface KeptPurchase {
  readonly sequence: bigint
  readonly member: Address
  readonly points: bigint
  readonly spend: bigint
  readonly soldAt: number
}

/** No transaction may carry more gas (EIP-7825). */
const transactionGasCap = 16_777_216n
// A purchase of a member who never held such points writes a new word and is the dearest; its share of words, events
// and calldata is in it too.
const gasPerPurchase = 32_000n
const gasPerBatch = 300_000n

export function issuing(
  batch: { readonly shop: number; readonly till: number; readonly first: bigint; readonly signature: Hex },
  purchases: readonly KeptPurchase[],
): { readonly data: Hex; readonly gas: bigint } {
  const { shop, till, first, signature } = batch
  const entries = packEntries(purchases)
  const data = encodeFunctionData({
    abi: issuanceAbi,
    functionName: 'issue',
    args: [shop, till, first, entries, signature, '0x'],
  })
  const gas = gasPerBatch + gasPerPurchase * BigInt(purchases.length)
  return { data, gas: gas < transactionGasCap ? gas : transactionGasCap }
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
): Hex {
  const { purpose, deadline, lines, signature, acceptance } = agreed.parse(payload)
  const { shop, till, sequence, member } = receipt
  const item = {
    ...{ member, sequence, purpose, deadline: Number(deadline), signature },
    lines: lines.map(({ token, points }) => ({ token, points: Number(points) })),
  }
  return encodeFunctionData({
    abi: redemptionsAbi,
    functionName: 'redeem',
    args: [shop, till, [item], acceptance],
  })
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

export function authorizedTransfer(payload: unknown): { readonly to: Address; readonly data: Hex } {
  const { token, from, to, points, validAfter, validBefore, nonce, signature } = authorization.parse(payload)
  const data = encodeFunctionData({
    abi: shopPointsAbi,
    functionName: 'transferWithAuthorization',
    args: [from, to, points, validAfter, validBefore, nonce, signature],
  })
  return { to: token, data }
}

export function settling(shops: readonly number[]): Hex {
  return encodeFunctionData({ abi: clearingHouseAbi, functionName: 'settle', args: [shops] })
}
