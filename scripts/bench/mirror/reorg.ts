import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import type { Hex } from 'viem'
import type { BenchNode } from './chain.ts'
import { giveSome, richest, whenSeen } from './tip.ts'
import { transferTopic } from './topics.ts'
import { balancesOf, hexNumber, type Truth } from './truth.ts'

/** As deep as the deployment's confirmations allow. */
export const forkDepth = 64
const giftsInABlock = 5
const lookEveryMs = 1
const patienceMs = 60_000

interface Forking {
  readonly node: BenchNode
  readonly client: pg.Client
  readonly newestBlock: string
  /** Newest block that readers see: one row, `number` and `hash`. */
  readonly newestHash: string
  /** What the chain said before; kept in step with what happens here. */
  readonly truth: Truth
  /** The indexer's process, which is held while the chain changes. */
  readonly pid: number
  readonly signal: AbortSignal
}

/**
 * Milliseconds from a fork to consistent reads: 64 blocks with gifts in each are replaced by 65 others. A node that
 * prunes its history cannot do that in one step, so the indexer is held meanwhile: it meets the new branch whole.
 */
export async function forkLatency({
  node,
  client,
  newestBlock,
  newestHash,
  truth,
  pid,
  signal,
}: Forking): Promise<number> {
  const givers = richest(truth, giftsInABlock)
  const touched = new Set<string>()
  const snapshot = await node.rpc.ask('evm_snapshot')
  const before = Number(await node.rpc.ask<Hex>('eth_blockNumber'))
  for (let count = 0; count < forkDepth; count += 1) {
    signal.throwIfAborted()
    for (const key of await giveSome(node, givers, count)) touched.add(key)
    await node.rpc.ask('evm_mine')
  }
  await whenSeen(client, newestBlock, before + forkDepth)
  process.kill(pid, 'SIGSTOP')
  let head: { readonly number: Hex; readonly hash: Hex }
  try {
    await node.rpc.ask('evm_revert', [snapshot])
    await node.rpc.ask('anvil_mine', [hexNumber(forkDepth + 1)])
    head = await node.rpc.ask('eth_getBlockByNumber', ['latest', false])
  } finally {
    process.kill(pid, 'SIGCONT')
  }
  const forked = performance.now()
  const { number, hash } = head
  const seen = await whenOn(client, newestHash, hash)
  const tokens = [...new Set([...truth.balances.keys()].map((key) => key.split(' ')[0]))]
  const filter = { fromBlock: hexNumber(before + 1), toBlock: number, address: tokens, topics: [transferTopic] }
  truth.transfers += (await node.rpc.ask<unknown[]>('eth_getLogs', [filter])).length
  for (const [key, points] of await balancesOf(node.rpc, [...touched])) truth.balances.set(key, points)
  return seen - forked
}

async function whenOn(client: pg.Client, newestHash: string, hash: Hex): Promise<number> {
  const deadline = performance.now() + patienceMs
  for (;;) {
    const { rows } = await client.query<{ hash: string }>({ name: 'newest hash', text: newestHash })
    const now = performance.now()
    if (rows[0]?.hash === hash) return now
    if (now > deadline) throw new Error(`the fork was not followed within ${patienceMs / 1000} seconds`)
    await sleep(lookEveryMs)
  }
}
