// Money, time and the shops' lives, done to the model and to the network at once; and the comparison of the two.
import { type Address, zeroHash } from 'viem'
import { expect } from 'vitest'
import { clearingHouseAbi, consortiumAbi, shopPointsAbi, streetMoneyAbi } from '#contracts/generated.ts'
import { board, guardian } from '#test/support/founding.ts'
import { ModelChain } from './model-chain.ts'
import { PaymentsHand } from './model-payments.ts'
import { keyOf } from './street.ts'

const day = 86_400
const statuses = ['None', 'Applied', 'Active', 'Suspended', 'Exiting', 'Exited', 'Defaulted', 'Withdrawn']

export class ModelHand extends PaymentsHand {
  static async open(seed: number, shops: number): Promise<ModelHand> {
    const members = [1, 2, 3, 4].map((number) => keyOf(number).address)
    const hand = new ModelHand(await ModelChain.open(shops, members), seed)
    await ModelHand.streetAndModel(hand)
    return hand
  }

  private get places() {
    return this.chain.street.contracts
  }

  private owner(shop: number): Address {
    return this.chain.owner(shop).address
  }

  // ---------------------------------------------------------------- points and time

  async transfer(): Promise<void> {
    this.pass(this.roll(1, 500))
    const from = this.member()
    const holding = this.model.shops.filter((shop) => shop.points.balance(from) > 0n)
    const shop = this.pick(holding)
    if (shop === undefined) return
    const points = this.about(shop.points.balance(from))
    const to = this.member()
    const should = points > shop.points.balance(from) ? 'ERC20InsufficientBalance' : ''
    await this.sameAs(should, from, this.chain.token(shop.shop), shopPointsAbi, 'transfer', [to, points])
    if (should === '') shop.points.give(to, shop.points.take(from, points))
  }

  async endQuarter(): Promise<void> {
    const shop = this.rarely(3) ? this.roll(1, this.model.shops.length) : 1
    const { points } = this.model.shop(shop)
    if (!points.stopped && points.noticeAt === 0) {
      this.pass(points.noticeOpensAt() - this.model.time + this.roll(-1, 0) + this.roll(0, 1) * 40 * day)
      const early = this.model.time < points.noticeOpensAt()
      const owner = this.owner(shop)
      const token = this.chain.token(shop)
      await this.sameAs(early ? 'NoticeTooEarly' : '', owner, token, shopPointsAbi, 'postNotice', [zeroHash])
      if (!early) points.noticeAt = this.model.time
    }
    if (points.noticeAt !== 0) this.pass(points.endsAt() - this.model.time + this.roll(-1, 1))
    else this.pass(day)
    await this.sameAs('', this.owner(1), this.chain.token(shop), shopPointsAbi, 'lapse', [[this.member()]])
  }

  async letTimePass(): Promise<void> {
    this.pass(this.roll(1, 12) * day)
    await this.sameAs('', this.owner(1), this.chain.token(1), shopPointsAbi, 'poke', [])
  }

  // ---------------------------------------------------------------- money

  async deposit(): Promise<void> {
    this.pass(this.roll(1, 5_000))
    const shop = this.model.shop(this.roll(1, this.model.shops.length))
    const short = shop.short(this.model.time, this.model.board)
    const amount = short > 0n && this.rarely(2) ? this.about(short) : this.rollBig(1n, 90_000n)
    const owner = this.owner(shop.shop)
    const money = await this.chain.street.read(this.places.money, streetMoneyAbi, 'balanceOf', [owner])
    if ((money as bigint) < amount) return
    await this.send(owner, this.places.money, streetMoneyAbi, 'approve', [this.places.clearingHouse, amount])
    this.pass(1)
    await this.sameAs('', owner, this.places.clearingHouse, clearingHouseAbi, 'deposit', [shop.shop, amount])
    shop.reserve += amount
    this.model.deposited += amount
    shop.relieveIfKept(this.model.time, this.model.board)
  }

  async withdraw(shop = this.roll(1, this.model.shops.length), all = this.rarely(3)): Promise<void> {
    this.pass(this.roll(1, 5_000))
    const free = this.model.shop(shop).free(this.model.time, this.model.board)
    const amount = all ? free : this.about(free)
    const should = this.model.withdraw(shop, amount)
    const owner = this.owner(shop)
    await this.sameAs(should, owner, this.places.clearingHouse, clearingHouseAbi, 'withdraw', [shop, owner, amount])
  }

  async settle(): Promise<void> {
    this.pass(this.roll(1, 50_000))
    const shops = Array.from({ length: this.roll(1, 5) }, () => this.roll(0, this.model.shops.length + 1))
    this.model.settle(shops)
    await this.sameAs('', this.member(), this.places.clearingHouse, clearingHouseAbi, 'settle', [shops])
  }

