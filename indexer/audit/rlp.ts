import { concatBytes } from 'viem/utils'

/** What RLP holds: bytes, or a list of such. */
export type Item = Uint8Array | readonly Item[]

/** Bytes that are no RLP, or more or less than one item of it. */
export class NotRlp extends Error {
  override readonly name = 'NotRlp'
}

/** Yellow Paper, appendix B. */
export function encodeRlp(item: Item): Uint8Array {
  if (item instanceof Uint8Array) {
    const [first] = item
    if (item.length === 1 && first !== undefined && first < 0x80) return item
    return concatBytes([header(0x80, item.length), item])
  }
  const content = concatBytes(item.map(encodeRlp))
  return concatBytes([header(0xc0, content.length), content])
}

function header(offset: number, length: number): Uint8Array {
  if (length < 56) return Uint8Array.of(offset + length)
  const digits: number[] = []
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) digits.unshift(rest % 256)
  return Uint8Array.of(offset + 55 + digits.length, ...digits)
}

/** The one item that these bytes are. */
export function decodeRlp(bytes: Uint8Array): Item {
  const { item, end } = itemAt(bytes, 0)
  if (end !== bytes.length) throw new NotRlp('there is more than one item')
  return item
}

function itemAt(bytes: Uint8Array, at: number): { readonly item: Item; readonly end: number } {
  const first = bytes[at]
  if (first === undefined) throw new NotRlp('an item is missing')
  if (first < 0x80) return { item: bytes.subarray(at, at + 1), end: at + 1 }
  const { start, end } = extent(bytes, at, first < 0xc0 ? 0x80 : 0xc0)
  if (first < 0xc0) return { item: bytes.subarray(start, end), end }
  const items: Item[] = []
  for (let next = start; next < end; ) {
    const inner = itemAt(bytes, next)
    if (inner.end > end) throw new NotRlp('an item is longer than its list')
    items.push(inner.item)
    next = inner.end
  }
  return { item: items, end }
}

function extent(bytes: Uint8Array, at: number, offset: number): { readonly start: number; readonly end: number } {
  const size = (bytes[at] ?? 0) - offset
  const digits = size < 56 ? 0 : size - 55
  let length = digits === 0 ? size : 0
  for (const digit of bytes.subarray(at + 1, at + 1 + digits)) length = length * 256 + digit
  const start = at + 1 + digits
  if (start + length > bytes.length) throw new NotRlp('an item is longer than the bytes')
  return { start, end: start + length }
}
