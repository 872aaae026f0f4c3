import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type pg from 'pg'
import { pino } from 'pino'
import type { Hex } from 'viem'
import { generatePrivateKey, type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts'
import { vi } from 'vitest'
import { openPool } from '#indexer/db/client.ts'
import type { Ledger } from '#indexer/ledger/ledger.ts'
import { issue } from '#web/acts/issue.ts'
import { closeDatabase } from '#web/queries/database.ts'
import { waitsForOwnerSql } from '#web/queries/owners-word.ts'
import type { FailPoint } from '#web/relayer/config.ts'
import { RelayerMetrics } from '#web/relayer/metrics.ts'
import { type Node, nodeAt } from '#web/relayer/node.ts'
import { freshMemory, laneOf, type Street } from '#web/relayer/street.ts'
import { turn } from '#web/relayer/turn.ts'
import { type TestChain, testChain } from './chain.ts'
import { par } from './founding.ts'
import { followToHead, networkOf, openLedger } from './mirror.ts'
import { deployNetwork, type TestNetwork } from './network.ts'
import { type TestDatabase, testDatabase } from './postgres.ts'
import type { TillHand } from './till-hand.ts'

/** A whole street but for its windows: a chain, its books, the portal's acts, and a relayer that turns when told to. */
export interface LivingStreet {
  readonly chain: TestChain
  readonly network: TestNetwork
  readonly database: TestDatabase
  /** Signed in as the portal's role; wide whole numbers as bigint. */
  readonly web: pg.Pool
  /** Signed in as the owner: for what a test must set right or wrong by hand. */
  readonly owner: pg.Pool
  readonly relayerAddress: Hex
  /** Settings for the street's own programs. */
  readonly environment: Readonly<Record<string, string>>
  /** The books are brought up to the chain's newest block. */
  mirror(): Promise<void>
  /** By their place, from 0. */
  member(index: number): PrivateKeyAccount
  /** Purchases of the first member, rung up at once, whose list is closed; answers as the till API does. */
  sell(till: TillHand, points: readonly bigint[]): ReturnType<typeof issue>
  /** What the relayer has signed, newest first. */
  submissions(): Promise<{ sender: Buffer; nonce: bigint; state: string; raw: Buffer; hash: Buffer }[]>
  /** As if the second had passed for which tills may go on with their lists. */
  closeLists(): Promise<void>
  /** One round of the relayer; answers how many transactions it sent. */
  turn(): Promise<number>
  /** The relayer forgets what it did not write down, as after a restart. */
  forget(): void
  /** The next time the relayer comes to this point it goes no further, as where its process was killed there. */
  stopAt(point: FailPoint): void
  /** The relayer waits so long for more payments, in milliseconds; in tests it does not, unless told. */
  gather(milliseconds: number): void
  /** The relayer asks its node through this, and gives up after so long what the node will not try. */
  through(change: (node: Node) => Node, giveUpMs?: number): void
  /** Rounds, blocks and mirroring until every wish has gone its way. */
  settleDown(): Promise<void>
  close(): Promise<void>
}

export async function openLivingStreet(size: {
  readonly shops: number
  readonly members: number
  /** Keys of the relayer beside its first. */
  readonly moreKeys?: readonly Hex[]
}) {
  // Near the machine's own clock, by which tills and members sign.
  const chain = await testChain({ genesisTime: Math.floor(Date.now() / 1000) - 60 })
  const network = await deployNetwork(chain, size)
  const database = await testDatabase()
  const folder = mkdtempSync(join(tmpdir(), 'highstreet-living-'))
  const key = generatePrivateKey()
  const environment = settings({ chain, network, database, folder, key })
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value)
  const web = openPool(database.urls.web, { connections: 4 })
  const owner = openPool(database.urls.owner, { connections: 2 })
  const ledger = await openLedger(database.urls.indexer, networkOf(network))
  const relaying = await relayerOver(web, { chain, network, key, more: size.moreKeys ?? [] })
  const mirror = async () => {
    await followToHead(network, ledger)
  }
  const street: LivingStreet = {
    ...{ chain, network, database, web, owner, environment, mirror },
    relayerAddress: relaying.street.asker,
    member: (index) => {
      const account = network.members[index]
      if (!account) throw new Error(`there are ${network.members.length} members`)
      return account
    },
    sell: async (till, points) => {
      const member = street.member(0).address
      const answer = await issue(await till.ring(...points.map((amount) => ({ member, points: amount }))))
      await street.closeLists()
      return answer
    },
    submissions: async () => {
      const { rows } = await web.query(
        'SELECT sender, nonce, state, raw, hash FROM portal.submission ORDER BY created_at DESC, nonce DESC',
      )
      return rows
    },
    closeLists: async () => {
      await web.query(`UPDATE portal.till_batch SET opened_at = now() - interval '2 seconds'`)
    },
    turn: relaying.turn,
    forget: relaying.forget,
    stopAt: relaying.stopAt,
    gather: relaying.gather,
    through: relaying.through,
    settleDown: async () => {
      for (let round = 0; round < 40; round += 1) {
        const sent = await street.turn()
        await chain.mine()
        await mirror()
        if (sent === 0 && (await allQuiet(web))) return
      }
      throw new Error('the street does not come to rest')
    },
    close: () => closeAll({ ledger, relaying, web, owner, chain, database, folder }),
  }
  await mirror()
  return street
}

