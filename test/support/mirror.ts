import pg from 'pg'
import { type ChainNode, openNode } from '#indexer/chain/node.ts'
import { type FollowNews, follow } from '#indexer/ledger/follow.ts'
import { Ledger, type MirroredNetwork } from '#indexer/ledger/ledger.ts'
import type { Replaced } from '#indexer/ledger/undo.ts'
import type { TestNetwork } from './network.ts'

/** What an indexer said while it followed. */
export interface Heard {
  readonly undone: { readonly ancestor: number; readonly from: number; readonly how: string }[]
  /** The same forks, with all that is known of them. */
  readonly replaced: Replaced[]
  readonly trouble: string[]
  readonly belowFinal: { readonly ancestor: number; readonly finalBlock: number }[]
}

export const networkOf = (network: TestNetwork, confirmations = 1): MirroredNetwork => ({
  chainId: network.chainId,
  genesisHash: network.genesisHash,
  startBlock: network.startBlock,
  confirmations,
  contracts: network.contracts,
})

export function openLedger(url: string, network: MirroredNetwork): Promise<Ledger> {
  const patience = AbortSignal.timeout(20_000)
  // Longer than usual: tests share their machine, and what they promise must not hang on its breath.
  return Ledger.open(url, network, { waiting: () => undefined, signal: patience, leaseMs: 15_000 })
}

export interface FollowedTo {
  readonly embedded?: boolean
  readonly node?: ChainNode
  /** Stop at this block, however far the chain is. */
  readonly until?: number
  /** Stop then; the node's newest block where not given. */
  readonly when?: (heard: Heard, ledger: Ledger) => boolean
}

/** Follows the chain until the mirror stands on the node's newest block, or until `when`. */
export async function followToHead(network: TestNetwork, ledger: Ledger, options: FollowedTo = {}): Promise<Heard> {
  const heard: Heard = { undone: [], replaced: [], trouble: [], belowFinal: [] }
  const done = new AbortController()
  const head = await network.chain.head()
  const atHead = () => ledger.tip?.hash === head.hash
  const look = () => {
    if ((options.when ?? atHead)(heard, ledger)) done.abort()
  }
  const news: FollowNews = {
    recorded: look,
    undone: (replaced) => {
      heard.replaced.push(replaced)
      heard.undone.push({ ancestor: replaced.ancestor, from: replaced.from.number, how: replaced.how })
      look()
    },
    caughtUp: look,
    troubled: ({ what }) => {
      heard.trouble.push(what)
      look()
    },
    forkedBelowFinal: (fork) => {
      heard.belowFinal.push(fork)
      look()
    },
  }
  const node = options.node ?? openNode(network.chain.url)
  const { signal } = done
  const { embedded = true, until } = options
  await follow({ node, ledger, embedded, until, signal, news, pollEveryMs: 5 })
  return heard
}

// Who writes, what happened to the books, and what could be put back: not what the chain says.
const notOfTheChain = new Set(['before_image', 'leader', 'reorg', 'self_check'])

/** The whole ledger, table by table, without what depends on when it was written rather than on the chain. */
export async function ledgerContents(url: string): Promise<Record<string, unknown[]>> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const tables = await client.query<{ table_name: string }>(
      `SELECT table_name FROM information_schema.tables WHERE table_schema = 'ledger' ORDER BY table_name`,
    )
    const contents: Record<string, unknown[]> = {}
    for (const { table_name: table } of tables.rows) {
      if (notOfTheChain.has(table)) continue
      const left = table === 'checkpoint' ? ` - 'updated_at' - 'head'` : ''
      const rows = await client.query<{ row: unknown }>(
        `SELECT to_jsonb(t)${left} AS row FROM ledger.${table} t ORDER BY to_jsonb(t)::text`,
      )
      contents[table] = rows.rows.map(({ row }) => row)
    }
    return contents
  } finally {
    await client.end()
  }
}
