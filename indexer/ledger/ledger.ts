import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import type { Hex } from 'viem'
import { type ChainIdentity, type Directory, fetchIdentity, type Stretch } from '#indexer/chain/fetch.ts'
import type { ContractKind } from '#indexer/chain/logs.ts'
import type { BlockName } from '#indexer/chain/next-step.ts'
import type { ChainNode } from '#indexer/chain/node.ts'
import { codeOf, connect, DatabaseUnusable } from '#indexer/db/connection.ts'
import { bytes, type Checkpoint, readCheckpoint } from './checkpoint.ts'
import { PointTokens } from './point-tokens.ts'
import { recordStretch } from './record.ts'
import { select } from './rows-in-sql.ts'
import { emptyLedger, type Undone, undoTo } from './undo.ts'

/** The one network on the one chain that a ledger mirrors. */
export interface MirroredNetwork extends ChainIdentity {
  readonly startBlock: number
  /** How many blocks must lie on a block until it is final. */
  readonly confirmations: number
  readonly contracts: Readonly<Record<Exclude<ContractKind, 'points'>, Hex>>
}

/** The database mirrors another chain or another network: nothing may be written to it. */
export class OtherChain extends Error {
  override readonly name = 'OtherChain'
}

// Any number, as long as every indexer uses the same.
const writersLock = 0x68_69_67_68
const lockAskedEveryMs = 250

/**
 * The ledger, open for writing. All writing goes over the one connection that holds the writer's lock: who loses the
 * connection loses the lock and the means to write in the same moment.
 */
export class Ledger {
  readonly network: MirroredNetwork
  private readonly client: pg.Client
  private lost = false
  private checkpoint: Checkpoint | undefined
  private tokens = new PointTokens()

  private constructor(client: pg.Client, network: MirroredNetwork) {
    this.client = client
    this.network = network
    client.on('end', () => {
      this.lost = true
    })
  }

  /** Opens the ledger once no other indexer writes to it; `waiting` is called once when one does. */
  static async open(
    url: string,
    network: MirroredNetwork,
    options: { readonly waiting: () => void; readonly signal: AbortSignal },
  ): Promise<Ledger> {
    const client = await connect(url, 'INDEXER_DATABASE_URL')
    try {
      const ledger = new Ledger(client, network)
      await takeLock(client, options)
      await claimChain(client, network)
      await ledger.reload()
      return ledger
    } catch (error) {
      await client.end().catch(() => undefined)
      throw unready(error)
    }
  }

  /** Whether this failure means that the connection is gone, and with it the right to write. */
  isLostBy(error: unknown): boolean {
    return this.lost || goodbyes.has(codeOf(error) ?? '')
  }

  get tip(): BlockName | undefined {
    return this.checkpoint === undefined ? undefined : { number: this.checkpoint.block, hash: this.checkpoint.hash }
  }

  /** The newest final block; one below the first where none is. */
  get finalBlock(): number {
    return this.checkpoint?.finalBlock ?? this.network.startBlock - 1
  }

  /** Whose logs to read. */
  directory(): Directory {
    const { consortium, issuance, redemptions, clearingHouse } = this.network.contracts
    const contracts = { consortium, issuance, redemptions, clearingHouse }
    return new Map<Hex, ContractKind>([
      ...Object.entries(contracts).map(([kind, address]) => [lower(address), kind as ContractKind] as const),
      ...[...this.tokens.addresses()].map((token) => [lower(token), 'points' as const] as const),
    ])
  }

  /** Our own blocks below a height, ascending. */
  async blocksBelow(number: number, count: number): Promise<BlockName[]> {
    const rows = await select<{ number: bigint; hash: Hex }>(
      this.client,
      'SELECT number, hash FROM ledger.block WHERE number < $1 ORDER BY number DESC LIMIT $2',
      [number, count],
    )
    return rows.map((row) => ({ number: Number(row.number), hash: row.hash })).reverse()
  }

  /** Writes a stretch that begins on our tip. */
  async record(stretch: Stretch, head: number): Promise<void> {
    const last = stretch.blocks.at(-1)
    if (last === undefined) return
    const after: Checkpoint = {
      block: last.number,
      hash: last.hash,
      finalBlock: Math.max(this.finalBlock, last.number - this.network.confirmations),
      head: Math.max(head, last.number),
    }
    const tokens = this.tokens.with(stretch.events)
    await recordStretch(this.client, { stretch, tokens, before: this.tip, after })
    this.checkpoint = after
    this.tokens = tokens
  }

