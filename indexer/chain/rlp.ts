/** The node sent something that is not even of the right shape, such as a hash that is no hex. */
export class Malformed extends Error {
  override readonly name = 'Malformed'
}

const firstBytes = 1 << 16
const shortString = 0x80
const shortList = 0xc0
const longestShort = 55

/**
 * Writes RLP (Yellow Paper, appendix B) from the end to the beginning: a list's length is known once its items are
 * written, so nothing is measured twice and nothing copied. Items are therefore written last one first.
 */
export class RlpWriter {
  private buffer = Buffer.allocUnsafeSlow(firstBytes)
  private start = firstBytes

  /** Forgets everything written. */
  clear(): void {
    this.start = this.buffer.length
  }

  /** How many bytes are written: a place to wrap from. */
  get mark(): number {
    return this.buffer.length - this.start
  }

  /** What is written, valid until the next word is. */
  written(): Uint8Array {
    return this.buffer.subarray(this.start)
  }

  /** Bytes given as hex, as a string item. */
  string(hex: unknown): void {
    const since = this.mark
    this.digits(hex)
    this.wrapString(since)
  }

  /** A whole number given as hex: its bytes without leading zeros, none for 0. */
  quantity(hex: unknown): void {
    if (typeof hex !== 'string' || !hex.startsWith('0x')) throw new Malformed('a number is no hex')
    let first = 2
    while (hex.charCodeAt(first) === 48) first += 1
    const digits = hex.slice(first)
    const since = this.mark
    this.digits(digits.length % 2 === 0 ? `0x${digits}` : `0x0${digits}`)
    this.wrapString(since)
  }

  /** Bytes as they are, without a prefix. */
  raw(bytes: Uint8Array): void {
    this.makeRoom(bytes.length)
    this.start -= bytes.length
    this.buffer.set(bytes, this.start)
  }

  octet(byte: number): void {
    this.makeRoom(1)
    this.start -= 1
    this.buffer[this.start] = byte
  }

  /** Makes one string of everything written since. */
  wrapString(since: number): void {
    const length = this.mark - since
    // A single small byte is its own encoding.
    if (length === 1 && (this.buffer[this.start] ?? 0) < shortString) return
    this.prefix(length, shortString)
  }

  /** Makes one list of the items written since. */
  wrapList(since: number): void {
    this.prefix(this.mark - since, shortList)
  }

  private digits(hex: unknown): void {
    if (typeof hex !== 'string' || !hex.startsWith('0x') || hex.length % 2 !== 0) {
      throw new Malformed('bytes are no hex')
    }
    const length = hex.length / 2 - 1
    this.makeRoom(length)
    this.start -= length
    if (this.buffer.write(hex.slice(2), this.start, length, 'hex') !== length) throw new Malformed('bytes are no hex')
  }

  private prefix(length: number, short: number): void {
    if (length <= longestShort) {
      this.octet(short + length)
      return
    }
    let bytes = 0
    for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) {
      this.octet(rest % 256)
      bytes += 1
    }
    this.octet(short + longestShort + bytes)
  }

  private makeRoom(bytes: number): void {
    if (bytes <= this.start) return
    const written = this.written()
    const larger = Buffer.allocUnsafeSlow(Math.max(this.buffer.length * 2, written.length + bytes))
    larger.set(written, larger.length - written.length)
    this.start = larger.length - written.length
    this.buffer = larger
  }
}
