import pg from 'pg'
import type { PrivateKeyAccount } from 'viem/accounts'
import { expect } from 'vitest'
import { shopPointsAbi } from '#contracts/generated.ts'
import type { Ledger } from '#indexer/ledger/ledger.ts'
import { expectBooksAsOnChain } from './agreement.ts'
import { type TestChain, type TestTransaction, testChain } from './chain.ts'
import { followToHead, ledgerContents, networkOf, openLedger } from './mirror.ts'
import { call, deployNetwork, issue, redeem, settled, type TestNetwork, type TestShop } from './network.ts'
import { type TestDatabase, testDatabase } from './postgres.ts'

/** A street and its books, held against each other after every block in which something happens. */
export class MirroredLife {
  readonly chain: TestChain
  readonly network: TestNetwork
  readonly database: TestDatabase
  private readonly ledger: Ledger
  private sequence = 0n

  private constructor(chain: TestChain, network: TestNetwork, books: { database: TestDatabase; ledger: Ledger }) {
    this.chain = chain
    this.network = network
    this.database = books.database
    this.ledger = books.ledger
  }

  static async open(size: { readonly shops: number; readonly members: number }): Promise<MirroredLife> {
    const chain = await testChain()
    try {
      const network = await deployNetwork(chain, size)
      const database = await testDatabase()
      const ledger = await openLedger(database.urls.indexer, networkOf(network))
      const life = new MirroredLife(chain, network, { database, ledger })
      await life.mirrored('opened')
      return life
    } catch (error) {
      await chain.stop()
      throw error
    }
  }

  async close(): Promise<void> {
    await this.ledger.close()
    await this.chain.stop()
    await this.database.drop()
  }

  shop(number: number): TestShop {
    const shop = this.network.shops[number - 1]
    if (shop === undefined) throw new Error(`there is no shop ${number}`)
    return shop
  }

  member(number: number): PrivateKeyAccount {
    const member = this.network.members[number - 1]
    if (member === undefined) throw new Error(`there is no member ${number}`)
    return member
  }

  /** Follows the chain and holds the books against it. */
  async mirrored(when: string): Promise<void> {
    await followToHead(this.network, this.ledger)
    await expectBooksAsOnChain(this.network, this.database.urls.indexer, when)
  }

  /** Each of these in a block of its own, each of which must do what it says. */
  async live(when: string, ...transactions: readonly (TestTransaction | Promise<TestTransaction>)[]): Promise<void> {
    for (const transaction of transactions) {
      await settled(this.chain, [await transaction])
      await this.mirrored(when)
    }
  }

  async later(seconds: number): Promise<void> {
    const { time } = await this.chain.head()
    await this.chain.mine(time + seconds)
  }

  async buys(shop: TestShop, member: PrivateKeyAccount, points: bigint): Promise<TestTransaction> {
    // Taken before anything is waited for: two purchases asked for at once have their numbers in the order asked.
    this.sequence += 1n
    const { sequence } = this
    const { time } = await this.chain.head()
    const entry = { member: member.address, points, spend: points, soldAt: time }
    return await issue(this.network, shop, sequence, [entry])
  }

  async pays(
    shop: TestShop,
    member: PrivateKeyAccount,
    lines: readonly { readonly issuer: TestShop; readonly points: bigint }[],
    purpose = 0,
  ): Promise<TestTransaction> {
    const { time } = await this.chain.head()
    this.sequence += 1n
    const taken = lines.map(({ issuer, points }) => ({ token: issuer.token, points }))
    const payment = { member, sequence: this.sequence, deadline: time + 86_400, lines: taken, purpose }
    return await redeem(this.network, shop, [payment])
  }

  /** The end of the shop's running quarter is announced. */
  notice(shop: TestShop): TestTransaction {
    return call(shopPointsAbi, shop.token, shop.owner, 'postNotice', [`0x${'ab'.repeat(32)}`])
  }

  async question<row extends object>(sql: string): Promise<row[]> {
    const client = new pg.Client({ connectionString: this.database.urls.indexer })
    await client.connect()
    const { rows } = await client.query<row>(sql)
    await client.end()
    return rows
  }

  /** What each member's lines add up to must be what the books say is held. */
  async expectStatementsAddUp(): Promise<void> {
    const rows = await this.question<{ moved: string; stored: string }>(`
      SELECT sum(m.points)::bigint AS moved,
        (SELECT lane0 + lane1 + lane2 + lane3 + lane4 FROM ledger.balance b
         WHERE b.member = m.member AND b.shop = m.shop) AS stored
      FROM ledger.movement m GROUP BY m.member, m.shop`)
    expect(rows.length).toBeGreaterThan(0)
    for (const row of rows) expect(row.moved).toBe(row.stored)
  }

  /** Books filled anew from the chain must be these, to the byte. */
  async expectRebuildsTheSame(): Promise<void> {
    const fresh = await testDatabase()
    const filled = await openLedger(fresh.urls.indexer, networkOf(this.network))
    await followToHead(this.network, filled)
    await filled.close()
    const contents = await ledgerContents(fresh.urls.indexer)
    await fresh.drop()
    expect(withoutFinal(await ledgerContents(this.database.urls.indexer))).toEqual(withoutFinal(contents))
  }

  /** The newest blocks vanish, and the books go back with them. */
  async expectSurvivesFork(depth: number): Promise<void> {
    const { number } = await this.chain.head()
    await this.chain.ask('anvil_reorg', [depth, []])
    const heard = await followToHead(this.network, this.ledger)
    expect(heard.undone).toEqual([{ ancestor: number - depth, from: number, how: 'putBack' }])
    await expectBooksAsOnChain(this.network, this.database.urls.indexer, `after a fork of depth ${depth}`)
    await this.expectRebuildsTheSame()
  }
}

/** Final never falls while books go back, so fresh ones may be more careful by that much. */
function withoutFinal(contents: Record<string, unknown[]>): Record<string, unknown[]> {
  const checkpoint = contents['checkpoint']?.map((row) => ({ ...(row as object), final_block: undefined }))
  return { ...contents, checkpoint: checkpoint ?? [] }
}
