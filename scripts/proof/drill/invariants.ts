import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import type { Artifact } from '@nomicfoundation/edr'
import { z } from 'zod'
import { repository } from '../program.ts'
import { codeOutputs, compile, errorsOf, productionOptimizer, readSources } from '../solidity/compiler.ts'
import { artifactsOf, isSuite, runSuite, type SuiteRun } from '../solidity/runner.ts'
import { hashOfSources } from '../solidity/source-hash.ts'
import { hasInvariants, neededArtifacts } from '../solidity/suites.ts'

export const drillState = 'cache/drill-contracts.json'

export interface Drill {
  readonly seeds: readonly number[]
  readonly runs: number
  readonly depth: number
}

export interface SeedRun {
  readonly seed: number
  readonly calls: bigint
  /** Each as a few lines: which invariant, why, and what was done until it broke. */
  readonly failures: readonly string[]
}

/** The contracts as they are deployed, and the suites of their invariants. */
export async function invariantSuites(): Promise<{ suites: Artifact[]; artifacts: Artifact[]; sourcesHash: string }> {
  const sources = readSources(['contracts/**/*.sol', 'test/contracts/support/**/*.sol'])
  for (const [path, text] of readSources(['test/contracts/**/*.t.sol'])) {
    if (/function invariant/.test(text)) sources.set(path, text)
  }
  const compilation = await compile(sources, { optimizer: productionOptimizer, outputs: codeOutputs })
  const [error] = errorsOf(compilation)
  if (error !== undefined) throw new Error(`the contracts do not compile:\n${error.formattedMessage}`)
  const artifacts = artifactsOf(compilation)
  const suites = artifacts.filter((artifact) => isSuite(artifact) && hasInvariants(artifact))
  return { suites, artifacts, sourcesHash: hashOfSources(sources) }
}

/** The invariants of one suite, from one seed. */
export async function runSeed(
  { suite, artifacts }: { readonly suite: Artifact; readonly artifacts: readonly Artifact[] },
  drill: Drill,
  seed: number,
): Promise<SeedRun> {
  const run = await runSuite(suite, neededArtifacts(suite, artifacts), {
    fuzzSeed: `0x${createHash('sha256').update(`highstreet ${seed}`).digest('hex')}`,
    // Where the simulator looks for a shorter way to break it, it may lose the one it has found.
    invariant: { runs: drill.runs, depth: drill.depth, shrinkRunLimit: 0 },
  })
  const calls = run.results.reduce((sum, { kind }) => ('calls' in kind ? sum + kind.calls : sum), 0n)
  return { seed, calls, failures: failuresOf(run) }
}

function failuresOf(run: SuiteRun): string[] {
  return run.failed.map(({ suite, test, reason }) => {
    const counterexample = run.results.find(({ name }) => name === test)?.counterexample
    const sequence = counterexample !== undefined && 'sequence' in counterexample ? counterexample.sequence : []
    const steps = sequence.map(({ contractName, signature, args, calldata }, index) => {
      const call = `${contractName ?? 'a contract'}.${signature ?? `0x${Buffer.from(calldata).toString('hex')}`}`
      return `    ${index + 1}. ${call} with ${stripVTControlCharacters(args ?? 'nothing')}`
    })
    return [`${suite} ${test}`, `  came: ${reason}, after`, ...steps].join('\n')
  })
}

interface Tried {
  readonly seed: number
  /** The name of its contract. */
  readonly suite: string
}

const passed = z.object({
  sourcesHash: z.string(),
  passed: z.array(z.object({ seed: z.number(), suite: z.string(), runs: z.number(), depth: z.number() })),
})

/** What an earlier drill of the same contracts, as long as this one or longer, came through: a suite from a seed. */
export class DrillMemory {
  private readonly known: z.infer<typeof passed>
  private readonly path = join(repository, drillState)

  constructor(sourcesHash: string) {
    const read = existsSync(this.path) ? passed.safeParse(JSON.parse(readFileSync(this.path, 'utf8'))) : undefined
    const same = read?.success === true && read.data.sourcesHash === sourcesHash
    this.known = same ? read.data : { sourcesHash, passed: [] }
  }

  has({ seed, suite }: Tried, { runs, depth }: Drill): boolean {
    const { passed } = this.known
    return passed.some((one) => one.seed === seed && one.suite === suite && one.runs >= runs && one.depth >= depth)
  }

  keep({ seed, suite }: Tried, { runs, depth }: Drill): void {
    this.known.passed.push({ seed, suite, runs, depth })
    mkdirSync(dirname(this.path), { recursive: true })
    writeFileSync(this.path, JSON.stringify(this.known))
  }
}
