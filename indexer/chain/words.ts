import type { AbiParameter, Hex } from 'viem'
import { decodeAbiParameters } from 'viem/utils'

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

/** The reader for the values an event carries beside its topics: hex data in, one value for each parameter out. */
export function dataReader(parameters: readonly AbiParameter[]): (data: Hex) => readonly unknown[] {
  const readers = parameters.map((parameter) => {
    return parameter.type === 'bytes' ? undefined : wordReader(parameter.type)
  })
  const plain = parameters.every((parameter, index) => parameter.type === 'bytes' || readers[index] !== undefined)
  // Lists of structs come only with payments; everything else is on the hot path.
  if (!plain) return (data) => decodeAbiParameters(parameters, data).map(lowerCase)
  return (data) =>
    readers.map((read, index) => {
      const word = wordAt(data, index)
      return read === undefined ? bytesAt(data, Number.parseInt(word, 16)) : read(word)
    })
}

function wordAt(data: Hex, index: number): string {
  const start = 2 + index * wordDigits
  const word = data.slice(start, start + wordDigits)
  if (word.length !== wordDigits) throw new Error('an event is shorter than its type says')
  return word
}

function bytesAt(data: Hex, offset: number): Hex {
  const start = 2 + offset * 2
  const length = Number.parseInt(data.slice(start, start + wordDigits), 16)
  const bytes = data.slice(start + wordDigits, start + wordDigits + length * 2)
  if (bytes.length !== length * 2) throw new Error('an event is shorter than its type says')
  return `0x${bytes}`
}

/** One spelling of every address, whoever decoded it. */
function lowerCase(value: unknown): unknown {
  if (typeof value === 'string') return value.toLowerCase()
  if (Array.isArray(value)) return value.map(lowerCase)
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, lowerCase(inner)]))
  }
  return value
}
