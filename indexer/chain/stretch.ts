import type { Hex } from 'viem'
import type { Header } from './header.ts'
import {
  accountDeployedTopic,
  type ContractKind,
  type EventNamed,
  type NetworkEvent,
  readSaying,
  type Saying,
  shopAdmittedTopic,
} from './logs.ts'

/**
 * What stands behind the logs of a block, the weakest first. Hash and parent are proven in any case. `bloom`: a node's
 * word, which the header's bloom filter does not contradict; a changed amount would not show. `secondSource`: a second
 * node says the very same. `receipts`: all receipts of the block have the root that the header names.
 */
export const evidences = ['bloom', 'secondSource', 'receipts'] as const
export type Evidence = (typeof evidences)[number]

/** A block as it may be written down. */
export interface ProvenBlock extends Pick<Header, 'number' | 'hash' | 'parentHash' | 'time'> {
  readonly evidence: Evidence
}

/** A block without what was needed only to prove it. */
export function provenBlock({ number, hash, parentHash, time }: Header, evidence: Evidence): ProvenBlock {
  return { number, hash, parentHash, time, evidence }
}

/**
 * Whose logs are read: the network's contracts, in lower case, the shops' point tokens as they are admitted, and the
 * members' accounts as they are deployed.
 */
export type Directory = ReadonlyMap<Hex, ContractKind>

/** A stretch of the chain: every block of it, linked to the block before, and every event of the network in it. */
export interface Stretch {
  readonly blocks: readonly ProvenBlock[]
  readonly events: readonly NetworkEvent[]
  /** Point tokens whose shops were admitted in it, and members' accounts that were deployed in it. */
  readonly newcomers: Directory
  /** Who else spoke in it, and was not read; undefined where that cannot be told. */
  readonly unread: ReadonlySet<Hex> | undefined
  /** About how large the answers were that it was read from. */
  readonly bytes: number
}

/**
 * Why a stretch cannot be taken as it came. `moved`: the chain below or within it changed while we asked. `behind`: the
 * node does not have all of it. `inconsistent`: a node's answers contradict each other. `unconfirmed`: nodes contradict
 * each other, or the second word is missing, and it is open who is right. `lied`: an answer is proven false.
 */
export interface NotTaken {
  readonly refused: 'moved' | 'behind' | 'inconsistent' | 'unconfirmed' | 'lied'
  readonly at: number
  readonly detail: string
}

/** What a Transfer says. */
export type Moved = EventNamed<'Transfer'>['args']

/** A log at the place where it was proven or found to stand. */
export interface PlacedLog extends Saying {
  readonly blockNumber: number
  readonly logIndex: number
  readonly transactionHash: Hex
  /** What it says where it is a Transfer and its bytes are at hand. */
  readonly moved?: Moved | undefined
  /** How many bytes its data are, where that is known without their text. */
  readonly dataLength?: number
}

/** The network's events among these logs, which are in the chain's order; those of newcomers too. */
export function eventsAmong(
  logs: readonly PlacedLog[],
  directory: Directory,
): Pick<Stretch, 'events' | 'newcomers'> & { readonly unread: ReadonlySet<Hex> } {
  // A token may speak before the consortium says that it is admitted, so all of these are found first.
  const newcomers = newcomersAmong(logs, directory)
  const everyone = newcomers.size === 0 ? directory : new Map([...directory, ...newcomers])
  const events: NetworkEvent[] = []
  const unread = new Set<Hex>()
  for (const log of logs) {
    const kind = everyone.get(log.address) ?? everyone.get(log.address.toLowerCase() as Hex)
    const moved = kind === 'points' ? log.moved : undefined
    if (moved !== undefined) events.push(transferOf(log, moved))
    else if (kind !== undefined) events.push(readSaying(kind, log, log))
    else unread.add(log.address.toLowerCase() as Hex)
  }
  return { events, newcomers, unread }
}

function transferOf({ blockNumber, logIndex, transactionHash, address }: PlacedLog, args: Moved): NetworkEvent {
  return { name: 'Transfer', args, blockNumber, logIndex, transactionHash, address }
}

/**
 * Point tokens of shops admitted in these logs, and members' accounts deployed in them, that the directory does not
 * have yet. Only the network's own register and factory are heard: whoever else says such a thing admits nobody.
 */
export function newcomersAmong(logs: readonly PlacedLog[], directory: Directory): Directory {
  const found = new Map<Hex, ContractKind>()
  for (const log of logs) {
    // Asked for first: nearly all logs are of others.
    const kind = directory.get(log.address) ?? directory.get(log.address.toLowerCase() as Hex)
    if (kind !== 'consortium' && kind !== 'accounts') continue
    const newcomer = newcomerIn(log, kind)
    if (newcomer !== undefined && !directory.has(newcomer))
      found.set(newcomer, kind === 'accounts' ? 'account' : 'points')
  }
  return found
}

function newcomerIn(log: PlacedLog, kind: 'consortium' | 'accounts'): Hex | undefined {
  if (log.topics[0] !== (kind === 'accounts' ? accountDeployedTopic : shopAdmittedTopic)) return undefined
  const event = readSaying(kind, log, log)
  if (event.name === 'ShopAdmitted') return event.args.points.toLowerCase() as Hex
  return event.name === 'AccountDeployed' ? (event.args.account.toLowerCase() as Hex) : undefined
}

// What a header, a receipt and a log take as a node's JSON, beside what a log carries: near enough to bound memory by.
export const headerBytes = 2_200
export const receiptBytes = 1_300
const logBytes = 620

/** About the size of the answer these logs came in. */
export function sizeOf(logs: readonly PlacedLog[]): number {
  return logs.reduce(
    (sum, log) => sum + logBytes + (log.dataLength === undefined ? log.data.length : 2 * log.dataLength),
    0,
  )
}
