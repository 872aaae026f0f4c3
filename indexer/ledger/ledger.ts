import type pg from 'pg'
import type { Hex } from 'viem'
import { type ChainIdentity, fetchIdentity } from '#indexer/chain/fetch.ts'
import type { ContractKind } from '#indexer/chain/logs.ts'
import type { BlockName } from '#indexer/chain/next-step.ts'
import type { ChainNode } from '#indexer/chain/node.ts'
import type { Directory, Stretch } from '#indexer/chain/stretch.ts'
import { connect } from '#indexer/db/connection.ts'
import { Batch, type NextStretch, type Written } from './batch.ts'
import { bytes, type Checkpoint } from './checkpoint.ts'
import { failPoint } from './fail-point.ts'
import { HeldRows } from './held-rows.ts'
import { KnownAccounts } from './known-accounts.ts'
import { ended, Leadership, LeadershipLost, type LeadershipOptions } from './leadership.ts'
import { saysGoodbye, unready } from './outages.ts'
import { PointTokens } from './point-tokens.ts'
import { select } from './rows-in-sql.ts'
import { nameOf, readStanding, type Standing } from './standing.ts'
import { emptyTables, noteReorg, type Replaced, type Undone, undoAll, undoTo, wayBack } from './undo.ts'

/** The one network on the one chain that a ledger mirrors. */
export interface MirroredNetwork extends ChainIdentity {
  readonly startBlock: number
  /** How many blocks must lie on a block until it is final. */
  readonly confirmations: number
  readonly contracts: Readonly<Record<Exclude<ContractKind, 'points' | 'account'>, Hex>>
}

/** The database mirrors another chain or another network: nothing may be written to it. */
export class OtherChain extends Error {
  override readonly name = 'OtherChain'
}

/** Where another branch leaves ours, and what of ours is left there. */
export interface Ground {
  /** The newest block that both branches have; undefined where the new branch is read from the first block on. */
  readonly below: BlockName | undefined
  readonly ancestor: number
  readonly how: Undone
  /** Whose logs to read behind it: nobody is among them who came on our branch alone. */
  readonly directory: Directory
}

/** The ledger, open for writing by the one indexer that leads. */
export class Ledger {
  readonly network: MirroredNetwork
  private readonly client: pg.Client
  private readonly leadership: Leadership
  private lost = false
  private checkpoint: Checkpoint | undefined
  private tokens = new PointTokens()
  private accounts = new KnownAccounts()
  private readonly held = new HeldRows()

  private constructor(client: pg.Client, leadership: Leadership, network: MirroredNetwork) {
    this.client = client
    this.leadership = leadership
    this.network = network
    for (const goodbye of ['error', 'end'] as const) {
      client.on(goodbye, () => {
        this.lost = true
      })
    }
    leadership.whenLost(() => {
      this.lost = true
      void ended(client)
    })
  }

  /** Opens the ledger once no other indexer leads; `waiting` is called once when one does. */
  static async open(url: string, network: MirroredNetwork, options: LeadershipOptions): Promise<Ledger> {
    try {
      const leadership = await Leadership.take(url, options)
      const client = await connect(url, 'INDEXER_DATABASE_URL')
      const ledger = new Ledger(client, leadership, network)
      try {
        await ledger.leadership.write(client, () => claimChain(client, network))
        await ledger.reload()
        return ledger
      } catch (error) {
        await ledger.close()
        throw error
      }
    } catch (error) {
      throw unready(error)
    }
  }

  /** Whether this failure means that the connection is gone, and with it the right to write. */
  isLostBy(error: unknown): boolean {
    return this.lost || error instanceof LeadershipLost || saysGoodbye(error)
  }

  /** Whether this indexer may write, as far as it knows; the database is asked at every transaction. */
  get leads(): boolean {
    return !this.lost && !this.leadership.lost
  }

  /** Under which epoch this ledger is written. */
  get epoch(): bigint {
    return this.leadership.epoch
  }

  get tip(): BlockName | undefined {
    return this.checkpoint === undefined ? undefined : nameOf(this.checkpoint)
  }

  /** The newest final block; one below the first where none is. */
  get finalBlock(): number {
    return this.checkpoint?.finalBlock ?? this.network.startBlock - 1
  }

