import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { repository } from '../program.ts'
import type { Mutant } from './collect.ts'
import type { Outcome } from './state.ts'

export const recordFile = 'test/contracts/mutation.json'
export const leastScore = 95

const survivor = z.strictObject({
  line: z.number(),
  /** Place, kind of mistake, and what became of what. */
  mutant: z.string(),
  /** Whether nobody could ever tell it from the original; the reason says why. */
  equivalent: z.boolean(),
  reason: z.string(),
})

const entry = z.strictObject({
  sourceHash: z.string(),
  date: z.iso.date(),
  commit: z.string(),
  tested: z.number(),
  killed: z.number(),
  equivalent: z.number(),
  survivors: z.array(survivor),
})

const record = z.record(z.string(), entry)
export type MutationRecord = z.infer<typeof record>
export type MutationEntry = z.infer<typeof entry>

export function readRecord(): MutationRecord {
  const path = join(repository, recordFile)
  if (!existsSync(path)) return {}
  const read = record.safeParse(JSON.parse(readFileSync(path, 'utf8')))
  if (read.success) return read.data
  throw new Error(`${recordFile} cannot be read: ${z.prettifyError(read.error)}`)
}

export function writeRecord(written: MutationRecord): void {
  const sorted = Object.fromEntries(Object.entries(written).sort(([a], [b]) => (a < b ? -1 : 1)))
  writeFileSync(join(repository, recordFile), `${JSON.stringify(sorted, null, 2)}\n`)
}

/** Per cent of the mutants that a test could kill and did. */
export function scoreOf({
  tested,
  killed,
  equivalent,
}: Pick<MutationEntry, 'tested' | 'killed' | 'equivalent'>): number {
  return tested === equivalent ? 100 : (100 * killed) / (tested - equivalent)
}

export interface Tried {
  readonly sourceHash: string
  readonly commit: string
  readonly outcomes: readonly { readonly mutant: Mutant; readonly outcome: Outcome }[]
}

/** One contract's entry; what was argued about a survivor before is kept with it. */
export function entryOf({ sourceHash, commit, ...tried }: Tried, before: MutationEntry | undefined): MutationEntry {
  const outcomes = tried.outcomes.filter(({ outcome }) => outcome.status !== 'no Solidity')
  const argued = new Map((before?.survivors ?? []).map((one) => [one.mutant, one]))
  const survivors = outcomes
    .filter(({ outcome }) => outcome.status === 'survived')
    .map(({ mutant }) => {
      const { equivalent = false, reason = '' } = argued.get(mutant.key) ?? {}
      return { line: mutant.line, mutant: mutant.key, equivalent, reason }
    })
    .sort((a, b) => a.line - b.line)
  return {
    sourceHash,
    date: new Date().toISOString().slice(0, 10),
    commit,
    tested: outcomes.length,
    killed: outcomes.length - survivors.length,
    equivalent: survivors.filter(({ equivalent }) => equivalent).length,
    survivors,
  }
}
