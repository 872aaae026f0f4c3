import type { Hex } from 'viem'
import { AddressTexts, writeDigits } from './hex.ts'
import { JsonText, NotJson, nameInText } from './json-text.ts'
import { Malformed } from './rlp.ts'

/** A receipt read from a node's text: its logs are encoded already, one behind the other, in its list's bytes. */
export interface ReadReceipt {
  readonly type: Hex | undefined
  readonly status: Hex | undefined
  readonly root: Hex | undefined
  readonly cumulativeGasUsed: Hex | undefined
  readonly logsBloom: Hex | undefined
  readonly transactionHash: Hex | undefined
  readonly transactionIndex: Hex | undefined
  readonly blockHash: Hex | undefined
  readonly encodedLogs: Uint8Array
  readonly logs: readonly EncodedLog[]
  readonly isRemoved: boolean
}

/** A log by the places of its parts: the address, and the topics and data within their bytes. */
export interface EncodedLog {
  readonly bytes: Uint8Array
  readonly address: Hex
  /** Of the first topic's 32 bytes; those of the next stand 33 further. */
  readonly topicsAt: number
  readonly topics: number
  readonly dataAt: number
  readonly dataLength: number
}

/** A node's answer as the text that it came in, or would have. */
export const textOf = (answer: unknown): Uint8Array =>
  answer instanceof Uint8Array ? answer : Buffer.from(JSON.stringify(answer))

const names = {
  type: nameInText('type'),
  status: nameInText('status'),
  root: nameInText('root'),
  cumulativeGasUsed: nameInText('cumulativeGasUsed'),
  logsBloom: nameInText('logsBloom'),
  transactionHash: nameInText('transactionHash'),
  transactionIndex: nameInText('transactionIndex'),
  blockHash: nameInText('blockHash'),
} as const
const plainNames = Object.keys(names) as readonly (keyof typeof names)[]
const logsName = nameInText('logs')
const addressName = nameInText('address')
const topicsName = nameInText('topics')
const dataName = nameInText('data')
const removedName = nameInText('removed')

/** The receipts in a node's text, their logs encoded on the way; undefined where it is no list of objects. */
export function readReceipts(text: Uint8Array, room = new Room()): readonly ReadReceipt[] | undefined {
  const json = new JsonText(text)
  if (!json.list()) return undefined
  const receipts: ReadReceipt[] = []
  const bytes = room.atLeast(text.length)
  const encoder = new LogEncoder(json, bytes)
  try {
    while (json.item()) {
      if (!json.object()) return undefined
      receipts.push(readReceipt(json, encoder))
    }
  } catch (error) {
    if (error instanceof NotJson) throw new Malformed(error.message)
    throw error
  }
  room.taken(encoder.end)
  return receipts
}

const roomBytes = 1 << 20

/** Where logs are encoded, one answer behind the other: used again once nobody looks at them any more. */
export class Room {
  private bytes = new Uint8Array(0)
  private used = 0

  /** Nobody looks any more at what was encoded here. */
  clear(): void {
    this.used = 0
  }

  /** Room for the logs of a text: two digits make a byte, and a log's names alone take more than its prefixes. */
  atLeast(textLength: number): Uint8Array {
    if (this.bytes.length - this.used < textLength) {
      this.bytes = Buffer.allocUnsafeSlow(Math.max(roomBytes, textLength))
      this.used = 0
    }
    return this.bytes.subarray(this.used, this.used + textLength)
  }

  taken(bytes: number): void {
    this.used += bytes
  }
}

function readReceipt(json: JsonText, encoder: LogEncoder): ReadReceipt {
  const plain: Partial<Record<keyof typeof names, Hex>> = {}
  let logs: readonly EncodedLog[] | undefined
  const since = encoder.end
  encoder.isRemoved = false
  while (json.member()) {
    if (json.is(logsName)) {
      encoder.end = since
      logs = encoder.list()
      continue
    }
    const name = plainNames.find((one) => json.is(names[one]))
    if (name !== undefined && json.string()) plain[name] = textBetween(json)
    else json.skip()
  }
  if (logs === undefined) throw new Malformed('a receipt has no list of logs')
  const { type, status, root, cumulativeGasUsed, logsBloom, transactionHash, transactionIndex, blockHash } = plain
  const said = { type, status, root, cumulativeGasUsed, logsBloom, transactionHash, transactionIndex, blockHash }
  return { ...said, encodedLogs: encoder.bytes.subarray(since, encoder.end), logs, isRemoved: encoder.isRemoved }
}

const textBetween = ({ bytes, from, to }: JsonText): Hex =>
  Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('latin1') as Hex

const addressTexts = new AddressTexts()
const mostTopics = 4
const addressDigits = 40
const topicDigits = 64
const topicBytes = 33
const shortString = 0x80
const shortList = 0xc0
const longestShort = 55
const prefix = 2
const firstOfTrue = 0x74

