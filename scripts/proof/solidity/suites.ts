import { posix } from 'node:path'
import type { Artifact } from '@nomicfoundation/edr'
import type { Sources } from './compiler.ts'
import { type RunOptions, runSuite, suiteName, type TestFailure } from './runner.ts'

/** The sources that each source brings in, itself included, however far off; packages are left out. */
export function reachOf(sources: Sources): ReadonlyMap<string, ReadonlySet<string>> {
  const direct = new Map(
    [...sources].map(([path, text]) => {
      const found = [...text.matchAll(/\bimport\s[^;]*?"(\.[^"]+)"/g)]
      return [path, found.map(([, to = '']) => posix.join(posix.dirname(path), to))]
    }),
  )
  const reach = (path: string, seen: Set<string>): Set<string> => {
    if (seen.has(path)) return seen
    seen.add(path)
    for (const next of direct.get(path) ?? []) reach(next, seen)
    return seen
  }
  return new Map([...sources.keys()].map((path) => [path, reach(path, new Set())]))
}

export const hasInvariants = ({ contract }: Artifact): boolean => /"name":"invariant/.test(contract.abi)

/** The fuzzer of invariants recognises contracts by their artifacts; any other suite needs its own alone. */
export const neededArtifacts = (suite: Artifact, all: readonly Artifact[]): readonly Artifact[] =>
  hasInvariants(suite)
    ? all.filter(({ id }) => id.source.startsWith('test/') || id.source.startsWith('contracts/'))
    : [suite]

/** Runs suites one after another as they are, and says which tests fail. */
export async function failuresOf(
  suites: readonly Artifact[],
  artifacts: readonly Artifact[],
  options: RunOptions,
  tell: (text: string) => void,
): Promise<{
  readonly failures: readonly TestFailure[]
  readonly passed: number
  readonly seconds: Map<string, number>
}> {
  const failures: TestFailure[] = []
  const seconds = new Map<string, number>()
  let passed = 0
  for (const suite of suites) {
    tell(`${suite.id.name}, ${passed} tests have passed`)
    const run = await runSuite(suite, neededArtifacts(suite, artifacts), options)
    failures.push(...run.failed)
    passed += run.passed.length
    seconds.set(suiteName(suite), run.seconds)
  }
  return { failures, passed, seconds }
}

/** Why a copy that should behave as the original cannot be used. */
export function unfitCopy(failures: readonly TestFailure[], file: string): string {
  const came = failures.map(({ suite, test, reason }) => `    ${suite} ${test}: ${reason}`).join('\n')
  return (
    `the copy of the contracts does not pass the tests that the contracts should pass\n  came:\n${came}\n` +
    '  expected: every test passes, since the copy does the same and only uses more gas\n' +
    '  to do:    where the test fails in `hardhat test solidity` too, mend that;\n' +
    `            where it measures gas, name it in ${file}`
  )
}
