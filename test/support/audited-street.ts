import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { NO_DEADLINE } from '#contracts/account-orders.ts'
import { rewardId } from '#contracts/voucher-terms.ts'
import { type IndexerConfig, readConfig } from '#indexer/config.ts'
import { urlTo } from '#indexer/db/connection.ts'
import { passkeyOf } from '#test/contracts/support/passkey.ts'
import { AccountHand } from './account-hand.ts'
import { deploymentFile } from './indexer.ts'
import { MirroredLife } from './mirrored-life.ts'
import { quarterSeconds, sendPoints, type TestNetwork } from './network.ts'
import { type TestDatabase, testDatabase, testServer } from './postgres.ts'
import { Traffic } from './traffic.ts'
import { chunksOf, paymentsOf, refund, reverse } from './undoing.ts'
import { buyVouchers, offer, useVouchers as vouchersUsed } from './vouchers.ts'

/** A mirror that may be spoiled: the same books in a database of their own. */
export interface MirrorCopy {
  readonly config: IndexerConfig
  /** Changes the books as nobody may, without asking any rule of the database. */
  tamper(sql: string): Promise<number>
  question<row extends object>(sql: string): Promise<row[]>
}

/** A street in which everything happened that fills a table, and its books. */
export class AuditedStreet {
  readonly network: TestNetwork
  private readonly life: MirroredLife
  private readonly scratch: TestDatabase
  private readonly copies: string[] = []

  private constructor(life: MirroredLife, scratch: TestDatabase) {
    this.life = life
    this.network = life.network
    this.scratch = scratch
  }

  static async open(): Promise<AuditedStreet> {
    const life = await MirroredLife.open({ shops: 2, members: 4 })
    await liveFully(life)
    await new Traffic(life.network, 'audited').run(12)
    await life.chain.mineEmpty(3)
    await life.mirrored('before the audit')
    return new AuditedStreet(life, await testDatabase())
  }

  /** The books as they are, for whoever only reads them; `rpcUrl` for a node that is not to be believed. */
  config(databaseUrl = this.life.database.urls.indexer, rpcUrl = this.network.chain.url): IndexerConfig {
    return readConfig({
      INDEXER_DATABASE_URL: databaseUrl,
      SCRATCH_DATABASE_URL: this.scratch.urls.indexer,
      RPC_URL: rpcUrl,
      DEPLOYMENT_FILE: deploymentFile(this.network.deployment(true)),
    })
  }

  get databaseUrls() {
    return this.life.database.urls
  }

  async copy(): Promise<MirrorCopy> {
    const server = await testServer()
    const name = `copy_${randomUUID().replaceAll('-', '')}`
    const from = new URL(this.life.database.urls.owner).pathname.slice(1)
    const postgres = urlTo(server.owner, 'postgres')
    // Whoever leads connects anew as soon as it is cut off, and a database in use cannot be copied.
    await ask(postgres, `ALTER DATABASE "${from}" ALLOW_CONNECTIONS false`)
    try {
      await ask(postgres, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${from}'`)
      await ask(postgres, `CREATE DATABASE ${name} TEMPLATE "${from}"`)
    } finally {
      await ask(postgres, `ALTER DATABASE "${from}" ALLOW_CONNECTIONS true`)
    }
    this.copies.push(name)
    const owner = urlTo(server.owner, name)
    return {
      config: this.config(urlTo(server.indexer, name)),
      tamper: async (sql) => (await ask(owner, `SET session_replication_role = replica; ${sql}`)).at(-1)?.rowCount ?? 0,
      question: async <row extends object>(sql: string) => ((await ask(owner, sql)).at(-1)?.rows ?? []) as row[],
    }
  }

  async close(): Promise<void> {
    const server = await testServer()
    const postgres = urlTo(server.owner, 'postgres')
    for (const name of this.copies) await ask(postgres, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
    await this.scratch.drop()
    await this.life.close()
  }
}

async function ask(url: string, sql: string): Promise<pg.QueryResult[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const results = await client.query(sql)
    return Array.isArray(results) ? results : [results]
  } finally {
    await client.end()
  }
}

const day = 86_400

/** Bought, taken back, owed, given, paid, refunded, noticed, lapsed; vouchers sold, used; an account with two keys. */
async function liveFully(life: MirroredLife): Promise<void> {
  const { network } = life
  const [bakery, salon, anna, bert] = [life.shop(1), life.shop(2), life.member(1), life.member(2)]
  await life.live('bought', life.buys(bakery, anna, 10_000n), life.buys(salon, bert, 9_000n))
  const [chunk] = await chunksOf(network, bakery)
  if (chunk === undefined) throw new Error('nothing was bought')
  await life.live('given away', sendPoints(anna, bert.address, bakery, 9_500n))
  await life.live('a part undone', reverse(network, bakery, chunk, { points: 1_000, taken: 500, debt: 400 }))
  await life.live('some for the debt', life.buys(bakery, anna, 300n))
  await life.live('paid', life.pays(salon, bert, [{ issuer: bakery, points: 1_500n }]))
  const [payment] = await paymentsOf(network, salon)
  if (payment === undefined) throw new Error('nothing was paid')
  await life.live('refunded', refund(network, salon, payment, { points: [700] }))
  await life.live('offered', offer(network, salon, { price: 500, lasts: 200 * day }))
  const reward = rewardId(salon.shop, 1)
  const lines = [
    { token: bakery.token, points: 700n },
    { token: salon.token, points: 300n },
  ]
  await life.live('vouchers bought', buyVouchers(network, bert, { reward, count: 2, nonce: 1n, lines }))
  await life.live('a voucher used', vouchersUsed(network, salon, bert, { reward, count: 1, sequence: 1n }))
  for (let quarter = 0; quarter < 6; quarter += 1) {
    await life.live('noticed', life.notice(bakery))
    await life.later(quarterSeconds + 1)
  }
  await life.live('another quarter', life.buys(bakery, bert, 50n))
  const account = new AccountHand(network, 1, { guardian: bert.address })
  await life.live('an account', account.deploys())
  const { x, y } = passkeyOf(101)
  await life.live('its second key', account.orders({ kind: 'AddKey', x, y, order: 0n, deadline: NO_DEADLINE }))
}