  // ---------------------------------------------------------------- tills and limits

  async changeTill(): Promise<void> {
    this.pass(this.roll(1, 5_000))
    const shop = this.roll(1, this.model.shops.length)
    const till = this.roll(1, this.model.shop(shop).tills.length)
    const found = this.model.till(shop, till)
    const daily = this.rarely(10) ? 0n : this.rollBig(50n, 900n)
    const should = daily === 0n ? 'ZeroAllowance' : found.kind === 'Counter' ? '' : 'NotCounter'
    const args = [shop, till, Number(daily)]
    await this.sameAs(should, this.owner(shop), this.places.consortium, consortiumAbi, 'setTillAllowance', args)
    if (should === '') found.allotted = daily
  }

  async changeShop(): Promise<void> {
    this.pass(this.roll(1, 5_000))
    const shop = this.model.shop(this.roll(1, this.model.shops.length))
    const owner = this.owner(shop.shop)
    const daily = this.rollBig(200n, 3_000n)
    const limit = this.rollBig(100n, 900n)
    const place = this.places.consortium
    await this.sameAs('', owner, place, consortiumAbi, 'setShopAllowance', [shop.shop, Number(daily)])
    shop.daily = daily
    this.pass(1)
    await this.sameAs('', owner, place, consortiumAbi, 'setReceiptLimit', [shop.shop, Number(limit)])
    shop.receiptLimit = limit
  }

  /** Revokes a till, or adds one of any kind. */
  async changeTills(): Promise<void> {
    this.pass(this.roll(1, 5_000))
    const shop = this.shopIn('Active')
    const { tills } = this.model.shop(shop)
    const place = this.places.consortium
    if (this.rarely(2)) {
      const till = this.roll(1, tills.length)
      const found = this.model.till(shop, till)
      const should = found.revoked ? 'TillAlreadyRevoked' : ''
      await this.sameAs(should, this.owner(shop), place, consortiumAbi, 'revokeTill', [shop, till])
      found.revoked = true
      this.pass(1)
    }
    const key = keyOf(3_000 + shop * 100 + tills.length)
    const kind = this.pick(['Counter', 'Campaign', 'Import'] as const) ?? 'Counter'
    const budget = this.rollBig(20n, 800n)
    const args = kind === 'Counter' ? [shop, key.address] : [shop, key.address, Number(budget)]
    if (kind === 'Import') {
      await this.sameAs('', this.owner(shop), place, consortiumAbi, 'askImport', args)
      this.pass(1)
      const active = this.model.shop(shop).status === 'Active'
      await this.sameAs(active ? '' : 'WrongStatus', board, place, consortiumAbi, 'approveImport', args)
      if (!active) return
    } else {
      await this.sameAs(
        '',
        this.owner(shop),
        place,
        consortiumAbi,
        kind === 'Counter' ? 'addTill' : 'addCampaign',
        args,
      )
    }
    tills.push({ kind, revoked: false, allotted: kind === 'Counter' ? 5_000_000n : budget, used: 0n, at: 0 })
    this.chain.tillKeys[shop - 1]?.push(key)
  }

  async pause(): Promise<void> {
    const { model } = this
    this.pass(this.roll(1, 9) * day, model.pauseFrom)
    const should = model.time < model.pauseFrom ? 'PauseTooSoon' : ''
    await this.sameAs(should, guardian, this.places.consortium, consortiumAbi, 'pauseIssuing', [])
    if (should === '') [model.pausedUntil, model.pauseFrom] = [model.time + 3 * day, model.time + 17 * day]
    await this.issue()
    this.pass(1, model.pausedUntil)
    const none = model.time >= model.pausedUntil ? 'NotPaused' : ''
    await this.sameAs(none, guardian, this.places.consortium, consortiumAbi, 'resumeIssuing', [])
    if (none === '') model.pausedUntil = model.time
  }

  // ---------------------------------------------------------------- shops' lives

  async changeRatio(): Promise<void> {
    this.pass(this.roll(1, 50_000))
    const bps = this.rarely(4) ? this.roll(1_998, 2_001) : this.roll(2_000, 10_002)
    const should = bps < 2_000 || bps > 10_000 ? 'RatioOutOfBounds' : ''
    await this.sameAs(should, board, this.places.consortium, consortiumAbi, 'setRequiredRatio', [bps])
    if (should === '') this.model.board = BigInt(bps)
  }

  async suspend(): Promise<void> {
    this.pass(this.roll(1, 5_000))
    const back = !this.rarely(3)
    const shop = back ? this.shopIn('Suspended') : this.roll(1, this.model.shops.length)
    const from = this.model.shop(shop).status
    const should = from === (back ? 'Suspended' : 'Active') ? '' : 'WrongStatus'
    await this.sameAs(should, board, this.places.consortium, consortiumAbi, back ? 'reinstate' : 'suspend', [shop])
    if (should === '') this.model.change(shop, back ? 'Active' : 'Suspended')
  }

