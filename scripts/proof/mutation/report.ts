import { solidityOf } from '../solidity/compiler.ts'
import type { Mutant } from './collect.ts'
import { entryOf, leastScore, type MutationEntry, readRecord, recordFile, scoreOf, writeRecord } from './record.ts'
import type { MutationState } from './state.ts'

export interface Findings {
  readonly files: readonly string[]
  readonly found: ReadonlyMap<string, readonly Mutant[]>
  readonly state: MutationState
  readonly hashes: ReadonlyMap<string, string>
  readonly commit: string
}

/** Says what came of the mutants of some sources, writes down those that are done, and answers whether all are good. */
export function report({ files, found, state, hashes, commit }: Findings): boolean {
  const record = readRecord()
  const poor: string[] = []
  console.log('\ncontract                          tested  killed  equivalent    score')
  for (const file of files) {
    const all = found.get(file) ?? []
    const outcomes = all.flatMap((mutant) => {
      const outcome = state.outcomeOf(mutant)
      return outcome === undefined ? [] : [{ mutant, outcome }]
    })
    const entry = entryOf({ sourceHash: hashes.get(file) ?? '', commit, outcomes }, record[file])
    const left = all.length - outcomes.length
    console.log(rowOf(file, entry) + (left > 0 ? `, ${left} not tried yet` : ''))
    for (const { line, mutant, reason } of entry.survivors) {
      console.log(
        `    ${file}:${line}\n        ${mutant}\n        ${reason === '' ? 'survived; no reason yet' : reason}`,
      )
    }
    if (scoreOf(entry) < leastScore) poor.push(file)
    if (left === 0) record[file] = entry
  }
  writeRecord(record)
  if (poor.length === 0) return true
  console.error(
    `\nmutation\n  came:     less than ${leastScore} % in ${poor.join(', ')}\n` +
      `  expected: ${leastScore} % of the mutants that are not equivalent killed, in each contract\n` +
      `  to do:    write a test that a survivor above fails, or argue in ${recordFile} why nobody could tell it\n` +
      '            from the original ("equivalent": true, with the reason), and run this again',
  )
  return false
}

function rowOf(file: string, entry: MutationEntry): string {
  const { tested, killed, equivalent } = entry
  const numbers = [String(tested).padStart(6), String(killed).padStart(7), String(equivalent).padStart(11)].join(' ')
  return `${solidityOf(file).padEnd(33)} ${numbers} ${scoreOf(entry).toFixed(1).padStart(7)} %`
}
