import type { Hex } from 'viem'
import { type BloomBits, bloomBits, mayHold } from './bloom.ts'
import { type ContractKind, type NetworkEvent, type RawLog, readLog } from './logs.ts'
import type { BlockName } from './next-step.ts'
import type { Call, ChainNode } from './node.ts'

/** What the mirror keeps of a block. */
export interface Header extends BlockName {
  readonly parentHash: Hex
  /** Seconds, UTC. */
  readonly time: number
  readonly bloom: Hex
}

/** Whose logs are read: the network's contracts, in lower case, and the shops' point tokens as they are admitted. */
export type Directory = ReadonlyMap<Hex, ContractKind>

/** A stretch of the chain: every block of it, linked to the block before, and every event of the network in it. */
export interface Stretch {
  readonly blocks: readonly Header[]
  readonly events: readonly NetworkEvent[]
  /** Point tokens whose shops were admitted in it. */
  readonly newTokens: readonly Hex[]
}

/**
 * Why a stretch cannot be taken as it came. `moved`: the chain below or within it changed while we asked. `behind`: the
 * node does not have all of it. `inconsistent`: the node's answers contradict each other.
 */
export interface NotTaken {
  readonly refused: 'moved' | 'behind' | 'inconsistent'
  readonly at: number
  readonly detail: string
}

const headerCall = (number: number | 'latest'): Call => ({
  method: 'eth_getBlockByNumber',
  params: [number === 'latest' ? number : toHex(number), false],
})

/** The node's newest block, and the hash it has at our own tip where there is one: one request. */
export async function fetchHead(
  node: ChainNode,
  ourTip: number | undefined,
): Promise<{ readonly head: Header; readonly atOurTip: Hex | undefined }> {
  const calls = [headerCall('latest'), ...(ourTip === undefined ? [] : [headerCall(ourTip)])]
  const [latest, atOurTip] = await node.ask(calls)
  const head = readHeader(latest)
  if (head === undefined) throw new Error('the node has no newest block')
  return { head, atOurTip: readHeader(atOurTip)?.hash }
}

/** The hashes the node has at these heights; heights it does not have are left out. */
export async function fetchHashes(node: ChainNode, from: number, to: number): Promise<ReadonlyMap<number, Hex>> {
  const headers = (await node.ask(numbers(from, to).map(headerCall))).map(readHeader)
  return new Map(headers.filter((header) => header !== undefined).map((header) => [header.number, header.hash]))
}

/** What tells one chain from another. */
export interface ChainIdentity {
  readonly chainId: number
  readonly genesisHash: Hex
}

/** The identity of the chain a node stands on. */
export async function fetchIdentity(node: ChainNode): Promise<ChainIdentity> {
  const [chainId, genesis] = await node.ask([{ method: 'eth_chainId', params: [] }, headerCall(0)])
  const genesisHash = readHeader(genesis)?.hash
  if (genesisHash === undefined) throw new Error('the node does not have the first block of its chain')
  return { chainId: Number.parseInt(String(chainId), 16), genesisHash }
}

/** The blocks `from`..`to` on top of the block with hash `after`, and the network's events in them. */
export async function fetchStretch(
  node: ChainNode,
  directory: Directory,
  asked: { readonly from: number; readonly to: number; readonly after: Hex | undefined },
): Promise<Stretch | NotTaken> {
  const { from, to } = asked
  const range = { fromBlock: toHex(from), toBlock: toHex(to) }
  // In one request, so that behind a load balancer headers and logs come from the same node.
  const answers = await node.ask([logsCall(range, [...directory.keys()]), ...numbers(from, to).map(headerCall)])
  const blocks = linked(answers.slice(1).map(readHeader), asked)
  if ('refused' in blocks) return blocks

  const known = [...directory.keys()]
  const logs = [...(answers[0] as RawLog[])]
  logs.push(...(await overlooked(node, blocks, logs, known)))
  const newTokens = admittedTokens(directory, logs)
  if (newTokens.length > 0) {
    const theirs = [...((await node.ask([logsCall(range, newTokens)]))[0] as RawLog[])]
    logs.push(...theirs, ...(await overlooked(node, blocks, theirs, newTokens)))
  }

  const ordered = inOrder(logs, blocks)
  if ('refused' in ordered) return ordered
  const everyone = new Map([...directory, ...newTokens.map((token) => [token, 'points'] as const)])
  const events = ordered.map((log) => readLog(kindAt(everyone, log), log))
  return { blocks, events, newTokens }
}

