import type { Hex } from 'viem'

const none = 128
const digitValues = new Uint8Array(256).fill(none)
for (const [value, digit] of [...'0123456789abcdef'].entries()) {
  digitValues[digit.charCodeAt(0)] = value
  digitValues[digit.toUpperCase().charCodeAt(0)] = value
}

/** Writes the bytes that hex digits in text, from `from` up to `to`, stand for; false where they are none. */
export function writeDigits(text: Uint8Array, from: number, to: number, into: Uint8Array, at: number): boolean {
  let wrong = 0
  let place = at
  for (let index = from; index < to; index += 2) {
    const high = digitValues[text[index] ?? 0] ?? none
    const low = digitValues[text[index + 1] ?? 0] ?? none
    wrong |= high | low
    into[place] = (high << 4) | low
    place += 1
  }
  return (wrong & none) === 0
}

/** Writes the bytes of a hex text that is known to be one; gives the place behind them. */
export function writeHex(hex: Hex, into: Uint8Array, at: number): number {
  let place = at
  for (let index = 2; index < hex.length; index += 2) {
    const high = digitValues[hex.charCodeAt(index)] ?? 0
    into[place] = (high << 4) | (digitValues[hex.charCodeAt(index + 1)] ?? 0)
    place += 1
  }
  return place
}

const addressBytes = 20
const slotBits = 17
const mostKnown = 1 << 16

/**
 * Addresses as text, each made once: an event names two or three, of the same few members and tokens over and over. A
 * text that is the very same one is also found faster wherever it is a key.
 */
export class AddressTexts {
  private readonly slots = new Int32Array(1 << slotBits)
  private readonly bytes = new Uint8Array(mostKnown * addressBytes)
  private texts: Hex[] = []

  /** The address whose 20 bytes stand there, in lower case. */
  at(bytes: Uint8Array, from: number): Hex {
    const end = from + addressBytes
    const low = ((bytes[end - 4] ?? 0) << 24) | ((bytes[end - 3] ?? 0) << 16)
    const last = low | ((bytes[end - 2] ?? 0) << 8) | (bytes[end - 1] ?? 0)
    const mask = this.slots.length - 1
    let slot = (Math.imul(last, 0x9e3779b1) >>> (32 - slotBits)) & mask
    for (let known = this.slots[slot] ?? 0; known !== 0; known = this.slots[slot] ?? 0) {
      if (this.isAt(known - 1, bytes, from)) return this.texts[known - 1] as Hex
      slot = (slot + 1) & mask
    }
    if (this.texts.length === mostKnown) {
      this.forget()
      return this.at(bytes, from)
    }
    const text: Hex = `0x${Buffer.from(bytes.buffer, bytes.byteOffset + from, addressBytes).toString('hex')}`
    this.bytes.set(bytes.subarray(from, end), this.texts.length * addressBytes)
    this.texts.push(text)
    this.slots[slot] = this.texts.length
    return text
  }

  private isAt(index: number, bytes: Uint8Array, from: number): boolean {
    const known = this.bytes
    const start = index * addressBytes
    for (let place = addressBytes - 1; place >= 0; place -= 1) {
      if (known[start + place] !== bytes[from + place]) return false
    }
    return true
  }

  private forget(): void {
    this.slots.fill(0)
    this.texts = []
  }
}
