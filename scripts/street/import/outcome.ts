import type { RowFault } from '#contracts/till-api/sales-file.ts'
import type { Reckoning } from './reckoning.ts'

/** What one run of an import came to. */
export interface Outcome {
  readonly file: string
  readonly rowsRead: number
  readonly members: number
  /** Handed over by this run; the rest had been by an earlier one. */
  readonly rowsHandedOver: number
  readonly seconds: number
  readonly parts: readonly Reckoning[]
}

const total = <Part>(parts: readonly Part[], of: (part: Part) => number): number =>
  parts.reduce((sum, part) => sum + of(part), 0)

const sumOf = (parts: readonly Reckoning[], of: (part: Reckoning) => bigint): bigint =>
  parts.reduce((sum, part) => sum + of(part), 0n)

export const differencesOf = (outcome: Outcome): number => total(outcome.parts, (part) => part.differenceCount)

/** Points are counted in hundredths and read with two decimals. */
export function pointsText(hundredths: bigint): string {
  const whole = (hundredths / 100n).toString().replaceAll(/\B(?=(\d{3})+$)/g, ',')
  return `${whole}.${(hundredths % 100n).toString().padStart(2, '0')}`
}

/** The table at the end of an import. */
export function tableOf(outcome: Outcome): string[] {
  const { parts } = outcome
  const lines: [string, string][] = [
    ['file', outcome.file],
    ['rows read', String(outcome.rowsRead)],
    ['rows handed over in this run', String(outcome.rowsHandedOver)],
    ['receipts issued', String(total(parts, (part) => part.receipts))],
    ['members', String(outcome.members)],
    ['points', pointsText(sumOf(parts, (part) => part.mirrorPoints))],
    ['blocks', String(total(parts, (part) => part.blocks))],
    ['wall time', `${outcome.seconds.toFixed(1)} s`],
    ['rows per second', (outcome.rowsHandedOver / outcome.seconds).toFixed(0)],
  ]
  for (const part of parts) {
    lines.push(
      [`shop ${part.shop}`, `${part.name}, import key ${part.till}`],
      ['  sum of the file', pointsText(part.filePoints)],
      ['  mirror, these receipts', pointsText(part.mirrorPoints)],
      ['  mirror, all balances', pointsText(part.mirrorBalances)],
      ['  chain, supply', pointsText(part.chainSupply)],
      ['  differences', String(part.differenceCount)],
    )
  }
  const width = Math.max(...lines.map(([name]) => name.length)) + 2
  const table = lines.map(([name, value]) => `${name.padEnd(width)}${value}`)
  const differences = parts.flatMap((part) => part.differences.map((difference) => `  ${part.name}: ${difference}`))
  const verdict =
    differencesOf(outcome) === 0
      ? 'chain, mirror and file agree'
      : 'chain, mirror and file DO NOT agree; the first differences are:'
  return [...table, verdict, ...differences]
}

/** The same for a program; amounts as text, since they may be larger than its numbers. */
export function jsonOf(outcome: Outcome): string {
  const body = {
    ...outcome,
    rowsPerSecond: outcome.rowsHandedOver / outcome.seconds,
    differences: differencesOf(outcome),
  }
  return `${JSON.stringify(body, (_, value) => (typeof value === 'bigint' ? `${value}` : value), 2)}\n`
}

const shownFaults = 50

/** What is wrong with a file, a line each, and how much more there is. */
export function faultLines(faults: readonly RowFault[]): string[] {
  const lines = faults.slice(0, shownFaults).map(({ row, line, code, sentence, value }) => {
    const where = row === 0 ? 'file' : `row ${row}`
    const at = line > 0 ? ` (line ${line})` : ''
    return `${where}${at}: ${code}: ${sentence}${value === '' ? '' : `: ${JSON.stringify(value.slice(0, 80))}`}`
  })
  const more = faults.length - shownFaults
  return more > 0 ? [...lines, `and ${more} more`] : lines
}