function logsCall(range: Readonly<Record<string, Hex>>, address: readonly Hex[]): Call {
  return { method: 'eth_getLogs', params: [{ ...range, address }] }
}

function kindAt(directory: Directory, log: RawLog): ContractKind {
  const kind = directory.get(log.address.toLowerCase() as Hex)
  if (kind === undefined) throw new Error(`the node sent a log of ${log.address}, which nobody asked for`)
  return kind
}

/** The headers as one unbroken chain on top of `after`, or why they are none. */
function linked(
  headers: readonly (Header | undefined)[],
  asked: { readonly from: number; readonly after: Hex | undefined },
): readonly Header[] | NotTaken {
  const blocks: Header[] = []
  let parent = asked.after
  for (const [index, header] of headers.entries()) {
    const at = asked.from + index
    if (header === undefined) return { refused: 'behind', at, detail: 'the node does not have this block' }
    if (header.number !== at) {
      return { refused: 'inconsistent', at, detail: `the node answered with block ${header.number}` }
    }
    if (parent !== undefined && header.parentHash !== parent) {
      return { refused: 'moved', at, detail: `its parent is ${header.parentHash}, not ${parent}` }
    }
    parent = header.hash
    blocks.push(header)
  }
  return blocks
}

function admittedTokens(directory: Directory, logs: readonly RawLog[]): Hex[] {
  const tokens = logs
    .filter((log) => directory.get(log.address.toLowerCase() as Hex) === 'consortium')
    .map((log) => readLog('consortium', log))
    .flatMap((event) => (event.name === 'ShopAdmitted' ? [event.args.points.toLowerCase() as Hex] : []))
  return [...new Set(tokens)].filter((token) => !directory.has(token))
}

const bitsOf = new Map<Hex, BloomBits>()

/**
 * Logs of blocks that came without any although their bloom filter speaks of us: a node that lags behind the one that
 * gave the headers answers a range with silence, but by hash it must know the block or say that it does not.
 */
async function overlooked(
  node: ChainNode,
  blocks: readonly Header[],
  logs: readonly RawLog[],
  addresses: readonly Hex[],
): Promise<RawLog[]> {
  const heard = new Set(logs.map((log) => Number.parseInt(log.blockNumber, 16)))
  const filters = addresses.map((address) => {
    const bits = bitsOf.get(address) ?? bloomBits(address)
    bitsOf.set(address, bits)
    return bits
  })
  const doubtful = blocks.filter((block) => {
    return !heard.has(block.number) && filters.some((bits) => mayHold(block.bloom, bits))
  })
  const answers = await node.ask(doubtful.map((block) => logsCall({ blockHash: block.hash }, addresses)))
  return answers.flatMap((answer) => answer as RawLog[])
}

/** The logs in the chain's order, or why one of them does not belong to the blocks it came with. */
function inOrder(logs: readonly RawLog[], blocks: readonly Header[]): readonly RawLog[] | NotTaken {
  const first = blocks[0]?.number ?? 0
  const placed = logs.map((log) => {
    return { log, at: Number.parseInt(log.blockNumber, 16), index: Number.parseInt(log.logIndex, 16) }
  })
  placed.sort((one, other) => one.at - other.at || one.index - other.index)
  let last = { at: -1, index: -1 }
  for (const { log, at, index } of placed) {
    const block = blocks[at - first]
    if (block === undefined) return { refused: 'inconsistent', at, detail: 'a log lies outside the range asked for' }
    if (block.hash !== log.blockHash) {
      return { refused: 'moved', at, detail: `a log names block ${log.blockHash}, the header is ${block.hash}` }
    }
    if (log.removed === true) return { refused: 'moved', at, detail: 'a log is marked as removed' }
    if (last.at === at && last.index === index) {
      return { refused: 'inconsistent', at, detail: `log ${index} came twice` }
    }
    last = { at, index }
  }
  return placed.map(({ log }) => log)
}

function readHeader(answer: unknown): Header | undefined {
  if (answer === null || answer === undefined) return undefined
  const block = answer as {
    readonly number: Hex
    readonly hash: Hex
    readonly parentHash: Hex
    readonly timestamp: Hex
    readonly logsBloom: Hex
  }
  return {
    number: Number.parseInt(block.number, 16),
    hash: block.hash,
    parentHash: block.parentHash,
    time: Number.parseInt(block.timestamp, 16),
    bloom: block.logsBloom,
  }
}

function numbers(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index)
}

const toHex = (number: number): Hex => `0x${number.toString(16)}`
