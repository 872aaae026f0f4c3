/** Text that is no JSON. */
export class NotJson extends Error {
  override readonly name = 'NotJson'
}

const quote = 0x22
const backslash = 0x5c
const comma = 0x2c
const colon = 0x3a
const openBrace = 0x7b
const closeBrace = 0x7d
const openBracket = 0x5b
const closeBracket = 0x5d
const space = 0x20

/**
 * Goes through JSON as it came over the wire, without making objects of it: what is wanted is taken from the bytes, the
 * rest is stepped over. Lenient about what nobody takes; whatever is taken here is proven by hash afterwards.
 */
export class JsonText {
  readonly bytes: Uint8Array
  /** The next byte to be read. */
  at: number
  /** The string read last, without its quotes: `from` up to, not including, `to`. Escapes in it are as they came. */
  from = 0
  to = 0

  constructor(bytes: Uint8Array, at = 0) {
    this.bytes = bytes
    this.at = at
  }

  /** Steps into an object; false, and nothing is read, where there is none. */
  object(): boolean {
    return this.takes(openBrace)
  }

  list(): boolean {
    return this.takes(openBracket)
  }

  /** Goes to the value of the object's next member, whose name is the string read last; false behind its end. */
  member(): boolean {
    if (!this.more(closeBrace)) return false
    if (!this.string() || !this.takes(colon)) throw new NotJson('a member without a name')
    return true
  }

  /** Goes to the list's next value; false behind its end. */
  item(): boolean {
    return this.more(closeBracket)
  }

  /** Reads a string; false, and nothing is read, where there is none. */
  string(): boolean {
    const { bytes } = this
    if (this.next() !== quote) return false
    let at = this.at + 1
    this.from = at
    for (let byte = bytes[at]; byte !== quote; byte = bytes[at]) {
      if (byte === undefined) throw new NotJson('a string without an end')
      at += byte === backslash ? 2 : 1
    }
    this.to = at
    this.at = at + 1
    return true
  }

  /** Whether the string read last is this one. */
  is(name: Uint8Array): boolean {
    const { bytes, from } = this
    if (this.to - from !== name.length) return false
    for (let index = 0; index < name.length; index += 1) if (bytes[from + index] !== name[index]) return false
    return true
  }

  /** Goes to where the next value begins. */
  pass(): void {
    this.next()
  }

  /** Steps over a value, whatever it is. */
  skip(): void {
    if (this.string()) return
    let depth = 0
    do {
      const byte = this.next()
      if (byte === undefined) throw new NotJson('a value without an end')
      if (byte === quote) {
        this.string()
        continue
      }
      if (byte === openBrace || byte === openBracket) depth += 1
      else if (byte === closeBrace || byte === closeBracket) depth -= 1
      else if (byte !== comma && byte !== colon) {
        this.word()
        continue
      }
      this.at += 1
    } while (depth > 0)
  }

  /** Everything but the ends of a number or a name such as null. */
  private word(): void {
    const { bytes } = this
    let { at } = this
    for (let byte = bytes[at]; byte !== undefined; byte = bytes[at]) {
      if (byte === comma || byte === closeBrace || byte === closeBracket || byte <= space) break
      at += 1
    }
    this.at = at
  }

  private more(end: number): boolean {
    if (this.next() === comma) this.at += 1
    return !this.takes(end)
  }

  private takes(byte: number): boolean {
    if (this.next() !== byte) return false
    this.at += 1
    return true
  }

  private next(): number | undefined {
    const { bytes } = this
    let { at } = this
    for (let byte = bytes[at]; byte !== undefined && byte <= space; byte = bytes[at]) at += 1
    this.at = at
    return bytes[at]
  }
}

/** A name as it stands in JSON. */
export const nameInText = (name: string): Uint8Array => new TextEncoder().encode(name)
