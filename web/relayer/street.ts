import type pg from 'pg'
import type { Logger } from 'pino'
import type { PrivateKeyAccount } from 'viem'
import type { FailPoint, RelayedNetwork } from './config.ts'
import type { Block, Node } from './node.ts'
import type { GrowingLists } from './silence.ts'

/** What every step of the relayer works with. */
export interface Street {
  /** The one connection that holds the lock: whoever loses it can write no more. */
  readonly database: pg.ClientBase
  readonly node: Node
  readonly account: PrivateKeyAccount
  readonly network: RelayedNetwork
  readonly log: Logger
  readonly failPoint: (point: FailPoint) => void
  readonly memory: Memory
}

/** What this process remembers; nothing here must survive it. */
export interface Memory {
  /** The newest block seen; the chain beneath it is known as long as it stays. */
  head: Block | null
  /** Submissions below this number are done with: mined, final, and what the books refused of them is dealt with. */
  finishedBelow: bigint
  /** When the mirror last was further: nothing new is final before that. */
  finishedAtBlock: bigint
  /** By nonce: at which block it was last given to the node. */
  readonly sentAtBlock: Map<bigint, bigint>
  /** By nonce: at which block its number was first found used without a receipt under any of its hashes. */
  readonly lostSinceBlock: Map<bigint, bigint>
  /** Lists of tills that may still grow. */
  readonly growing: GrowingLists
  /** By what was tried: how often the chain said no in a dry run, and at which block last. */
  readonly refusedDry: Map<string, { times: number; atBlock: bigint }>
  /** When the tills that wait for funds or allowances were last looked at, in milliseconds. */
  fundsLookedAt: number
  /** By shop and till: when its purchases that found no room are tried next, and how long to wait after that. */
  readonly funding: Map<string, { notBefore: number; waitMs: number }>
}

export function freshMemory(): Memory {
  return {
    head: null,
    finishedBelow: 0n,
    finishedAtBlock: -1n,
    sentAtBlock: new Map(),
    lostSinceBlock: new Map(),
    growing: new Map(),
    refusedDry: new Map(),
    fundsLookedAt: 0,
    funding: new Map(),
  }
}

/** All or nothing, over the connection that holds the lock. */
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
