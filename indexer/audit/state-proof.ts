import type { Hex } from 'viem'
import { bytesToBigInt, bytesToHex, hexToBytes, keccak256 } from 'viem/utils'
import { decodeRlp, encodeRlp, type Item, NotRlp } from './rlp.ts'

/** A proof that does not lead from the root to the key: whoever gave it lies, or is broken. */
export class BrokenProof extends Error {
  override readonly name = 'BrokenProof'
}

/** What a node gives for eth_getProof (EIP-1186). */
export interface AccountProof {
  readonly accountProof: readonly Hex[]
  readonly storageProof: readonly { readonly key: Hex; readonly proof: readonly Hex[] }[]
}

/** The words at these slots of an account, proven from the state root of a block; a slot never written is 0. */
export function provenWords(stateRoot: Hex, address: Hex, slots: readonly Hex[], proof: AccountProof): bigint[] {
  const account = provenValue(stateRoot, address, proof.accountProof)
  if (account === undefined) throw new BrokenProof(`the state has no account ${address}`)
  const fields = listIn(account)
  const storageRoot = fields[2]
  if (fields.length !== 4 || !(storageRoot instanceof Uint8Array)) throw new BrokenProof('an account is malformed')
  const root = bytesToHex(storageRoot)
  return slots.map((slot, index) => {
    const given = proof.storageProof[index]
    if (given === undefined) throw new BrokenProof(`slot ${slot} has no proof`)
    const value = provenValue(root, slot, given.proof)
    if (value === undefined) return 0n
    const word = itemIn(value)
    if (!(word instanceof Uint8Array) || word.length > 32) throw new BrokenProof('a word is malformed')
    // Some nodes keep a word that became zero again, as no bytes at all.
    return word.length === 0 ? 0n : bytesToBigInt(word)
  })
}

// What an empty trie hashes to: the hash of RLP's empty bytes.
const emptyRoot = keccak256('0x80')

/** The value at a key of a secure Merkle-Patricia trie; undefined where the proof shows that there is none. */
export function provenValue(root: Hex, key: Hex, proof: readonly Hex[]): Uint8Array | undefined {
  if (root === emptyRoot) return undefined
  const path = nibblesOf(hexToBytes(keccak256(key)))
  const [top, ...rest] = proof
  if (top === undefined) throw new BrokenProof('a proof is empty')
  let node = listIn(hashed(root, top))
  let at = 0
  for (;;) {
    const step = stepIn(node, path, at)
    if ('value' in step) return step.value
    at = step.at
    if (!(step.next instanceof Uint8Array)) {
      // A node shorter than a hash stands within its parent.
      node = step.next
      continue
    }
    const child = rest.shift()
    if (child === undefined) throw new BrokenProof('a proof ends before its key')
    node = listIn(hashed(bytesToHex(step.next), child))
  }
}

type Step =
  | { readonly value: Uint8Array | undefined }
  | { readonly next: Uint8Array | readonly Item[]; readonly at: number }

/** One node down: towards the key, to its value, or to the place where it would be and is not. */
function stepIn(node: readonly Item[], path: readonly number[], at: number): Step {
  if (node.length === 17) {
    if (at === path.length) return { value: bytesOf(node[16]) }
    const next = node[path[at] ?? 0] ?? new Uint8Array()
    if (next instanceof Uint8Array && next.length === 0) return { value: undefined }
    return { next, at: at + 1 }
  }
  if (node.length !== 2) throw new BrokenProof('a node of a proof is malformed')
  const [first = 0, ...others] = nibblesOf(bytesOf(node[0]))
  const shared = first % 2 === 1 ? others : others.slice(1)
  const end = at + shared.length
  const fits = shared.every((nibble, index) => path[at + index] === nibble)
  if (first >= 2) return { value: fits && end === path.length ? bytesOf(node[1]) : undefined }
  const next = node[1]
  return fits && next !== undefined ? { next, at: end } : { value: undefined }
}

function hashed(hash: Hex, node: Hex): Uint8Array {
  if (keccak256(node) !== hash) throw new BrokenProof('a node of a proof is another than its parent names')
  return hexToBytes(node)
}

function nibblesOf(bytes: Uint8Array): number[] {
  return [...bytes].flatMap((byte) => [byte >> 4, byte & 15])
}

function bytesOf(item: Item | undefined): Uint8Array {
  if (item instanceof Uint8Array) return item
  throw new BrokenProof('a node of a proof holds a list where bytes belong')
}

function itemIn(bytes: Uint8Array): Item {
  try {
    return decodeRlp(bytes)
  } catch (error) {
    if (error instanceof NotRlp) throw new BrokenProof(`a proof is malformed: ${error.message}`, { cause: error })
    throw error
  }
}

function listIn(bytes: Uint8Array): readonly Item[] {
  const item = itemIn(bytes)
  if (item instanceof Uint8Array) throw new BrokenProof('a node of a proof is no list')
  return item
}

/** A block's header as a node gives it. */
export type HeaderAnswer = Readonly<Record<string, unknown>>

// In the order in which they are hashed; the later ones stand only in blocks from their fork on.
const headerFields = [
  ...['parentHash', 'sha3Uncles', 'miner', 'stateRoot', 'transactionsRoot', 'receiptsRoot', 'logsBloom'],
  ...['difficulty', 'number', 'gasLimit', 'gasUsed', 'timestamp', 'extraData', 'mixHash', 'nonce'],
  ...['baseFeePerGas', 'withdrawalsRoot', 'blobGasUsed', 'excessBlobGas', 'parentBeaconBlockRoot', 'requestsHash'],
]
const quantities = new Set([
  ...['difficulty', 'number', 'gasLimit', 'gasUsed', 'timestamp'],
  ...['baseFeePerGas', 'blobGasUsed', 'excessBlobGas'],
])

/** The hash of a header by its own content: only with the right one is its state root to be trusted. */
export function headerHash(header: HeaderAnswer): Hex {
  const fields = headerFields.flatMap((name) => {
    const value = header[name]
    if (typeof value !== 'string' || !value.startsWith('0x')) return []
    return [quantities.has(name) ? shortest(value) : hexToBytes(value as Hex)]
  })
  return keccak256(encodeRlp(fields))
}

/** A number without leading zeros; zero is no byte at all. */
function shortest(quantity: string): Uint8Array {
  const digits = quantity.slice(2).replace(/^0+/, '')
  return hexToBytes(`0x${digits.length % 2 === 1 ? '0' : ''}${digits}`)
}
