import type { AbiParameter, Hex } from 'viem'

/** Reads one value out of an event's 32-byte words, given as hex digits without the 0x. */
export type ReadWord = (word: string) => unknown

const wordDigits = 64

/** The reader for a type that fills one word; undefined for a type that needs more. */
export function wordReader(type: string): ReadWord | undefined {
  if (type === 'address') return (word) => `0x${word.slice(24)}`
  if (type === 'bool') return (word) => word.endsWith('1')
  if (type === 'bytes32') return (word) => `0x${word}`
  const whole = /^(u?)int(\d+)$/.exec(type)
  if (whole === null) return undefined
  const bits = Number(whole[2])
  // The widths that viem's types, too, give as number.
  if (whole[1] === 'u') return bits <= 48 ? (word) => Number.parseInt(word, 16) : (word) => BigInt(`0x${word}`)
  return bits <= 48
    ? (word) => Number(BigInt.asIntN(bits, BigInt(`0x${word}`)))
    : (word) => BigInt.asIntN(bits, BigInt(`0x${word}`))
}

/** Reads what an event's data hold at a place, given in words. */
type ReadAt = (data: Hex, index: number) => unknown

/** The reader for the values an event carries beside its topics: hex data in, one value for each parameter out. */
export function dataReader(parameters: readonly AbiParameter[]): (data: Hex) => readonly unknown[] {
  const readers = parameters.map(readerAt)
  return (data) => readers.map((read, index) => read(data, index))
}

/** Words, bytes, lists of words and lists of structs of words are all that the network's events carry. */
function readerAt(parameter: AbiParameter): ReadAt {
  const { type } = parameter
  const read = wordReader(type)
  if (read !== undefined) return (data, index) => read(wordAt(data, index))
  if (type === 'bytes') return (data, index) => bytesAt(data, lengthAt(data, index))
  if (type === 'tuple[]') return listReader(structReader(parameter))
  const item = type.endsWith('[]') ? wordReader(type.slice(0, -2)) : undefined
  if (item === undefined) throw new Error(`an event carries a ${type}, which nobody reads`)
  return listReader({ words: 1, read: (data, index) => item(wordAt(data, index)) })
}

interface Item {
  readonly words: number
  readonly read: ReadAt
}

function structReader(parameter: AbiParameter): Item {
  const { components } = parameter as { readonly components: readonly AbiParameter[] }
  const fields = components.map(({ name = '', type }) => {
    const read = wordReader(type)
    if (read === undefined) throw new Error(`an event carries a list of structs with a ${type}, which nobody reads`)
    return { name, read }
  })
  return {
    words: fields.length,
    read: (data, index) =>
      Object.fromEntries(fields.map(({ name, read }, place) => [name, read(wordAt(data, index + place))])),
  }
}

/** The list's items stand one behind the other, behind their number, where the word at its place says. */
const listReader =
  ({ words, read }: Item): ReadAt =>
  (data, index) => {
    const at = lengthAt(data, index) / (wordDigits / 2)
    const count = lengthAt(data, at)
    // Before so much room is made, by what somebody says: it cannot be longer than the data.
    if (!Number.isInteger(at) || count * words * wordDigits > data.length) throw shorter()
    return Array.from({ length: count }, (_, place) => read(data, at + 1 + place * words))
  }

/** A number that counts words or bytes of these very data. */
const lengthAt = (data: Hex, index: number): number => Number.parseInt(wordAt(data, index), 16)

function wordAt(data: Hex, index: number): string {
  const start = 2 + index * wordDigits
  const word = data.slice(start, start + wordDigits)
  if (word.length !== wordDigits) throw shorter()
  return word
}

function bytesAt(data: Hex, offset: number): Hex {
  const start = 2 + offset * 2
  const length = Number.parseInt(data.slice(start, start + wordDigits), 16)
  const bytes = data.slice(start + wordDigits, start + wordDigits + length * 2)
  if (bytes.length !== length * 2) throw shorter()
  return `0x${bytes}`
}

const shorter = (): Error => new Error('an event is shorter than its type says')
