import type { Hex } from 'viem'
import { proveLogs } from './by-receipts.ts'
import { headerCall, numbers, receiptsCall } from './calls.ts'
import { type Header, readHeader } from './header.ts'
import { linked, type StretchAsked } from './linked.ts'
import { type ChainNode, NodeLied, NodeRefused } from './node.ts'
import { stretchOnWord } from './on-word.ts'
import { Room } from './receipts-text.ts'
import { type Source, sourceOf } from './sources.ts'
import {
  type Directory,
  eventsAmong,
  headerBytes,
  type NotTaken,
  type PlacedLog,
  type ProvenBlock,
  provenBlock,
  receiptBytes,
  type Stretch,
  sizeOf,
} from './stretch.ts'

/**
 * The node's newest block, and the hash it has at our own tip where there is one: one request. Where a block more is
 * expected on our tip, that is asked for with it.
 */
export async function fetchHead(
  node: ChainNode,
  ourTip: number | undefined,
  expected: 'nothing' | 'next block' = 'nothing',
): Promise<{ readonly head: Header; readonly atOurTip: Hex | undefined }> {
  const source = sourceOf(node)
  const calls = [headerCall('latest'), ...(ourTip === undefined ? [] : [headerCall(ourTip)])]
  const next = expected === 'nothing' || ourTip === undefined ? undefined : ourTip + 1
  const [latest, atOurTip] =
    next === undefined ? await source.ask(calls) : await source.askAhead(calls, [headerCall(next), receiptsCall(next)])
  const head = proven(source, latest, undefined)
  if (head === undefined) throw new NodeLied(`${source.name} says that it has no newest block.`)
  source.standsAt(head.number)
  return { head, atOurTip: proven(source, atOurTip, ourTip)?.hash }
}

/** The hashes the node has at these heights; heights it does not have are left out. */
export async function fetchHashes(node: ChainNode, from: number, to: number): Promise<ReadonlyMap<number, Hex>> {
  const source = sourceOf(node)
  const answers = await source.ask(numbers(from, to).map(headerCall))
  const headers = answers.map((answer, index) => proven(source, answer, from + index))
  return new Map(headers.filter((header) => header !== undefined).map((header) => [header.number, header.hash]))
}

/** What tells one chain from another. */
export interface ChainIdentity {
  readonly chainId: number
  readonly genesisHash: Hex
}

/** The identity of the chain a node stands on. */
export async function fetchIdentity(node: ChainNode): Promise<ChainIdentity> {
  const source = sourceOf(node)
  const [chainId, genesis] = await source.ask([{ method: 'eth_chainId', params: [] }, headerCall(0)])
  const genesisHash = proven(source, genesis, 0)?.hash
  if (genesisHash === undefined) throw new Error('the node does not have the first block of its chain')
  return { chainId: Number.parseInt(String(chainId), 16), genesisHash }
}

/** A header that is what it says it is, at the height that was asked for; undefined where the node does not have it. */
function proven(source: Source, answer: unknown, at: number | undefined): Header | undefined {
  const header = readHeader(answer)
  const complaint =
    header === undefined
      ? undefined
      : 'forged' in header
        ? header.forged
        : at !== undefined && header.number !== at
          ? `it is block ${header.number}`
          : undefined
  if (complaint === undefined) return header as Header | undefined
  const why = `${source.name} lied about block ${at ?? 'latest'}: ${complaint}`
  source.doubt('lied', why)
  throw new NodeLied(`${why}.`)
}

/**
 * The blocks `from`..`to` on top of the block with hash `after`, and the network's events in them, proven by receipts
 * where any of the nodes gives them. Stretches may be asked for at once and in any order.
 */
export async function fetchStretch(
  node: ChainNode,
  directory: Directory,
  asked: StretchAsked,
): Promise<Stretch | NotTaken> {
  const source = sourceOf(node)
  // One node answers all of it: behind two, headers and logs could be of two branches.
  const witness = source.others().find((other) => other.givesReceipts())
  const first = source.givesReceipts() ? source : witness
  if (first !== undefined) {
    const stretch = await stretchByReceipts(first, directory, asked)
    if (stretch !== undefined) return stretch
    // It knows no receipts: another one may.
    return await fetchStretch(node, directory, asked)
  }
  return judged(source, await stretchOnWord(source, directory, asked))
}

/** Every node named in it, and what it says counted for or against the one that said it. */
function judged(source: Source, stretch: Stretch | NotTaken): Stretch | NotTaken {
  if (!('refused' in stretch)) {
    source.trust()
    return stretch
  }
  const { refused, at } = stretch
  // Whoever is right when nodes contradict each other, the one asked first is not left: it may be the honest one.
  if (refused === 'unconfirmed') return stretch
  const detail = refused === 'lied' ? `${source.name} lied: ${stretch.detail}` : stretch.detail
  if (refused === 'lied') source.doubt('lied', `${detail} (block ${at})`)
  else if (refused === 'behind') source.doubt('behind', `${source.name} is behind: ${detail} (block ${at})`)
  else source.doubt('moved', `${source.name} contradicts itself: ${detail} (block ${at})`)
  return { ...stretch, detail }
}

const room = new Room()

/** Undefined where the node does not give receipts, or not of a kind that proves anything. */
async function stretchByReceipts(
  source: Source,
  directory: Directory,
  asked: StretchAsked,
): Promise<Stretch | NotTaken | undefined> {
  const heights = numbers(asked.from, asked.to)
  let answers: readonly unknown[]
  try {
    answers = await source.ask(heights.flatMap((height) => [headerCall(height), receiptsCall(height)]))
  } catch (error) {
    // Some refuse the whole request for one question in it, and do not say which: nobody is without headers.
    if (!(error instanceof NodeRefused) || !error.lacksMethod) throw error
    source.lacksReceipts()
    return undefined
  }
  const headers = linked(
    heights.map((_, index) => readHeader(answers[index * 2])),
    asked,
  )
  if ('refused' in headers) return judged(source, headers)
  const blocks: ProvenBlock[] = []
  const logs: PlacedLog[] = []
  let receipts = 0
  // From here to the events nobody is waited for.
  room.clear()
  for (const [index, header] of headers.entries()) {
    const proof = proveLogs(header, answers[index * 2 + 1], room)
    if (proof === 'unknownKind') {
      source.lacksReceipts()
      return undefined
    }
    if ('refused' in proof) return judged(source, proof)
    blocks.push(provenBlock(header, 'receipts'))
    for (const log of proof.logs) logs.push(log)
    receipts += header.transactions.length
  }
  const bytes = blocks.length * headerBytes + receipts * receiptBytes + sizeOf(logs)
  return judged(source, { blocks, ...eventsAmong(logs, directory), bytes })
}
