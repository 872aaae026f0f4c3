// Payments and what undoes them, done to the model and to the network at once.
import { type Address, encodeAbiParameters, type Hex, keccak256 } from 'viem'
import { expect } from 'vitest'
import { redemptionsAbi } from '#contracts/generated.ts'
import { receiptName, type Terms } from '#contracts/terms.ts'
import { SalesHand } from './model-sales.ts'
import { par } from './plain-money.ts'
import type { Paid } from './plain-network.ts'
import type { Lot } from './plain-points.ts'
import { typedAcceptance, typedTerms } from './signing.ts'
import { keyOf } from './street.ts'

type Line = { shop: number; points: bigint }
type Planned = { terms: Terms; lines: Line[]; knowing: boolean; inOrder: boolean; wellSigned: boolean; signature: Hex }
/** A payment as its record holds it. */
type Kept = { paid: Paid; payment: Record<string, unknown> }

const knowingBit = 2 ** 31

export class PaymentsHand extends SalesHand {
  private readonly submissions: { shop: number; till: number; planned: Planned[] }[] = []
  private readonly kept: Kept[] = []
  private readonly nextPayment = new Map<string, bigint>()
  private readonly refunds: (readonly unknown[])[] = []

  async pay(): Promise<void> {
    this.pass(this.roll(1, 3_000))
    const shop = this.rarely(15) ? this.roll(1, this.model.shops.length) : this.shopIn('Active', 'Exiting')
    const till = this.counter(shop)
    const planned: Planned[] = []
    for (let count = this.roll(1, 3); count > 0; count -= 1) {
      const one = await this.plan(shop, till)
      if (one !== undefined) planned.push(one)
    }
    if (planned.length === 0) return
    this.submissions.push({ shop, till, planned })
    await this.present(shop, till, planned)
  }

  private async plan(shop: number, till: number): Promise<Planned | undefined> {
    const payer = this.pick(this.members)
    if (payer === undefined) return undefined
    const issuers = this.model.shops.filter((one) => one.points.balance(payer.address) > 0n)
    const lines: Line[] = []
    for (let count = this.roll(1, 3); count > 0; count -= 1) {
      const issuer = this.pick(issuers.filter((one) => lines.every((line) => line.shop !== one.shop)))
      if (issuer === undefined) break
      lines.push({ shop: issuer.shop, points: this.amountOf(issuer.shop, shop, issuer.points.balance(payer.address)) })
    }
    if (lines.length === 0) return undefined
    const byToken = (line: Line): bigint => BigInt(this.chain.token(line.shop))
    lines.sort((one, other) => (byToken(one) < byToken(other) ? -1 : 1))
    const inOrder = lines.length === 1 || !this.rarely(15)
    if (!inOrder) lines.reverse()
    const knowing = !this.rarely(5)
    const sequence = this.nextPayment.get(`${shop}/${till}`) ?? 0n
    this.nextPayment.set(`${shop}/${till}`, sequence + 1n)
    const terms: Terms = {
      member: payer.address,
      shop,
      till,
      sequence,
      purpose: knowing ? knowingBit : 0,
      deadline: this.model.time + (this.rarely(20) ? -1 : this.roll(0, 86_400)),
      lines: lines.map((line) => ({ token: this.chain.token(line.shop), points: line.points })),
    }
    const wellSigned = !this.rarely(20)
    const signature = await (wellSigned ? payer : keyOf(8_888)).signTypedData(typedTerms(this.chain.street, terms))
    return { terms, lines, knowing, inOrder, wellSigned, signature }
  }

  /** About the balance, or about what the issuer's trigger allows where that is less. */
  private amountOf(issuer: number, shop: number, balance: bigint): bigint {
    const from = this.model.shop(issuer)
    const share = from.ratioByAge(this.model.time, this.model.board)
    if (issuer === shop || share === 10_000n || from.status === 'Exiting') return this.about(balance)
    const most = (20_000n * from.all() - share * from.liability()) / ((20_000n - share) * par)
    return this.about(most >= 0n && most < balance && !this.rarely(3) ? most : balance)
  }

  async payAgain(): Promise<void> {
    this.pass(this.roll(1, 40_000))
    const one = this.pick(this.submissions)
    if (one !== undefined) await this.present(one.shop, one.till, one.planned)
  }

