import { createKeccak } from 'hash-wasm'
import type { FixedScore } from './fixed-point.ts'

const hasher = await createKeccak(256)
const keccak256 = (bytes: Uint8Array): Uint8Array => hasher.init().update(bytes).digest('binary')

/** What a run says of one member at one shop, as `Standing.prove` takes it (docs/acts/score-log.md). */
export interface CommittedScore extends FixedScore {
  /** 0: the whole network. */
  readonly shop: number
  /** The account, 0x hex. */
  readonly member: string
  /** 0 none, 1 Bronze, 2 Silver, 3 Gold. */
  readonly tier: number
  /** A bit for each badge earned. */
  readonly badges: bigint
}

/** Scores of a run with one root; leaves are 32 bytes each, ascending, and the last of `nodes`. */
export interface ScoreTree {
  readonly root: string
  /** All nodes, 32 bytes each, the root first. */
  readonly nodes: Uint8Array
  /** Siblings from the leaf up, 0x hex; undefined where the run holds no such score. */
  readonly proofOf: (score: CommittedScore) => string[] | undefined
}

const word = 32
const widths = { shop: 32n, tier: 8n, badges: 128n, alivePpm: 32n, purchasesMillionths: 64n, valueMinor: 64n } as const

/** keccak256 of keccak256 of the seven ABI-encoded fields: hashed twice, so that no inner node can pass for a leaf. */
export function scoreLeaf(score: CommittedScore): Uint8Array {
  const { shop, tier, badges, alivePpm, purchasesMillionths, valueMinor } = score
  const encoded = new Uint8Array(7 * word)
  const fields: readonly [name: keyof typeof widths, place: number, value: bigint][] = [
    ['shop', 0, BigInt(shop)],
    ['tier', 2, BigInt(tier)],
    ['badges', 3, badges],
    ['alivePpm', 4, BigInt(alivePpm)],
    ['purchasesMillionths', 5, purchasesMillionths],
    ['valueMinor', 6, valueMinor],
  ]
  for (const [name, place, value] of fields) {
    if (value < 0n || value >> widths[name] !== 0n)
      throw new Error(`${name} ${value} does not fit ${widths[name]} bits`)
    let rest = value
    for (let at = (place + 1) * word - 1; rest > 0n; at -= 1, rest >>= 8n) encoded[at] = Number(rest & 0xffn)
  }
  if (!/^0x[0-9a-fA-F]{40}$/.test(score.member)) throw new Error(`${score.member} is no account`)
  encoded.set(Buffer.from(score.member.slice(2), 'hex'), word + 12)
  return keccak256(keccak256(encoded))
}

/** Leaves in one piece of memory: an object for each of some millions would be ten times as much. */
export class Leaves {
  #bytes = new Uint8Array(1_024 * word)
  #count = 0

  add(leaf: Uint8Array): void {
    if ((this.#count + 1) * word > this.#bytes.length) {
      const longer = new Uint8Array(2 * this.#bytes.length)
      longer.set(this.#bytes)
      this.#bytes = longer
    }
    this.#bytes.set(leaf, this.#count * word)
    this.#count += 1
  }

  get count(): number {
    return this.#count
  }

  /** Each leaf, from the smallest to the largest. */
  *ascending(): Generator<Uint8Array> {
    const at = (place: number) => this.#bytes.subarray(place * word, (place + 1) * word)
    // The first six bytes tell nearly all leaves apart, and are a whole number without loss.
    const { buffer } = this.#bytes
    const view = new DataView(buffer)
    const head = Float64Array.from({ length: this.#count }, (_, place) => {
      return view.getUint32(place * word) * 65_536 + view.getUint16(place * word + 4)
    })
    const order = Uint32Array.from({ length: this.#count }, (_, place) => place).sort((one, other) => {
      return (head[one] as number) - (head[other] as number) || Buffer.compare(at(one), at(other))
    })
    for (const place of order) yield at(place)
  }
}

/**
 * The tree that OpenZeppelin's standard tree builds: leaves sorted and filled in from the end of one list of nodes,
 * each inner node the hash of its two children in ascending order. Undefined for no scores at all: there is no empty
 * root.
 */
export function scoreTree(scores: Iterable<CommittedScore>): ScoreTree | undefined {
  const leaves = new Leaves()
  for (const score of scores) leaves.add(scoreLeaf(score))
  return leafTree(leaves)
}

/** The same over leaves that were hashed already, which is all that is kept of many scores. */
export function leafTree(leaves: Leaves): ScoreTree | undefined {
  const { count } = leaves
  if (count === 0) return undefined
  const size = 2 * count - 1
  const nodes = new Uint8Array(size * word)
  const at = (place: number): Uint8Array => nodes.subarray(place * word, (place + 1) * word)
  let place = size
  for (const leaf of leaves.ascending()) {
    place -= 1
    nodes.set(leaf, place * word)
  }
  const both = new Uint8Array(2 * word)
  for (place -= 1; place >= 0; place -= 1) {
    const [left, right] = [at(2 * place + 1), at(2 * place + 2)]
    const ordered = Buffer.compare(left, right) <= 0
    both.set(ordered ? left : right)
    both.set(ordered ? right : left, word)
    nodes.set(keccak256(both), place * word)
  }
  return { root: hexOf(at(0)), nodes, proofOf: (score) => proofOf({ at, count }, scoreLeaf(score)) }
}

function proofOf(
  { at, count }: { readonly at: (place: number) => Uint8Array; readonly count: number },
  leaf: Uint8Array,
): string[] | undefined {
  // The largest leaf comes first.
  let [from, to] = [count - 1, 2 * count - 1]
  while (from < to) {
    const middle = (from + to) >> 1
    if (Buffer.compare(at(middle), leaf) > 0) from = middle + 1
    else to = middle
  }
  if (from === 2 * count - 1 || Buffer.compare(at(from), leaf) !== 0) return undefined
  return siblingsOf(from).map((place) => hexOf(at(place)))
}

/** The places of a proof, from the leaf at this place up. */
export function siblingsOf(leafAt: number): number[] {
  const places: number[] = []
  for (let place = leafAt; place > 0; place = (place - 1) >> 1) places.push(place % 2 === 1 ? place + 1 : place - 1)
  return places
}

/** Whether a leaf and its siblings lead to this root. Both as 0x hex. */
export function provesScore(score: CommittedScore, proof: readonly string[], root: string): boolean {
  const both = new Uint8Array(2 * word)
  let hash = scoreLeaf(score)
  for (const text of proof) {
    if (!/^0x[0-9a-f]{64}$/.test(text)) return false
    const other = new Uint8Array(Buffer.from(text.slice(2), 'hex'))
    const ordered = Buffer.compare(hash, other) <= 0
    both.set(ordered ? hash : other)
    both.set(ordered ? other : hash, word)
    hash = keccak256(both)
  }
  return hexOf(hash) === root
}

const hexOf = (bytes: Uint8Array): string => `0x${Buffer.from(bytes).toString('hex')}`
