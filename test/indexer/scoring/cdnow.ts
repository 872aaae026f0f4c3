import { readFileSync } from 'node:fs'
import type { Histories } from '#indexer/scoring/histories.ts'
import { type SharedFile, sharedFile } from '#test/support/shared-data.ts'

/** Numbers of a CSV file with a heading, row by row; quotes and returns are taken off. */
export function numbersOf(file: SharedFile): number[][] {
  if (file.path === undefined) throw new Error(file.missing)
  const [, ...lines] = readFileSync(file.path, 'utf8').replaceAll(/["\r]/g, '').trim().split('\n')
  return lines.map((line) => line.split(',').map(Number))
}

export const cdnowSample = sharedFile('cdnow_sample_cbs_btyd.csv')

/** The CDNOW sample in weeks, and how often each member bought in the 39 weeks after. */
export function readCdnow(): { readonly histories: Histories; readonly after: Float64Array } {
  const rows = numbersOf(cdnowSample)
  const column = (index: number) => Float64Array.from(rows, (row) => row[index] as number)
  return {
    histories: { repeats: Int32Array.from(column(1)), lastAge: column(2), age: column(3) },
    after: column(4),
  }
}
