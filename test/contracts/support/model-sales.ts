// Purchases and what undoes them, done to the model and to the network at once.
import { expect } from 'vitest'
import { issuanceAbi } from '#contracts/generated.ts'
import { type PurchaseEntry, packEntries, receiptName } from '#contracts/terms.ts'
import { Hand } from './model-hand.ts'
import { receiptOf, type Sold } from './plain-network.ts'
import { batchArguments } from './signing.ts'
import { keyOf } from './street.ts'

type Batch = { shop: number; till: number; first: bigint; entries: PurchaseEntry[] }
/** A purchase with the chunk that its record holds. */
type Kept = Sold & {
  record: bigint
  till: number
  first: bigint
  bits: bigint
  index: number
  entries: PurchaseEntry[]
}

const chunkEntries = 100

export class SalesHand extends Hand {
  private readonly batches: Batch[] = []
  private readonly sold: Kept[] = []
  private readonly nextOf = new Map<string, bigint>()
  private readonly reversals: (readonly unknown[])[] = []

  async issue(): Promise<void> {
    this.pass(this.roll(1, 3_000))
    const shop = this.rarely(12) ? this.roll(1, this.model.shops.length) : this.shopIn('Active')
    const tills = this.model.shop(shop).tills
    const till = this.rarely(3) ? this.roll(1, tills.length) : this.counter(shop)
    const first = this.nextOf.get(`${shop}/${till}`) ?? BigInt(this.roll(0, 300))
    const many = this.rarely(25)
    const count = many ? this.roll(101, 130) : this.roll(1, 4)
    const left = this.model.shop(shop).issuable(this.model.time, this.model.board)
    const entries = Array.from({ length: count }, () => this.entry(many ? 3n : left > 900n ? 900n : left))
    this.nextOf.set(`${shop}/${till}`, first + BigInt(count))
    const batch = { shop, till, first, entries }
    this.batches.push(batch)
    await this.submit(batch)
  }

  private entry(about: bigint): PurchaseEntry {
    const member = this.rarely(30) ? '0x0000000000000000000000000000000000000000' : this.member()
    const points = this.rarely(2) ? this.about(about) : this.rollBig(0n, 150n)
    const now = this.model.time
    const how = this.roll(0, 14)
    const soldAt = how === 0 ? now - 7 * 86_400 - this.roll(0, 1) : how === 1 ? now + 600 + this.roll(0, 1) : now
    return { member, points, spend: points * 7n, soldAt: how > 11 ? now - this.roll(0, 600_000) : soldAt }
  }

  async issueAgain(): Promise<void> {
    this.pass(this.roll(1, 90_000))
    const batch = this.pick(this.batches)
    if (batch !== undefined) await this.submit(batch)
  }

  private async submit(batch: Batch): Promise<void> {
    const { shop, till, first, entries } = batch
    const signed = { till: !this.rarely(25), owner: this.rarely(2) }
    const args = await batchArguments(this.chain.street, { shop, till, firstSequence: first }, entries, {
      till: signed.till ? this.chain.tillKey(shop, till) : keyOf(8_888),
      owner: signed.owner ? this.chain.owner(shop) : undefined,
    })
    const should = this.model.mayIssue(shop, till, signed)
    const sender = this.chain.owner(1).address
    const ended = await this.sameAs(should, sender, this.chain.street.contracts.issuance, issuanceAbi, 'issue', args)
    if (should !== '') return
    const reasons = this.model.issue(shop, till, first, entries)
    for (const [index, reason] of reasons.entries()) {
      expect(ended.reasons.get(first + BigInt(index)) ?? 0, `entry ${index}`).toBe(reason)
      this.note('entry', String(reason))
    }
    this.keep(batch, reasons)
  }