/** Writes logs as RLP (Yellow Paper, section 4.3.1) while it reads them: each part from its digits to its place. */
class LogEncoder {
  readonly bytes: Uint8Array
  end = 0
  isRemoved = false
  private readonly json: JsonText
  /** Where in the text the digits of the log at hand stand: address, data, topics; -1 where it has none. */
  private readonly parts = new Int32Array(4 + 2 * mostTopics)
  private topics = 0

  constructor(json: JsonText, bytes: Uint8Array) {
    this.json = json
    this.bytes = bytes
  }

  list(): readonly EncodedLog[] {
    const { json } = this
    if (!json.list()) throw new Malformed('a receipt has no list of logs')
    const logs: EncodedLog[] = []
    while (json.item()) {
      if (!json.object()) throw new Malformed('a log is missing')
      this.find()
      logs.push(this.write())
    }
    return logs
  }

  /** Notes where the parts of a log stand. */
  private find(): void {
    const { json, parts } = this
    parts.fill(-1)
    this.topics = -1
    while (json.member()) {
      if (json.is(addressName)) this.note(0)
      else if (json.is(dataName)) this.note(2)
      else if (json.is(topicsName)) this.findTopics()
      else if (json.is(removedName)) {
        json.pass()
        if (json.bytes[json.at] === firstOfTrue) this.isRemoved = true
        json.skip()
      } else json.skip()
    }
    if (this.topics < 0) throw new Malformed('a log has no list of topics')
  }

  private findTopics(): void {
    const { json } = this
    if (!json.list()) throw new Malformed('a log has no list of topics')
    this.topics = 0
    while (json.item()) {
      if (this.topics === mostTopics) throw new Malformed('a log has too many topics')
      this.note(4 + 2 * this.topics)
      this.topics += 1
    }
  }

  private note(part: number): void {
    const { json, parts } = this
    const { bytes } = json
    if (!json.string() || bytes[json.from] !== 0x30 || bytes[json.from + 1] !== 0x78) {
      throw new Malformed('bytes are no hex')
    }
    parts[part] = json.from + prefix
    parts[part + 1] = json.to
  }

  private write(): EncodedLog {
    const { bytes, topics } = this
    const dataLength = this.lengthOf(2) / 2
    if (this.lengthOf(0) !== addressDigits || !Number.isInteger(dataLength)) throw new Malformed('bytes are no hex')
    const topicsLength = topics * topicBytes
    // A single small byte is its own encoding.
    const isByte = dataLength === 1 && this.firstOf(2) < shortString
    const dataPrefix = isByte ? 0 : prefixOf(dataLength)
    this.prefix(shortList, 1 + addressDigits / 2 + prefixOf(topicsLength) + topicsLength + dataPrefix + dataLength)
    bytes[this.end] = shortString + addressDigits / 2
    this.end += 1
    const addressAt = this.digits(0)
    this.prefix(shortList, topicsLength)
    const topicsAt = this.end + 1
    for (let topic = 0; topic < topics; topic += 1) {
      if (this.lengthOf(4 + 2 * topic) !== topicDigits) throw new Malformed('a topic is no word')
      bytes[this.end] = shortString + topicDigits / 2
      this.end += 1
      this.digits(4 + 2 * topic)
    }
    if (!isByte) this.prefix(shortString, dataLength)
    const dataAt = this.digits(2)
    return { bytes, address: addressTexts.at(bytes, addressAt), topicsAt, topics, dataAt, dataLength }
  }

  private lengthOf(part: number): number {
    const from = this.parts[part] ?? -1
    if (from < 0) throw new Malformed('bytes are no hex')
    return (this.parts[part + 1] ?? 0) - from
  }

  private firstOf(part: number): number {
    const one = new Uint8Array(1)
    const from = this.parts[part] ?? 0
    writeDigits(this.json.bytes, from, from + 2, one, 0)
    return one[0] ?? 0
  }

  /** Writes the bytes of a part; gives where they begin. */
  private digits(part: number): number {
    const { parts, end } = this
    const [from, to] = [parts[part] ?? 0, parts[part + 1] ?? 0]
    if (!writeDigits(this.json.bytes, from, to, this.bytes, end)) throw new Malformed('bytes are no hex')
    this.end += (to - from) / 2
    return end
  }

  private prefix(short: number, length: number): void {
    const { bytes } = this
    if (length <= longestShort) {
      bytes[this.end] = short + length
      this.end += 1
      return
    }
    const count = prefixOf(length) - 1
    bytes[this.end] = short + longestShort + count
    for (let place = count, rest = length; place > 0; place -= 1, rest = Math.floor(rest / 256)) {
      bytes[this.end + place] = rest % 256
    }
    this.end += count + 1
  }
}

/** How many bytes say how long a string or list is. */
function prefixOf(length: number): number {
  if (length <= longestShort) return 1
  return length < 0x100 ? 2 : length < 0x10000 ? 3 : length < 0x1000000 ? 4 : 5
}
