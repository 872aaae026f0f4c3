import type { Hex } from 'viem'
import { bloomBits, mayHold } from './bloom.ts'
import { logsCall } from './calls.ts'
import type { Header } from './header.ts'
import type { RawLog } from './logs.ts'
import type { Source } from './sources.ts'
import { type Directory, type NotTaken, newcomersAmong, type PlacedLog } from './stretch.ts'

/**
 * The network's logs in these blocks on one node's word, where it gives no receipts: every log must be in its block's
 * bloom filter, and a block whose filter speaks of an address that was not heard is asked for again by its hash.
 */
export async function logsByBloom(
  source: Source,
  directory: Directory,
  blocks: readonly Header[],
  given: unknown,
): Promise<readonly PlacedLog[] | NotTaken> {
  const logs = await heardAndAskedFor(source, blocks, [...directory.keys()], given)
  if ('refused' in logs) return logs
  const newcomers = [...newcomersAmong(logs, directory).keys()]
  if (newcomers.length === 0) return logs
  const [answer] = await source.ask([logsCall(rangeOf(blocks), newcomers)])
  const theirs = await heardAndAskedFor(source, blocks, newcomers, answer)
  return 'refused' in theirs ? theirs : [...logs, ...theirs].sort(byPlace)
}

const byPlace = (one: PlacedLog, other: PlacedLog) =>
  one.blockNumber - other.blockNumber || one.logIndex - other.logIndex

function rangeOf(blocks: readonly Header[]): { readonly from: number; readonly to: number } {
  return { from: blocks[0]?.number ?? 0, to: blocks.at(-1)?.number ?? 0 }
}

/** Logs of these addresses, those among them that the range's answer left out. */
async function heardAndAskedFor(
  source: Source,
  blocks: readonly Header[],
  addresses: readonly Hex[],
  given: unknown,
): Promise<readonly PlacedLog[] | NotTaken> {
  const asked = new Set(addresses)
  const heard = placed(given, blocks, asked)
  if ('refused' in heard) return heard
  const doubtful = overlooked(blocks, heard, addresses)
  const answers = await source.ask(doubtful.map((block) => logsCall({ blockHash: block.hash }, addresses)))
  const whole = [...(given as readonly RawLog[])]
  const silent = new Set(doubtful.map((block) => block.number))
  // What a block says by its hash is all it says; what the range said of it is in there again.
  const kept = whole.filter((log) => !silent.has(Number.parseInt(log.blockNumber, 16)))
  return placed([...kept, ...answers.flatMap((answer) => answer as readonly RawLog[])], blocks, asked)
}

/** Blocks that were silent about an address of which their filter speaks. */
function overlooked(
  blocks: readonly Header[],
  logs: readonly PlacedLog[],
  addresses: readonly Hex[],
): readonly Header[] {
  const heard = new Set(logs.map((log) => `${log.blockNumber} ${log.address.toLowerCase()}`))
  return blocks.filter((block) =>
    addresses.some((address) => !heard.has(`${block.number} ${address}`) && mayHold(block.bloom, bloomBits(address))),
  )
}

/** The logs in the chain's order, or why one of them does not belong to the blocks it came with. */
function placed(given: unknown, blocks: readonly Header[], asked: ReadonlySet<Hex>): readonly PlacedLog[] | NotTaken {
  const first = blocks[0]?.number ?? 0
  const logs: PlacedLog[] = []
  if (!Array.isArray(given)) return { refused: 'lied', at: first, detail: 'its logs are no list' }
  for (const log of given as readonly RawLog[]) {
    const at = Number.parseInt(log.blockNumber, 16)
    const block = blocks[at - first]
    const objection = block === undefined ? 'a log lies outside the range asked for' : objectionTo(log, block, asked)
    if (objection !== undefined) return { refused: refusalFor(objection), at, detail: objection }
    const { address, topics, data, transactionHash } = log
    const logIndex = Number.parseInt(log.logIndex, 16)
    logs.push({ address, topics, data, blockNumber: at, logIndex, transactionHash })
  }
  logs.sort(byPlace)
  const double = logs.find((log, index) => {
    const before = logs[index - 1]
    return before?.blockNumber === log.blockNumber && before.logIndex === log.logIndex
  })
  if (double === undefined) return logs
  return { refused: 'inconsistent', at: double.blockNumber, detail: `log ${double.logIndex} came twice` }
}

const hexShape = /^0x[0-9a-fA-F]*$/
const anotherBlock = 'a log is of another block than the header'
const takenBack = 'a log is marked as removed'

function objectionTo(log: RawLog, block: Header, asked: ReadonlySet<Hex>): string | undefined {
  const address = log.address.toLowerCase() as Hex
  // Nothing proves what it carries, and it is written down as it is.
  if (![log.data, log.transactionHash].every((hex) => hexShape.test(hex))) return 'a log is no hex'
  if (log.blockHash !== block.hash) return anotherBlock
  if (log.removed === true) return takenBack
  if (!asked.has(address)) return `a log is of ${address}, which nobody asked for`
  const inFilter = [address, ...log.topics].every((value) => mayHold(block.bloom, bloomBits(value)))
  return inFilter ? undefined : 'a log is not in the bloom filter of its block'
}

/** A chain that moves while we look is everyday life. */
function refusalFor(objection: string): NotTaken['refused'] {
  if (objection === anotherBlock || objection === takenBack) return 'moved'
  return 'lied'
}