  /** Whose logs to read. */
  directory(): Directory {
    return directoryOf(this.network, this.tokens.addresses(), this.accounts.addresses())
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

  /**
   * Writes the stretches that `next` gives, the first of which begins on our tip: a block or two in one statement, more
   * in transactions as large as pays. `head` is the chain's newest block; `tell` hears of each transaction.
   */
  async recordAll(next: NextStretch, head: number, tell: (written: Written) => void = () => undefined): Promise<void> {
    const { client, leadership, held, network } = this
    for (let stretch = await next(); stretch !== undefined; ) {
      const batch = new Batch({ client, leadership, held }, { network, standing: this.standing, head })
      const left = await this.orForgotten(batch.write(stretch, next))
      this.stand(batch.standing)
      tell(batch.written)
      stretch = await left.stretch
    }
  }

  /** How the ledger can be brought back to a block of ours, startBlock - 1 where the new branch shares none. */
  async groundAt(ancestor: number): Promise<Ground> {
    if (this.checkpoint === undefined) throw new Error('there is nothing to leave')
    const [found] = await this.blocksBelow(ancestor + 1, 1)
    const shared = found?.number === ancestor ? found : undefined
    const how = await wayBack(this.client, shared, this.checkpoint.block)
    const below = how === 'putBack' ? shared : undefined
    const gone = await select<{ newcomer: Hex }>(
      this.client,
      `SELECT lower(coalesce(args->>'points', args->>'account')) AS newcomer FROM ledger.event
       WHERE name IN ('ShopAdmitted', 'AccountDeployed') AND block_number > $1`,
      [below?.number ?? -1],
    )
    const lost = new Set(gone.map(({ newcomer }) => newcomer))
    const kept = (known: Iterable<Hex>): Hex[] => [...known].filter((address) => !lost.has(lower(address)))
    const directory = directoryOf(this.network, kept(this.tokens.addresses()), kept(this.accounts.addresses()))
    return { below, ancestor, how, directory }
  }

  /**
   * Goes over to another branch, in one transaction: takes back what stands above the ground and writes the branch,
   * which was fetched and verified before. Where it fails nothing has happened. `since` is when the fork was noticed,
   * by performance.now().
   */
  async replace(
    ground: Ground,
    branch: { readonly head: number; readonly since: number; stretches(): AsyncIterable<Stretch> },
  ): Promise<Replaced> {
    const { client, checkpoint } = this
    if (checkpoint === undefined) throw new Error('there is nothing to leave')
    const goOver = async () => {
      if (ground.below === undefined) await undoAll(client)
      else await undoTo(client, ground.below, checkpoint)
      failPoint('branchUndone')
      let standing = await readStanding(client)
      this.held.forget(standing.checkpoint === undefined ? 'empty' : 'filled')
      for await (const stretch of branch.stretches()) standing = await this.append(standing, stretch, branch.head)
      const replaced = {
        ancestor: ground.ancestor,
        how: ground.how,
        from: nameOf(checkpoint),
        to: standing.checkpoint === undefined ? noBlock : nameOf(standing.checkpoint),
        tookMs: Math.round(performance.now() - branch.since),
      }
      await noteReorg(client, replaced)
      return { replaced, standing }
    }
    const { replaced, standing } = await this.orForgotten(this.leadership.write(client, goOver))
    this.stand(standing)
    return replaced
  }

  /** What is held of the database may not be in it where the writing failed. */
  private async orForgotten<result>(writing: Promise<result>): Promise<result> {
    return await writing.catch((error: unknown) => {
      this.held.forget('filled')
      throw error
    })
  }

  /** Empties the ledger, to be filled again from the chain. */
  async empty(): Promise<void> {
    await this.leadership.write(this.client, () => emptyTables(this.client))
    await this.reload()
  }

  /** Ends what hangs in the database; whoever waits for it hears of it. */
  async abandon(): Promise<void> {
    await Promise.race([this.leadership.endWriting(), ended(this.client)])
  }

  /** Closes the connections and lets the next indexer lead. Waits for nobody who does not answer. */
  async close(): Promise<void> {
    await ended(this.client)
    await this.leadership.release()
  }

  private get standing(): Standing {
    return { checkpoint: this.checkpoint, tokens: this.tokens, accounts: this.accounts }
  }

  private stand({ checkpoint, tokens, accounts }: Standing): void {
    this.checkpoint = checkpoint
    this.tokens = tokens
    this.accounts = accounts
  }

  /** Writes a stretch on top of `before`, within the writer's transaction. */
  private async append(before: Standing, stretch: Stretch, head: number): Promise<Standing> {
    const { client, leadership, held, network } = this
    const batch = new Batch({ client, leadership, held }, { network, standing: before, head })
    await batch.append(stretch)
    return batch.standing
  }

  private async reload(): Promise<void> {
    this.stand(await readStanding(this.client))
    this.held.forget(this.checkpoint === undefined ? 'empty' : 'filled')
  }
}

// The end of a branch that has no block.
const noBlock: BlockName = { number: -1, hash: '0x' }

/** A network's contracts, and the point tokens and members' accounts known so far. */
export function directoryOf(network: MirroredNetwork, tokens: Iterable<Hex>, accounts: Iterable<Hex> = []): Directory {
  const { consortium, issuance, redemptions, clearingHouse, accounts: factory } = network.contracts
  const contracts = { consortium, issuance, redemptions, clearingHouse, accounts: factory }
  return new Map<Hex, ContractKind>([
    ...Object.entries(contracts).map(([kind, address]) => [lower(address), kind as ContractKind] as const),
    ...[...tokens].map((token) => [lower(token), 'points' as const] as const),
    ...[...accounts].map((account) => [lower(account), 'account' as const] as const),
  ])
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
