import { keccak256 } from './keccak.ts'
import { RlpWriter } from './rlp.ts'

/** Writes the bytes of the value at a place, as they are, without a prefix. */
export type WriteValue = (writer: RlpWriter, index: number) => void

const writer = new RlpWriter()
const longestInline = 31
const hashBytes = 32
const emptyString = 0x80
const branchPlaces = 16

/**
 * The root of the Merkle-Patricia trie (Yellow Paper, appendix D) that a header keeps of its block's receipts: `count`
 * values, each under the RLP of its place. Such keys never begin one another, so branches hold no values.
 */
export function indexTrieRoot(count: number, write: WriteValue): Uint8Array {
  if (count === 0) return keccak256(Uint8Array.of(emptyString))
  return keccak256(encodeNode(keysInOrder(count), { from: 0, to: count, depth: 0, write }))
}

interface Part {
  /** The keys of this node: `from` up to, not including, `to`. */
  readonly from: number
  readonly to: number
  /** How many nibbles of the keys lead here. */
  readonly depth: number
  readonly write: WriteValue
}

interface Key {
  readonly index: number
  readonly nibbles: Uint8Array
}

/** A node's encoding, valid until the next one is asked for. */
function encodeNode(keys: readonly Key[], part: Part): Uint8Array {
  const { from, to, depth } = part
  const first = keys[from]
  const last = keys[to - 1]
  if (first === undefined || last === undefined) throw new Error('a node of a trie has no keys')
  if (from === to - 1) return encodeLeaf(first, part)
  let shared = depth
  while (first.nibbles[shared] === last.nibbles[shared]) shared += 1
  if (shared === depth) return encodeBranch(keys, part)
  const below = reference(encodeNode(keys, { ...part, depth: shared }))
  writer.clear()
  writeReference(below)
  writePath(first.nibbles.subarray(depth, shared), extensionFlag)
  writer.wrapList(0)
  return writer.written()
}

function encodeLeaf(key: Key, { depth, write }: Part): Uint8Array {
  writer.clear()
  write(writer, key.index)
  writer.wrapString(0)
  writePath(key.nibbles.subarray(depth), leafFlag)
  writer.wrapList(0)
  return writer.written()
}

function encodeBranch(keys: readonly Key[], part: Part): Uint8Array {
  const below: (Uint8Array | undefined)[] = Array.from({ length: branchPlaces }, () => undefined)
  let from = part.from
  while (from < part.to) {
    const nibble = keys[from]?.nibbles[part.depth] ?? 0
    let to = from + 1
    while (to < part.to && keys[to]?.nibbles[part.depth] === nibble) to += 1
    below[nibble] = reference(encodeNode(keys, { ...part, from, to, depth: part.depth + 1 }))
    from = to
  }
  writer.clear()
  writer.octet(emptyString)
  for (let place = branchPlaces - 1; place >= 0; place -= 1) {
    const child = below[place]
    if (child === undefined) writer.octet(emptyString)
    else writeReference(child)
  }
  writer.wrapList(0)
  return writer.written()
}

/** How a parent names a node: a small one by itself, any other by its hash. */
function reference(encoding: Uint8Array): Uint8Array {
  return encoding.length <= longestInline ? Uint8Array.from(encoding) : keccak256(encoding)
}

function writeReference(child: Uint8Array): void {
  const since = writer.mark
  writer.raw(child)
  if (child.length === hashBytes) writer.wrapString(since)
}

const extensionFlag = 0
const leafFlag = 2

/** The hex-prefix encoding of nibbles (appendix C). */
function writePath(nibbles: Uint8Array, flag: number): void {
  const since = writer.mark
  const odd = nibbles.length % 2
  for (let at = nibbles.length - 2; at >= odd; at -= 2) writer.octet((nibbles[at] ?? 0) * 16 + (nibbles[at + 1] ?? 0))
  writer.octet((flag + odd) * 16 + (odd === 1 ? (nibbles[0] ?? 0) : 0))
  writer.wrapString(since)
}

const keyAt: Key[] = []

function keyOf(index: number): Key {
  const known = keyAt[index]
  if (known !== undefined) return known
  const bytes: number[] = []
  for (let rest = index; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256)
  if (index === 0 || index >= emptyString) bytes.unshift(emptyString + bytes.length)
  const key = { index, nibbles: Uint8Array.from(bytes.flatMap((byte) => [byte >> 4, byte & 15])) }
  keyAt[index] = key
  return key
}

/** By their bytes: 1 to 127 are their own encoding, 0 is the empty string behind them, longer numbers follow. */
function keysInOrder(count: number): Key[] {
  const keys: Key[] = []
  for (let index = 1; index < Math.min(count, emptyString); index += 1) keys.push(keyOf(index))
  keys.push(keyOf(0))
  for (let index = emptyString; index < count; index += 1) keys.push(keyOf(index))
  return keys
}
