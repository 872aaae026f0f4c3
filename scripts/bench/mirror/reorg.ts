import type { ChildProcess } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import type { Hex } from 'viem'
import type { Books } from './arms.ts'
import type { BenchNode } from './chain.ts'
import { giveSome, richest, whenSeen } from './tip.ts'
import { transferTopic } from './topics.ts'
import { balancesOf, hexNumber, type Truth } from './truth.ts'

/** The first is within what every peer follows; the second is as deep as the deployment's confirmations allow. */
export const forkDepths = [24, 64] as const
export type ForkDepth = (typeof forkDepths)[number]

/** Milliseconds from a fork to consistent reads, or what the indexer did instead. */
export interface ForkFollowed {
  readonly depth: ForkDepth
  readonly ms: number | 'ended' | 'stayed'
}

const giftsInABlock = 5
const lookEveryMs = 1
/** Whoever has not followed by then has not followed. */
const patienceMs = 10_000

interface Forking {
  readonly node: BenchNode
  readonly client: pg.Client
  readonly books: Books
  /** What the chain said before; kept in step with what happens here. */
  readonly truth: Truth
  /** The indexer, which is held while the chain changes. */
  readonly child: ChildProcess
  readonly signal: AbortSignal
}

/**
 * So many blocks with gifts in each are replaced by one more of others. A node that prunes its history cannot do that
 * in one step, so the indexer is held meanwhile: it meets the new branch whole.
 */
export async function forkLatency(depth: ForkDepth, forking: Forking): Promise<ForkFollowed> {
  const { node, client, books, truth, child, signal } = forking
  const givers = richest(truth, giftsInABlock)
  const touched = new Set<string>()
  const snapshot = await node.rpc.ask('evm_snapshot')
  const before = Number(await node.rpc.ask<Hex>('eth_blockNumber'))
  for (let count = 0; count < depth; count += 1) {
    signal.throwIfAborted()
    for (const key of await giveSome(node, givers, count)) touched.add(key)
    await node.rpc.ask('evm_mine')
  }
  await whenSeen(forking, before + depth)
  child.kill('SIGSTOP')
  let head: { readonly number: Hex; readonly hash: Hex }
  try {
    await node.rpc.ask('evm_revert', [snapshot])
    await node.rpc.ask('anvil_mine', [hexNumber(depth + 1)])
    head = await node.rpc.ask('eth_getBlockByNumber', ['latest', false])
  } finally {
    child.kill('SIGCONT')
  }
  const forked = performance.now()
  const seen = await whenOn(client, books.newestHash, head.hash, child)
  if (typeof seen === 'string') return { depth, ms: seen }
  const tokens = [...new Set([...truth.balances.keys()].map((key) => key.split(' ')[0]))]
  const filter = { fromBlock: hexNumber(before + 1), toBlock: head.number, address: tokens, topics: [transferTopic] }
  truth.transfers += (await node.rpc.ask<unknown[]>('eth_getLogs', [filter])).length
  for (const [key, points] of await balancesOf(node.rpc, [...touched])) truth.balances.set(key, points)
  return { depth, ms: seen - forked }
}

async function whenOn(
  client: pg.Client,
  newestHash: string,
  hash: Hex,
  child: ChildProcess,
): Promise<number | 'ended' | 'stayed'> {
  const deadline = performance.now() + patienceMs
  for (;;) {
    const { rows } = await client.query<{ hash: string }>({ name: 'newest hash', text: newestHash })
    const now = performance.now()
    if (rows[0]?.hash === hash) return now
    if (child.exitCode !== null || child.signalCode !== null) return 'ended'
    if (now > deadline) return 'stayed'
    await sleep(lookEveryMs)
  }
}
