import type { Address, Hex } from 'viem'

/** The node cannot be asked now; asking again later may help. */
export class NodeAway extends Error {
  override readonly name = 'NodeAway'
}

/** The node answered, and said no. */
export class NodeRefused extends Error {
  override readonly name = 'NodeRefused'
}

/** The contract says no to this call: its reason, or null where it gave none. */
export interface Revert {
  readonly reverted: Hex | null
  readonly message: string
}

export interface Block {
  readonly number: bigint
  readonly hash: Hex
  readonly timeSeconds: number
  readonly baseFee: bigint
}

export interface Receipt {
  readonly status: 'success' | 'reverted'
  readonly blockNumber: bigint
  readonly blockHash: Hex
  readonly gasUsed: bigint
  readonly logs: readonly Log[]
}

export interface Log {
  readonly address: Hex
  readonly topics: readonly Hex[]
  readonly data: Hex
  readonly blockNumber: Hex
}

export interface LogsAsked {
  readonly address: Address
  readonly topics: readonly Hex[]
  readonly fromBlock: bigint
}

export interface Call {
  readonly from: Address
  readonly to: Address
  readonly data: Hex
  readonly gas?: bigint
  /** An address is asked as if it had this code. */
  readonly code?: { readonly at: Address; readonly is: Hex }
}

/** A chain's node over JSON-RPC. Every method throws NodeAway when there is no answer to be had. */
export interface Node {
  chainId(): Promise<number>
  /** null where there is no such block. */
  block(at: bigint | 'latest'): Promise<Block | null>
  /** How many transactions of this account stand in blocks. */
  minedCount(account: Address): Promise<bigint>
  /** In the order of the hashes; null for what stands in no block. */
  receipts(hashes: readonly Hex[]): Promise<(Receipt | null)[]>
  call(call: Call, at: bigint | 'latest'): Promise<Hex | Revert>
  estimateGas(call: Call): Promise<bigint | Revert>
  /** What a contract said under these topics, from a block on. */
  logs(asked: LogsAsked): Promise<readonly Log[]>
  /** null when the node has it now, or had it already; otherwise why it does not want it. */
  send(raw: Hex): Promise<string | null>
}

interface Question {
  readonly method: string
  readonly params: readonly unknown[]
}

interface Reply {
  readonly id: number
  readonly result?: unknown
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown }
}

const patienceMs = 20_000

export function nodeAt(url: string): Node {
  const ask = async (method: string, params: readonly unknown[]): Promise<unknown> => {
    const [reply] = await post(url, [{ method, params }])
    return resultOf(reply, method)
  }
  return {
    chainId: async () => Number(await ask('eth_chainId', [])),
    block: async (at) => blockOf(await ask('eth_getBlockByNumber', [tagOf(at), false])),
    minedCount: async (account) => BigInt((await ask('eth_getTransactionCount', [account, 'latest'])) as Hex),
    receipts: async (hashes) => {
      if (hashes.length === 0) return []
      const method = 'eth_getTransactionReceipt'
      const replies = await post(
        url,
        hashes.map((hash) => ({ method, params: [hash] })),
      )
      return replies.map((reply) => receiptOf(resultOf(reply, method)))
    },
    call: async (call, at) => {
      const [reply] = await post(url, [{ method: 'eth_call', params: [wired(call), tagOf(at), ...overrides(call)] }])
      return revertOf(reply) ?? (resultOf(reply, 'eth_call') as Hex)
    },
    estimateGas: async (call) => {
      const [reply] = await post(url, [{ method: 'eth_estimateGas', params: [wired(call)] }])
      return revertOf(reply) ?? BigInt(resultOf(reply, 'eth_estimateGas') as Hex)
    },
    logs: async ({ address, topics, fromBlock }) => {
      const where = { address, topics, fromBlock: tagOf(fromBlock), toBlock: 'latest' }
      return (await ask('eth_getLogs', [where])) as readonly Log[]
    },
    send: async (raw) => {
      const [reply] = await post(url, [{ method: 'eth_sendRawTransaction', params: [raw] }])
      if (reply?.error === undefined) return null
      return /already (known|imported)|known transaction/i.test(reply.error.message) ? null : reply.error.message
    },
  }
}

async function post(url: string, questions: readonly Question[]): Promise<(Reply | undefined)[]> {
  const body = JSON.stringify(questions.map((question, id) => ({ jsonrpc: '2.0', id, ...question })))
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      signal: AbortSignal.timeout(patienceMs),
    })
    if (!answer.ok) throw new Error(`status ${answer.status}`)
    const replies = (await answer.json()) as readonly Reply[]
    if (!Array.isArray(replies)) throw new Error('no list of answers')
    const byId = new Map(replies.map((reply) => [reply.id, reply]))
    return questions.map((_, id) => byId.get(id))
  } catch (error) {
    throw new NodeAway(`the node does not answer: ${reasonOf(error)}`, { cause: error })
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const cause = error.cause
  return cause instanceof Error && 'code' in cause ? `${String(cause.code)}` : error.message
}

// Codes with which nodes say "not now" rather than "no": overload, limits, and a node that is itself not in order.
const away = new Set([-32603, -32005, -32002, -32001, 429])

function resultOf(reply: Reply | undefined, method: string): unknown {
  if (reply === undefined) throw new NodeAway(`the node left ${method} unanswered`)
  if (reply.error === undefined) return reply.result
  const { code, message } = reply.error
  if (away.has(code)) throw new NodeAway(`${method}: ${message}`)
  throw new NodeRefused(`${method}: ${message}`)
}

/** A revert is the contract's answer; every other error is the node's. */
function revertOf(reply: Reply | undefined): Revert | null {
  if (reply?.error === undefined) return null
  const { code, message, data } = reply.error
  const reason = reasonBytes(data)
  if (reason === null && code !== 3 && !/revert|out of gas|gas required exceeds/i.test(message)) return null
  return { reverted: reason === '0x' ? null : reason, message }
}

/** Nodes give the reason as it is, or within an object. */
function reasonBytes(data: unknown): Hex | null {
  const text = typeof data === 'object' && data !== null && 'data' in data ? data.data : data
  return typeof text === 'string' && /^0x([0-9a-f]{2})*$/i.test(text) ? (text as Hex) : null
}

const tagOf = (at: bigint | 'latest'): string => (at === 'latest' ? at : `0x${at.toString(16)}`)

const overrides = ({ code }: Call): object[] => (code === undefined ? [] : [{ [code.at]: { code: code.is } }])

function wired({ from, to, data, gas }: Call) {
  return gas === undefined ? { from, to, data } : { from, to, data, gas: `0x${gas.toString(16)}` }
}

function blockOf(answer: unknown): Block | null {
  if (answer === null || answer === undefined) return null
  const block = answer as { number: Hex; hash: Hex; timestamp: Hex; baseFeePerGas?: Hex }
  const baseFee = BigInt(block.baseFeePerGas ?? '0x0')
  return { number: BigInt(block.number), hash: block.hash, timeSeconds: Number(block.timestamp), baseFee }
}

function receiptOf(answer: unknown): Receipt | null {
  if (answer === null || answer === undefined) return null
  const receipt = answer as Pick<Receipt, 'logs'> & {
    status: Hex
    blockNumber: Hex | null
    blockHash: Hex
    gasUsed: Hex
  }
  if (receipt.blockNumber === null) return null
  return {
    status: BigInt(receipt.status) === 1n ? 'success' : 'reverted',
    blockNumber: BigInt(receipt.blockNumber),
    blockHash: receipt.blockHash,
    gasUsed: BigInt(receipt.gasUsed),
    logs: receipt.logs,
  }
}
