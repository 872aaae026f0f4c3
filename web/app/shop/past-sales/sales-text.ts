import { csvLine } from '../../csv.ts'

/** A fault of a row; row 0 is the file as a whole. */
export interface RowFault {
  readonly row: number
  readonly line: number
  readonly value: string
  readonly code: string
  readonly sentence: string
}

/**
 * A file's text, however its spreadsheet wrote it: UTF-16 where it says so, UTF-8 where it is that, and else what
 * spreadsheets of old wrote, in which codes, days and amounts read the same.
 */
export function textOf(bytes: Uint8Array): string {
  const [first, second] = bytes
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes)
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('windows-1252').decode(bytes)
  }
}

export const template = [
  'member,time,amount,receipt',
  'K7M2Q9X,2025-03-14,12.50,1',
  'K7M2Q9X,2025-03-21T09:30,4.00,2',
  'H3D8W5T,2025-03-21T17:05,31.90,3',
]

export const faultLines = (faults: readonly RowFault[]): readonly string[] => [
  csvLine(['row', 'line of the file', 'what it says', 'what is wrong', 'code']),
  ...faults.map(({ row, line, value, sentence, code }) => csvLine([`${row}`, `${line}`, value, sentence, code])),
]

/** Saves a table that a spreadsheet opens. */
export function saveTable(name: string, lines: readonly string[]): void {
  const address = URL.createObjectURL(new Blob([`\uFEFF${lines.join('\r\n')}\r\n`], { type: 'text/csv' }))
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(address), 10_000)
}
