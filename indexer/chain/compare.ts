import type { Hex } from 'viem'
import { headerCall, logsCall, numbers } from './calls.ts'
import { fetchIdentity } from './fetch.ts'
import { readHeader } from './header.ts'
import type { ContractKind, RawLog } from './logs.ts'
import type { ChainNode } from './node.ts'
import { type Directory, newcomersAmong } from './stretch.ts'

/** A node, and what it is called where the two differ. */
export interface NamedNode {
  readonly name: string
  readonly node: ChainNode
}

export interface Comparison {
  /** How many blocks and logs were the same, up to the first difference. */
  readonly blocks: number
  readonly logs: number
  readonly difference: Difference | undefined
}

/** Where two nodes first say different things, in one sentence that names both. */
export interface Difference {
  readonly at: number
  readonly sentence: string
}

/** What two nodes are compared in: blocks `from`..`to`, and the logs of these contracts and shops' tokens in them. */
export interface Compared {
  /** The network's first block: shops admitted from here on are known in the span. */
  readonly since: number
  readonly from: number
  readonly to: number
  readonly directory: Directory
}

const blocksAtOnce = 100

/**
 * Holds two nodes against each other, block by block: hashes, each worked out from its header, and the network's logs
 * to the last digit. It asks for logs, not receipts, so that it shares as little as it can with what it checks.
 */
export async function compareNodes(one: NamedNode, other: NamedNode, compared: Compared): Promise<Comparison> {
  const [ours, theirs] = await Promise.all([fetchIdentity(one.node), fetchIdentity(other.node)])
  if (ours.chainId !== theirs.chainId || ours.genesisHash !== theirs.genesisHash) {
    const chains = `${one.name} is of chain ${ours.chainId}, ${other.name} of ${theirs.chainId}`
    const sentence = `${chains}; their first blocks are ${ours.genesisHash} and ${theirs.genesisHash}`
    return { blocks: 0, logs: 0, difference: { at: 0, sentence } }
  }
  const addresses = new Map(compared.directory)
  for (const { node, name } of [one, other]) await knowNewcomersBefore(node, name, compared, addresses)
  let [blocks, logs] = [0, 0]
  for (let from = compared.from; from <= compared.to; from += blocksAtOnce) {
    const to = Math.min(compared.to, from + blocksAtOnce - 1)
    const [first, second] = await Promise.all([wordOf(one, addresses, from, to), wordOf(other, addresses, from, to)])
    for (const [index, height] of numbers(from, to).entries()) {
      const [mine, its] = [first.blocks[index], second.blocks[index]]
      const difference = differenceOf({ node: one, word: mine }, { node: other, word: its })
      if (difference !== undefined) return { blocks, logs, difference: { at: height, sentence: difference } }
      blocks += 1
      logs += mine?.logs.length ?? 0
    }
    for (const [address, kind] of [...first.newcomers, ...second.newcomers]) addresses.set(address, kind)
  }
  return { blocks, logs, difference: undefined }
}

/** Adds the tokens of shops that were admitted, and the members' accounts that were deployed, before the span. */
async function knowNewcomersBefore(
  node: ChainNode,
  name: string,
  { since, from }: Compared,
  addresses: Map<Hex, ContractKind>,
): Promise<void> {
  if (from <= since) return
  const registers = [...addresses].flatMap(([address, kind]) => {
    return kind === 'consortium' || kind === 'accounts' ? [address] : []
  })
  const [given] = await node.ask([logsCall({ from: since, to: from - 1 }, registers)])
  for (const [address, kind] of newcomersAmong(logList(given, name).map(placeless), addresses))
    addresses.set(address, kind)
}

const placeless = (log: RawLog) => ({ ...log, blockNumber: 0, logIndex: 0 })

interface BlockWord {
  readonly hash: string
  /** In the block's order. */
  readonly logs: readonly string[]
}

interface Word {
  readonly blocks: readonly BlockWord[]
  /** Tokens of shops admitted, and accounts deployed, in these blocks. */
  readonly newcomers: Directory
}

/** What a node says of each of these blocks. */
async function wordOf({ node, name }: NamedNode, addresses: Directory, from: number, to: number): Promise<Word> {
  const calls = [logsCall({ from, to }, [...addresses.keys()]), ...numbers(from, to).map(headerCall)]
  const [given, ...headers] = await node.ask(calls)
  const logs = [...logList(given, name)]
  const newcomers = newcomersAmong(logs.map(placeless), addresses)
  if (newcomers.size > 0) {
    const [theirs] = await node.ask([logsCall({ from, to }, [...newcomers.keys()])])
    logs.push(...logList(theirs, name))
  }
  logs.sort((one, other) => Number(one.logIndex) - Number(other.logIndex))
  const blocks = headers.map((answer, index) => {
    const header = readHeader(answer)
    const hash = header === undefined ? 'none' : 'forged' in header ? header.forged : header.hash
    const inIt = logs.filter((log) => Number(log.blockNumber) === from + index)
    return { hash, logs: inIt.map(spelled) }
  })
  return { blocks, newcomers }
}

function logList(given: unknown, name: string): readonly RawLog[] {
  if (!Array.isArray(given)) throw new Error(`${name} answers a question for logs with something else`)
  return given as readonly RawLog[]
}

function spelled(log: RawLog): string {
  const { logIndex, transactionHash, blockHash, address, topics, data } = log
  return JSON.stringify([Number(logIndex), transactionHash, blockHash, address, topics, data]).toLowerCase()
}

interface Said {
  readonly node: NamedNode
  readonly word: BlockWord | undefined
}

function differenceOf(one: Said, other: Said): string | undefined {
  if (one.word === undefined || other.word === undefined) throw new Error('a block was not compared')
  if (one.word.hash !== other.word.hash) {
    return `${one.node.name} says of its hash: ${one.word.hash}; ${other.node.name}: ${other.word.hash}`
  }
  const count = Math.max(one.word.logs.length, other.word.logs.length)
  for (let index = 0; index < count; index += 1) {
    const [mine, its] = [one.word.logs[index] ?? 'no more', other.word.logs[index] ?? 'no more']
    if (mine === its) continue
    return `log ${index + 1} of it is, for ${one.node.name}: ${mine}; for ${other.node.name}: ${its}`
  }
  return undefined
}
