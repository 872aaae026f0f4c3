import type { Hex } from 'viem'
import { AddressTexts } from './hex.ts'
import type { EncodedLog } from './receipts-text.ts'
import type { Moved, PlacedLog } from './stretch.ts'
import { topicOf } from './topic.ts'

const transfer = Buffer.from(
  topicOf({ name: 'Transfer', inputs: ['address', 'address', 'uint256'].map((type) => ({ type })) }).slice(2),
  'hex',
)

const wordBytes = 32
const addressInWord = 12
const topicStep = 33
const addresses = new AddressTexts()

/** A log whose bytes are proven. Its topics and data become text where somebody asks for them. */
export class ProvenLog implements PlacedLog {
  readonly address: Hex
  readonly blockNumber: number
  readonly logIndex: number
  readonly transactionHash: Hex
  readonly #log: EncodedLog

  constructor(log: EncodedLog, place: Pick<PlacedLog, 'blockNumber' | 'logIndex' | 'transactionHash'>) {
    this.address = log.address
    this.blockNumber = place.blockNumber
    this.logIndex = place.logIndex
    this.transactionHash = place.transactionHash
    this.#log = log
  }

  get topics(): readonly Hex[] {
    const { topics, topicsAt } = this.#log
    return Array.from({ length: topics }, (_, index) => this.hexAt(topicsAt + index * topicStep, wordBytes))
  }

  get data(): Hex {
    const { dataAt, dataLength } = this.#log
    return this.hexAt(dataAt, dataLength)
  }

  get dataLength(): number {
    return this.#log.dataLength
  }

  /** What it says where it is a Transfer: nearly every log is one, so that is read straight from the bytes. */
  get moved(): Moved | undefined {
    const { bytes, topics, topicsAt, dataAt, dataLength } = this.#log
    if (topics !== 3 || dataLength !== wordBytes) return undefined
    for (let place = 0; place < wordBytes; place += 1) if (bytes[topicsAt + place] !== transfer[place]) return undefined
    const sender = topicsAt + topicStep + addressInWord
    return {
      from: addresses.at(bytes, sender),
      to: addresses.at(bytes, sender + topicStep),
      value: wholeAt(bytes, dataAt),
    }
  }

  private hexAt(from: number, length: number): Hex {
    const { bytes } = this.#log
    return `0x${Buffer.from(bytes.buffer, bytes.byteOffset + from, length).toString('hex')}`
  }
}

const exactBytes = 6

/** A word as a whole number; nearly all fit the numbers that are quick. */
function wholeAt(bytes: Uint8Array, from: number): bigint {
  const low = from + wordBytes - exactBytes
  let high = 0
  for (let place = from; place < low; place += 1) high |= bytes[place] ?? 0
  if (high !== 0) return BigInt(`0x${Buffer.from(bytes.subarray(from, from + wordBytes)).toString('hex')}`)
  let whole = 0
  for (let place = low; place < low + exactBytes; place += 1) whole = whole * 256 + (bytes[place] ?? 0)
  return BigInt(whole)
}
