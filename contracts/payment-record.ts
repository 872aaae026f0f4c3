// What the chain keeps of a submission of payments: one hash over the results in order. Whoever wants to undo a payment
// brings the results along, and they must hash to it again.
import { type Address, encodeAbiParameters, type Hex, keccak256, parseAbiParameters } from 'viem'
import type { Line } from './terms.ts'

/** A payment that stands: lanes as the token's words say, value in the money's smallest unit. */
export type StandingPayment = {
  member: Address
  sequence: bigint
  lines: readonly Line[]
  lanes: readonly bigint[]
  value: bigint
}

const resultParameters = parseAbiParameters(
  'address member, uint64 sequence, (address token, uint48 points)[] lines, uint256[] lanes, uint256 value',
)
const recordParameters = parseAbiParameters('uint32 shop, uint32 till, uint256 recordedAt, bytes32[] results')

/** The result of one payment. */
export function paymentResult(payment: StandingPayment): Hex {
  const lines = payment.lines.map((line) => ({ token: line.token, points: Number(line.points) }))
  return keccak256(
    encodeAbiParameters(resultParameters, [payment.member, payment.sequence, lines, payment.lanes, payment.value]),
  )
}

/** The hash of a submission; recordedAt is the time of its block, in seconds. */
export function paymentRecord(record: {
  shop: number
  till: number
  recordedAt: bigint
  results: readonly Hex[]
}): Hex {
  return keccak256(encodeAbiParameters(recordParameters, [record.shop, record.till, record.recordedAt, record.results]))
}