  async leave(): Promise<void> {
    this.pass(this.roll(1, 5_000))
    const active = this.model.shops.filter((shop) => shop.status === 'Active').length
    const leaving = this.shopIn('Exiting')
    const shop = active > 3 && this.rarely(2) ? this.roll(1, this.model.shops.length) : leaving
    const { status, exitAt, lastPaymentAt } = this.model.shop(shop)
    const place = this.places.consortium
    if (status === 'Exiting') {
      this.pass(this.roll(1, 9) * day, Math.max(exitAt, lastPaymentAt) + 30 * day)
      const should = this.model.finishExit(shop)
      await this.sameAs(should, this.member(), place, consortiumAbi, 'finishExit', [shop])
    } else if (active > 3) {
      const should = this.model.change(shop, 'Exiting')
      await this.sameAs(should, this.owner(shop), place, consortiumAbi, 'announceExit', [shop])
    }
  }

  async lookForDefault(): Promise<void> {
    this.pass(this.roll(1, 5_000))
    const weak = this.model.shops.filter((shop) => shop.short(this.model.time, this.model.board) > 0n)
    const shop = (this.pick(weak) ?? this.model.shop(this.roll(1, this.model.shops.length))).shop
    const { stressedAt, status, exitAt } = this.model.shop(shop)
    const place = this.places.clearingHouse
    const how = this.roll(0, 4)
    if (how === 0 || (how > 1 && stressedAt === 0 && status !== 'Exiting' && status !== 'Defaulted')) {
      await this.sameAs(this.model.markStressed(shop), this.member(), place, clearingHouseAbi, 'markStressed', [shop])
    } else if (how === 1) {
      await this.sameAs(this.model.relieve(shop), this.member(), place, clearingHouseAbi, 'relieve', [shop])
    } else if (status === 'Defaulted') {
      await this.sameAs(this.model.raisePrice(shop), this.member(), place, clearingHouseAbi, 'raisePrice', [shop])
    } else {
      this.pass(this.roll(1, 2) * day, status === 'Exiting' ? exitAt + 30 * day : stressedAt + 7 * day)
      const should = this.model.declareDefault(shop)
      await this.sameAs(should, this.member(), place, clearingHouseAbi, 'declareDefault', [shop])
    }
  }

  // ---------------------------------------------------------------- the comparison

  async compare(): Promise<void> {
    const { street } = this.chain
    await this.chain.reach(this.model.time)
    for (const shop of this.model.shops) {
      const { shop: number } = shop
      const token = this.chain.token(number)
      const asks = this.members.map((member) => street.read(token, shopPointsAbi, 'lanesOf', [member.address]))
      const debts = this.members.map((member) => street.read(token, shopPointsAbi, 'debtOf', [member.address]))
      const place = this.places.clearingHouse
      const lanes = (await Promise.all(asks)) as [readonly number[], number][]
      const owed = await Promise.all(debts)
      for (const [index, member] of this.members.entries()) {
        expect(lanes[index]?.[0].map(BigInt), `lanes at ${number}`).toEqual(shop.points.lanes(member.address))
        expect(lanes[index]?.[1], `quarter of ${number}`).toBe(shop.points.quarter)
        expect(owed[index], `debt at ${number}`).toBe(shop.points.debt(member.address))
      }
      expect(await street.read(token, shopPointsAbi, 'totalSupply', [])).toBe(shop.points.supply())
      expect(await street.read(place, clearingHouseAbi, 'positionOf', [number])).toEqual([shop.net, shop.reserve])
      expect(await street.read(place, clearingHouseAbi, 'stressedAt', [number])).toBe(shop.stressedAt)
      expect(await street.read(place, clearingHouseAbi, 'priceOf', [number])).toEqual([
        shop.price?.money ?? 0n,
        shop.price?.liability ?? 0n,
      ])
      const entered = (await street.read(this.places.consortium, consortiumAbi, 'shopOf', [number])) as {
        status: number
      }
      expect(statuses[entered.status]).toBe(shop.status)
    }
    const pool = await street.read(this.places.clearingHouse, clearingHouseAbi, 'pool', [])
    expect(pool).toBe(this.model.pool)
    const nets = this.model.shops.reduce((sum, shop) => sum + shop.net, 0n)
    expect(nets).toBe(this.model.pool)
    const reserves = this.model.shops.reduce((sum, shop) => sum + shop.reserve, 0n)
    expect(this.model.deposited - this.model.withdrawn).toBe(reserves + this.model.pool)
  }
}