  private async present(shop: number, till: number, planned: readonly Planned[]): Promise<void> {
    const signed = !this.rarely(30)
    const key = signed ? this.chain.tillKey(shop, till) : keyOf(8_888)
    const terms = planned.map((one) => one.terms)
    const acceptance = await key.signTypedData(typedAcceptance(this.chain.street, shop, till, terms))
    const items = planned.map((one) => ({
      ...one.terms,
      lines: one.terms.lines.map((line) => ({ ...line, points: Number(line.points) })),
      signature: one.signature,
    }))
    const should = this.model.mayRedeem(shop, till, signed)
    const place = this.chain.street.contracts.redemptions
    const args = [shop, till, items, acceptance]
    const ended = await this.sameAs(should, this.chain.owner(2).address, place, redemptionsAbi, 'redeem', args)
    if (should !== '') return
    const standing: Paid[] = []
    for (const one of planned) {
      const item = { ...one.terms, knowing: one.knowing, lines: one.lines }
      const { reason, paid } = this.model.pay({ shop, till }, item, one)
      expect(ended.reasons.get(one.terms.sequence) ?? 0, `payment ${one.terms.sequence}`).toBe(reason)
      this.note('payment', String(reason))
      if (paid !== undefined) standing.push(paid)
    }
    this.remember(shop, till, standing)
  }

  /** The record's results by the model's own lots: if the network burned others, no refund finds its record. */
  private remember(shop: number, till: number, standing: readonly Paid[]): void {
    const first = standing[0]
    if (first === undefined) return
    const payments = standing.map((paid) => this.recordOf(paid))
    const results = payments.map((payment) => resultOf(payment))
    const record = receiptName({ shop, till, sequence: first.sequence })
    for (const [index, paid] of standing.entries()) {
      const payment = { ...payments[index], record, till, recordedAt: BigInt(paid.at), results, index: BigInt(index) }
      this.kept.push({ paid, payment })
    }
  }

  private recordOf(paid: Paid) {
    const lines = paid.lines.map((line) => ({ token: this.chain.token(line.shop), points: Number(line.points) }))
    const lanes = paid.lines.map((line) => packed(line.lots, this.model.shop(line.shop).points.quarter))
    return { member: paid.member as Address, sequence: paid.sequence, lines, lanes, value: paid.value }
  }

  async refund(): Promise<void> {
    this.pass(this.roll(1, 40_000))
    const fresh = this.kept.filter(({ paid }) => paid.at + 30 * 86_400 >= this.model.time)
    const kept = this.rarely(20) ? this.pick(this.kept) : this.pick(fresh.slice(-12))
    if (kept === undefined) return
    const { paid, payment } = kept
    this.pass(1, paid.at + 30 * 86_400)
    const till = this.counter(paid.shop)
    const before = paid.lines.map((line) => (this.rarely(20) ? line.back + 1n : line.back))
    const points = paid.lines.map((line) => {
      const left = line.points - line.back
      return this.rarely(2) ? left : this.about(left)
    })
    const deadline = this.model.time + (this.rarely(15) ? -1 : this.roll(0, 100))
    const wellSigned = !this.rarely(20)
    const agreed = { till, before: before.map(Number), points: points.map(Number), deadline }
    const key = wellSigned ? this.chain.tillKey(paid.shop, till) : keyOf(8_888)
    const name = receiptName({ shop: paid.shop, till: paid.till, sequence: paid.sequence })
    const signature = await this.chain.refundSignature(key, { ...agreed, shop: paid.shop, payment: name })
    const forged = this.rarely(20)
    const shown = forged ? { ...payment, value: paid.value + 1n } : payment
    const args = [paid.shop, shown, { ...agreed, signature }]
    const should = forged ? 'NotInRecord' : this.model.refund(paid, { till, before, points, deadline }, wellSigned)
    const place = this.chain.street.contracts.redemptions
    await this.sameAs(should, this.chain.owner(2).address, place, redemptionsAbi, 'refund', args)
    if (should === '') this.refunds.push(args)
  }

  async refundAgain(): Promise<void> {
    this.pass(this.roll(1, 50))
    const args = this.pick(this.refunds)
    if (args === undefined) return
    const place = this.chain.street.contracts.redemptions
    const ended = await this.send(this.chain.owner(2).address, place, redemptionsAbi, 'refund', args)
    expect(ended.error).not.toBe('')
    this.note('refund again', 'refused')
  }
}

/** Lots as one word: lane i from the right, 48 bits each, holds what is i quarters old; above them the quarter. */
function packed(lots: readonly Lot[], quarter: number): bigint {
  return lots.reduce(
    (word, lot) => word + lot.points * 2n ** (48n * BigInt(quarter - lot.quarter)),
    BigInt(quarter) * 2n ** 240n,
  )
}

function resultOf(payment: {
  member: Address
  sequence: bigint
  lines: readonly { token: Address; points: number }[]
  lanes: readonly bigint[]
  value: bigint
}): Hex {
  const line = {
    type: 'tuple[]',
    components: [
      { name: 'token', type: 'address' },
      { name: 'points', type: 'uint48' },
    ],
  } as const
  return keccak256(
    encodeAbiParameters(
      [{ type: 'address' }, { type: 'uint64' }, line, { type: 'uint256[]' }, { type: 'uint256' }],
      [payment.member, payment.sequence, payment.lines, payment.lanes, payment.value],
    ),
  )
}