  /** Takes back everything above `ancestor`. */
  async undo(ancestor: number): Promise<Undone> {
    if (this.checkpoint === undefined) throw new Error('there is nothing to undo')
    const undone = await undoTo(this.client, ancestor, this.checkpoint)
    await this.reload()
    return undone
  }

  /** Empties the ledger, to be filled again from the chain. */
  async empty(): Promise<void> {
    await emptyLedger(this.client)
    await this.reload()
  }

  async close(): Promise<void> {
    await this.client.end().catch(() => undefined)
  }

  private async reload(): Promise<void> {
    this.checkpoint = await readCheckpoint(this.client)
    const rows = await select<{ address: Hex; shop: number }>(
      this.client,
      'SELECT address, shop FROM ledger.points_token ORDER BY shop',
    )
    this.tokens = new PointTokens(rows.map((row) => [row.address, row.shop]))
  }
}

// What Postgres or the socket says last; the connection's own end may come a moment after.
const goodbyes = new Set(['57P01', '57P02', '57P03', '08003', '08006', 'ECONNRESET', 'EPIPE'])

// What Postgres answers where a table, a schema or the right to use one is missing.
const notSetUp = new Set(['42P01', '3F000', '42501'])

/** The same error, but in words a person can act on where the database was never set up for the indexer. */
function unready(error: unknown): unknown {
  if (!notSetUp.has(codeOf(error) ?? '')) return error
  return new DatabaseUnusable(
    `The database that INDEXER_DATABASE_URL names is not set up for the indexer (${String(error)}). ` +
      'Apply the migrations with the owner of the database first; npm start does that.',
    { cause: error },
  )
}

/** Asked again and again instead of waited for: a question that waits in Postgres could not be given up. */
async function takeLock(
  client: pg.Client,
  options: { readonly waiting: () => void; readonly signal: AbortSignal },
): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    const [lock] = await select<{ held: boolean }>(client, 'SELECT pg_try_advisory_lock($1) AS held', [writersLock])
    if (lock?.held === true) return
    if (tries === 0) options.waiting()
    await sleep(lockAskedEveryMs, undefined, { signal: options.signal })
  }
}

/** Makes sure that a node stands on the chain of the network. */
export async function requireSameChain(node: ChainNode, network: MirroredNetwork): Promise<void> {
  const { chainId, genesisHash } = await fetchIdentity(node)
  if (chainId === network.chainId && lower(genesisHash) === lower(network.genesisHash)) return
  throw new OtherChain(
    `The node stands on another chain: chain ${chainId}, genesis ${genesisHash}, not chain ${network.chainId}, ` +
      `genesis ${network.genesisHash}, where the network was deployed. Correct RPC_URL or DEPLOYMENT_FILE.`,
  )
}

/** Writes down which network this database mirrors, or makes sure that it is this one. */
async function claimChain(client: pg.Client, network: MirroredNetwork): Promise<void> {
  const { chainId, genesisHash, startBlock, contracts } = network
  await client.query(
    `INSERT INTO ledger.chain (id, chain_id, genesis_hash, consortium, start_block) VALUES (1, $1, $2, $3, $4)
     ON CONFLICT (id) DO NOTHING`,
    [chainId, bytes(genesisHash), bytes(contracts.consortium), startBlock],
  )
  const [claimed] = await select<{ chain_id: bigint; genesis_hash: Hex; consortium: Hex; start_block: bigint }>(
    client,
    'SELECT chain_id, genesis_hash, consortium, start_block FROM ledger.chain WHERE id = 1',
  )
  const same =
    claimed !== undefined &&
    Number(claimed.chain_id) === chainId &&
    claimed.genesis_hash === lower(genesisHash) &&
    claimed.consortium === lower(contracts.consortium) &&
    Number(claimed.start_block) === startBlock
  if (!same) {
    throw new OtherChain(
      `This database mirrors another chain: chain ${claimed?.chain_id}, genesis ${claimed?.genesis_hash}, consortium ` +
        `${claimed?.consortium}, not chain ${chainId}, genesis ${genesisHash}, consortium ${contracts.consortium}. ` +
        'Name the database of this network in INDEXER_DATABASE_URL, or use an empty one.',
    )
  }
}

const lower = (hex: Hex): Hex => hex.toLowerCase() as Hex
