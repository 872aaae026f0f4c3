import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { repository } from '../program.ts'

export const exclusionsFile = 'test/contracts/coverage-exclusions.json'

const exclusions = z.strictObject({
  /** Tests that measure gas: in a copy with more code than the original they say nothing. */
  gasTests: z.array(z.strictObject({ test: z.string(), reason: z.string().min(20) })),
  /** Branches that no test can reach, each by its place and what is decided there. */
  branches: z.array(z.strictObject({ branch: z.string(), reason: z.string().min(20) })),
})

export type Exclusions = z.infer<typeof exclusions>

export function readExclusions(): Exclusions {
  const text = readFileSync(join(repository, exclusionsFile), 'utf8')
  const read = exclusions.safeParse(JSON.parse(text))
  if (read.success) return read.data
  throw new Error(
    `${exclusionsFile} cannot be read: ${z.prettifyError(read.error)}\n` +
      'expected: { gasTests: [{ test, reason }], branches: [{ branch, reason }] }, each reason a sentence',
  )
}
