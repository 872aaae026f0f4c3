import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { repository } from '../program.ts'
import type { Mutant } from './collect.ts'

export const stateFile = 'cache/mutation.json'

const outcome = z.object({
  /** A mutant that is no Solidity was none. */
  status: z.enum(['killed', 'survived', 'no Solidity']),
  by: z.string(),
})
const state = z.object({
  files: z.record(z.string(), z.object({ sourceHash: z.string(), results: z.record(z.string(), outcome) })),
  testsHash: z.string(),
})

export type Outcome = z.infer<typeof outcome>

/** What earlier runs found out, so that one that was stopped goes on where it was. */
export class MutationState {
  private readonly known: z.infer<typeof state>
  private readonly path = join(repository, stateFile)
  private unsaved = 0

  /** Survivors for which `argued` says that nobody could tell them from the original are not tried again. */
  constructor(testsHash: string, past: 'kept' | 'forgotten', argued: (file: string, key: string) => boolean) {
    const read =
      past === 'kept' && existsSync(this.path)
        ? state.safeParse(JSON.parse(readFileSync(this.path, 'utf8')))
        : undefined
    this.known = read?.success === true ? read.data : { files: {}, testsHash }
    if (this.known.testsHash === testsHash) return
    // Other tests may kill what these did not.
    this.known.testsHash = testsHash
    for (const [file, { results }] of Object.entries(this.known.files)) {
      for (const [key, { status }] of Object.entries(results)) {
        if (status === 'survived' && !argued(file, key)) delete results[key]
      }
    }
  }

  /** Begins with a file: what is known of another writing of it is forgotten, but for what `stands` says. */
  open(file: string, sourceHash: string, stands: (key: string) => boolean): void {
    const before = this.known.files[file]
    if (before?.sourceHash === sourceHash) return
    const results = Object.fromEntries(Object.entries(before?.results ?? {}).filter(([key]) => stands(key)))
    this.known.files[file] = { sourceHash, results }
  }

  outcomeOf({ file, key }: Mutant): Outcome | undefined {
    return this.known.files[file]?.results[key]
  }

  note({ file, key }: Mutant, found: Outcome): void {
    const here = this.known.files[file]
    if (here === undefined) throw new Error(`${file} was not opened`)
    here.results[key] = found
    this.unsaved += 1
    if (this.unsaved >= 20) this.save()
  }

  save(): void {
    mkdirSync(dirname(this.path), { recursive: true })
    writeFileSync(`${this.path}.new`, JSON.stringify(this.known))
    renameSync(`${this.path}.new`, this.path)
    this.unsaved = 0
  }
}
