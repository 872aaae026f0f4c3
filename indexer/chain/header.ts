import type { Hex } from 'viem'
import { keccak256 } from './keccak.ts'
import type { BlockName } from './next-step.ts'
import { Malformed, RlpWriter } from './rlp.ts'

/** What the mirror reads of a block's header. Its hash has been worked out from all its fields and is the one given. */
export interface Header extends BlockName {
  readonly parentHash: Hex
  /** Seconds, UTC. */
  readonly time: number
  readonly bloom: Hex
  readonly receiptsRoot: Hex
  /** The hashes of its transactions, as the node says: the header has a root of theirs, which is not proven. */
  readonly transactions: readonly Hex[]
}

/** A header that is not what its hash says it is. */
export interface ForgedHeader {
  readonly forged: string
}

export type HeaderAnswer = Readonly<Record<string, unknown>>

const bytes = 'string'
const whole = 'quantity'

// In the order of the encoding. A fork only ever adds fields at the end, and a header without them is of before.
const fields: readonly (readonly [names: readonly string[], kind: typeof bytes | typeof whole])[] = [
  [['parentHash'], bytes],
  [['sha3Uncles'], bytes],
  [['miner'], bytes],
  [['stateRoot'], bytes],
  [['transactionsRoot'], bytes],
  [['receiptsRoot'], bytes],
  [['logsBloom'], bytes],
  [['difficulty'], whole],
  [['number'], whole],
  [['gasLimit'], whole],
  [['gasUsed'], whole],
  [['timestamp'], whole],
  [['extraData'], bytes],
  [['mixHash'], bytes],
  [['nonce'], bytes],
]
const addedFields: typeof fields = [
  // London
  [['baseFeePerGas'], whole],
  // Shanghai
  [['withdrawalsRoot'], bytes],
  // Cancun
  [['blobGasUsed'], whole],
  [['excessBlobGas'], whole],
  [['parentBeaconBlockRoot'], bytes],
  // Prague
  [['requestsHash'], bytes],
  // Amsterdam; nodes do not agree on the name yet.
  [['blockAccessListHash', 'balHash'], bytes],
  [['slotNumber'], whole],
]

const writer = new RlpWriter()

/** The hash of a header, worked out from the fields that a node gives of it. */
export function headerHash(answer: HeaderAnswer): Hex {
  writer.clear()
  for (const [names, kind] of addedFields.toReversed()) {
    const value = fieldOf(answer, names)
    if (value !== undefined && value !== null) writer[kind](value)
  }
  for (const [names, kind] of fields.toReversed()) writer[kind](fieldOf(answer, names))
  writer.wrapList(0)
  return `0x${Buffer.from(keccak256(writer.written())).toString('hex')}`
}

function fieldOf(answer: HeaderAnswer, names: readonly string[]): unknown {
  const [first = '', other] = names
  return answer[first] ?? (other === undefined ? undefined : answer[other])
}

/** Reads and proves a header; undefined where the node does not have the block. */
export function readHeader(answer: unknown): Header | ForgedHeader | undefined {
  if (answer === null || answer === undefined) return undefined
  try {
    const given = answer as HeaderAnswer
    const hash = headerHash(given)
    if (hash !== given['hash']) return { forged: `its header does not have the hash ${String(given['hash'])}` }
    return {
      number: Number.parseInt(String(given['number']), 16),
      hash,
      parentHash: given['parentHash'] as Hex,
      time: Number.parseInt(String(given['timestamp']), 16),
      bloom: given['logsBloom'] as Hex,
      receiptsRoot: given['receiptsRoot'] as Hex,
      transactions: transactionHashes(given['transactions']),
    }
  } catch (error) {
    if (error instanceof Malformed) return { forged: `its header cannot be read: ${error.message}` }
    throw error
  }
}

const hashShape = /^0x[0-9a-f]{64}$/

function transactionHashes(given: unknown): readonly Hex[] {
  if (!Array.isArray(given)) throw new Malformed('it has no list of transactions')
  // Nothing proves them, and they are written down as they are.
  if (!given.every((one) => typeof one === 'string' && hashShape.test(one))) {
    throw new Malformed('a transaction has no hash')
  }
  return given as Hex[]
}