interface Ground {
  readonly chain: TestChain
  readonly network: TestNetwork
  readonly database: TestDatabase
  readonly folder: string
  readonly key: Hex
}

function settings({ chain, network, database, folder, key }: Ground): Record<string, string> {
  const deploymentFile = join(folder, 'deployment.json')
  const keyFile = join(folder, 'relayer.key')
  writeFileSync(deploymentFile, JSON.stringify(network.deployment(true)))
  writeFileSync(keyFile, `${key}\n`, { mode: 0o600 })
  return {
    WEB_DATABASE_URL: database.urls.web,
    INDEXER_DATABASE_URL: database.urls.indexer,
    RPC_URL: chain.url,
    DEPLOYMENT_FILE: deploymentFile,
    RELAYER_KEY_FILE: keyFile,
    PUBLIC_ORIGIN: 'http://localhost:3000',
    RP_ID: 'localhost',
    LOG_LEVEL: 'info',
  }
}

/** The relayer got as far as that and no further. */
export class StoppedThere extends Error {
  override readonly name = 'StoppedThere'
}

async function relayerOver(
  web: pg.Pool,
  {
    chain,
    network,
    key,
    more,
  }: { readonly chain: TestChain; readonly network: TestNetwork; readonly key: Hex; readonly more: readonly Hex[] },
) {
  const connection = await web.connect()
  const { chainId, genesisHash, contracts } = network
  const keys = [key, ...more]
  let street: Street = {
    database: connection,
    node: nodeAt(chain.url),
    lanes: keys.map((one) => laneOf(privateKeyToAccount(one))),
    asker: privateKeyToAccount(key).address,
    network: { chainId, genesisHash, contracts, confirmations: 1n, par },
    gatherMs: 0,
    giveUpMs: 3_600_000,
    log: pino({ level: 'silent' }),
    metrics: new RelayerMetrics(() => ({ leads: true, turnedAt: null, lanes: [] })),
    failPoint: () => undefined,
    memory: freshMemory(),
  }
  return {
    street,
    turn: () => turn(street),
    forget: () => {
      street = { ...street, lanes: street.lanes.map(({ account }) => laneOf(account)), memory: freshMemory() }
    },
    stopAt: (wanted: FailPoint) => {
      let stopped = false
      const failPoint = (point: FailPoint) => {
        if (stopped || point !== wanted) return
        stopped = true
        throw new StoppedThere(point)
      }
      street = { ...street, failPoint }
    },
    gather: (gatherMs: number) => {
      street = { ...street, gatherMs }
    },
    through: (change: (node: Node) => Node, giveUpMs = 3_600_000) => {
      street = { ...street, node: change(nodeAt(chain.url)), giveUpMs }
    },
    end: () => connection.release(true),
  }
}

/** Nothing waits to be sent but for an owner, nothing waits for a block, and every block that matters is final. */
async function allQuiet(web: pg.Pool): Promise<boolean> {
  const { rows } = await web.query<{ busy: boolean }>(
    `SELECT EXISTS (SELECT FROM portal.intent i WHERE state = 'open' AND attempts = 0 AND NOT ${waitsForOwnerSql('i')})
      OR EXISTS (SELECT FROM portal.submission s WHERE s.state = 'signed'
        OR s.block_number > (SELECT max(final_block) FROM ledger.checkpoint))
      OR EXISTS (SELECT FROM portal.submission s JOIN portal.intent i ON i.sent_by = s.sender AND i.sent_nonce = s.nonce
        WHERE s.state = 'reverted' AND i.state = 'sent')
      OR EXISTS (SELECT FROM portal.till_batch b WHERE submitted_count < count
        AND NOT EXISTS (SELECT FROM ledger.till t WHERE t.shop = b.shop AND t.till = b.till AND t.revoked))
      OR EXISTS (SELECT FROM portal.hold) AS busy`,
  )
  return rows[0]?.busy === false
}

interface Opened {
  readonly ledger: Ledger
  readonly relaying: { end(): void }
  readonly web: pg.Pool
  readonly owner: pg.Pool
  readonly chain: TestChain
  readonly database: TestDatabase
  readonly folder: string
}

async function closeAll({ ledger, relaying, web, owner, chain, database, folder }: Opened): Promise<void> {
  relaying.end()
  await Promise.all([ledger.close(), web.end(), owner.end(), closeDatabase()])
  await chain.stop()
  await database.drop()
  rmSync(folder, { recursive: true, force: true })
  vi.unstubAllEnvs()
}
