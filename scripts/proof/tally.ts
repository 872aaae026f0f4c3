import { z } from 'zod'

/** How many promises were kept, broken and not tried. */
export interface Tally {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

export const nothing: Tally = { passed: 0, failed: 0, skipped: 0 }

export function sum(tallies: readonly Tally[]): Tally {
  return tallies.reduce((whole, part) => {
    return {
      passed: whole.passed + part.passed,
      failed: whole.failed + part.failed,
      skipped: whole.skipped + part.skipped,
    }
  }, nothing)
}

export const tallyWords = ({ passed, failed, skipped }: Tally): string =>
  `${passed} passed, ${failed} failed, ${skipped} skipped`

// Colour codes stand between words when a terminal asked for them.
const withoutColour = (output: string): string =>
  output.replaceAll(new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g'), '')

/** The Solidity tests that Hardhat says failed: contract and function. */
export const failuresOfSolidity = (output: string): string[] =>
  [...withoutColour(output).matchAll(/^ +\d+\) (\w+#\w+)/gm)].map(([, test = '']) => test)

/** Reads Hardhat's summary of Solidity tests; undefined when it wrote none, as when the contracts do not compile. */
export function tallyOfSolidity(output: string): Tally | undefined {
  const plain = withoutColour(output)
  const counted = (word: string): number | undefined => {
    const found = [...plain.matchAll(new RegExp(`^\\s*(\\d+) ${word}\\b`, 'gm'))].at(-1)?.[1]
    return found === undefined ? undefined : Number(found)
  }
  const [passed, failed, skipped] = [counted('passing'), counted('failing'), counted('skipped')]
  if (passed === undefined && failed === undefined && skipped === undefined) return undefined
  return { passed: passed ?? 0, failed: failed ?? 0, skipped: skipped ?? 0 }
}

const vitestReport = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      assertionResults: z.array(z.object({ status: z.string(), fullName: z.string().default('') })),
    }),
  ),
})

export interface VitestTally extends Tally {
  /** What failed: its file and its name. */
  readonly failures: readonly string[]
  /** Skipped tests of each file that has any. */
  readonly skippedIn: ReadonlyMap<string, number>
}

/** Reads vitest's report in JSON. A file that failed before its first test counts as one failure. */
export function tallyOfVitest(json: string): VitestTally {
  const files = vitestReport.parse(JSON.parse(json)).testResults
  const skippedIn = new Map<string, number>()
  const failures: string[] = []
  const tallies = files.map((file): Tally => {
    const count = (kinds: readonly string[]): number =>
      file.assertionResults.filter((test) => kinds.includes(test.status)).length
    const skipped = count(['skipped', 'pending', 'todo', 'disabled'])
    if (skipped > 0) skippedIn.set(file.name, skipped)
    const failed = count(['failed'])
    const brokenFile = file.status === 'failed' && failed === 0 ? 1 : 0
    for (const test of file.assertionResults) {
      if (test.status === 'failed') failures.push(`${file.name} ${test.fullName}`)
    }
    if (brokenFile > 0) failures.push(`${file.name} before its first test`)
    return { passed: count(['passed']), failed: failed + brokenFile, skipped }
  })
  return { ...sum(tallies), failures, skippedIn }
}

const missingNote = z.object({ name: z.string(), testFile: z.string().optional() })

/** The data sets that tests were skipped for, from the notes those tests left, and how many tests that was. */
export function missingData(
  notes: string,
  skippedIn: ReadonlyMap<string, number>,
): { readonly names: readonly string[]; readonly tests: number } {
  const read = notes
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => missingNote.parse(JSON.parse(line)))
  const files = new Set(read.map((note) => note.testFile ?? ''))
  const tests = [...files].reduce((count, file) => count + (skippedIn.get(file) ?? 0), 0)
  return { names: [...new Set(read.map((note) => note.name))].sort(), tests }
}
