// What a till signs with terms.ts to undo a payment is what the Solidity accepts, with the record read from the events.
import { type Address, type Hex, hashStruct, parseEventLogs, zeroAddress } from 'viem'
import { beforeAll, describe, expect, test } from 'vitest'
import { issuanceAbi, redemptionsAbi, shopPointsAbi } from '#contracts/generated.ts'
import { paymentRecord, paymentResult, type StandingPayment } from '#contracts/payment-record.ts'
import {
  AT_DEFAULT_PRICE,
  atDefaultPrice,
  type Refund,
  receiptName,
  redemptionsDomain,
  refundMessage,
  refundTypes,
  termsHash,
  termsMessage,
  termsTypes,
} from '#contracts/terms.ts'
import { par } from '#test/support/founding.ts'
import { acceptedPayments, signedBatch, signedTerms, typedTerms } from './support/signing.ts'
import { chainId, keyOf, openStreet, type Street } from './support/street.ts'

const anybody: Address = '0x00000000000000000000000000000000000a4b0d'
const shop = 2
type RawLog = Parameters<typeof parseEventLogs>[0]['logs'][number]

let street: Street
let tokens: Address[]
let standing: { record: bigint; recordedAt: bigint; results: Hex[]; payments: StandingPayment[] }

beforeAll(async () => {
  street = await openStreet(2)
  tokens = street.shops.map((one) => one.token)
  await street.become(anybody)
  const soldAt = await street.time.latest()
  for (const issuer of [1, 2]) {
    const entries = [1, 2, 3].map((n) => ({ member: keyOf(n).address, points: 1_000n, spend: 10_000n, soldAt }))
    const args = await signedBatch(street, issuer, 0n, entries)
    await street.must(anybody, street.contracts.issuance, issuanceAbi, 'issue', args)
  }
  standing = await pay([1, 2, 3], 40n)
})

/** Each of the members pays 100 of both shops' points in one submission; what stands is read from the events. */
async function pay(members: number[], first: bigint) {
  const deadline = (await street.time.latest()) + 86_400
  const lines = tokens
    .map((token) => ({ token, points: 100n }))
    .sort((a, b) => (BigInt(a.token) < BigInt(b.token) ? -1 : 1))
  const signed = await Promise.all(
    members.map((member, index) =>
      signedTerms(street, { member, shop, sequence: first + BigInt(index), lines, deadline }),
    ),
  )
  const { redemptions } = street.contracts
  await street.must(anybody, redemptions, redemptionsAbi, 'redeem', await acceptedPayments(street, shop, signed))
  const recordedAt = BigInt(await street.time.latest())
  const logs = await street.request<RawLog[]>('eth_getLogs', [{ fromBlock: 'latest', address: redemptions }])
  const redeemed = parseEventLogs({ abi: redemptionsAbi, eventName: 'Redeemed', logs })
  const payments = redeemed.map(({ args }) => ({
    member: args.member,
    sequence: args.sequence,
    lines: args.lines.map((line) => ({ token: line.token, points: BigInt(line.points) })),
    lanes: [...args.lanes],
    // At the shop itself a point is worth par as well, though no money moves.
    value: args.lines.reduce((sum, line) => sum + BigInt(line.points) * par, 0n),
  }))
  const record = redeemed[0]?.args.record ?? 0n
  return { record, recordedAt, results: payments.map(paymentResult), payments }
}

function submitted(index: number) {
  const payment = standing.payments[index]
  if (payment === undefined) throw new Error(`no payment ${index}`)
  const { record, recordedAt, results } = standing
  return { record, till: 1, recordedAt, results, index: BigInt(index), ...payment }
}

async function agreed(index: number, amounts: { before: bigint[]; points: bigint[] }) {
  const payment = receiptName({ shop, till: 1, sequence: submitted(index).sequence })
  const refund: Refund = { shop, till: 1, payment, deadline: (await street.time.latest()) + 600, ...amounts }
  const signature = await keyOf(2_000 + shop).signTypedData({
    domain: redemptionsDomain(chainId, street.contracts.redemptions),
    types: refundTypes,
    primaryType: 'Refund',
    message: refundMessage(refund),
  })
  return { ...refund, signature }
}

const undo = async (index: number, refund: Awaited<ReturnType<typeof agreed>>) =>
  street.call(anybody, street.contracts.redemptions, redemptionsAbi, 'refund', [shop, submitted(index), refund])

const balanceOf = (issuer: number, member: number) =>
  street.read(tokens[issuer - 1] ?? zeroAddress, shopPointsAbi, 'balanceOf', [keyOf(member).address])

describe('a payment that stands', () => {
  test('can be proved from the events of its block alone', async () => {
    const { record, recordedAt, results } = standing
    expect(results).toHaveLength(3)
    const kept = await street.read(street.contracts.redemptions, redemptionsAbi, 'recordHash', [record])
    expect(paymentRecord({ shop, till: 1, recordedAt, results })).toBe(kept)
  })

  test('is undone under the signature a till makes with terms.ts, in parts, each once', async () => {
    expect([await balanceOf(1, 2), await balanceOf(2, 2)]).toEqual([900n, 900n])
    const first = await agreed(1, { before: [0n, 0n], points: [30n, 0n] })
    const { done, gasUsed } = await undo(1, first)
    expect(done).toBe(true)
    console.log(`refund of one line out of a submission of three: ${gasUsed.toLocaleString('en')} gas`)
    expect((await undo(1, first)).error).toBe('RefundOutOfTurn')
    const rest = await agreed(1, { before: [30n, 0n], points: [70n, 100n] })
    expect((await undo(1, { ...rest, points: [70n, 99n] })).error).toBe('BadTillSignature')
    expect((await undo(0, rest)).error).toBe('BadTillSignature')
    expect((await undo(1, rest)).done).toBe(true)
    expect([await balanceOf(1, 2), await balanceOf(2, 2)]).toEqual([1_000n, 1_000n])
    expect([await balanceOf(1, 1), await balanceOf(2, 1)]).toEqual([900n, 900n])
  })
})

describe('consent to the price of a defaulted shop', () => {
  test('is one bit of the purpose, which the member signs like the rest', async () => {
    expect(atDefaultPrice(7)).toBe(2 ** 31 + 7)
    expect(atDefaultPrice(atDefaultPrice(0))).toBe(AT_DEFAULT_PRICE)
    const deadline = (await street.time.latest()) + 86_400
    const lines = [{ token: tokens[0] ?? zeroAddress, points: 5n }]
    const { terms } = await signedTerms(street, { member: 3, shop, sequence: 900n, lines, deadline })
    const consenting = { ...terms, purpose: atDefaultPrice(terms.purpose) }
    expect(termsHash(consenting)).toBe(
      hashStruct({ types: termsTypes, primaryType: 'Terms', data: termsMessage(consenting) }),
    )
    const signature = await keyOf(3).signTypedData(typedTerms(street, consenting))
    const args = await acceptedPayments(street, shop, [{ terms: consenting, item: { ...consenting, signature } }])
    await street.must(anybody, street.contracts.redemptions, redemptionsAbi, 'redeem', args)
    expect(await street.read(street.contracts.redemptions, redemptionsAbi, 'paymentSpent', [shop, 1, 900n])).toBe(true)
  })
})
