import { faultsOf, type Histories, type HistoryFaultCode } from '#indexer/scoring/histories.ts'
import { type Opportunities, type OpportunityFault, opportunityFault } from '#indexer/scoring/opportunities.ts'
import { type Asked, columnsOf, inputOf } from './asked.ts'
import { type RowFault, readNumbers, refuseRows } from './table-file.ts'

const sentences: Readonly<Record<HistoryFaultCode | OpportunityFault, string>> = {
  repeatsNotWhole: 'x is not a whole number from 0 on',
  tooManyRepeats: 'x is above 1,000,000',
  timeNotFinite: 't_x or T is not finite',
  timeNegative: 't_x or T is below 0',
  lastAfterEnd: 'the last purchase (t_x) lies after the end',
  lastWithoutRepeats: 't_x and x contradict each other',
  weightNotPositive: 'the weight is not above 0',
  notWhole: 'x, t_x and n are whole numbers from 0 on',
  morePurchasesThanOpportunities: 'there are more purchases than opportunities',
}

/** Histories in the file's own unit of time, with the columns that were asked for besides. */
export function readHistories(asked: Asked, more: readonly string[] = []) {
  const { path, bytes } = inputOf(asked)
  const names = columnsOf(asked, ['x', 't_x', 'T', ...more])
  const gaps = asked.litt === undefined ? [] : [asked.litt]
  const table = readNumbers(path, bytes, [...names, ...gaps])
  const [repeats, lastAge, age] = table.columns as [Float64Array, Float64Array, Float64Array]
  const others = table.columns.slice(3)
  const known = { repeats: wholeOrBad(repeats), lastAge, age }
  const faults = faultsOf(known)
  refuseRows(
    path,
    faults.map(({ row, code }) => ({ row: row + 1, code, sentence: sentences[code] })),
  )
  const logGaps = gaps.length === 0 ? undefined : others.at(-1)
  const histories: Histories = logGaps === undefined ? known : { ...known, logGaps }
  return { path, histories, more: others }
}

/** As whole numbers; what is not whole or too large becomes -1, which no history may have. */
function wholeOrBad(values: Float64Array): Int32Array {
  return Int32Array.from(values, (value) => (Number.isInteger(value) && value < 2 ** 31 ? value : -1))
}

/** Histories of opportunities, each with how many members have it (1 where there is no such column). */
export function readOpportunities(asked: Asked): { readonly path: string; readonly opportunities: Opportunities } {
  const { path, bytes } = inputOf(asked)
  const { columns } = readNumbers(path, bytes, columnsOf(asked, ['x', 't_x', 'n'], ['weight']))
  const [repeats, lastAt, offered] = columns as [Float64Array, Float64Array, Float64Array]
  const weight = columns[3] ?? new Float64Array(repeats.length).fill(1)
  const faults = Array.from(repeats, (x, index): RowFault[] => {
    const code = opportunityFault(x, lastAt[index] as number, offered[index] as number)
    if (code !== undefined) return [{ row: index + 1, code, sentence: sentences[code] }]
    if ((weight[index] as number) > 0) return []
    return [{ row: index + 1, code: 'weightNotPositive', sentence: sentences.weightNotPositive }]
  }).flat()
  refuseRows(path, faults)
  return {
    path,
    opportunities: {
      repeats: Int32Array.from(repeats),
      lastAt: Int32Array.from(lastAt),
      offered: Int32Array.from(offered),
      weight,
    },
  }
}
