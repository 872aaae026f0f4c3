import { logsByBloom } from './by-bloom.ts'
import { headerCall, logsCall, numbers } from './calls.ts'
import { type Header, readHeader } from './header.ts'
import { linked, type StretchAsked } from './linked.ts'
import { NodeTrouble } from './node.ts'
import type { Source } from './sources.ts'
import {
  type Directory,
  type Evidence,
  eventsAmong,
  headerBytes,
  type NotTaken,
  type PlacedLog,
  provenBlock,
  type Stretch,
  sizeOf,
} from './stretch.ts'

/**
 * A stretch as nodes say it that give no receipts. Hashes and parents are proven all the same. Where other nodes are
 * given, one of them must say the very same; where the first two differ, a third decides which of them lied.
 */
export async function stretchOnWord(
  source: Source,
  directory: Directory,
  asked: StretchAsked,
): Promise<Stretch | NotTaken> {
  const said = await wordOf(source, directory, asked)
  if ('refused' in said) return said
  const evidence = await confirmed(source, directory, asked, said)
  if (typeof evidence !== 'string') return evidence
  try {
    return {
      blocks: said.blocks.map((block) => provenBlock(block, evidence)),
      ...eventsAmong(said.logs, directory),
      // Nobody was asked for but those in the directory.
      unread: undefined,
      bytes: said.blocks.length * headerBytes + sizeOf(said.logs),
    }
  } catch (error) {
    // Nothing proves these logs, so what cannot be read was made up.
    return { refused: 'lied', at: asked.from, detail: `its logs cannot be read: ${sentenceOf(error)}` }
  }
}

const sentenceOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

interface Word {
  readonly blocks: readonly Header[]
  readonly logs: readonly PlacedLog[]
}

async function wordOf(source: Source, directory: Directory, asked: StretchAsked): Promise<Word | NotTaken> {
  const { from, to } = asked
  // In one request, so that behind a load balancer headers and logs come from the same node.
  const calls = [logsCall({ from, to }, [...directory.keys()]), ...numbers(from, to).map(headerCall)]
  const [given, ...headers] = await source.ask(calls)
  const blocks = linked(headers.map(readHeader), asked)
  if ('refused' in blocks) return blocks
  try {
    const logs = await logsByBloom(source, directory, blocks, given)
    return 'refused' in logs ? logs : { blocks, logs }
  } catch (error) {
    if (error instanceof NodeTrouble) throw error
    return { refused: 'lied', at: from, detail: `its logs cannot be read: ${sentenceOf(error)}` }
  }
}

/** What the other nodes make of it: more evidence, none, or a contradiction that is not decided in its favour. */
async function confirmed(
  source: Source,
  directory: Directory,
  asked: StretchAsked,
  said: Word,
): Promise<Evidence | NotTaken> {
  const [witness, third] = source.others()
  if (witness === undefined) return 'bloom'
  const theirs = await wordOf(witness, directory, asked)
  if ('refused' in theirs) {
    const detail = `${witness.name}, asked for a second word: ${theirs.detail}`
    witness.doubt(theirs.refused === 'lied' || theirs.refused === 'behind' ? theirs.refused : 'moved', detail)
    return { refused: 'unconfirmed', at: theirs.at, detail }
  }
  const at = firstDifference(said, theirs)
  if (at === undefined) {
    witness.trust()
    return 'secondSource'
  }
  const contradiction = `${source.name} and ${witness.name} contradict each other`
  const decider = third === undefined ? undefined : await wordOf(third, directory, asked)
  if (decider === undefined || 'refused' in decider) return { refused: 'unconfirmed', at, detail: contradiction }
  if (firstDifference(said, decider) === undefined) {
    witness.doubt('lied', `${witness.name} lied: two others say something else of block ${at}`)
    return 'secondSource'
  }
  if (firstDifference(theirs, decider) !== undefined) return { refused: 'unconfirmed', at, detail: contradiction }
  return { refused: 'lied', at, detail: 'two others say something else' }
}

/** The first block of which two words differ: in its hash, or in what was said in it. */
function firstDifference(one: Word, other: Word): number | undefined {
  const fork = one.blocks.find((block, index) => other.blocks[index]?.hash !== block.hash)?.number
  const count = Math.max(one.logs.length, other.logs.length)
  for (let index = 0; index < count; index += 1) {
    const [ours, theirs] = [one.logs[index], other.logs[index]]
    if (spelled(ours) === spelled(theirs)) continue
    const at = Math.min(ours?.blockNumber ?? Number.POSITIVE_INFINITY, theirs?.blockNumber ?? Number.POSITIVE_INFINITY)
    return Math.min(at, fork ?? at)
  }
  return fork
}

function spelled(log: PlacedLog | undefined): string {
  if (log === undefined) return ''
  const { blockNumber, logIndex, transactionHash, address, topics, data } = log
  return JSON.stringify([blockNumber, logIndex, transactionHash, address, topics, data]).toLowerCase()
}
