import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** What a scoring process is given: one file a column, in the machine's own byte order. */
export interface ScoringInput {
  readonly repeats: Int32Array
  readonly lastAge: Float64Array
  readonly age: Float64Array
  /** Minor units. */
  readonly meanSpend: Float64Array
}

const doubles = ['lastAge', 'age', 'meanSpend'] as const

export function writeColumns(folder: string, input: ScoringInput): void {
  writeFileSync(join(folder, 'repeats'), bytesOf(input.repeats))
  for (const name of doubles) writeFileSync(join(folder, name), bytesOf(input[name]))
}

export function readColumns(folder: string): ScoringInput {
  const repeats = readFileSync(join(folder, 'repeats'))
  return {
    repeats: new Int32Array(repeats.buffer, repeats.byteOffset, repeats.length / 4),
    lastAge: readDoubles(join(folder, 'lastAge')),
    age: readDoubles(join(folder, 'age')),
    meanSpend: readDoubles(join(folder, 'meanSpend')),
  }
}

export function readDoubles(path: string): Float64Array {
  const bytes = readFileSync(path)
  return new Float64Array(bytes.buffer, bytes.byteOffset, bytes.length / 8)
}

export const bytesOf = (column: Int32Array | Float64Array): Uint8Array =>
  new Uint8Array(column.buffer, column.byteOffset, column.byteLength)
