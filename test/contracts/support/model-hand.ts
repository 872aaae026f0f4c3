// Whoever does things to the model and to the network at once: one seed, from which everything is drawn in order.
import { type Abi, type Address, type Hex, keccak256, numberToHex } from 'viem'
import { expect } from 'vitest'
import { consortiumAbi } from '#contracts/generated.ts'
import type { Ended, ModelChain } from './model-chain.ts'
import { PlainShop } from './plain-money.ts'
import { PlainNetwork } from './plain-network.ts'
import { keyOf } from './street.ts'

const members = [1, 2, 3, 4].map(keyOf)

export class Hand {
  readonly model = new PlainNetwork()
  readonly members = members
  readonly chain: ModelChain
  /** How often each act ended how. */
  readonly seen = new Map<string, number>()
  private state: Hex

  protected constructor(chain: ModelChain, seed: number) {
    this.chain = chain
    this.state = numberToHex(seed, { size: 32 })
  }

  /** Opens a street, and the model's beside it: the same shops, from the same second. */
  protected static async streetAndModel(hand: Hand): Promise<void> {
    const { street } = hand.chain
    for (const { shop } of street.shops) {
      const { joinedAt } = (await street.read(street.contracts.consortium, consortiumAbi, 'shopOf', [shop])) as {
        joinedAt: number
      }
      const plain = new PlainShop(shop, joinedAt)
      plain.reserve = 10n ** 15n
      plain.tills.push({ kind: 'Counter', revoked: false, allotted: 5_000_000n, used: 0n, at: 0 })
      hand.model.shops.push(plain)
      hand.model.deposited += plain.reserve
    }
    hand.model.pass(await street.time.latest())
  }

  // ---------------------------------------------------------------- chance

  roll(lowest: number, highest: number): number {
    return Number(this.rollBig(BigInt(lowest), BigInt(highest)))
  }

  rollBig(lowest: bigint, highest: bigint): bigint {
    this.state = keccak256(this.state)
    return lowest + (BigInt(this.state) % (highest - lowest + 1n))
  }

  /** True once in so many times. */
  rarely(times: number): boolean {
    return this.roll(1, times) === 1
  }

  pick<one>(list: readonly one[]): one | undefined {
    return list.length === 0 ? undefined : list[this.roll(0, list.length - 1)]
  }

  /** Just below, at, just above a limit, or somewhere below it. */
  about(limit: bigint): bigint {
    const how = this.roll(0, 9)
    if (how === 0) return limit + 1n
    if (how === 1) return limit
    if (how === 2) return limit === 0n ? 0n : limit - 1n
    return this.rollBig(limit === 0n ? 0n : 1n, limit / 3n + 1n)
  }

  member(): Address {
    return this.pick(members)?.address ?? '0x0000000000000000000000000000000000000000'
  }

  /** A shop in one of these statuses, else any. */
  shopIn(...statuses: readonly string[]): number {
    const fitting = this.model.shops.filter((shop) => statuses.includes(shop.status))
    return this.pick(fitting)?.shop ?? this.roll(1, this.model.shops.length)
  }

  /** The newest counter of a shop that is not revoked, sometimes another till. */
  counter(shop: number): number {
    const tills = this.model.shop(shop).tills
    if (this.rarely(25)) return this.roll(1, tills.length)
    return tills.findLastIndex((till) => till.kind === 'Counter' && !till.revoked) + 1 || 1
  }

  // ---------------------------------------------------------------- doing

  /** The next second at which something is done; sometimes the one beside a deadline. */
  pass(seconds: number, deadline?: number): void {
    const beside = deadline === undefined ? 0 : deadline + this.roll(-1, 1)
    const near = beside > this.model.time && beside < this.model.time + 40 * 86_400 && this.rarely(5)
    this.model.pass(near ? beside : this.model.time + Math.max(1, seconds))
  }

  async send(from: Address, to: Address, abi: Abi, name: string, args: readonly unknown[]): Promise<Ended> {
    return this.chain.send(this.model.time, from, to, abi, name, args)
  }

  note(what: string, outcome: string): void {
    const key = `${what}: ${outcome === '' ? 'done' : outcome}`
    this.seen.set(key, (this.seen.get(key) ?? 0) + 1)
  }

  /** An act that either is done or refused with one error; the model has been told already. */
  async sameAs(should: string, ...call: Parameters<Hand['send']>): Promise<Ended> {
    const ended = await this.send(...call)
    expect(ended.error, call[3]).toBe(should)
    this.note(call[3], should)
    return ended
  }
}
