import { writeSync } from 'node:fs'
import type { IndexerConfig } from './config.ts'
import { lastInputs, type NoInputs } from './rescore/inputs.ts'

const sentences: Readonly<Record<NoInputs, string>> = {
  noFit: 'the models were not fitted yet: there is nothing to print',
  somebodyLeft:
    'somebody has decided otherwise since the last fit, so what was printed is not what was hashed: throw it away, ' +
    'ask for a fit (node indexer/main.ts refit) and print again',
}

/** Prints the inputs of the last fit; answers how the process is to end. */
export async function printInputs({ databaseUrl, timeZone }: IndexerConfig): Promise<number> {
  const refused = await lastInputs({ url: databaseUrl, timeZone }, (lines) => void writeAll(lines))
  if (refused === undefined) return 0
  console.error(`highstreet indexer: ${sentences[refused]}`)
  return 1
}

/** A pipe takes what it can hold; the rest is offered again. */
function writeAll(text: string): void {
  let rest = Buffer.from(text)
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(1, rest))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
    }
  }
}
