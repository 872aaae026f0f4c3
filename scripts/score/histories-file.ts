import { type Histories, type HistoryFaultCode, historyFault } from '#indexer/scoring/histories.ts'
import { type Opportunities, type OpportunityFault, opportunityFault } from '#indexer/scoring/opportunities.ts'
import { type Asked, columnsOf, inputOf } from './asked.ts'
import { readNumbers } from './table-file.ts'

type FileFault = HistoryFaultCode | OpportunityFault | 'repeatsWithoutLast'

const sentences: Readonly<Record<FileFault, string>> = {
  repeatsNotWhole: 'x is not a whole number from 0 on',
  tooManyRepeats: 'x is above 1,000,000',
  timeNotFinite: 't_x or T is not finite',
  timeNegative: 't_x or T is below 0',
  lastAfterEnd: 'the last purchase (t_x) lies after the end',
  lastWithoutRepeats: 't_x and x contradict each other',
  repeatsWithoutLast: 'there are repeat purchases (x), and the last one (t_x) is the first',
  weightNotPositive: 'the weight is not above 0',
  notWhole: 'x, t_x and n are whole numbers from 0 on',
  morePurchasesThanOpportunities: 'there are more purchases than opportunities',
}

/** Histories in the file's own unit of time, with the columns that were asked for besides. */
export function readHistories(asked: Asked, more: readonly string[] = []) {
  const { path, bytes } = inputOf(asked)
  const names = columnsOf(asked, ['x', 't_x', 'T', ...more])
  const gaps = asked.litt === undefined ? [] : [asked.litt]
  const { columns } = readNumbers(path, bytes, [...names, ...gaps], ([x, lastAge, age]) => {
    // The formulas would answer; but whoever came again did so on a later day, so the file says something else.
    const impossible = (x as number) > 0 && lastAge === 0 ? 'repeatsWithoutLast' : undefined
    const code = historyFault(x as number, lastAge as number, age as number) ?? impossible
    return code === undefined ? undefined : { code, sentence: sentences[code] }
  })
  const [repeats, lastAge, age] = columns as [Float64Array, Float64Array, Float64Array]
  const known: Histories = { repeats: Int32Array.from(repeats), lastAge, age }
  const logGaps = gaps.length === 0 ? undefined : columns.at(-1)
  const histories: Histories = logGaps === undefined ? known : { ...known, logGaps }
  return { path, histories, more: columns.slice(3) }
}

/** Histories of opportunities, each with how many members have it (1 where there is no such column). */
export function readOpportunities(asked: Asked): { readonly path: string; readonly opportunities: Opportunities } {
  const { path, bytes } = inputOf(asked)
  const names = columnsOf(asked, ['x', 't_x', 'n'], ['weight'])
  const { columns } = readNumbers(path, bytes, names, ([x, lastAt, offered, weight = 1]) => {
    const code = opportunityFault(x as number, lastAt as number, offered as number)
    if (code !== undefined) return { code, sentence: sentences[code] }
    return weight > 0 ? undefined : { code: 'weightNotPositive', sentence: sentences.weightNotPositive }
  })
  const [repeats, lastAt, offered] = columns as [Float64Array, Float64Array, Float64Array]
  const opportunities: Opportunities = {
    repeats: Int32Array.from(repeats),
    lastAt: Int32Array.from(lastAt),
    offered: Int32Array.from(offered),
    weight: columns[3] ?? new Float64Array(repeats.length).fill(1),
  }
  return { path, opportunities }
}
