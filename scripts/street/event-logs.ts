import type { Address, Hex } from 'viem'
import { NodeRefused, type Rpc } from './rpc.ts'

/** An event as a node tells it. */
export interface EventLog {
  readonly topics: [Hex, ...Hex[]]
  readonly data: Hex
}

export interface LogsAsked {
  readonly address: Address
  /** Any of these events, by their selectors. */
  readonly events: readonly Hex[]
  readonly from: number
  readonly to: number
}

const mostBlocks = 2_000

/** Events of a contract, in their order, so many blocks at a time. */
export async function* eventLogs(rpc: Rpc, asked: LogsAsked): AsyncGenerator<EventLog[]> {
  for (let from = asked.from; from <= asked.to; from += mostBlocks) {
    yield await logsIn(rpc, { ...asked, from, to: Math.min(asked.to, from + mostBlocks - 1) })
  }
}

/** The logs of a range; a node that finds it too much is asked for the halves. */
async function logsIn(rpc: Rpc, { address, events, from, to }: LogsAsked): Promise<EventLog[]> {
  const hex = (block: number): Hex => `0x${block.toString(16)}`
  try {
    const filter = { address, topics: [events], fromBlock: hex(from), toBlock: hex(to) }
    return await rpc.ask<EventLog[]>('eth_getLogs', [filter])
  } catch (error) {
    if (!(error instanceof NodeRefused) || from === to) throw error
    const middle = Math.floor((from + to) / 2)
    const first = await logsIn(rpc, { address, events, from, to: middle })
    return [...first, ...(await logsIn(rpc, { address, events, from: middle + 1, to }))]
  }
}
