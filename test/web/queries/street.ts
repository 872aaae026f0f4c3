import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { vi } from 'vitest'
import { testDatabase } from '#test/support/postgres.ts'
import { closeDatabase } from '#web/queries/database.ts'
import type { Address } from '#web/queries/network.ts'

/** A small street written by hand into the books: each promise says what stands there, and asks as the portal does. */

export const day = 86_400
/** The first quarter of every token begins here. */
export const opening = Date.UTC(2026, 0, 1) / 1000
export const quarterLength = 91 * day
export const par = 100n

export const account = (number: number): Address => `0x${number.toString(16).padStart(40, '0')}`
export const bytes = (address: string): Buffer => Buffer.from(address.slice(2), 'hex')
export const at = (seconds: number): Date => new Date(seconds * 1000)
export const tokenOf = (shop: number): Address => account(0x7000 + shop)

type Value = string | number | bigint | boolean | Date | Buffer | null | object
type Row = Readonly<Record<string, Value>>

export class Street {
  readonly indexer: pg.Pool
  readonly web: pg.Pool
  readonly #folder: string
  readonly #ownerUrl: string
  #logIndex = 0

  constructor(given: { indexer: pg.Pool; web: pg.Pool; folder: string; ownerUrl: string }) {
    this.indexer = given.indexer
    this.web = given.web
    this.#folder = given.folder
    this.#ownerUrl = given.ownerUrl
  }

  /** Rows the indexer writes. */
  async ledger(table: string, ...rows: readonly Row[]): Promise<void> {
    for (const row of rows) await insert(this.indexer, `ledger.${table}`, row)
  }

  async judged(table: string, ...rows: readonly Row[]): Promise<void> {
    for (const row of rows) await insert(this.indexer, `judged.${table}`, row)
  }

  /** Rows the portal and the relayer write. */
  async portal(table: string, ...rows: readonly Row[]): Promise<void> {
    for (const row of rows) await insert(this.web, `portal.${table}`, row)
  }

