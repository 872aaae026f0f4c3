import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { encodeFunctionData, type Hex } from 'viem'
import { shopPointsAbi } from '#contracts/generated.ts'
import type { Books } from './arms.ts'
import type { BenchNode } from './chain.ts'
import { balancesOf, type Truth } from './truth.ts'

/** Milliseconds from a block being mined to its row being seen, sorted. */
export type Latencies = readonly number[]

const transfersInABlock = 5
const lookEveryMs = 1
const patienceMs = 60_000

interface Tip {
  readonly node: BenchNode
  readonly client: pg.Client
  readonly books: Books
  /** What the chain said before; kept in step with what happens here. */
  readonly truth: Truth
  readonly blocks: number
  readonly signal: AbortSignal
}

/** Mines blocks with a few gifts in each, one after the other, and looks when readers see them. */
export async function tipLatencies({ node, client, books, truth, blocks, signal }: Tip): Promise<Latencies> {
  const heads = await listenToHeads(node.wsUrl)
  const givers = richest(truth, transfersInABlock)
  const touched = new Set<string>()
  const latencies: number[] = []
  try {
    for (let count = 0; count < blocks; count += 1) {
      signal.throwIfAborted()
      for (const key of await giveSome(node, givers, count)) touched.add(key)
      const number = Number(await node.rpc.ask<Hex>('eth_blockNumber')) + 1
      const announced = heads.at(number)
      const mining = node.rpc.ask('evm_mine').then(() => performance.now())
      const mined = Math.min(await mining, (await Promise.race([announced, mining])) as number)
      const seen = await whenSeen({ node, client, books }, number)
      latencies.push(Math.max(0, seen - mined))
      // Not in step with anyone's polling.
      await sleep(100 + ((count * 37) % 100))
    }
  } finally {
    heads.close()
  }
  truth.transfers += blocks * transfersInABlock
  for (const [key, points] of await balancesOf(node.rpc, [...touched])) truth.balances.set(key, points)
  return latencies.sort((one, other) => one - other)
}

/** Who holds the most, as `token account`. */
export const richest = (truth: Truth, count: number): string[] =>
  [...truth.balances]
    .sort(([, one], [, other]) => (one === other ? 0 : one > other ? -1 : 1))
    .slice(0, count)
    .map(([key]) => key)

/** Puts gifts in line; gives the balances that will change. */
export async function giveSome(node: BenchNode, givers: readonly string[], count: number): Promise<string[]> {
  const touched: string[] = []
  const questions = givers.map((giver) => {
    const [token = '', from = ''] = giver.split(' ')
    const to: Hex = `0x71${(count % 50).toString(16).padStart(38, '0')}`
    touched.push(giver, `${token} ${to}`)
    const data = encodeFunctionData({ abi: shopPointsAbi, functionName: 'transfer', args: [to, 1n] })
    return { method: 'eth_sendTransaction', params: [{ from, to: token, data, gas: '0x1c9c380', gasPrice: '0x0' }] }
  })
  await node.rpc.askAll(questions)
  return touched
}

// Who missed the announcement of a block, and asks no more, hears of it with the next.
const nextBlockAfterMs = 2_000

/**
 * When readers see this block, by performance.now(). As on a chain that lives another follows, an empty one, where they
 * do not see it for long.
 */
export async function whenSeen(
  { node, client, books }: Pick<Tip, 'node' | 'client' | 'books'>,
  number: number,
): Promise<number> {
  const deadline = performance.now() + patienceMs
  let minedAt = performance.now()
  for (;;) {
    const { rows } = await client.query<{ number: number | null }>({
      name: 'newest block',
      text: books.newestBlock,
    })
    const now = performance.now()
    if ((rows[0]?.number ?? -1) >= number) return now
    if (now > deadline) throw new Error(`block ${number} was not seen within ${patienceMs / 1000} seconds`)
    if (now > minedAt + nextBlockAfterMs) {
      await node.rpc.ask('evm_mine')
      minedAt = performance.now()
    }
    await sleep(lookEveryMs)
  }
}

interface Heads {
  /** When this block was announced. */
  at(number: number): Promise<number>
  close(): void
}

/** The node's announcements of new blocks, as anybody gets them. */
async function listenToHeads(wsUrl: string): Promise<Heads> {
  const socket = new WebSocket(wsUrl)
  const waiting = new Map<number, (at: number) => void>()
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve(), { once: true })
    socket.addEventListener('error', () => reject(new Error('the node takes no web socket')), { once: true })
  })
  socket.addEventListener('message', ({ data }) => {
    const now = performance.now()
    const said = JSON.parse(String(data)) as { params?: { result?: { number?: Hex } } }
    const number = Number(said.params?.result?.number ?? -1)
    waiting.get(number)?.(now)
    waiting.delete(number)
  })
  socket.send(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_subscribe', params: ['newHeads'] }))
  return {
    at: (number) => new Promise((resolve) => waiting.set(number, resolve)),
    close: () => socket.close(),
  }
}