  /** Remembers what was issued, chunk by chunk, as the records hold it. */
  private keep({ shop, till, first, entries }: Batch, reasons: readonly number[]): void {
    for (let from = 0; from < entries.length; from += chunkEntries) {
      const chunk = entries.slice(from, from + chunkEntries)
      const issued = chunk.flatMap((_, index) => (reasons[from + index] === 0 ? [index] : []))
      const bits = issued.reduce((sum, index) => sum | (1n << BigInt(index)), 0n)
      const start = first + BigInt(from)
      const record = receiptName({ shop, till, sequence: start + BigInt(issued[0] ?? 0) })
      for (const index of issued) {
        const entry = chunk[index]
        if (entry === undefined) continue
        const receipt = receiptOf(shop, till, start + BigInt(index))
        const quarter = this.model.shop(shop).points.quarter
        this.sold.push({ shop, till, receipt, quarter, record, first: start, bits, index, entries: chunk, ...entry })
      }
    }
  }

  async reverse(): Promise<void> {
    this.pass(this.roll(1, 20_000))
    const fresh = this.sold.filter(({ soldAt, points, receipt }) => {
      return soldAt + 31 * 86_400 > this.model.time && points > (this.model.reversed.get(receipt) ?? 0n)
    })
    const sold = this.rarely(20) ? this.pick(this.sold) : this.pick(fresh.slice(-20))
    if (sold === undefined) return
    this.pass(1, sold.soldAt + 30 * 86_400)
    const before = this.model.reversed.get(sold.receipt) ?? 0n
    const left = sold.points - before
    const points = this.rarely(2) ? left : this.about(left)
    const balance = this.model.shop(sold.shop).points.balance(sold.member)
    const most = balance < points ? balance : points
    const taken = this.rarely(8) ? most + 1n : this.rarely(3) ? this.rollBig(0n, most) : most
    const rest = points > taken ? points - taken : 0n
    const debt = this.rarely(8) ? rest + 1n : this.rarely(2) ? rest : this.rollBig(0n, rest)
    const agreed = {
      till: this.counter(sold.shop),
      before: this.rarely(15) ? before + 1n : before,
      points,
      taken,
      debt,
      deadline: this.model.time + (this.rarely(15) ? -1 : this.roll(0, 100)),
    }
    await this.reverseAs(sold, agreed)
  }

  private async reverseAs(sold: Kept, agreed: Parameters<typeof this.model.reverse>[1]): Promise<void> {
    const wellSigned = !this.rarely(20)
    const amounts = {
      before: Number(agreed.before),
      points: Number(agreed.points),
      taken: Number(agreed.taken),
      debt: Number(agreed.debt),
    }
    const purchase = receiptName({ shop: sold.shop, till: sold.till, sequence: sold.first + BigInt(sold.index) })
    const key = wellSigned ? this.chain.tillKey(sold.shop, agreed.till) : keyOf(8_888)
    const signature = await this.chain.reversalSignature(key, { ...agreed, ...amounts, shop: sold.shop, purchase })
    const forged = this.rarely(20)
    const chunk = {
      till: sold.till,
      firstSequence: sold.first,
      issuedBits: forged ? sold.bits ^ 2n : sold.bits,
      quarter: sold.quarter,
      entries: packEntries(sold.entries),
    }
    const args = [sold.shop, sold.record, chunk, { ...agreed, ...amounts, index: sold.index, signature }]
    const early = ['ShopNotReversing', 'TillNotReversing']
    // A forged chunk is found out after shop and till, before everything else; the model is not told of it.
    const status = this.model.shop(sold.shop).status
    const mayNot = status === 'Defaulted' || status === 'Exited'
    const till = this.model.till(sold.shop, agreed.till)
    const tillMayNot = till.kind !== 'Counter' || till.revoked
    const found = mayNot ? early[0] : tillMayNot ? early[1] : 'NotInRecord'
    const should = forged ? (found ?? '') : this.model.reverse(sold, agreed, wellSigned)
    const { issuance } = this.chain.street.contracts
    await this.sameAs(should, this.chain.owner(1).address, issuance, issuanceAbi, 'reverse', args)
    if (should === '') this.reversals.push(args)
  }

  async reverseAgain(): Promise<void> {
    this.pass(this.roll(1, 50))
    const args = this.pick(this.reversals)
    if (args === undefined) return
    const { issuance } = this.chain.street.contracts
    const ended = await this.send(this.chain.owner(1).address, issuance, issuanceAbi, 'reverse', args)
    expect(ended.error).not.toBe('')
    this.note('reverse again', 'refused')
  }
}