  /** A policy of the board, which only the owner of the database may write down. */
  async decided(row: Row): Promise<void> {
    const owner = new pg.Pool({ connectionString: this.#ownerUrl, max: 1 })
    await insert(owner, 'portal.board_policy', { shop: 0, adopted_at: new Date(), ...row })
    await owner.end()
  }

  async block(number: number, seconds: number, evidence = 'receipts'): Promise<void> {
    await this.ledger('block', {
      number,
      hash: bytes(account(number)),
      parent_hash: Buffer.alloc(32),
      time: at(seconds),
      evidence,
    })
  }

  /** The mirror has reached `block`; blocks up to `final` are final. */
  async reached(block: number, final = block): Promise<void> {
    await this.indexer.query(`DELETE FROM ledger.checkpoint`)
    const row = {
      name: 'ledger',
      block,
      hash: Buffer.alloc(32),
      final_block: final,
      head: block,
      updated_at: new Date(),
    }
    await this.ledger('checkpoint', row)
  }

  async event(block: number, name: string, args: object, address: Address = account(1)): Promise<number> {
    this.#logIndex += 1
    await this.ledger('event', {
      block_number: block,
      log_index: this.#logIndex,
      transaction_hash: Buffer.alloc(32),
      address: bytes(address),
      name,
      args,
    })
    return this.#logIndex
  }

  /** An active shop whose supply is what `balances` will say; it joined long enough ago for the board's ratio. */
  async shop(shop: number, more: { supply?: bigint; reserve?: bigint; net?: bigint; joinedAt?: number } = {}) {
    await this.ledger('shop', {
      shop,
      owner: bytes(account(0x100 + shop)),
      points: bytes(tokenOf(shop)),
      status: 2,
      redeems_only: false,
      joined_at: at(more.joinedAt ?? opening - 1000 * day),
      receipt_limit: 1_000_000,
      daily_points: 20_000_000,
    })
    await this.ledger('points_token', {
      shop,
      address: bytes(tokenOf(shop)),
      quarter: 0,
      started_at: at(opening),
      notice_at: null,
      ends_at: null,
      stopped: false,
      stamp: 0,
      ...lanes([more.supply ?? 0n]),
    })
    const [reserve, net] = [more.reserve ?? 0n, more.net ?? 0n]
    await this.ledger('position', { shop, net, reserve, deposited: reserve + net, withdrawn: 0 })
    await this.portal('shop_profile', {
      shop,
      name: `Shop of ${shop}`,
      trade: 'bakery',
      street: 'Mill Lane',
      hue: shop * 10,
      earn_rate: 100,
      time_zone: 'Europe/Berlin',
      is_charity: false,
    })
  }

  async balance(member: Address, shop: number, held: readonly bigint[], stamp = 0): Promise<void> {
    await this.ledger('balance', { member: bytes(member), shop, stamp, ...lanes(held), debt: 0 })
  }

  async purchase(
    shop: number,
    sequence: number,
    more: { member: Address; points: bigint; block: number; till?: number; spend?: bigint; soldAt?: number },
  ) {
    this.#logIndex += 1
    await this.ledger('purchase', {
      shop,
      till: more.till ?? 1,
      sequence,
      member: bytes(more.member),
      points: more.points,
      spend: more.spend ?? 1250,
      sold_at: at(more.soldAt ?? opening + more.block * 60),
      record: 1,
      block_number: more.block,
      log_index: this.#logIndex,
      transaction_hash: Buffer.alloc(32),
    })
  }

  /** A payment at `shop`; `lines` are points by issuer. Answers the log index of its event. */
  async payment(
    shop: number,
    sequence: number,
    more: { member: Address; block: number; lines: Readonly<Record<number, bigint>>; purpose?: number },
  ): Promise<number> {
    const lines = Object.entries(more.lines)
    for (const [issuer, points] of lines) {
      if (Number(issuer) === shop) continue
      this.#logIndex += 1
      const place = { block_number: more.block, log_index: this.#logIndex, kind: 'payment' }
      await this.ledger('net_move', { ...place, debtor: Number(issuer), creditor: shop, value: points * 100n })
    }
    this.#logIndex += 1
    await this.ledger('payment', {
      shop,
      till: 1,
      sequence,
      member: bytes(more.member),
      purpose: more.purpose ?? 0,
      points: lines.reduce((sum, [, points]) => sum + points, 0n),
      record: 1,
      block_number: more.block,
      log_index: this.#logIndex,
      transaction_hash: Buffer.alloc(32),
    })
    const receipt = { shop, till: 1, sequence, lanes: 0, block_number: more.block }
    await this.ledger(
      'payment_line',
      ...lines.map(([issuer, points]) => ({ ...receipt, issuer: Number(issuer), points })),
    )
    return this.#logIndex
  }

  async intent(shop: number, key: string, more: Row = {}): Promise<void> {
    const [kind = '', first = '', second = ''] = key.split(':')
    const receipt = kind === 'purchase' || kind === 'payment'
    await this.portal('intent', {
      shop,
      key,
      kind,
      till: receipt ? Number(first) : null,
      sequence: receipt ? Number(second) : null,
      member: null,
      points: 0,
      spend: null,
      sold_at: null,
      content_hash: Buffer.alloc(32),
      payload: {},
      state: 'open',
      refused: null,
      attempts: 0,
      sent_by: null,
      sent_nonce: null,
      created_at: new Date(),
      ...more,
    })
  }

  async person(member: Address, name: string, more: { code?: string; greeting?: boolean } = {}): Promise<void> {
    const code = more.code ?? member.slice(-6).toUpperCase()
    await this.portal('member_profile', { member: bytes(member), display_name: name, code, created_at: new Date() })
    if (more.greeting === undefined) return
    const consent = { member: bytes(member), purpose: 'greeting', given: more.greeting, decided_at: new Date() }
    await this.portal('consent', consent)
  }

  async close(): Promise<void> {
    await Promise.all([this.indexer.end(), this.web.end(), closeDatabase()])
    vi.unstubAllEnvs()
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

/** An empty street: the consortium founded in block 1, nothing else. */
export async function openStreet(): Promise<Street> {
  const database = await testDatabase()
  const folder = mkdtempSync(join(tmpdir(), 'highstreet-queries-'))
  const deploymentFile = join(folder, 'deployment.json')
  writeFileSync(deploymentFile, JSON.stringify(deployment))
  vi.stubEnv('WEB_DATABASE_URL', database.urls.web)
  vi.stubEnv('RPC_URL', 'http://127.0.0.1:1')
  vi.stubEnv('DEPLOYMENT_FILE', deploymentFile)
  vi.stubEnv('PUBLIC_ORIGIN', 'http://localhost:3000')
  vi.stubEnv('RP_ID', 'localhost')
  const street = new Street({
    indexer: new pg.Pool({ connectionString: database.urls.indexer, max: 2 }),
    web: new pg.Pool({ connectionString: database.urls.web, max: 2 }),
    folder,
    ownerUrl: database.urls.owner,
  })
  await street.block(1, opening)
  await street.event(1, 'ConsortiumFounded', {
    money: account(2),
    par: par.toString(),
    quarterLength,
    requiredRatioBps: 3000,
    authority: account(3),
    pointsLapse: true,
  })
  await street.reached(1)
  return street
}

export const deployment = {
  chainId: 31337,
  genesisHash: `0x${'ab'.repeat(32)}`,
  startBlock: 1,
  embedded: true,
  confirmations: 1,
  parPerHundredth: par.toString(),
  moneyDecimals: 6,
  moneySymbol: 'EUR',
  contracts: {
    money: account(2),
    consortium: account(1),
    factory: account(4),
    issuance: account(5),
    redemptions: account(6),
    clearingHouse: account(7),
    accounts: account(8),
  },
}

function lanes(held: readonly bigint[]): Record<string, bigint> {
  return Object.fromEntries([0, 1, 2, 3, 4].map((age) => [`lane${age}`, held[age] ?? 0n]))
}

async function insert(pool: pg.Pool, table: string, row: Row): Promise<void> {
  const columns = Object.keys(row)
  const places = columns.map((_, at) => `$${at + 1}`)
  const values = columns.map((column) => {
    const value = row[column]
    return typeof value === 'bigint' ? value.toString() : value
  })
  await pool.query(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${places.join(', ')})`, values)
}
