import { createHash } from 'node:crypto'
import { clearingHouseAbi, consortiumAbi, shopPointsAbi } from '#contracts/generated.ts'
import type { TestTransaction } from './chain.ts'
import {
  call,
  issue,
  quarterSeconds,
  read,
  redeem,
  sendPoints,
  settled,
  type TestNetwork,
  type TestShop,
} from './network.ts'

/** Chance that comes out the same for the same seed. */
export class Chance {
  private state: number

  constructor(seed: string) {
    this.state = createHash('sha256').update(seed).digest().readUInt32LE(0)
  }

  /** A whole number from 0 up to, not including, `bound`. */
  below(bound: number): number {
    this.state = (Math.imul(this.state, 1664525) + 1013904223) >>> 0
    return Math.floor((this.state / 4_294_967_296) * bound)
  }

  of<item>(items: readonly item[]): item {
    const item = items[this.below(items.length)]
    if (item === undefined) throw new Error('nothing to choose from')
    return item
  }
}

/** What a street does: purchases, payments, gifts, money in and out, settling, tills revoked. Seeded, so repeatable. */
export class Traffic {
  private readonly network: TestNetwork
  private readonly chance: Chance
  private readonly nextSequence = new Map<number, bigint>()
  private nextPayment = 1n

  constructor(network: TestNetwork, seed: string) {
    this.network = network
    this.chance = new Chance(seed)
  }

  /** Mines this many blocks, each with a few doings; some are refused by the chain, as in life. */
  async run(blocks: number): Promise<void> {
    for (let block = 0; block < blocks; block += 1) {
      const { time } = await this.network.chain.head()
      const doings: TestTransaction[] = []
      for (let count = 1 + this.chance.below(4); count > 0; count -= 1) doings.push(await this.doing(time))
      await this.network.chain.send(...doings)
      await this.network.chain.mine(time + 1 + this.chance.below(3600))
    }
  }

  /** Announces the end of every shop's quarter, lets it end, and has some shops take note of it. */
  async nextQuarter(): Promise<void> {
    const { chain, shops } = this.network
    await settled(
      chain,
      shops.map((shop) => call(shopPointsAbi, shop.token, shop.owner, 'postNotice', [`0x${'ab'.repeat(32)}`])),
    )
    const { time } = await chain.head()
    await chain.mine(time + quarterSeconds + 1)
    const shop = this.chance.of(shops)
    const members = this.network.members.slice(0, 3).map((member) => member.address)
    await settled(chain, [call(shopPointsAbi, shop.token, shop.owner, 'lapse', [members])])
  }

  private async doing(time: number): Promise<TestTransaction> {
    const shop = this.chance.of(this.network.shops)
    const kind = this.chance.below(20)
    if (kind < 9) return await this.purchases(shop, time)
    if (kind < 13) return await this.payment(shop, time)
    if (kind < 16) return await this.gift(shop)
    return this.money(shop, kind)
  }

  private async purchases(shop: TestShop, time: number): Promise<TestTransaction> {
    const first = this.nextSequence.get(shop.shop) ?? 1n
    const count = 1 + this.chance.below(this.chance.below(12) === 0 ? 120 : 6)
    this.nextSequence.set(shop.shop, first + BigInt(count))
    const entries = Array.from({ length: count }, () => ({
      member: this.chance.of(this.network.members).address,
      // Now and then above the limit of one receipt: left out.
      points: BigInt(this.chance.below(30) === 0 ? 2_000_000 : this.chance.below(5_000)),
      spend: BigInt(this.chance.below(20_000)),
      soldAt: time - this.chance.below(3600),
    }))
    return await issue(this.network, shop, first, entries)
  }

  private async payment(shop: TestShop, time: number): Promise<TestTransaction> {
    const member = this.chance.of(this.network.members)
    const issuers = this.network.shops.filter(() => this.chance.below(2) === 0)
    const lines = (issuers.length === 0 ? [shop] : issuers).map((issuer) => {
      return { token: issuer.token, points: BigInt(1 + this.chance.below(1_500)) }
    })
    const sequence = this.nextPayment
    // Sometimes a number twice: refused.
    if (this.chance.below(10) !== 0) this.nextPayment += 1n
    return await redeem(this.network, shop, [{ member, sequence, deadline: time + 86_400, lines }])
  }

  private async gift(shop: TestShop): Promise<TestTransaction> {
    const from = this.chance.of(this.network.members)
    const to = this.chance.of(this.network.members)
    const balance = await read(this.network, shopPointsAbi, shop.token, 'balanceOf', [from.address])
    return sendPoints(from, to.address, shop, BigInt(this.chance.below(Number(balance) + 1)))
  }

  private money(shop: TestShop, kind: number): TestTransaction {
    const { clearingHouse, consortium } = this.network.contracts
    const numbers = this.network.shops.map((one) => one.shop)
    if (kind === 16) return call(clearingHouseAbi, clearingHouse, shop.owner, 'settle', [numbers])
    const amount = BigInt(1 + this.chance.below(1_000_000))
    if (kind === 17) return call(clearingHouseAbi, clearingHouse, shop.owner, 'deposit', [shop.shop, amount])
    if (kind === 18)
      return call(clearingHouseAbi, clearingHouse, shop.owner, 'withdraw', [shop.shop, shop.owner, amount])
    const limit = 100_000 + this.chance.below(900_000)
    return call(consortiumAbi, consortium, shop.owner, 'setReceiptLimit', [shop.shop, limit])
  }
}
