import { SourceText } from '../solidity/ast.ts'
import { codeOutputs, compile, errorsOf, readProduction, readSources, syntaxTrees } from '../solidity/compiler.ts'
import { type Exclusions, exclusionsFile } from '../solidity/exclusions.ts'
import { artifactsOf, isSuite } from '../solidity/runner.ts'
import { failuresOf, unfitCopy } from '../solidity/suites.ts'
import { type Branch, findBranches } from './branches.ts'
import { branchOfTag, helperPath, helperSource, instrument } from './instrument.ts'

export interface Measured {
  readonly branches: readonly Branch[]
  /** By number, how many tests' transactions went that way. */
  readonly hits: ReadonlyMap<number, number>
  readonly testsPassed: number
}

/** Runs every Solidity test on a copy of the contracts that tells of its branches. */
export async function measureBranches(exclusions: Exclusions, tell: (text: string) => void): Promise<Measured> {
  tell('reading the contracts')
  const production = readProduction()
  const { branches, watches } = findBranches(await syntaxTrees(production), production)
  const sources = readSources(['contracts/**/*.sol', 'test/contracts/**/*.sol'])
  for (const [path, watched] of watches) {
    sources.set(path, instrument(new SourceText(path, production.get(path) ?? ''), watched))
  }
  sources.set(helperPath, helperSource)
  tell(`compiling a copy that tells of its ${branches.length} branches`)
  const compilation = await compile(sources, { optimizer: { enabled: false }, outputs: codeOutputs })
  const [error] = errorsOf(compilation)
  if (error !== undefined) throw new Error(`the copy does not compile:\n${error.formattedMessage}`)
  const artifacts = artifactsOf(compilation)
  const hits = new Map<number, number>()
  const onHits = (tags: Uint8Array[]): void => {
    for (const tag of tags) {
      const branch = branchOfTag(tag)
      if (branch !== undefined) hits.set(branch, (hits.get(branch) ?? 0) + 1)
    }
  }
  const without = exclusions.gasTests.map(({ test }) => test)
  const run = await failuresOf(artifacts.filter(isSuite), artifacts, { without, onHits }, tell)
  if (run.failures.length > 0) throw new Error(unfitCopy(run.failures, exclusionsFile))
  return { branches, hits, testsPassed: run.passed }
}
