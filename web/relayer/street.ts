import type pg from 'pg'
import type { Logger } from 'pino'
import type { Address, PrivateKeyAccount } from 'viem'
import type { FailPoint, RelayedNetwork } from './config.ts'
import type { RelayerMetrics } from './metrics.ts'
import type { Block, Node } from './node.ts'
import type { GrowingLists } from './silence.ts'

/** What every step of the relayer works with. */
export interface Street {
  /** The one connection that holds the locks: whoever loses it can write no more. */
  readonly database: pg.ClientBase
  readonly node: Node
  /** One for each key; at least one of them takes on new work. */
  readonly lanes: readonly Lane[]
  /** As whom the chain is asked what it would do: whoever brings something has no say in it. */
  readonly asker: Address
  readonly network: RelayedNetwork
  /** Payments and gifts are brought together for so long, unless there are enough of them before; in milliseconds. */
  readonly gatherMs: number
  /** What the node has not even tried for so long is given up; in milliseconds. */
  readonly giveUpMs: number
  readonly log: Logger
  readonly metrics: RelayerMetrics
  readonly failPoint: (point: FailPoint) => void
  readonly memory: Memory
}

/** A key and its own order of numbers: what waits in one lane holds up no other. */
export interface Lane {
  readonly account: PrivateKeyAccount
  /** Its key is being replaced: it brings to an end what it has signed, and takes on nothing new. */
  readonly retiring: boolean
  readonly memory: LaneMemory
}

export interface LaneMemory {
  /** Submissions below this number are done with: mined, final, and what the books refused of them is dealt with. */
  finishedBelow: bigint
  /** By nonce: at which block it was last given to the node. */
  readonly sentAtBlock: Map<bigint, bigint>
  /** By nonce: at which block its number was first found used without a receipt under any of its hashes. */
  readonly lostSinceBlock: Map<bigint, bigint>
  /** Since which block the first in line has been waiting at its present price. */
  waitingSince: { readonly nonce: bigint; readonly block: bigint } | null
  /** How many of its transactions waited for a block when last looked at. */
  waiting: number
}

/** What this process remembers; nothing here must survive it. */
export interface Memory {
  /** The newest block seen; the chain beneath it is known as long as it stays. */
  head: Block | null
  /** When the mirror last was further: nothing new is final before that. */
  finishedAtBlock: bigint
  /** Since when payments and gifts are being gathered, in milliseconds; null where none waits. */
  gatheringSince: number | null
  /** Lists of tills that may still grow. */
  readonly growing: GrowingLists
  /** By what was tried: how often the chain said no in a dry run, and at which block last. */
  readonly refusedDry: Map<string, { times: number; atBlock: bigint }>
  /** What the books say the node has refused to try at all, so that its trying it is noted; null: not looked up yet. */
  untried: Set<string> | null
  /** What did not come through in company, and goes alone. */
  readonly alone: Set<string>
  /** When the tills that wait for funds or allowances were last looked at, in milliseconds. */
  fundsLookedAt: number
  /** By shop and till: when its purchases that found no room are tried next, and how long to wait after that. */
  readonly funding: Map<string, { notBefore: number; waitMs: number }>
}

export function laneOf(account: PrivateKeyAccount, retiring = false): Lane {
  const memory = {
    ...{ finishedBelow: 0n, waitingSince: null, waiting: 0 },
    ...{ sentAtBlock: new Map<bigint, bigint>(), lostSinceBlock: new Map<bigint, bigint>() },
  }
  return { account, retiring, memory }
}

/** The lane as after a restart: what others did with its key meanwhile is looked up anew. */
export function forgetful(lane: Lane): Lane {
  const { memory } = lane
  memory.finishedBelow = 0n
  memory.waitingSince = null
  memory.sentAtBlock.clear()
  memory.lostSinceBlock.clear()
  return lane
}

export function freshMemory(): Memory {
  return {
    ...{ head: null, finishedAtBlock: -1n, gatheringSince: null, fundsLookedAt: 0 },
    ...{ growing: new Map(), refusedDry: new Map(), untried: null, alone: new Set(), funding: new Map() },
  }
}

/** All or nothing, over the connection that holds the locks. */
export async function inTransaction<Answer>(database: pg.ClientBase, work: () => Promise<Answer>): Promise<Answer> {
  await database.query('BEGIN')
  try {
    const answer = await work()
    await database.query('COMMIT')
    return answer
  } catch (error) {
    await database.query('ROLLBACK').catch(() => undefined)
    throw error
  }
}
