import { type Abi, BaseError, decodeErrorResult, type Hex, parseTransaction, recoverTransactionAddress } from 'viem'
import {
  clearingHouseAbi,
  consortiumAbi,
  courierAbi,
  issuanceAbi,
  memberAccountAbi,
  redemptionsAbi,
  scoreLogAbi,
  shopPointsAbi,
} from '#contracts/generated.ts'
import { NodeRefused, type Receipt, type Revert } from './node.ts'
import type { Street } from './street.ts'
import type { Submission } from './submissions.ts'

/** Why the chain says no: a stable code, and what the contract added to it. */
export interface Reason {
  readonly code: string
  readonly facts: Facts
}

export type Facts = { readonly [name: string]: string | number | boolean }

const errors: Abi = [
  ...issuanceAbi,
  ...redemptionsAbi,
  ...shopPointsAbi,
  ...clearingHouseAbi,
  ...consortiumAbi,
  ...courierAbi,
  ...scoreLogAbi,
  ...memberAccountAbi,
]

// What a till or a member can do something about; everything else is the network's own affair and says its name.
const codes: { readonly [error: string]: string } = {
  IssuingIsPaused: 'issuingPaused',
  ShopNotIssuing: 'shopNotActive',
  ShopNotAccepting: 'shopNotActive',
  UnknownTill: 'unknownTill',
  UnknownShop: 'unknownShop',
  BadTillSignature: 'badTillSignature',
  OwnerSignatureMissing: 'ownerMustConfirm',
  TillNotAccepting: 'tillNotAccepting',
  ReversalOutOfTurn: 'outOfTurn',
  RefundOutOfTurn: 'outOfTurn',
  ReversalOutOfBounds: 'tooMuchBack',
  RefundTooHigh: 'tooMuchBack',
  ReversalUneven: 'uneven',
  ReversalWindowOver: 'windowOver',
  RefundWindowOver: 'windowOver',
  ReversalExpired: 'expired',
  RefundExpired: 'expired',
  TooFewToTakeBack: 'notTakable',
  RefundInCash: 'refundInCash',
  RefundUnfunded: 'refundInCash',
  ERC20InsufficientBalance: 'balance',
  ERC3009InvalidSignature: 'badSignature',
  ERC3009UsedAuthorization: 'authorizationUsed',
  NotAgreed: 'orderNotAgreed',
  OrderExpired: 'expired',
  KeyKnown: 'keyKnown',
  TooManyKeys: 'tooManyKeys',
  NotSigner: 'unknownAccountKey',
  OwnKey: 'ownKey',
  KeyNotSettled: 'keyNotSettled',
  OwnGuardian: 'ownGuardian',
  DelayOutOfBounds: 'delayOutOfBounds',
  NoGuardianWaits: 'noGuardianWaits',
  NoRecoveryWaits: 'noRecoveryWaits',
  NoGuardian: 'notGuardian',
  NotGuardian: 'notGuardian',
  TillAlreadyRevoked: 'tillRevoked',
  BadOwnerSignature: 'badOwnerSignature',
  SignatureExpired: 'orderOutOfTime',
}

/** Every code that this file can give. */
export const knownCodes: readonly string[] = [...Object.values(codes), 'chainRefused', 'notYetValid', 'expired']

/** Reads a revert by the contracts' own tables. */
export function reasonOf({ reverted, message }: Revert): Reason {
  const decoded = reverted === null ? null : decodedOrNull(reverted)
  if (decoded === null) return { code: 'chainRefused', facts: { reason: plain(message) } }
  if (decoded.errorName === 'ERC3009InvalidAuthorizationTime') return outsideItsTime(decoded.args)
  if (decoded.errorName === 'NotDelivered') return reasonOf({ reverted: innerOf(decoded.args), message })
  const facts = { error: decoded.errorName, arguments: plain(decoded.args.map(String).join(', ')) }
  return { code: codes[decoded.errorName] ?? 'chainRefused', facts }
}

/** Nodes put a contract's bytes into their words as they come, and Postgres keeps no text with a zero in it. */
const plain = (text: string): string => text.replace(/\p{C}/gu, '?').slice(0, 300)

const innerOf = ([, reason]: readonly unknown[]): Hex | null =>
  typeof reason === 'string' && reason !== '0x' ? (reason as Hex) : null

function decodedOrNull(data: Hex): { errorName: string; args: readonly unknown[] } | null {
  try {
    const { errorName, args } = decodeErrorResult({ abi: errors, data })
    return { errorName, args: args ?? [] }
  } catch (error) {
    if (error instanceof BaseError) return null
    throw error
  }
}

function outsideItsTime([validAfter, validBefore]: readonly unknown[]): Reason {
  const facts = { validAfter: String(validAfter), validBefore: String(validBefore) }
  const early = typeof validAfter === 'bigint' && validAfter >= BigInt(Math.floor(Date.now() / 1000))
  return { code: early ? 'notYetValid' : 'expired', facts }
}

/** Why a mined transaction was undone: the same call again where it stood. Best effort, for people to read. */
export async function reasonOfReverted(street: Street, { raw }: Submission, receipt: Receipt): Promise<string> {
  const { to, data, gas } = parseTransaction(raw)
  if (!to || !data) return 'not a call'
  if (gas !== undefined && receipt.gasUsed >= gas) return 'out of gas'
  const from = await recoverTransactionAddress({ serializedTransaction: raw as `0x02${string}` })
  const call = { from, to, data, ...(gas === undefined ? {} : { gas }) }
  // Not every node keeps the state of every block.
  const answer = await street.node.call(call, receipt.blockNumber).catch((error: unknown) => {
    if (error instanceof NodeRefused) return { reverted: null, message: error.message }
    throw error
  })
  if (typeof answer === 'string') return 'it would have gone through at the end of its block'
  const { code, facts } = reasonOf(answer)
  return `${code} ${Object.values(facts).join(' ')}`
}
