import { spawn } from 'node:child_process'
import { join } from 'node:path'
import type { Hex } from 'viem'
import { endWithUs } from './children.ts'
import { testConfig } from './config.ts'

/** A transaction for a chain that signs for everybody. */
export interface TestTransaction {
  readonly from: Hex
  readonly to?: Hex
  readonly data: Hex
}

export interface TestReceipt {
  readonly status: Hex
  readonly blockNumber: Hex
  readonly contractAddress: Hex | null
}

/** A real chain of this test's own: anvil on a free port, mining only when told to, signing for every account. */
export interface TestChain {
  readonly url: string
  readonly pid: number
  ask<result = unknown>(method: string, params?: readonly unknown[]): Promise<result>
  /** Puts transactions in line, in this order, without mining them. */
  send(...transactions: readonly TestTransaction[]): Promise<Hex[]>
  /** Mines one block with what is in line, at `time` (seconds) where given. */
  mine(time?: number): Promise<void>
  /** Mines empty blocks, a second apart. */
  mineEmpty(count: number): Promise<void>
  receipts(hashes: readonly Hex[]): Promise<TestReceipt[]>
  head(): Promise<{ readonly number: number; readonly hash: Hex; readonly time: number }>
  stop(): Promise<void>
}

const gas = '0x1c9c380'

/**
 * Starts the chain; the caller stops it. The same `genesisTime` gives the same first block; the file `stateInto` keeps
 * its last state.
 */
export async function testChain(
  options: { readonly genesisTime?: number; readonly chainId?: number; readonly stateInto?: string } = {},
) {
  const anvil = join(testConfig.root, 'node_modules', '.bin', 'anvil')
  const place = ['--host', '127.0.0.1', '--port', '0', '--chain-id', String(options.chainId ?? 31337)]
  const rules = ['--hardfork', 'osaka', '--block-base-fee-per-gas', '0', '--gas-limit', '300000000', '--order', 'fifo']
  const clock = ['--no-mining', '--timestamp', String(options.genesisTime ?? 1_767_225_600)]
  const keep = options.stateInto === undefined ? [] : ['--dump-state', options.stateInto, '--prune-history']
  const words = [...place, ...rules, ...clock, ...keep]
  const child = endWithUs(spawn(anvil, words, { stdio: ['ignore', 'pipe', 'inherit'] }))
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const url = await new Promise<string>((resolve, reject) => {
    let said = ''
    const listen = (text: Buffer): void => {
      said += text.toString()
      const port = /Listening on 127\.0\.0\.1:(\d+)/.exec(said)?.[1]
      if (port === undefined) return
      // It goes on to tell of every block: to search all of that again each time would take longer than the blocks.
      child.stdout.off('data', listen)
      resolve(`http://127.0.0.1:${port}`)
    }
    child.stdout.on('data', listen)
    child.once('error', reject)
    child.once('exit', () => reject(new Error(`anvil ended before it listened: ${said}`)))
  })
  // Read on: a full pipe would stop the chain.
  child.stdout.resume()
  const chain = chainAt(url, child.pid ?? 0, async () => {
    child.kill('SIGTERM')
    await gone
  })
  await chain.ask('anvil_autoImpersonateAccount', [true])
  return chain
}

/** The chain of a node that listens there, as tests speak to it. */
export function chainAt(url: string, pid: number, stop: () => Promise<void>): TestChain {
  const ask = async <result>(method: string, params: readonly unknown[] = []): Promise<result> => {
    const [answer] = await askAll<result>(url, [{ method, params }])
    return answer as result
  }
  const chain: TestChain = {
    url,
    pid,
    ask,
    send: (...transactions) =>
      askAll<Hex>(
        url,
        transactions.map((transaction) => ({
          method: 'eth_sendTransaction',
          params: [{ gas, gasPrice: '0x0', ...transaction }],
        })),
      ),
    async mine(time) {
      if (time !== undefined) await ask('evm_setNextBlockTimestamp', [time])
      await ask('evm_mine')
    },
    async mineEmpty(count) {
      await ask('anvil_mine', [`0x${count.toString(16)}`, '0x1'])
    },
    receipts: (hashes) =>
      askAll<TestReceipt>(
        url,
        hashes.map((hash) => ({ method: 'eth_getTransactionReceipt', params: [hash] })),
      ),
    async head() {
      const block = await ask<{ number: Hex; hash: Hex; timestamp: Hex }>('eth_getBlockByNumber', ['latest', false])
      return { number: Number(block.number), hash: block.hash, time: Number(block.timestamp) }
    },
    stop,
  }
  return chain
}

interface Question {
  readonly method: string
  readonly params: readonly unknown[]
}

async function askAll<result>(url: string, questions: readonly Question[]): Promise<result[]> {
  if (questions.length === 0) return []
  const body = questions.map((question, id) => ({ jsonrpc: '2.0', id, ...question }))
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const answers = (await response.json()) as { id: number; result?: result; error?: { message: string } }[]
  return [...answers]
    .sort((one, other) => one.id - other.id)
    .map((answer) => {
      if (answer.error !== undefined) throw new Error(`${questions[answer.id]?.method}: ${answer.error.message}`)
      return answer.result as result
    })
}
